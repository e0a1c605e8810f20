"""Questions kept aside -> the weights by which search adds up its scores (``src/regional_qa/fusion.json``).

Run: python training/fit_fusion.py        (after training/train.py; ten minutes; needs ../shared beside the project)

The texts were kept from the training of the model (``corpora.is_kept_aside``), and nothing under ``eval`` is read.
Coordinate ascent on the mean nDCG@10 of the sets (Metzler and Croft 2007, doi:10.1007/s10791-006-9019-z).
"""

from __future__ import annotations

import json
import math
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from aside import sets
from numpy.typing import NDArray
from tqdm import tqdm

from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.retrieval import FUSION, Fusion, candidates, coverage, scores_of, standard
from regional_qa.settings import Settings

SHARED = Path(__file__).resolve().parents[2] / "shared"
MOST_QUERIES = 400
ROUNDS, STARTS = 4, 5
STEPS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
BOUNDS = tuple(product((0.1, 0.2, 0.3, 0.4), (0.5, 0.6, 0.7, 0.8, 0.9)))


@dataclass(frozen=True, slots=True)
class Case:
    """One query: its candidates' standardised scores (n, n_scores), their articles, and which article is right."""

    scores: NDArray[np.float64]
    articles: NDArray[np.int64]
    right: int
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
                found = (_case(generation, query[:500], one) for query, one in tqdm(queries[:MOST_QUERIES], name))
                cases[name] = [case for case in found if case]
    names = list(FUSION.weights)
    before = {name: measure(found, FUSION, names) for name, found in cases.items()}
    starts = [FUSION, *(_random(names, rng) for _ in range(STARTS))]
    best = max((fit(cases, start, names) for start in starts), key=lambda fusion: mean(cases, fusion, names))
    after = {name: measure(found, best, names) for name, found in cases.items()}
    record = {
        "weights": best.weights,
        "coverage": [best.low, best.high],
        "fitted": "training/fit_fusion.py on texts kept aside from training, seed 7",
        "queries": {name: len(found) for name, found in cases.items()},
        "ndcg@10": {name: round(value, 4) for name, value in after.items()},
    }
    place = Path(__file__).resolve().parents[1] / "src" / "regional_qa" / "fusion.json"
    place.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in cases:
        print(f"{name}: {100 * before[name]:.1f} -> {100 * after[name]:.1f}")
    print(json.dumps(record["weights"]), record["coverage"])
    return 0


@contextmanager
def opened(documents: Mapping[str, str]) -> Iterator[Generation]:
    """An index of the documents, for the time being."""
    parts = plug(Settings())
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        lines = (json.dumps({"_id": key, "title": "", "text": text}) + "\n" for key, text in documents.items())
        corpus.write_text("".join(lines), encoding="utf-8")
        rebuild(corpus, Path(folder) / "index", parts)
        yield open_generation(Path(folder) / "index", parts)


def _case(generation: Generation, query: str, document: str) -> Case | None:
    """None where the right document is no candidate: that teaches nothing."""
    vector = generation.embedder.encode_queries([query])[0]
    rows = candidates(generation, query, vector, None)
    articles = generation.passages.articles_of(rows.tolist())
    found = [article for _, article in generation.passages.get(rows.tolist())]
    ids = [{article.article_id, *(again.article_id for again in article.reprints)} for article in found]
    right = {int(article) for article, known in zip(articles, ids, strict=True) if document in known}
    if not right:
        return None
    scores = scores_of(generation, query, vector, rows)
    stacked = np.stack([standard(scores[name]) for name in FUSION.weights], axis=1)
    return Case(stacked, articles, right.pop(), coverage(generation, query))


def fit(cases: Mapping[str, Sequence[Case]], start: Fusion, names: list[str]) -> Fusion:
    """Better one number at a time, as long as a round helps; the first weight stays 1."""
    best, value = start, mean(cases, start, names)
    for _ in range(ROUNDS):
        before = value
        for number in range(len(names)):
            options = (
                [Fusion(best.weights, low, high) for low, high in BOUNDS]
                if number == len(names) - 1
                else [Fusion({**best.weights, names[number + 1]: step}, best.low, best.high) for step in STEPS]
            )
            for one in options:
                if (found := mean(cases, one, names)) > value + 1e-6:
                    best, value = one, found
        print(f"{100 * value:.2f} {json.dumps(best.weights)} {best.low} {best.high}", flush=True)
        if value - before < 1e-4:
            break
    return best


def _random(names: list[str], rng: random.Random) -> Fusion:
    low, high = rng.choice(BOUNDS)
    return Fusion({name: 1.0 if name == names[0] else rng.choice(STEPS) for name in names}, low, high)


def mean(cases: Mapping[str, Sequence[Case]], fusion: Fusion, names: list[str]) -> float:
    """Every set counts alike."""
    return sum(measure(found, fusion, names) for found in cases.values()) / len(cases)


def measure(cases: Sequence[Case], fusion: Fusion, names: list[str]) -> float:
    """nDCG@10; an article scores as its best passage."""
    total = 0.0
    for case in cases:
        fused = case.scores @ fusion.effective(names, case.coverage)
        own = fused[case.articles == case.right].max()
        above = len(np.unique(case.articles[fused > own]))
        total += 1 / math.log2(above + 2) if above < 10 else 0.0
    return total / max(len(cases), 1)


if __name__ == "__main__":
    raise SystemExit(main())
