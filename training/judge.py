"""nDCG@10 of vectors alone on the judged collections; only measures, nothing here is trained on.

Stands on its own, so that training does not need the package to be installed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[list[str]], NDArray[np.float32]]
SETS = ("mlqa_dev_zho_zho", "mlqa_dev_eng_zho", "mlqa_dev_zho_eng", "mlqa_dev_eng_eng", "drcd_test_hans")


def judge(folder: Path, encode: Encode) -> float:
    """nDCG@10, the gain being the grade, over the queries of a folder in BEIR layout."""
    documents, queries = _rows(folder / "corpus.jsonl"), _rows(folder / "queries.jsonl")
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query_id, document_id, grade = line.split("\t")
        grades[query_id][document_id] = int(grade)
    queries = [query for query in queries if query["_id"] in grades]
    passages = encode([f"{one.get('title', '')}\n{one['text']}" for one in documents])
    best = np.argsort(-(encode([one["text"] for one in queries]) @ passages.T), axis=1)[:, :10]
    discounts = 1 / np.log2(np.arange(2, 12))
    scores = []
    for query, row in zip(queries, best, strict=True):
        right = grades[query["_id"]]
        gains = np.array([right.get(documents[at]["_id"], 0) for at in row])
        ideal = np.array(sorted(right.values(), reverse=True)[:10])
        scores.append(gains @ discounts[: gains.size] / (ideal @ discounts[: ideal.size]))
    return float(np.mean(scores))


def _rows(file: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
