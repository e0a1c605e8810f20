"""Questions with their answers marked -> how the reasons for a sentence add up (``answering/evidence.json``).

Run: python training/fit_evidence.py      (after training/fit_fusion.py; ten minutes; needs ../shared beside the project)

``answers.jsonl`` marks by hand where each answer stands: of questions kept from the training of the model, and of our
own questions about news articles kept from it, a third of them put in English too. Every question is asked
of all articles, of those that do not hold its answer, and with another thing in the place of the one it asks about; in Chinese
in other words too, and beside it one of the same matter that is not told. The weights first make the right sentence likely
among all (ListNet, Cao et al. 2007, doi:10.1145/1273496.1273513); then logistic regression tells when the best sentence
answers. Nothing under ``eval`` is read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from statistics import fmean

import numpy as np
import torch
from fit_fusion import ROOT, SHARED
from marked import FOLDS, Case, Cases, Matrix, collected

from regional_qa.answering.evidence import Judgement, margins
from regional_qa.answering.reasons import REASONS

FILE = ROOT / "src" / "regional_qa" / "answering" / "evidence.json"
SHRINKAGE = {"same language": 1e-3, "foreign": 1e-2}
"""What large weights cost; more where there are few cases."""
TRUSTED = 0.8  # of the answers given to questions that the corpus answers are to be right
Outcomes = list[tuple[bool, float]]
"""Whether the best sentence is right, and how probable that was."""


def main() -> int:
    """Collect the cases, fit, measure on parts left out, write."""
    if not (SHARED / "data").is_dir():
        print("../shared/data is not beside the project", file=sys.stderr)
        return 1
    sets = dict(collected())
    record = {
        kind: fitted(
            {name: cases for name, cases in sets.items() if ("English" in name) == (kind == "foreign")}, shrinkage
        )
        for kind, shrinkage in SHRINKAGE.items()
    }
    FILE.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record))
    return 0


def fitted(sets: Mapping[str, Cases], shrinkage: float) -> dict[str, object]:
    """The weights for these sets, from which probability to answer, and how well it does on parts left out."""
    judgement = fit(list(sets.values()), shrinkage)
    outcomes = left_out(sets, shrinkage)
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


def fit(sets: Sequence[Cases], shrinkage: float) -> Judgement:
    """The weights, every set counting alike."""
    best = _ranking([[case for case in one.held if case.right.any()] for one in sets], shrinkage)
    rows, truths, weights = [], [], []
    for one in sets:
        kinds = (one.held, 0.5), (one.others, 0.25), (one.swapped, 0.25), (one.reworded, 0.25), (one.not_told, 0.25)
        for cases, share in kinds:
            found = [_top(case, best) for case in cases]
            rows += [row for row, _ in found]
            truths += [truth for _, truth in found]
            weights += [share / len(found) for _ in found]
    share_of_all = np.array(weights) / sum(weights)
    answers, bias = _logistic(np.array(rows), np.array(truths, dtype=np.float64), share_of_all, shrinkage)
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


def _ranking(sets: Sequence[Sequence[Case]], shrinkage: float) -> Matrix:
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
        value = share @ torch.stack(lost) + shrinkage * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy() / spread)


def _logistic(rows: Matrix, truths: Matrix, share: Matrix, shrinkage: float) -> tuple[Matrix, float]:
    """Weights of the columns and the bias."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled, truth, weight = torch.tensor((rows - mean) / spread), torch.tensor(truths), torch.tensor(share)
    weights = torch.zeros(rows.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        odds = scaled @ weights[:-1] + weights[-1]
        lost = torch.nn.functional.softplus(odds) - truth * odds
        value = weight @ lost + 10 * shrinkage * (weights[:-1] ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = weights.detach().numpy()
    return found[:-1] / spread, float(found[-1] - (found[:-1] / spread) @ mean)


def left_out(sets: Mapping[str, Cases], shrinkage: float) -> dict[str, dict[str, Outcomes]]:
    """Of each kind of case in each set, every fifth judged by weights fitted without it."""
    kinds = [field.name for field in fields(Cases)]
    found: dict[str, dict[str, Outcomes]] = {name: {kind: [] for kind in kinds} for name in sets}
    for fold in range(FOLDS):
        judgement = fit([one.part(fold, own=False) for one in sets.values()], shrinkage)
        for name, one in sets.items():
            part = one.part(fold, own=True)
            for kind in kinds:
                for case in getattr(part, kind):
                    scores = judgement.scores(case.reasons)
                    at = int(scores.argmax())
                    probability = judgement.probabilities(case.reasons, scores)[at]
                    found[name][kind].append((bool(case.right[at]), float(probability)))
    return found


def measures(outcomes: Mapping[str, Outcomes], enough: float) -> dict[str, float]:
    """Shares of the questions whose best sentence is right, that are answered, rightly so, and rightly refused."""
    answered = {kind: [right for right, p in some if p >= enough] for kind, some in outcomes.items() if some}
    refused = {kind: 1 - len(some) / len(outcomes[kind]) for kind, some in answered.items()}
    shares = {
        "best is right": fmean(right for right, _ in outcomes["held"]),
        "answered": 1 - refused["held"],
        "answered rightly": fmean(answered["held"]),
        "refused without the articles": refused["others"],
        "refused where another thing is asked": refused["swapped"],
    }
    if "reworded" in answered:
        shares["in other words, answered"] = 1 - refused["reworded"]
        shares["in other words, answered rightly"] = fmean(answered["reworded"])
        shares["refused where it is not told"] = refused["not_told"]
    return {name: round(share, 3) for name, share in shares.items()}


if __name__ == "__main__":
    raise SystemExit(main())
