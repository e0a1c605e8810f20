"""Questions with their answers marked -> how the reasons for a sentence add up (``answering/evidence.json``).

Run: python training/fit_evidence.py      (after training/fit_fusion.py; ten minutes; needs ../shared beside the project)

``answers.jsonl`` marks by hand where each answer stands: of questions kept from the training of the model, and of our
own questions about news articles kept from it, half of them put in English too. Every question is asked twice, with its
article in the corpus and without. The weights first make the right sentence likely among all (ListNet, Cao et al. 2007,
doi:10.1145/1273496.1273513); then logistic regression tells when the best sentence answers. Nothing under ``eval`` is read.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from fit_fusion import ROOT, SHARED, opened
from numpy.typing import NDArray
from tqdm import tqdm

from regional_qa.answering.answer import ENOUGH, PASSAGES
from regional_qa.answering.evidence import Judgement, candidates, margins
from regional_qa.answering.matching import Matcher
from regional_qa.answering.reasons import REASONS, reasons
from regional_qa.answering.understanding import understand
from regional_qa.indexing.generation import Generation
from regional_qa.retrieval import search
from regional_qa.types import Hit

FILE = ROOT / "src" / "regional_qa" / "answering" / "evidence.json"
MARKED = Path(__file__).with_name("answers.jsonl")
MORE = 60  # passages, of which those of the right article are taken away
SHRINKAGE = 1e-3
FOLDS = 5
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question over one corpus: (n, n_reasons) of its sentences, which of them is right, and which hold the answer."""

    reasons: Matrix
    right: NDArray[np.bool_]
    holds: NDArray[np.bool_]


def main() -> int:
    """Collect the cases, fit, measure on parts left out, write."""
    if not (SHARED / "data").is_dir():
        print("../shared/data is not beside the project", file=sys.stderr)
        return 1
    sets = {name: (list(held), list(lacking)) for name, held, lacking in collected()}
    judgement = fit(list(sets.values()))
    record = {
        "best": judgement.best,
        "answers": judgement.answers,
        "bias": judgement.bias,
        "fitted": "training/fit_evidence.py on questions kept aside from training",
        "left_out": {name: left_out(name, sets) for name in sets},
    }
    FILE.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record))
    return 0


