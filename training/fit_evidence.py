"""Questions with their answers marked -> how the reasons for a sentence add up (``answering/evidence.json``).

Run: python training/fit_evidence.py      (after training/fit_fusion.py; ten minutes; needs ../shared beside the project)

``answers.jsonl`` marks by hand where each answer stands: of questions kept from the training of the model, and of our
own questions about news articles kept from it, a third of them put in English too. Every question is asked
of all articles, of those that do not hold its answer, and with another thing in the place of the one it asks about. The weights first make the right sentence likely among all (ListNet, Cao et al. 2007,
doi:10.1145/1273496.1273513); then logistic regression tells when the best sentence answers. Nothing under ``eval`` is read.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from fit_fusion import ROOT, SHARED
from numpy.typing import NDArray
from tqdm import tqdm

from regional_qa.answering.answer import PASSAGES
from regional_qa.answering.evidence import Judgement, candidates, margins
from regional_qa.answering.matching import Matcher
from regional_qa.answering.reasons import REASONS, Candidate, reasons
from regional_qa.answering.understanding import KIND_WORDS, understand
from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.knowledge.synonyms import names_figure
from regional_qa.retrieval import MOST_HITS, search
from regional_qa.settings import Settings
from regional_qa.types import Hit

FILE = ROOT / "src" / "regional_qa" / "answering" / "evidence.json"
NEWS = SHARED / "data" / "news"
MARKED = Path(__file__).with_name("answers.jsonl")
SHRINKAGE = 1e-3
FOLDS = 5
TRUSTED = 0.8  # of the answers given to questions that the corpus answers are to be right
Matrix = NDArray[np.float64]
Outcomes = list[tuple[bool, float]]
"""Whether the best sentence is right, and how probable that was."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question over one corpus: (n, n_reasons) of its sentences, and which of them hold the answer."""

    reasons: Matrix
    right: NDArray[np.bool_]


def fitted(sets: Mapping[str, Cases]) -> dict[str, object]:
    """The weights for these sets, from which probability to answer, and how well it does on parts left out."""
    judgement = fit(list(sets.values()))
    outcomes = left_out(sets)
    held = [outcome for one in outcomes.values() for outcome in one["held"]]
    enough = next(n / 100 for n in range(5, 100) if fmean(right for right, p in held if p >= n / 100) >= TRUSTED)
    return {
        "best": judgement.best,
        "answers": judgement.answers,
        "bias": judgement.bias,
        "enough": enough,
        "fitted": "training/fit_evidence.py on questions kept aside from training",
        "left out of the fitting": {name: measures(one, enough) for name, one in outcomes.items()},
    }


@dataclass(frozen=True, slots=True)
class Cases:
    """One set of questions: over all articles, over those that do not hold the answer, and with another thing asked."""

    held: list[Case]
    others: list[Case]
    swapped: list[Case]

    def part(self, fold: int, *, own: bool) -> Cases:
        """A fifth of it, or the rest."""
        return Cases(*(_part(cases, fold, own) for cases in (self.held, self.others, self.swapped)))


def main() -> int:
    """Collect the cases, fit, measure on parts left out, write."""
    if not (SHARED / "data").is_dir():
        print("../shared/data is not beside the project", file=sys.stderr)
        return 1
    sets = dict(collected())
    record = {
        kind: fitted({name: cases for name, cases in sets.items() if ("English" in name) == (kind == "foreign")})
        for kind in ("same language", "foreign")
    }
    FILE.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record))
    return 0


