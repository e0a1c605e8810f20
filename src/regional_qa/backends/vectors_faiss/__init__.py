"""The vector store: a flat index of faiss in half precision, searched by inner product of unit rows.

Half precision takes a third of the time and half of the memory; a cosine is off by less than 0.001. Where there are
many rows they take one byte a number, and a cosine is off by less than 0.005; a product quantizer of four bits (André et
al. 2015, "Cache locality is not enough") looks at all of them first, thirty times faster, and only the best are compared.

FAISS pads missing results with id -1, hides a full disk when it writes by itself and never says what
was wrong with a vector; all three stop here. Knows nothing about text.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from regional_qa.backends.vectors_faiss.coarse import SOME, coarse_index, is_coarse, is_coded
from regional_qa.cores import cores, one_core
from regional_qa.errors import IndexDamaged, IndexMismatch, ModelError, rebuild_hint
from regional_qa.ports import HalfVectors, Rows, Vector, Vectors

logger = logging.getLogger(__name__)

FILE, COARSE_FILE = "vectors.faiss", "coarse.faiss"
MANY = 20_000
"""Rows from which on a byte must do for a number, and a coarse index is built."""
OVERFETCH, LEAST_FETCH, LEAST_ALLOWED = 6, 400, 400
"""So many times the rows asked for are taken from the coarse index, and no fewer than these; under a filter, for which
more of all are taken, so that about so many are allowed."""
LEAST_RECALL = 0.97
"""Recall@10 of bytes and coarse index together, on a sample; where they miss more, half precision does without them."""
EQUAL = 1e-6
"""Cosines that are no further apart are equal: passages are printed again and again."""
BROAD = 0.1
"""A filter that lets so large a share of the rows pass is applied after the coarse index."""
_HALF, _BYTES = faiss.ScalarQuantizer.QT_fp16, faiss.ScalarQuantizer.QT_8bit_uniform
_SAMPLE = 50
_PART_BYTES = 1 << 20


class FaissVectors:
    """A ``ports.VectorStore`` over ``IndexScalarQuantizer`` in fp16, and ``IndexPQFastScan`` where there are many rows."""

    def __init__(self, index: Any, coarse: Any = None) -> None:
        self._index, self._coarse = index, coarse
        self.recall = math.nan if coarse else 1.0
        codes = faiss.rev_swig_ptr(index.codes.data(), index.codes.size()) if index.ntotal else np.empty(0, np.uint8)
        is_half = index.sq.qtype == _HALF
        self._rows = (codes.view(np.float16) if is_half else codes).reshape(index.ntotal, index.d)
        least, width = (0.0, 0.0) if is_half else faiss.vector_to_array(index.sq.trained).tolist()
        self._step = 1.0 if is_half else width / 255
        self._zero = 0.0 if is_half else least + self._step / 2
        """What a byte stands for is its multiple of the step above this."""

    @classmethod
    def build(cls, vectors: Vectors | HalfVectors, cache: Path | None = None) -> Self:
        """A store over (n, dim) unit rows; they are rounded to half precision first, so that both kinds give the same."""
        _use_cores(1)
        half = np.ascontiguousarray(vectors, dtype=np.float16)
        if not _most(half) < np.inf:
            raise ModelError("the embedding model gave vectors that are not finite numbers; try another `--embedder`")
        if len(half) >= MANY and is_coded(half.shape[1]):
            index, coarse, tenths = _bytes_and_codes(half, cache)
            store = cls(index, coarse)
            store.recall = _recall(store, half, tenths)
            if store.recall >= LEAST_RECALL:
                return store
            logger.warning("the coarse index finds %.2f of the nearest vectors; search goes without it", store.recall)
        return cls(_in_half(half))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``save`` wrote, allowing no more memory than the file is long."""
        if not (folder / FILE).exists():
            raise IndexMismatch(
                f"{folder} has no vectors of the store 'faiss'; {rebuild_hint(folder)} or change `--store`"
            )
        index = _read(folder / FILE, faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(index, faiss.IndexScalarQuantizer) or not _is_flat(index):
            raise IndexDamaged(f"{folder / FILE} is no flat index in half precision or bytes; {rebuild_hint(folder)}")
        if not (folder / COARSE_FILE).exists():
            return cls(index)
        coarse = _read(folder / COARSE_FILE)
        if not isinstance(coarse, faiss.IndexPQFastScan) or not is_coarse(coarse, index.ntotal, index.d):
            raise IndexDamaged(f"{folder / COARSE_FILE} does not fit {FILE}; {rebuild_hint(folder)}")
        return cls(index, coarse)

    @classmethod
    def tidy(cls, folders: Sequence[Path], live: Path | None) -> None:
        """Nothing lies outside of the folders."""

    def faults(self) -> list[str]:
        """None: there is nothing outside of the folder."""
        return []

    def save(self, folder: Path) -> None:
        """Write through Python, which reports a full disk."""
        _write(folder / FILE, self._index)
        if self._coarse:
            _write(folder / COARSE_FILE, self._coarse)

    def search(self, query: Vector, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, cosine), best first; equal cosines in order of row."""
        self._require_fit(query)
        _use_cores(1)  # a second one never made one query faster and lets a busy neighbour stall it
        count = min(k, len(self) if allowed is None else len(allowed))
        if count < 1:
            return []
        if self._coarse and (allowed is None or len(allowed) >= BROAD * len(self)):
            found = self._refined(query, count, allowed)
            if len(found) == count:
                return found
        return self._exact(query, count, allowed)

    def _exact(self, query: Vector, count: int, allowed: Rows | None) -> list[tuple[int, float]]:
        """Every row is looked at, or every allowed one."""
        if allowed is None:
            cosines, rows = self._index.search(query[None, :], count)
        else:
            bits = np.packbits(_mask(allowed, len(self)), bitorder="little")
            selector = faiss.IDSelectorBitmap(len(self), faiss.swig_ptr(bits))
            cosines, rows = self._index.search(query[None, :], count, params=_parameters(selector))
        return _best(rows[0], cosines[0], count)

    def _refined(self, query: Vector, count: int, allowed: Rows | None) -> list[tuple[int, float]]:
        """What the coarse index finds, compared in half precision; may be too few under a filter."""
        share, least = (1.0, LEAST_FETCH) if allowed is None else (len(allowed) / len(self), LEAST_ALLOWED)
        fetch = int(max(OVERFETCH * count, least) / share)
        _, found = self._coarse.search(query[None, :], min(len(self), fetch))
        rows = found[0][found[0] >= 0]
        if allowed is not None:
            rows = rows[_mask(allowed, len(self))[rows]]
        return _best(rows, self.cosines(query, rows), count)

    def cosines(self, query: Vector, rows: Sequence[int] | Rows) -> Vector:
        """(len(rows),) cosine of the query with each row."""
        self._require_fit(query)
        some = self._rows[np.asarray(rows, dtype=np.int64)].astype(np.float32)
        return np.asarray(some @ (query * np.float32(self._step)) + np.float32(self._zero * query.sum()))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def _require_fit(self, query: Vector) -> None:
        if query.shape != (self._index.d,) or not np.isfinite(query).all():
            raise ModelError(
                f"the embedding model gave a vector of shape {query.shape}, the index needs ({self._index.d},) finite "
                "numbers; rebuild the index with this model"
            )


def _most(half: HalfVectors) -> float:
    """The largest number without its sign, infinite where one is not finite; of halves it is that of the largest bits."""
    unsigned, parts = np.uint16(0x7FFF), (half[start : start + SOME] for start in range(0, len(half), SOME))
    largest = max((int((part.view(np.uint16) & unsigned).max(initial=0)) for part in parts), default=0)
    return float(np.array(largest, dtype=np.uint16).view(np.float16)) if largest < 0x7C00 else np.inf


def _in_half(half: HalfVectors) -> Any:
    index = faiss.IndexScalarQuantizer(half.shape[1], _HALF, faiss.METRIC_INNER_PRODUCT)
    faiss.copy_array_to_vector(half.view(np.uint8).reshape(-1), index.codes)  # what it would make of them itself
    index.ntotal = len(half)
    return index


@one_core  # else the threads of numpy wait for work while those of faiss do theirs
def _bytes_and_codes(half: HalfVectors, cache: Path | None) -> tuple[Any, Any, Vector]:
    """The rows in bytes, the coarse index over them, and (sample,) the tenth best cosine of the sampled rows in truth."""
    index = faiss.IndexScalarQuantizer(half.shape[1], _BYTES, faiss.METRIC_INNER_PRODUCT)
    most = np.full((1, half.shape[1]), max(_most(half), 1e-6), dtype=np.float32)
    index.train(np.concatenate([-most, most]))
    queries, cosines = _sampled(half), []
    room = np.empty((SOME, half.shape[1]), dtype=np.float32)  # once: the system takes its time to hand out memory
    _use_cores(max(1, cores() - 1))  # one is the rest of the rebuild's; each row is coded by itself, on whichever
    try:
        coarse = coarse_index(half, cache)
        for start in range(0, len(half), SOME):
            some = room[: len(half) - start]
            some[:] = half[start : start + SOME]
            index.add(some)
            cosines.append(queries @ some.T)
    finally:
        _use_cores(1)
    return index, coarse, np.partition(np.concatenate(cosines, axis=1), -10, axis=1)[:, -10]


def _recall(store: FaissVectors, half: HalfVectors, tenths: Vector) -> float:
    """Which share of the ten rows found for the sampled rows are among the nearest in truth; equally near ones are, too."""
    found = [[row for row, _ in store.search(query, 10)] for query in _sampled(half)]
    cosines = (half[rows].astype(np.float32) @ query for rows, query in zip(found, _sampled(half), strict=True))
    return float(np.mean([(near >= tenth - EQUAL).mean() for near, tenth in zip(cosines, tenths, strict=True)]))


def _sampled(half: HalfVectors) -> Vectors:
    return half[:: len(half) // _SAMPLE].astype(np.float32)


def _write(file: Path, index: Any) -> None:
    parts: list[bytes] = []  # faiss would make one of them, and copy it each time it grows
    faiss.write_index(index, faiss.PyCallbackIOWriter(parts.append, _PART_BYTES))  # type: ignore[attr-defined]
    try:
        with file.open("wb") as stream:
            stream.writelines(parts)
    except OSError as error:  # of a full disk Python does not say which file
        raise OSError(error.errno, error.strerror, str(file)) from error


def _use_cores(count: int) -> None:
    """What faiss may use from now on when it is called by this thread; of others it says nothing."""
    faiss.omp_set_num_threads(count)


def _read(file: Path, flags: int = 0) -> Any:
    """Read with no more memory than the file is long."""
    limit = faiss.get_deserialization_vector_byte_limit()
    try:
        faiss.set_deserialization_vector_byte_limit(max(file.stat().st_size, 1))
        return faiss.read_index(str(file), flags)
    except (OSError, RuntimeError, MemoryError) as error:
        reason = str(error).splitlines()[-1:] or ["unreadable"]
        raise IndexDamaged(f"{file} cannot be read ({reason[0]}); {rebuild_hint(file)}") from error
    finally:
        faiss.set_deserialization_vector_byte_limit(limit)


def _is_flat(index: Any) -> bool:
    """Whether every size fits the others; faiss reads files whose sizes do not, and then beyond their end."""
    rows, dim, kind = index.ntotal, index.d, index.sq
    size = 2 * dim if kind.qtype == _HALF else dim
    sizes = (index.code_size, kind.d, kind.code_size, index.codes.size())
    learned = faiss.vector_to_array(kind.trained)
    ranged = len(learned) == 0 if kind.qtype == _HALF else len(learned) == 2 and 0 < learned[1] < np.inf
    fits = sizes == (size, dim, size, size * rows) and dim > 0 and ranged and bool(np.isfinite(learned).all())
    return (
        fits and kind.qtype in (_HALF, _BYTES) and index.metric_type == faiss.METRIC_INNER_PRODUCT and index.is_trained
    )


def _best(rows: Rows, cosines: Vector, count: int) -> list[tuple[int, float]]:
    """The best, equal ones in order of row; without the rows -1 by which faiss says that there is nothing more."""
    rows, cosines = rows[rows >= 0], cosines[rows >= 0]
    order = np.lexsort((rows, -cosines))[:count]
    return list(zip(rows[order].tolist(), cosines[order].tolist(), strict=True))


def _parameters(selector: Any) -> Any:
    parameters = faiss.SearchParameters()
    parameters.sel = selector
    return parameters


def _mask(rows: Rows, total: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    mask = np.zeros(total, dtype=bool)
    mask[rows] = True
    return mask
