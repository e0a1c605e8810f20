"""The coarse index: four bits for some numbers of a row, looked through thirty times faster than the rows (André et al. 2015).

Which rows it is learned from follows from their content alone, wherever they stand, and the code of a row from the row
and what was learned; so a rebuild after a small change takes nearly all codes from the one before, and gives what it
would give without. Knows nothing about searching.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from regional_qa.ports import HalfVectors

CODED = 4
"""Numbers of a vector that four bits stand for."""
SOME = 16_384
"""Rows that are looked at at a time."""
_LEARNED = 4096
"""Rows it is learned from; of more faiss would draw as many."""
_ROUNDS = 8
"""Of k-means; with 25, as faiss has it, the recall is the same."""
_KEPT = "codes"
_DIGEST_BYTES = 32
_ODD = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9], dtype=np.uint64)
"""Factors that leave no two numbers of 64 bits the same, and spread their bits."""

Marks = NDArray[np.uint64]
Codes = NDArray[np.uint8]


def is_coded(dim: int) -> bool:
    """Whether rows of so many numbers can be coded."""
    return dim % CODED == 0


def coarse_index(half: HalfVectors, cache: Path | None) -> Any:
    """An ``IndexPQFastScan`` over (n, dim) rows; what is worked out is kept in ``cache``, if there is one, for the next.

    Raises:
        OSError: it cannot be kept.
    """
    dim = half.shape[1]
    marks, first, places = np.unique(_marks(half), return_index=True, return_inverse=True)
    learned_from = half[np.resize(first, max(len(first), _LEARNED))[:_LEARNED]]  # faiss wants no fewer than 16
    name = hashlib.sha256(f"{faiss.__version__} {CODED} {_ROUNDS} {dim}".encode() + learned_from.tobytes())
    before = _Kept.read(cache, name.digest(), dim) if cache else None
    flat: Any = faiss.IndexPQ(dim, dim // CODED, 4, faiss.METRIC_INNER_PRODUCT)
    if before:
        faiss.copy_array_to_vector(before.learned, flat.pq.centroids)
    else:
        _learn(flat.pq, learned_from)
    flat.pq.sync_transposed_centroids()  # with them coding takes three quarters of the time
    learned = faiss.vector_to_array(flat.pq.centroids)
    codes = np.empty((len(marks), flat.code_size), dtype=np.uint8)
    known = before.take(marks, codes) if before else np.zeros(len(marks), dtype=bool)
    for some in _parts(np.flatnonzero(~known)):
        codes[some] = flat.pq.compute_codes(half[first[some]].astype(np.float32))
    if cache and not known.all():
        _Kept(name.digest(), learned, marks, codes).write(cache)
    faiss.copy_array_to_vector(codes[places].reshape(-1), flat.codes)
    flat.ntotal, flat.is_trained = len(half), True
    coarse: Any = faiss.IndexPQFastScan(flat)
    coarse.orig_codes = None  # which end with ``flat``
    return coarse


def _learn(quantizer: Any, rows: HalfVectors) -> None:
    """In one thread: equal rows give equal codes, on however many cores."""
    quantizer.cp.niter = _ROUNDS
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        quantizer.train(rows.astype(np.float32))
    finally:
        faiss.omp_set_num_threads(threads)


def is_coarse(index: Any, rows: int, dim: int) -> bool:
    """Whether every size fits the others, as in ``coarse_index``; its rows are padded to blocks of 32."""
    codes, quantizer, padded = dim // CODED, index.pq, -(-rows // 32) * 32
    even = codes + codes % 2
    sizes = (
        index.ntotal,
        index.d,
        index.ntotal2,
        index.bbs,
        index.M,
        index.M2,
        index.nbits,
        index.ksub,
        index.codes.size(),
    )
    inner = (quantizer.d, quantizer.M, quantizer.nbits, quantizer.dsub, quantizer.ksub, quantizer.centroids.size())
    kinds = (index.metric_type, index.is_trained, index.implem, index.skip, index.qbs)
    return (
        sizes == (rows, dim, padded, 32, codes, even, 4, 16, padded * even // 2)
        and inner == (dim, codes, 4, CODED, 16, 16 * dim)
        and kinds == (faiss.METRIC_INNER_PRODUCT, True, 0, 0, 0)
    )


@dataclass(frozen=True)
class _Kept:
    """What was learned from the rows of this name, and the codes of all rows by their marks."""

    name: bytes
    learned: NDArray[np.float32]  # (16 * dim,)
    marks: Marks  # (n,) sorted
    codes: Codes  # (n, bytes of a code)

    @classmethod
    def read(cls, cache: Path, name: bytes, dim: int) -> Self | None:
        """What ``write`` wrote of this name; None where there is nothing whole."""
        try:
            content = (cache / _KEPT).read_bytes()
        except OSError:
            return None
        digest, told, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES : 2 * _DIGEST_BYTES], 2 * _DIGEST_BYTES
        if told != name or digest != hashlib.sha256(memoryview(content)[_DIGEST_BYTES:]).digest():
            return None
        size = -(-dim // CODED // 2)
        learned = np.frombuffer(content, np.float32, 16 * dim, body)
        rows = (len(content) - body - learned.nbytes) // (8 + size)
        marks = np.frombuffer(content, np.uint64, rows, body + learned.nbytes)
        return cls(name, learned, marks, np.frombuffer(content, np.uint8)[-rows * size :].reshape(rows, size))

    def write(self, cache: Path) -> None:
        """In the place of what was kept before; a part of it is as good as nothing."""
        body = b"".join([self.name, self.learned.tobytes(), self.marks.tobytes(), self.codes.tobytes()])
        file = cache / _KEPT
        try:
            file.write_bytes(hashlib.sha256(body).digest() + body)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(file)) from error

    def take(self, marks: Marks, codes: Codes) -> NDArray[np.bool_]:
        """Fill in the codes of those that are known; (len(marks),) which they are."""
        places = np.minimum(np.searchsorted(self.marks, marks), len(self.marks) - 1)
        known: NDArray[np.bool_] = self.marks[places] == marks
        codes[known] = self.codes[places[known]]
        return known


def _marks(half: HalfVectors) -> Marks:
    """(n,) 64 bits of each row: equal rows have equal ones, two others by a chance of one in 10^19."""
    marks = np.empty(len(half), dtype=np.uint64)
    factors = np.arange(1, half.shape[1] // CODED + 1, dtype=np.uint64) * _ODD[1] | np.uint64(1)
    for start in range(0, len(half), SOME):
        words = half[start : start + SOME].view(np.uint64) * _ODD[0]
        words ^= words >> np.uint64(32)
        words *= factors
        words.sum(axis=1, out=marks[start : start + SOME])
    return marks


def _parts(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for start in range(0, len(rows), SOME):
        yield rows[start : start + SOME]