def collected() -> Iterator[tuple[str, Cases]]:
    """The sets by name."""
    marked = [json.loads(line) for line in MARKED.read_text(encoding="utf-8").splitlines()]
    rows = list(_rows(SHARED / "data/train/qa_zh_squadlike.jsonl.gz"))
    paragraphs = {row["pos"]: f"p{number}" for number, row in enumerate(rows)}
    asked = [
        _Asked(rows[one["row"]]["query"], one.get("english", ""), paragraphs[rows[one["row"]]["pos"]], **_place(one))
        for one in marked
        if "row" in one
    ]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        lines = (json.dumps({"_id": key, "text": text}) for text, key in paragraphs.items())
        corpus.write_text("\n".join(lines), encoding="utf-8")
        yield from _cases_of("questions", corpus, {key: text for text, key in paragraphs.items()}, asked)
    texts = {row["_id"]: row["text"] for file in sorted(NEWS.glob("*.jsonl.gz")) for row in _rows(file)}
    asked = [_Asked(one["question"], one.get("english", ""), one["id"], **_place(one)) for one in marked if "id" in one]
    yield from _cases_of("news", NEWS, texts, asked)


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


def _cases_of(
    name: str, corpus: Path, texts: Mapping[str, str], asked: Sequence[_Asked]
) -> Iterator[tuple[str, Cases]]:
    """The set in Chinese, then in English; ``texts`` are those of the articles by id, as they were marked."""
    with opened(corpus) as generation:
        english = [one for one in asked if one.english]
        for label, some, wording in ((name, asked, "question"), (f"{name}, English", english, "english")):
            questions = [getattr(one, wording) for one in some]
            swaps = _Swaps(generation, questions)
            cases = Cases([], [], [])
            for one, question in tqdm(zip(some, questions, strict=True), label, len(some)):
                _add(cases, generation, one, question, texts[one.article_id], swaps)
            yield label, cases


@contextmanager
def opened(corpus: Path) -> Iterator[Generation]:
    """An index of the corpus, for the time being."""
    parts = plug(Settings())
    with tempfile.TemporaryDirectory() as folder:
        rebuild(corpus, Path(folder), parts)
        yield open_generation(Path(folder), parts)


def _add(cases: Cases, generation: Generation, one: _Asked, question: str, text: str, swaps: _Swaps) -> None:
    """What a question gives, of each kind, where any sentence is found."""
    own = generation.passages.article(one.article_id)
    first = own.text.index(text[one.stated[0] : one.stated[1]])
    stated = range(first, first + one.stated[1] - one.stated[0])
    gold = text[one.answer[0] : one.answer[1]]

    def holds(candidate: Candidate) -> bool:
        span = candidate.sentence.span
        is_stated = (
            candidate.article.article_id == own.article_id and span.start < stated.stop and stated.start < span.end
        )
        return is_stated or (len(gold) > 1 and gold in candidate.sentence.text)

    def is_other(hit: Hit) -> bool:
        return hit.article.article_id != own.article_id and gold not in hit.article.text

    swapped = swaps.instead(question, own.text)
    for kind, found in (
        (cases.held, _case(generation, question, lambda _: True, holds)),
        (cases.others, _case(generation, question, is_other, holds)),
        (cases.swapped, _case(generation, swapped, lambda _: True, lambda _: False)),
    ):
        if found:
            kind.append(found)


def _case(
    generation: Generation, question: str, wanted: Callable[[Hit], bool], holds: Callable[[Candidate], bool]
) -> Case | None:
    """The sentences of the best hits wanted, as an answer would weigh them."""
    asked = understand(question, generation.lexical.terms)
    provinces = tuple(dict.fromkeys(province for place in asked.places for province in place.provinces))
    hits = [hit for hit in search(generation, question, k=MOST_HITS, regions=provinces) if wanted(hit)]
    found = candidates(asked, hits[:PASSAGES], asked.places)
    if not found:
        return None
    matcher = Matcher(generation, asked, [candidate.sentence.text for candidate in found])
    return Case(reasons(generation, asked, asked.places, found, matcher), np.array([holds(one) for one in found]))


