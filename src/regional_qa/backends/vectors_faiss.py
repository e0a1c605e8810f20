"""The vector store: a flat index of faiss in half precision, searched by inner product of unit rows.

Half precision takes a third of the time and half of the memory; a cosine is off by less than 0.001.

FAISS pads missing results with id -1, hides a full disk when it writes by itself and never says what
was wrong with a vector; all three stop here. Knows nothing about text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from regional_qa.errors import IndexDamaged, ModelError
from regional_qa.ports import Rows, Vector, Vectors

FILE = "vectors.faiss"

faiss.omp_set_num_threads(1)  # a second thread never made one query faster and lets a busy neighbour stall it


class FaissVectors:
    """A ``ports.VectorStore`` over ``IndexScalarQuantizer`` in fp16: every row is looked at, also under a filter."""

    def __init__(self, index: Any) -> None:
        self._index = index
        codes = faiss.rev_swig_ptr(index.codes.data(), index.codes.size()) if index.ntotal else np.empty(0, np.uint8)
        self._rows = codes.view(np.float16).reshape(index.ntotal, index.d)

    @classmethod
    def build(cls, vectors: Vectors) -> Self:
        """A store over (n, dim) unit rows."""
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ModelError("the embedding model gave vectors that are not finite numbers; try another `--embedder`")
        index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``save`` wrote, allowing no more memory than the file is long."""
        file = folder / FILE
        try:
            content = np.fromfile(file, dtype=np.uint8)
            faiss.set_deserialization_vector_byte_limit(max(len(content), 1))
            index = faiss.deserialize_index(content)
        except (OSError, RuntimeError, MemoryError) as error:
            reason = str(error).splitlines()[-1:] or ["unreadable"]
            raise IndexDamaged(f"{file} cannot be read ({reason[0]}); run `regional-qa rebuild`") from error
        half = isinstance(index, faiss.IndexScalarQuantizer) and index.sq.qtype == faiss.ScalarQuantizer.QT_fp16
        if not half or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexDamaged(f"{file} is no flat index in half precision; run `regional-qa rebuild`")
        return cls(index)

    def save(self, folder: Path) -> None:
        """Write through Python, which reports a full disk."""
        (folder / FILE).write_bytes(faiss.serialize_index(self._index).tobytes())

    def search(self, query: Vector, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, cosine), best first; equal cosines in order of row."""
        self._require_fit(query)
        count = min(k, len(self) if allowed is None else len(allowed))
        if count < 1:
            return []
        if allowed is None:
            cosines, rows = self._index.search(query[None, :], count)
        else:
            bits = np.packbits(_mask(allowed, len(self)), bitorder="little")
            selector = faiss.IDSelectorBitmap(len(self), faiss.swig_ptr(bits))
            cosines, rows = self._index.search(query[None, :], count, params=_parameters(selector))
        found = [(int(row), float(cosine)) for row, cosine in zip(rows[0], cosines[0], strict=True) if row >= 0]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def cosines(self, query: Vector, rows: Sequence[int]) -> Vector:
        """(len(rows),) cosine of the query with each row."""
        self._require_fit(query)
        return np.asarray(self._rows[np.asarray(rows, dtype=np.int64)].astype(np.float32) @ query)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def _require_fit(self, query: Vector) -> None:
        if query.shape != (self._index.d,) or not np.isfinite(query).all():
            raise ModelError(
                f"the embedding model gave a vector of shape {query.shape}, the index needs ({self._index.d},) finite "
                "numbers; run `regional-qa rebuild` with this model"
            )


def _parameters(selector: Any) -> Any:
    parameters = faiss.SearchParameters()
    parameters.sel = selector
    return parameters


def _mask(rows: Rows, total: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    mask = np.zeros(total, dtype=bool)
    mask[rows] = True
    return mask
