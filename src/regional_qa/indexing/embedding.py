"""The vectors of every passage, article by article, out of the cache or made in batches.

Knows nothing about where vectors are searched.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from regional_qa.errors import ModelError
from regional_qa.indexing.cache import Cache, key_of
from regional_qa.ports import Embedder, HalfVectors, TokenEmbedder, Tokens

BATCH = 2048
"""Passages embedded at a time, and lost at most when a rebuild is killed."""
_FRONT = 8
"""Bytes that tell how many passages follow."""


class Embedding:
    """Vectors in half precision by row of their article, and where the model has any, tokens."""

    def __init__(self, embedder: Embedder, cache: Cache) -> None:
        self._embedder, self._cache = embedder, cache
        self._done: dict[int, bytes] = {}
        """Packed, by row: so they come out of the cache, and all are unpacked at once."""
        self._waiting: list[tuple[int, bytes, Sequence[str]]] = []
        self._texts = 0

    def recall(self, row: int, key: bytes) -> bool:
        """Take the vectors of an article out of the cache, if they are there."""
        (value,) = self._cache.get([vectors_key(self._embedder, key)])
        if value is not None:
            self._done[row] = value
        return value is not None

    def add(self, row: int, key: bytes, texts: Sequence[str]) -> None:
        """Embed the passages of an article with the next batch."""
        self._waiting.append((row, key, texts))
        self._texts += len(texts)
        if self._texts >= BATCH:
            self.finish()

    def finish(self) -> None:
        """Embed what waits."""
        if not self._waiting:
            return
        every = packed_vectors(self._embedder, [some for _, _, some in self._waiting])
        self._done |= {row: one for (row, _, _), one in zip(self._waiting, every, strict=True)}
        rows = [(vectors_key(self._embedder, key), self._done[row]) for row, key, _ in self._waiting]
        self._waiting, self._texts = [], 0
        self._cache.put(rows)
        self._cache.commit()

    def vectors(self, rows: Sequence[int]) -> HalfVectors:
        """(n_passages, dim) the vectors of these articles, one after the other."""
        every = b"".join([value[_FRONT:sizes] for value, sizes, _ in self._parts(rows)])
        return np.frombuffer(every, dtype=np.float16).reshape(-1, self._embedder.dim)

    def tokens(self, rows: Sequence[int]) -> Tokens | None:
        """The tokens of these articles, one after the other; None where the model has none."""
        if not isinstance(self._embedder, TokenEmbedder):
            return None
        parts = list(self._parts(rows))
        sizes = np.frombuffer(b"".join([value[sizes:ids] for value, sizes, ids in parts]), dtype=np.int64)
        ids = np.frombuffer(b"".join([value[ids:] for value, _, ids in parts]), dtype=np.uint32)
        return Tokens(ids, np.concatenate([[0], np.cumsum(sizes)]))

    def forget(self) -> None:
        """Free the memory of what was embedded."""
        self._done = {}

    def _parts(self, rows: Sequence[int]) -> Iterator[tuple[memoryview, int, int]]:
        """What is kept of each of these articles, and where in it the sizes and the tokens begin."""
        for row in rows:
            value = self._done[row]
            count = int.from_bytes(value[:_FRONT], "little")
            sizes = _FRONT + 2 * self._embedder.dim * count
            yield memoryview(value), sizes, sizes + 8 * count


def vectors_key(embedder: Embedder, key: bytes) -> bytes:
    """What the vectors of the article of this key are kept under."""
    return _model_key(embedder.fingerprint) + key


@functools.lru_cache(maxsize=1)
def _model_key(fingerprint: str) -> bytes:
    return key_of("vectors", fingerprint)


def packed_vectors(embedder: Embedder, every: Sequence[Sequence[str]]) -> list[bytes]:
    """The vectors, and tokens if any, of the passages of each article, embedded together; as they are kept."""
    texts = [text for some in every for text in some]
    tokens = Tokens(np.empty(0, dtype=np.uint32), np.zeros(len(texts) + 1, dtype=np.int64))
    if isinstance(embedder, TokenEmbedder):
        tokens = embedder.tokenize(texts)
        vectors = embedder.pool(tokens)
    else:
        vectors = embedder.encode_passages(texts)
    if vectors.shape != (len(texts), embedder.dim) or not np.isfinite(vectors).all():
        raise ModelError(
            f"the embedding model gave no {len(texts)} vectors of {embedder.dim} finite numbers; "
            "try another `--embedder`"
        )
    half = vectors.astype(np.float16)
    edges = np.cumsum([0, *map(len, every)]).tolist()
    return [_packed(half[a:b], tokens.take(range(a, b))) for a, b in pairwise(edges)]


def _packed(vectors: HalfVectors, tokens: Tokens) -> bytes:
    """How many passages, their vectors, how many tokens each has, and these."""
    sizes = np.diff(tokens.starts).astype(np.int64)
    return len(vectors).to_bytes(_FRONT, "little") + b"".join(
        (vectors.tobytes(), sizes.tobytes(), tokens.ids.tobytes())
    )
