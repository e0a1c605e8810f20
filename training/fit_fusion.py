"""Questions kept aside -> the weights by which search adds up its scores (``src/regional_qa/fusion.json``).

Run: python training/fit_fusion.py        (after training/train.py; ten minutes; needs ../shared beside the project)

The texts were kept from the training of the model (``corpora.is_kept_aside``), and nothing under ``eval`` is read.
The weights make the right article likely among a query's candidates (ListNet with one right answer, Cao et al. 2007,
doi:10.1145/1273496.1273513), every set counting alike.
"""

from __future__ import annotations

import json
import math
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from aside import sets
from numpy.typing import NDArray
from torch.nn.functional import softplus
from tqdm import tqdm

from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.retrieval import FUSION, MOST_CHARS, Fusion, candidates, coverage, scores_of, standard
from regional_qa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
FILE = ROOT / "src" / "regional_qa" / "fusion.json"
NAMES = ("lexical", "article_lexical", "dense", "article_late", "in_order", "in_order_sharp", "together")
LEXICAL = NAMES[:2]  # they mean nothing where the index does not know the query's words
MOST_QUERIES = 600
BOUNDS = ((0.1, 0.5), (0.1, 0.9), (0.3, 0.7), (0.3, 0.9))
SHRINKAGE = 1e-3
LEAST_LEXICAL = 0.25  # of the article's weight: a name that the model does not know must lead to its passage


@dataclass(frozen=True, slots=True)
class Case:
    """One query: its candidates' standardised scores (n, n_names), their articles, and which passages are right."""

    scores: NDArray[np.float64]
    articles: NDArray[np.int64]
    right: NDArray[np.bool_]
    coverage: float


def main() -> int:
    """Collect the cases, fit, write."""
    if not (SHARED / "data").is_dir():
        print("../shared/data is not beside the project", file=sys.stderr)
        return 1
    rng = random.Random(7)
    cases: dict[str, list[Case]] = {}
    for documents, judged in sets(SHARED, rng):
        with opened(documents) as generation:
            for name, queries in judged.items():
                rng.shuffle(queries)
                found = (_case(generation, *one) for one in tqdm(queries[:MOST_QUERIES], name))
                cases[name] = [case for case in found if case]
    _, best = min((fit(cases, *bounds) for bounds in BOUNDS), key=lambda one: one[0])
    # The names of sets written by hand have a comma (``aside.sets``); what they teach is the other language.
    made = {name: found for name, found in cases.items() if ", " not in name}
    best = replace(best, known=fit(made, best.low, best.high)[1].known)
    before, after = ({name: measure(found, fusion) for name, found in cases.items()} for fusion in (FUSION, best))
    record = {
        "known": {name: round(weight, 3) for name, weight in best.known.items()},
        "unknown": {name: round(weight, 3) for name, weight in best.unknown.items()},
        "coverage": [best.low, best.high],
        "fitted": "training/fit_fusion.py on texts kept aside from training, seed 7: known on the sets without questions "
        "written by hand, unknown and coverage on all",
        "queries": {name: len(found) for name, found in cases.items()},
        "ndcg@10": {name: round(value, 4) for name, value in after.items()},
    }
    FILE.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in cases:
        print(f"{name}: {100 * before[name]:.1f} -> {100 * after[name]:.1f}")
    print(json.dumps(record))
    return 0


@contextmanager
def opened(documents: Mapping[str, tuple[str, str]]) -> Iterator[Generation]:
    """An index of the documents, for the time being."""
    parts = plug(Settings())
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        rows = ({"_id": key, "title": title, "text": text} for key, (title, text) in documents.items())
        corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        rebuild(corpus, Path(folder) / "index", parts)
        yield open_generation(Path(folder) / "index", parts)


def _case(generation: Generation, query: str, document: str, sentences: Sequence[str]) -> Case | None:
    """None where the right passage is no candidate: that teaches nothing."""
    query = query[:MOST_CHARS]
    known = coverage(generation, query)
    rows, lexical, vector = candidates(generation, query, known, 0)
    articles = generation.passages.articles_of(rows)
    right = np.array(
        [
            document in (article.article_id, *(again.article_id for again in article.reprints))
            and (not sentences or any(one in passage.text for one in sentences))
            for passage, article in generation.passages.get(rows.tolist())
        ]
    )
    if not right.any():
        return None
    scores = scores_of(generation, query, vector, rows, lexical)
    stacked = np.stack([standard(scores[name]) for name in NAMES], axis=1)
    return Case(stacked, articles, right, known)


def fit(cases: Mapping[str, Sequence[Case]], low: float, high: float) -> tuple[float, Fusion]:
    """The loss and the weights, none below 0, for these bounds of the coverage."""
    sets = [_Candidates(found, low, high) for found in cases.values()]
    lexical = torch.tensor([name in LEXICAL for name in NAMES])
    raw = torch.full((2, len(NAMES)), 0.5, requires_grad=True)
    optimizer = torch.optim.LBFGS([raw], max_iter=100, line_search_fn="strong_wolfe")

    def weights() -> torch.Tensor:
        known, unknown = softplus(raw)
        least = torch.zeros_like(known).index_fill(0, torch.tensor([0]), LEAST_LEXICAL) * known[1]
        return torch.stack([known + least, unknown.masked_fill(lexical, 0.0)])

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = SHRINKAGE * (weights() ** 2).sum() + sum(one.loss(weights()) for one in sets) / len(sets)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    known, unknown = weights().tolist()
    found = float(loss().detach())
    print(f"coverage {low} to {high}: loss {found:.4f}", flush=True)
    return found, Fusion(dict(zip(NAMES, known, strict=True)), dict(zip(NAMES, unknown, strict=True)), low, high)


class _Candidates:
    """All candidates of a set end to end."""

    def __init__(self, cases: Sequence[Case], low: float, high: float) -> None:
        sizes = [len(case.articles) for case in cases]
        trust = [min(max((case.coverage - low) / (high - low), 0.0), 1.0) for case in cases]
        self._count = len(cases)
        self._scores = torch.tensor(np.concatenate([case.scores for case in cases]), dtype=torch.float32)
        self._query = torch.tensor(np.repeat(np.arange(len(cases)), sizes))
        self._trust = torch.tensor(np.repeat(trust, sizes), dtype=torch.float32)
        self._right = torch.tensor(np.concatenate([case.right for case in cases]))

    def loss(self, weights: torch.Tensor) -> torch.Tensor:
        """Mean of minus the log likelihood of the right article; ``weights`` are (2, n_names), known and unknown."""
        known, unknown = (self._scores @ weights.T).T
        fused = self._trust * known + (1 - self._trust) * unknown
        every = self._log_sum(fused, self._query)
        return (every - self._log_sum(fused[self._right], self._query[self._right])).mean()

    def _log_sum(self, fused: torch.Tensor, query: torch.Tensor) -> torch.Tensor:
        most = torch.full((self._count,), -1e9).scatter_reduce(0, query, fused.detach(), "amax")
        return most + torch.log(torch.zeros(self._count).index_add(0, query, torch.exp(fused - most[query])))


def measure(cases: Sequence[Case], fusion: Fusion) -> float:
    """nDCG@10 of the right article, which scores as its best right passage."""
    total = 0.0
    for case in cases:
        fused = case.scores @ fusion.weights(NAMES, case.coverage)
        own = fused[case.right].max()
        above = len(np.unique(case.articles[fused > own]))
        total += 1 / math.log2(above + 2) if above < 10 else 0.0
    return total / max(len(cases), 1)


if __name__ == "__main__":
    raise SystemExit(main())