class _Swaps:
    """Questions about another thing of the same sort (风电 for 光伏), which their articles do not answer."""

    def __init__(self, generation: Generation, questions: Sequence[str]) -> None:
        self._generation = generation
        words = {word for question in questions for word in self._telling(question)}
        self._words = sorted(words)
        self._vectors = generation.embedder.encode_passages(self._words)  # (n_words, dim)

    def instead(self, question: str, text: str) -> str:
        """The question with its rarest word exchanged for the one nearest to it that the text does not have."""
        word = min(self._telling(question), key=self._frequency, default="")
        if not word:
            return question
        near = self._vectors @ self._vectors[self._words.index(word)]
        order = (self._words[at] for at in np.argsort(-near))
        other = next(one for one in order if one not in question.lower() and one not in text.lower())
        return re.sub(re.escape(word), other, question, flags=re.IGNORECASE)

    def _telling(self, question: str) -> list[str]:
        """The words that name what a question is about, as they stand in it."""
        terms = understand(question, self._generation.lexical.terms).terms
        names = (
            term for term in terms if term not in KIND_WORDS and not names_figure(term) and term in question.lower()
        )
        return [name for name in names if len(name) > (3 if name.isascii() else 1)]

    def _frequency(self, word: str) -> int:
        return self._generation.lexical.document_frequencies([word])[0]


def fit(sets: Sequence[Cases]) -> Judgement:
    """The weights, every set counting alike."""
    best = _ranking([[case for case in one.held if case.right.any()] for one in sets])
    rows, truths, weights = [], [], []
    for one in sets:
        for cases, share in ((one.held, 0.5), (one.others, 0.25), (one.swapped, 0.25)):
            found = [_top(case, best) for case in cases]
            rows += [row for row, _ in found]
            truths += [truth for _, truth in found]
            weights += [share / len(found)] * len(found)
    answers, bias = _logistic(np.array(rows), np.array(truths, dtype=np.float64), np.array(weights) / len(sets))
    names = (*REASONS, "score", "margin")
    return Judgement(
        {name: round(float(weight), 3) for name, weight in zip(REASONS, best, strict=True)},
        {name: round(float(weight), 3) for name, weight in zip(names, answers, strict=True)},
        round(bias, 3),
        0.0,
    )


def _top(case: Case, best: Matrix) -> tuple[Matrix, bool]:
    """The reasons, score and margin of the best sentence, and whether it answers."""
    scores = case.reasons @ best
    at = int(scores.argmax())
    return np.array([*case.reasons[at], scores[at], margins(scores)[at]]), bool(case.right[at])


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


def left_out(sets: Mapping[str, Cases]) -> dict[str, dict[str, Outcomes]]:
    """Of each kind of case in each set, every fifth judged by weights fitted without it."""
    found: dict[str, dict[str, Outcomes]] = {name: {"held": [], "others": [], "swapped": []} for name in sets}
    for fold in range(FOLDS):
        judgement = fit([one.part(fold, own=False) for one in sets.values()])
        for name, one in sets.items():
            part = one.part(fold, own=True)
            for kind, cases in (("held", part.held), ("others", part.others), ("swapped", part.swapped)):
                for case in cases:
                    scores = judgement.scores(case.reasons)
                    at = int(scores.argmax())
                    probability = judgement.probabilities(case.reasons, scores)[at]
                    found[name][kind].append((bool(case.right[at]), float(probability)))
    return found


def measures(outcomes: Mapping[str, Outcomes], enough: float) -> dict[str, float]:
    """Shares of the questions whose best sentence is right, that are answered, rightly so, and rightly refused."""
    answered = [right for right, probability in outcomes["held"] if probability >= enough]
    refused = {kind: fmean(p < enough for _, p in outcomes[kind]) for kind in ("others", "swapped")}
    return {
        "best is right": round(fmean(right for right, _ in outcomes["held"]), 3),
        "answered": round(len(answered) / len(outcomes["held"]), 3),
        "answered rightly": round(fmean(answered), 3),
        "refused without the articles": round(refused["others"], 3),
        "refused where another thing is asked": round(refused["swapped"], 3),
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
