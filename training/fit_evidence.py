"""Questions with their answers marked -> how the reasons for a sentence add up (``answering/evidence.json``).

Run: python training/fit_evidence.py      (after training/fit_fusion.py; ten minutes; needs ../shared beside the project)

``answers.jsonl`` marks by hand where each answer stands: of questions kept from the training of the model, and of our
own questions about news articles kept from it. Each stands there in other words too, a third in English, and with a
question of the same matter that is not told. Every question is asked of all articles, of those that do not hold its
answer, and with another thing in the place of the one it asks about. The weights first make the right sentence likely
among all (ListNet, Cao et al. 2007, doi:10.1145/1273496.1273513); then logistic regression tells when the best sentence
answers. Nothing under ``eval`` is read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np
import torch
from fit_fusion import ROOT, SHARED
from marked import FOLDS, Case, Cases, Matrix, collected, directions, part

from regional_qa.answering.evidence import Judgement, margins
from regional_qa.answering.reasons import REASONS

FILE = ROOT / "src" / "regional_qa" / "answering" / "evidence.json"
SHRINKAGE, ANSWER_SHRINKAGE = 1e-3, 1.5e-2
SHARES = {"others": 0.4, "swapped": 0.2, "not_told": 0.4}  # of the questions that the articles do not answer
TRUSTED = 0.8  # of the answers given to questions that the corpus answers are to be right
REFUSED = {
    "others": "refused without the articles",
    "swapped": "refused where another thing is asked",
    "not_told": "refused where it is not told",
}
Outcomes = list[tuple[bool, float]]
"""Whether the best sentence is right, and how probable that was."""


def main() -> int:
    """Collect the cases, fit, measure on parts left out, write."""
    if not (SHARED / "data").is_dir():
        print("../shared/data is not beside the project", file=sys.stderr)
        return 1
    found = directions()
    sets = dict(collected(found))
    record = {
        kind: fitted({name: cases for name, cases in sets.items() if ("English" in name) == (kind == "foreign")}, found)
        for kind in ("same language", "foreign")
    }
    FILE.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({kind: one["left out of the fitting"] for kind, one in record.items()}, indent=1))
    return 0


def fitted(sets: Mapping[str, Cases], directions: Matrix) -> dict[str, object]:
    """The weights for these sets, from which probability to answer, and how well it does on parts left out."""
    judgement = fit(list(sets.values()), directions)
    outcomes = left_out(sets, directions)
    held = [outcome for one in outcomes.values() for outcome in one["held"]]
    enough = next(n / 100 for n in range(5, 100) if fmean(right for right, p in held if p >= n / 100) >= TRUSTED)
    return {
        "best": judgement.best,
        "answers": judgement.answers,
        "need": [round(float(value), 3) for value in judgement.need],
        "bias": judgement.bias,
        "enough": enough,
        "fitted": "training/fit_evidence.py on questions kept aside from training",
        "left out of the fitting": {name: measures(one, enough) for name, one in outcomes.items()},
    }


def fit(sets: Sequence[Cases], directions: Matrix) -> Judgement:
    """The weights, every set counting alike; half of what counts are questions that the articles answer."""
    best = _ranking([[case for case in one["held"] if case.right.any()] for one in sets])
    rows, truths, weights = [], [], []
    for one in sets:
        unanswered = sum(SHARES[kind] for kind in one if kind != "held")
        for kind, cases in one.items():
            found = [_top(case, best) for case in cases]
            rows += [row for row, _ in found]
            truths += [truth for _, truth in found]
            weights += [(1.0 if kind == "held" else SHARES[kind] / unanswered) / len(found)] * len(found)
    share = np.array(weights) / sum(weights)
    answers, bias = _logistic(np.array(rows), np.array(truths, dtype=np.float64), share)
    first, last = len(REASONS), len(REASONS) + len(directions)
    named = zip((*REASONS, "score", "margin"), (*answers[:first], *answers[last:]), strict=True)
    return Judgement(
        {name: round(float(weight), 3) for name, weight in zip(REASONS, best, strict=True)},
        {name: round(float(weight), 3) for name, weight in named},
        np.asarray(answers[first:last] @ directions, dtype=np.float32),
        round(bias, 3),
        0.0,
    )


def _top(case: Case, best: Matrix) -> tuple[Matrix, bool]:
    """The reasons and lacks, score and margin of the best sentence, and whether it answers."""
    scores = case.reasons[:, : len(REASONS)] @ best
    at = int(scores.argmax())
    return np.array([*case.reasons[at], scores[at], margins(scores)[at]]), bool(case.right[at])


def _ranking(sets: Sequence[Sequence[Case]]) -> Matrix:
    """(n_reasons,) weights that make the right sentences likely among all."""
    every = np.concatenate([case.reasons[:, : len(REASONS)] for cases in sets for case in cases])
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
        value = weight @ lost + ANSWER_SHRINKAGE * (weights[:-1] ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = weights.detach().numpy()
    return found[:-1] / spread, float(found[-1] - (found[:-1] / spread) @ mean)


def left_out(sets: Mapping[str, Cases], directions: Matrix) -> dict[str, dict[str, Outcomes]]:
    """Of each kind of case in each set, every fifth judged by weights fitted without it."""
    found: dict[str, dict[str, Outcomes]] = {name: {kind: [] for kind in one} for name, one in sets.items()}
    for fold in range(FOLDS):
        judgement = fit([part(one, fold, own=False) for one in sets.values()], directions)
        needed = directions @ judgement.need
        for name, one in sets.items():
            for kind, cases in part(one, fold, own=True).items():
                for case in cases:
                    lack = case.reasons[:, len(REASONS) :] @ needed
                    reasons = np.column_stack([case.reasons[:, : len(REASONS)], lack])
                    scores = judgement.scores(reasons)
                    at = int(scores.argmax())
                    probability = judgement.probabilities(reasons, scores)[at]
                    found[name][kind].append((bool(case.right[at]), float(probability)))
    return found


def measures(outcomes: Mapping[str, Outcomes], enough: float) -> dict[str, float]:
    """Shares of the questions whose best sentence is right, that are answered, rightly so, and rightly refused."""
    answered = [right for right, probability in outcomes["held"] if probability >= enough]
    refused = {kind: fmean(p < enough for _, p in found) for kind, found in outcomes.items() if kind != "held"}
    return {
        "best is right": round(fmean(right for right, _ in outcomes["held"]), 3),
        "answered": round(len(answered) / len(outcomes["held"]), 3),
        "answered rightly": round(fmean(answered), 3),
        **{REFUSED[kind]: round(share, 3) for kind, share in refused.items()},
    }


if __name__ == "__main__":
    raise SystemExit(main())
