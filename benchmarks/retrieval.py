"""Every judged collection: nDCG@10 × 100 of words, of vectors and of both, beside published scores; Spearman on STS.

Run: make bench, or .venv/bin/python benchmarks/retrieval.py [SET ...]     (needs ../shared beside the project)
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from regional_qa.assemble import plug
from regional_qa.evaluation import Run, measure, read_beir
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.retrieval import MOST_CHARS, MOST_HITS, fuse, scores_of, search
from regional_qa.settings import Settings
from regional_qa.types import Article

SHARED = Path(__file__).parents[1].parent / "shared"
EVAL = SHARED / "eval"
FEW = 30
PUBLISHED = {
    # embeddings-benchmark/results of 2026-08-20: multilingual-e5-small, e5-large, bge-m3, static-similarity-mrl
    "mlqa_dev_zho_zho": "80.7 · 84.9 · 84.7 · 65.1",
    "mlqa_dev_eng_zho": "64.3 · 77.8 · 84.7 · 57.9",
    "mlqa_dev_zho_eng": "63.6 · 77.5 · 79.7 · 58.7",
    "mlqa_dev_eng_eng": "84.2 · 87.5 · 84.2 · 71.4",
}


def main() -> int:
    """Score each set and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--embedder", help="another model than the bundled one")
    options = parser.parse_args()
    if not EVAL.is_dir():
        print("skipped: ../shared is not beside the project")
        return 0
    names = options.sets or sorted(path.parent.name for path in EVAL.glob("*/queries.jsonl"))
    settings = Settings.load(embedder=options.embedder)
    print(
        "| set | queries | words | vectors | vectors, word by word | all | published | all, p50 |\n|---|---|---|---|---|---|---|---|"
    )
    for name in names:
        print(f"| {name} | {' | '.join(score(EVAL / name, settings))} |", flush=True)
    if not options.sets:
        print(f"\n| STS | Spearman × 100 |\n|---|---|\n{similarity(settings)}")
    return 0


def score(folder: Path, settings: Settings) -> list[str]:
    """Number of queries, then nDCG@10 × 100 of each way of searching, published scores, and the time of the last way."""
    collection = read_beir(folder)
    corpus = folder / "corpus.jsonl"
    parts = plug(settings)
    with tempfile.TemporaryDirectory() as index:
        rebuild(corpus if corpus.exists() else SHARED / "data" / "news", Path(index), parts)
        generation = open_generation(Path(index), parts)
        scores = []
        for way in (words, vectors, word_by_word, everything):
            run, times = ranked(generation, collection.queries, way)
            scores.append(f"{100 * measure(collection.qrels, run).mean('nDCG@10'):.1f}")
    return [
        str(len(collection.queries)),
        *scores,
        PUBLISHED.get(folder.name, ""),
        f"{1000 * statistics.median(times):.1f} ms",
    ]


def ranked(
    generation: Generation, queries: Mapping[str, str], way: Callable[[Generation, str], list[tuple[Article, float]]]
) -> tuple[Run, list[float]]:
    """The run of one way of searching, and the seconds of each query; reprints score as the article they repeat."""
    run: dict[str, dict[str, float]] = {}
    times = []
    for query_id, query in queries.items():
        started = time.perf_counter()
        best = way(generation, query[:MOST_CHARS])
        times.append(time.perf_counter() - started)
        scores = run.setdefault(query_id, {})
        for article, value in best:
            for article_id in (article.article_id, *(again.article_id for again in article.reprints)):
                scores.setdefault(article_id, value)
    return run, times


def with_articles(generation: Generation, best: Sequence[tuple[int, float]]) -> list[tuple[Article, float]]:
    """Scores of articles instead of rows."""
    found = generation.passages.get([row for row, _ in best])
    return [(article, value) for (_, article), (_, value) in zip(found, best, strict=True)]


def words(generation: Generation, query: str) -> list[tuple[Article, float]]:
    """BM25 alone: of whole articles, for those whose passages it finds."""
    rows = [row for row, _ in generation.lexical.search(query, MOST_HITS)]
    articles, place = np.unique(generation.passages.articles_of(np.array(rows, dtype=np.int64)), return_inverse=True)
    scores = generation.lexical.whole(query, articles)[place]
    return with_articles(generation, sorted(zip(rows, scores.tolist(), strict=True), key=lambda one: -one[1]))


def vectors(generation: Generation, query: str) -> list[tuple[Article, float]]:
    """The cosine of the two means alone."""
    near = generation.vectors.search(generation.embedder.encode_queries([query])[0], MOST_HITS)
    return with_articles(generation, near)


def word_by_word(generation: Generation, query: str) -> list[tuple[Article, float]]:
    """The nearest vectors, ranked with the late interaction of their words."""
    vector = generation.embedder.encode_queries([query])[0]
    rows = np.sort(np.array([row for row, _ in generation.vectors.search(vector, MOST_HITS)], dtype=np.int64))
    fused = fuse(scores_of(generation, query, vector, rows, np.zeros(len(rows))), 0.0)
    return with_articles(generation, sorted(zip(rows.tolist(), fused.tolist(), strict=True), key=lambda one: -one[1]))


def everything(generation: Generation, query: str) -> list[tuple[Article, float]]:
    """What the product does; for few passages, as its users ask, it looks at fewer."""
    return [(hit.article, hit.score) for hit in search(generation, query, k=FEW)]


def similarity(settings: Settings) -> str:
    """A table's line for each set of sentence pairs."""
    embedder = plug(settings).embedder
    lines = []
    for path in sorted((EVAL / "sts").glob("*.tsv")):
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        left, right = (embedder.encode_queries([row[side] for row in rows]) for side in (0, 1))
        spearman = spearmanr((left * right).sum(axis=1), [float(row[2]) for row in rows])[0]
        lines.append(f"| {path.stem} | {100 * spearman:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
