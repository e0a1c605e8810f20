"""Lexical, dense and fused search on the judged collections: nDCG@10 × 100.

Run: .venv/bin/python benchmarks/retrieval.py [SET ...]     (needs ../shared beside the project)
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from regional_qa.assemble import plug
from regional_qa.evaluation import ndcg_at_k, read_beir
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.retrieval import MOST_CHARS, search
from regional_qa.settings import Settings

EVAL = Path(__file__).parents[1].parent / "shared" / "eval"
SETS = ("mlqa_dev_zho_zho", "mlqa_dev_eng_zho", "mlqa_dev_zho_eng", "mlqa_dev_eng_eng", "drcd_test_hans", "rgb_zh_fact")
DEPTH = 50
"""Passages looked at for each query; an article counts as its best passage."""


def main() -> int:
    """Score each set and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=SETS)
    names = parser.parse_args().sets
    if not EVAL.is_dir():
        print("skipped: ../shared is not beside the project")
        return 0
    print("| set | queries | lexical | dense | fused |\n|---|---|---|---|---|")
    for name in names:
        print(f"| {name} | " + " | ".join(score(EVAL / name)) + " |")
        sys.stdout.flush()
    return 0


def score(folder: Path) -> list[str]:
    """Number of queries, then nDCG@10 × 100 of each way of searching."""
    queries, qrels = read_beir(folder)
    judged = {query_id: query[:MOST_CHARS] for query_id, query in queries.items() if query_id in qrels}
    with tempfile.TemporaryDirectory() as index:
        parts = plug(Settings())
        rebuild(folder / "corpus.jsonl", Path(index), parts)
        generation = open_generation(Path(index), parts)
        ways: tuple[Callable[[str], list[str]], ...] = (
            lambda query: by_article(generation, [row for row, _ in generation.lexical.search(query, DEPTH)]),
            lambda query: by_article(generation, nearest(generation, query)),
            lambda query: list(dict.fromkeys(hit.article.article_id for hit in search(generation, query, k=DEPTH))),
        )
        means = [fmean(ndcg_at_k(way(query), qrels[query_id]) for query_id, query in judged.items()) for way in ways]
    return [str(len(judged)), *(f"{100 * mean:.1f}" for mean in means)]


def nearest(generation: Generation, query: str) -> list[int]:
    """Rows nearest to a query by cosine."""
    vector = generation.embedder.encode_queries([query])[0]
    return [row for row, _ in generation.vectors.search(vector, DEPTH)]


def by_article(generation: Generation, rows: list[int]) -> list[str]:
    """Article ids in the order of their best passage."""
    return list(dict.fromkeys(article.article_id for _, article in generation.passages.get(rows)))


if __name__ == "__main__":
    raise SystemExit(main())
