"""nDCG@10 of vectors alone: on the judged collections, which are only measured, and on texts kept aside.

Stands on its own, so that training does not need the package to be installed.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from aside import sets
from numpy.typing import NDArray

Encode = Callable[[list[str]], NDArray[np.float32]]
SETS = ("mlqa_dev_zho_zho", "mlqa_dev_eng_zho", "mlqa_dev_zho_eng", "mlqa_dev_eng_eng", "drcd_test_hans")
MOST_QUERIES = 1000


def judge(shared: Path, encode: Encode) -> Iterator[tuple[str, float]]:
    """Names of sets with their nDCG@10; those kept aside from training come last."""
    for name in SETS:
        yield name, collection(shared / "eval" / name, encode)
    rng = random.Random(7)
    for documents, judged in sets(shared, rng):
        places = {key: at for at, key in enumerate(documents)}
        passages = encode([f"{title}\n{text}" for title, text in documents.values()])
        for name, queries in judged.items():
            asked = rng.sample(queries, min(len(queries), MOST_QUERIES))
            grades = [{places[right]: 1} for _, right, _ in asked]
            yield f"kept aside: {name}", ndcg(encode([query for query, _, _ in asked]), passages, grades)


def collection(folder: Path, encode: Encode) -> float:
    """nDCG@10 over the queries of a folder in BEIR layout."""
    documents, queries = _rows(folder / "corpus.jsonl"), _rows(folder / "queries.jsonl")
    places = {one["_id"]: at for at, one in enumerate(documents)}
    grades: dict[str, dict[int, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query_id, document_id, grade = line.split("\t")
        grades[query_id][places[document_id]] = int(grade)
    queries = [query for query in queries if query["_id"] in grades]
    passages = encode([f"{one.get('title', '')}\n{one['text']}" for one in documents])
    return ndcg(encode([one["text"] for one in queries]), passages, [grades[one["_id"]] for one in queries])


def ndcg(queries: NDArray[np.float32], passages: NDArray[np.float32], grades: Sequence[Mapping[int, int]]) -> float:
    """nDCG@10, the gain being the grade, by the inner products of (n, dim) queries and passages."""
    discounts = 1 / np.log2(np.arange(2, 12))
    scores = []
    for query, right in zip(queries, grades, strict=True):
        near = passages @ query
        best = np.argpartition(-near, 10)[:10] if near.size > 10 else np.arange(near.size)
        gains = np.array([right.get(int(at), 0) for at in best[np.argsort(-near[best])]])
        ideal = np.array(sorted(right.values(), reverse=True)[:10])
        scores.append(gains @ discounts[: gains.size] / (ideal @ discounts[: ideal.size]))
    return float(np.mean(scores))


def _rows(file: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
