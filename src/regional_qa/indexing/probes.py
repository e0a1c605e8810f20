"""Probe sentences: what a model and a word cutter made of them at rebuild must be what they make of them now.

A name and a version say what a part is called; this says what it does. Knows nothing about the corpus.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from regional_qa.errors import IndexDamaged, IndexMismatch
from regional_qa.indexing import durable
from regional_qa.ports import Embedder, LexicalIndex

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


def write_probes(folder: Path, embedder: Embedder, lexical: LexicalIndex) -> None:
    """Store what these parts make of the sentences."""
    vectors = embedder.encode_passages(SENTENCES)  # (n_sentences, dim)
    record = {
        "sentences": SENTENCES,
        "terms": [lexical.terms(sentence) for sentence in SENTENCES],
        "vectors": np.round(vectors, 6).tolist(),
    }
    durable.write(folder / FILE, json.dumps(record, ensure_ascii=False).encode())


def require_probes(folder: Path, embedder: Embedder, lexical: LexicalIndex) -> None:
    """Refuse parts that would look for something else than what is stored.

    Raises:
        IndexMismatch: the model gives other vectors, or the cutter other words.
        IndexDamaged: the file cannot be read.
    """
    try:
        record = json.loads((folder / FILE).read_bytes())
        sentences, terms = [str(sentence) for sentence in record["sentences"]], record["terms"]
        before = np.array(record["vectors"], dtype=np.float64)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"{folder / FILE} cannot be read; run `regional-qa rebuild`") from error
    now = embedder.encode_passages(sentences).astype(np.float64)
    # of unit rows a distance says what a cosine does, and it also holds two rows without any known word against each other
    if now.shape != before.shape or not (np.linalg.norm(now - before, axis=1) <= (2 - 2 * NEAREST) ** 0.5).all():
        raise IndexMismatch(
            f"the model {embedder.name!r} no longer gives the vectors that the index was built with; "
            "run `regional-qa rebuild` or restore the model"
        )
    if [lexical.terms(sentence) for sentence in sentences] != terms:
        raise IndexMismatch(
            "words are cut otherwise than when the index was built (another version of rjieba or opencc?); "
            "run `regional-qa rebuild` or install the versions of constraints.txt"
        )
