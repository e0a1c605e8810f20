"""Probe sentences: what model, word cutter and stores made of them at rebuild must be what they make of them now.

A name and a version say what a part is called, a digest that its file is whole; this says what it does, and that the
stores of a generation belong together. Knows nothing about questions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from regional_qa.errors import IndexDamaged, IndexMismatch, rebuild_hint
from regional_qa.indexing import durable
from regional_qa.indexing.passages import PassageStore
from regional_qa.ports import Embedder, LexicalIndex, VectorStore

FILE = "probes.json"
SENTENCES = (
    "2023年，安徽光伏玻璃产量占全国总产量的一半以上。",
    "江苏每千名老年人拥有养老床位40张，护理型床位占比68%。",
    "粵港澳大灣區跨境電商進出口增長７３．５％",
    "黑河自贸片区对外贸易总额同比下降三成。",
    "The province exported 1.2 million vehicles in 2024.",
    "省政府办公厅印发《实施意见》，明确到2027年的目标。",
    "柠檬、海带与羊肚菌",
    "那江西呢？",
)
NEAREST = 0.999
"""Cosine that a vector must have with the one stored; another build of the same library stays well above."""
TOLERANCE = 2e-3
"""By which a cosine or a BM25 score may differ from the one stored, the latter by that share."""
_ROWS = 16


def write_probes(
    folder: Path, embedder: Embedder, vectors: VectorStore, lexical: LexicalIndex, passages: PassageStore
) -> None:
    """Store what these parts make of the sentences, and of some of the passages."""
    found = {"sentences": SENTENCES, **_probe_model(embedder, vectors), **_probe_words(lexical, passages)}
    durable.write(folder / FILE, json.dumps(found, ensure_ascii=False).encode())


def require_probes(
    folder: Path, embedder: Embedder, vectors: VectorStore, lexical: LexicalIndex, passages: PassageStore
) -> None:
    """Refuse parts that would look for something else than what is stored, and stores of different generations.

    Raises:
        IndexMismatch: the model gives other vectors, or the cutter other words.
        IndexDamaged: the stores do not belong together, or the file cannot be read.
    """
    try:
        before = json.loads((folder / FILE).read_bytes())
        if tuple(before["sentences"]) != SENTENCES:
            raise IndexMismatch(f"{folder} was built with other probe sentences; {rebuild_hint(folder)}")
        now = _probe_model(embedder, vectors) | _probe_words(lexical, passages)
        _require_same_parts(before, now, embedder.name, folder)
        near = [_near(before[name], now[name]) for name in ("cosines", "scores")]
        if before["passages"] != now["passages"] or not all(near):
            raise IndexDamaged(f"{folder} holds stores of different generations; {rebuild_hint(folder)}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"{folder / FILE} cannot be read; {rebuild_hint(folder)}") from error


def _probe_model(embedder: Embedder, vectors: VectorStore) -> dict[str, Any]:
    """The vectors of the sentences, and their cosines with some rows of the store."""
    asked = embedder.encode_passages(SENTENCES)  # (n_sentences, dim)
    cosines = [vectors.cosines(one, _sample(len(vectors))) for one in asked]
    return {"vectors": np.round(asked, 6).tolist(), "cosines": np.round(cosines, 6).tolist()}


def _probe_words(lexical: LexicalIndex, passages: PassageStore) -> dict[str, Any]:
    """The terms of the sentences; which passages stand in some rows, and the score of each for its own words."""
    rows = _sample(len(passages))
    found = [passage for passage, _ in passages.get(rows)]
    own = (lexical.search(one.text, 1, np.array([row])) for row, one in zip(rows, found, strict=True))
    return {
        "terms": [lexical.terms(one) for one in SENTENCES],
        "passages": [one.passage_id for one in found],
        "scores": [round(hits[0][1], 6) if hits else 0.0 for hits in own],
    }


def _require_same_parts(before: Mapping[str, Any], now: Mapping[str, Any], model: str, folder: Path) -> None:
    then, here = (np.array(one["vectors"], dtype=np.float64) for one in (before, now))
    # of unit rows a distance says what a cosine does, and it also holds two rows without any known word against each other
    if then.shape != here.shape or not (np.linalg.norm(then - here, axis=1) <= (2 - 2 * NEAREST) ** 0.5).all():
        raise IndexMismatch(
            f"the model {model!r} no longer gives the vectors that the index was built with; "
            f"{rebuild_hint(folder)} or restore the model"
        )
    if before["terms"] != now["terms"]:
        raise IndexMismatch(
            "words are cut otherwise than when the index was built (another version of rjieba or opencc?); "
            f"{rebuild_hint(folder)} or install the versions of constraints.txt"
        )


def _near(before: Any, now: Any) -> bool:
    then, here = np.array(before, dtype=np.float64), np.array(now, dtype=np.float64)
    return then.shape == here.shape and np.allclose(then, here, rtol=TOLERANCE, atol=TOLERANCE)


def _sample(rows: int) -> list[int]:
    """Some rows, evenly apart."""
    return sorted({round(place) for place in np.linspace(0, rows - 1, min(rows, _ROWS)).tolist()})