def collected() -> Iterator[tuple[str, Iterator[Case], Iterator[Case]]]:
    """Sets by name, each with its cases that hold the answer and those from which its article was taken away."""
    marked = [json.loads(line) for line in MARKED.read_text(encoding="utf-8").splitlines()]
    rows = list(_rows(SHARED / "data/train/qa_zh_squadlike.jsonl.gz"))
    paragraphs = {row["pos"]: f"p{number}" for number, row in enumerate(rows)}
    asked = [
        _Asked(rows[one["row"]]["query"], one.get("english", ""), paragraphs[rows[one["row"]]["pos"]], **_place(one))
        for one in marked
        if "row" in one
    ]
    yield from _twice("questions", {key: ("", text) for text, key in paragraphs.items()}, asked)
    news = {
        row["_id"]: (row["title"] or "", row["text"])
        for file in sorted((SHARED / "data/news").glob("*.jsonl.gz"))
        for row in _rows(file)
    }
    asked = [_Asked(one["question"], one.get("english", ""), one["id"], **_place(one)) for one in marked if "id" in one]
    yield from _twice("news", news, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, the same in English or empty, and where in which article the answer and its sentence stand."""

    question: str
    english: str
    article_id: str
    answer: tuple[int, int]
    stated: tuple[int, int]


def _place(one: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    return {key: (one[key][0], one[key][1]) for key in ("answer", "stated")}


def _twice(
    name: str, documents: dict[str, tuple[str, str]], asked: Sequence[_Asked]
) -> Iterator[tuple[str, Iterator[Case], Iterator[Case]]]:
    """The set in Chinese, then in English."""
    with opened(documents) as generation:
        english = [one for one in asked if one.english]
        for label, some, wording in ((name, asked, "question"), (f"{name}, English", english, "english")):
            pairs = [_cases(generation, one, getattr(one, wording), documents) for one in tqdm(some, label)]
            yield label, (held for held, _ in pairs if held), (lacking for _, lacking in pairs if lacking)


def _cases(
    generation: Generation, one: _Asked, question: str, documents: dict[str, tuple[str, str]]
) -> tuple[Case | None, Case | None]:
    """The case with the article and the one without it."""
    asked = understand(question, generation.lexical.terms)
    wanted = tuple(dict.fromkeys(province for place in asked.places for province in place.provinces))
    hits = search(generation, question, k=MORE, regions=wanted)
    own = generation.passages.article(one.article_id)
    first = own.text.find(documents[one.article_id][1][one.stated[0] : one.stated[1]])
    stated = range(first, first + one.stated[1] - one.stated[0])
    gold = documents[one.article_id][1][one.answer[0] : one.answer[1]]

    def case(some: Sequence[Hit]) -> Case | None:
        found = candidates(asked, some[:PASSAGES], asked.places)
        if not found:
            return None
        matcher = Matcher(generation, asked, [candidate.sentence.text for candidate in found])
        holds = np.array([gold in candidate.sentence.text for candidate in found])
        right = np.array(
            [
                candidate.article.article_id == own.article_id
                and candidate.sentence.span.start < stated.stop
                and stated.start < candidate.sentence.span.end
                for candidate in found
            ]
        )
        return Case(reasons(generation, asked, asked.places, found, matcher), right, holds)

    return case(hits), case([hit for hit in hits if hit.article.article_id != own.article_id])


def fit(sets: Sequence[tuple[Sequence[Case], Sequence[Case]]]) -> Judgement:
    """The weights, every set counting alike."""
    best = _ranking([[case for case in held if case.right.any()] for held, _ in sets])
    rows, truths, weights = [], [], []
    for held, lacking in sets:
        found = [
            top for cases, has in ((held, True), (lacking, False)) for case in cases if (top := _top(case, best, has))
        ]
        rows += [row for row, _ in found]
        truths += [truth for _, truth in found]
        weights += [1 / len(found)] * len(found)
    answers, bias = _logistic(np.array(rows), np.array(truths, dtype=np.float64), np.array(weights) / len(sets))
    names = (*REASONS, "score", "margin")
    return Judgement(
        {name: round(float(weight), 3) for name, weight in zip(REASONS, best, strict=True)},
        {name: round(float(weight), 3) for name, weight in zip(names, answers, strict=True)},
        round(bias, 3),
    )


def _top(case: Case, best: Matrix, held: bool) -> tuple[Matrix, bool] | None:
    """The reasons, score and margin of the best sentence, and whether it answers.

    None where the article was taken away and the best sentence of another may answer all the same.
    """
    scores = case.reasons @ best
    at = int(scores.argmax())
    if not held and case.holds[at]:
        return None
    return np.array([*case.reasons[at], scores[at], margins(scores)[at]]), bool(held and (case.right | case.holds)[at])


def _ranking(sets: Sequence[Sequence[Case]]) -> Matrix:
    """(n_reasons,) weights that make the right sentences likely among all."""
    every = np.concatenate([case.reasons for cases in sets for case in cases])
    spread = every.std(axis=0) + 1e-9
    stacked = torch.tensor(every / spread)
    sizes = [len(case.right) for cases in sets for case in cases]
    right = torch.tensor(np.concatenate([case.right for cases in sets for case in cases]))
    share = torch.tensor([1 / len(cases) / len(sets) for cases in sets for _ in cases], dtype=torch.float64)
    weights = torch.zeros(len(REASONS), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = torch.split(stacked @ weights, sizes)
        lost = [
            torch.logsumexp(s, 0) - torch.logsumexp(s[r], 0)
            for s, r in zip(scores, torch.split(right, sizes), strict=True)
        ]
        value = share @ torch.stack(lost) + SHRINKAGE * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy() / spread)


def _logistic(rows: Matrix, truths: Matrix, share: Matrix) -> tuple[Matrix, float]:
    """Weights of the columns and the bias."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled, truth, weight = torch.tensor((rows - mean) / spread), torch.tensor(truths), torch.tensor(share)
    weights = torch.zeros(rows.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        odds = scaled @ weights[:-1] + weights[-1]
        lost = torch.nn.functional.softplus(odds) - truth * odds
        value = weight @ lost + 10 * SHRINKAGE * (weights[:-1] ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = weights.detach().numpy()
    return found[:-1] / spread, float(found[-1] - (found[:-1] / spread) @ mean)


def left_out(name: str, sets: dict[str, tuple[list[Case], list[Case]]]) -> dict[str, float]:
    """Measures of a set, each fifth of it by weights fitted without it."""
    found: dict[str, list[tuple[bool, float]]] = {"held": [], "lacking": []}
    for fold in range(FOLDS):
        parts = {one: [_part(cases, fold, False) for cases in pair] for one, pair in sets.items()}
        judgement = fit([(pair[0], pair[1]) for pair in parts.values()])
        for kind, cases in zip(found, sets[name], strict=True):
            for case in _part(cases, fold, True):
                scores = judgement.scores(case.reasons)
                at = int(scores.argmax())
                right = bool((case.right | case.holds)[at])
                if kind == "held" or not right:
                    found[kind].append((right, float(judgement.probabilities(case.reasons, scores)[at])))
    held, lacking = found.values()
    answered = [right for right, probability in held if probability >= ENOUGH]
    return {
        "best is right": fmean(right for right, _ in held),
        "answered": len(answered) / len(held),
        "answered rightly": fmean(answered),
        "refused without the article": fmean(probability < ENOUGH for _, probability in lacking),
    }


def _part(cases: Sequence[Case], fold: int, own: bool) -> list[Case]:
    """A fifth of the cases, neighbours together (questions about one article), or the rest."""
    return [case for at, case in enumerate(cases) if (at * FOLDS // len(cases) == fold) == own]


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    raise SystemExit(main())
