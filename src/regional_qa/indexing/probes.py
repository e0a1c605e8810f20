"""A few sentences and their vectors, kept with an index: a model that gives them other vectors is another model.

Knows nothing about what is searched.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from regional_qa.errors import IndexDamaged, IndexMismatch
from regional_qa.ports import Embedder

FILE = "probes.npy"
SENTENCES = (
    "安徽光伏玻璃产量占全国一半以上。",
    "2023年前三季度，江西“新三样”出口增长73.5%。",
    "江苏养老机构护理型床位占比达到68%。",
    "Gansu placed 5.232 million rural workers in jobs.",
)
LEAST_COSINE = 0.999
"""What another processor may change is far less."""


def save_probes(folder: Path, embedder: Embedder) -> None:
    """Write the vectors of the sentences into a generation's folder."""
    np.save(folder / FILE, embedder.encode_passages(SENTENCES).astype(np.float32), allow_pickle=False)


def require_same_vectors(folder: Path, embedder: Embedder) -> None:
    """Hold the model against the vectors it gave when the index was built.

    Raises:
        IndexMismatch: it gives others now.
        IndexDamaged: the vectors cannot be read.
    """
    try:
        before = np.load(folder / FILE, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{folder / FILE} cannot be read ({error}); run `regional-qa rebuild`") from error
    now = embedder.encode_passages(SENTENCES)
    if before.shape != now.shape or not (np.einsum("ij,ij->i", before, now) >= LEAST_COSINE).all():
        raise IndexMismatch(
            f"the model {embedder.name!r} gives other vectors than when the index was built, under the same "
            "fingerprint; run `regional-qa rebuild`"
        )
