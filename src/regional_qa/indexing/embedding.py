"""The vectors of every passage, article by article, out of the cache or made in batches.

Knows nothing about where vectors are searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regional_qa.errors import ModelError
from regional_qa.indexing.cache import Cache, key_of
from regional_qa.ports import Embedder, HalfVectors, TokenEmbedder, Tokens

BATCH = 2048
"""Passages embedded at a time, and lost at most when a rebuild is killed."""


@dataclass(frozen=True, slots=True)
class _Embedded:
    vectors: HalfVectors  # (n_passages, dim)
    tokens: Tokens | None


class Embedding:
    """Vectors in half precision by row of their article, and where the model has any, tokens."""

    def __init__(self, embedder: Embedder, cache: Cache) -> None:
        self._embedder, self._cache = embedder, cache
        self._tokenizer = embedder if isinstance(embedder, TokenEmbedder) else None  # a slow question, asked once
        self._done: dict[int, _Embedded] = {}
        self._waiting: list[tuple[int, bytes, Sequence[str]]] = []
        self._texts = 0

    def recall(self, row: int, key: bytes) -> bool:
        """Take the vectors of an article out of the cache, if they are there."""
        (value,) = self._cache.get([vectors_key(self._embedder, key)])
        if value is not None:
            self._done[row] = self._unpacked(value)
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
        every = _embedded(self._embedder, self._tokenizer, [some for _, _, some in self._waiting])
        self._done |= {row: one for (row, _, _), one in zip(self._waiting, every, strict=True)}
        rows = [(vectors_key(self._embedder, key), _packed(self._done[row])) for row, key, _ in self._waiting]
        self._waiting, self._texts = [], 0
        self._cache.put(rows)
        self._cache.commit()

    def vectors(self, rows: Sequence[int]) -> HalfVectors:
        """(n_passages, dim) the vectors of these articles, one after the other."""
        every = [self._done[row].vectors for row in rows]
        return np.concatenate([np.empty((0, self._embedder.dim), dtype=np.float16), *every])

    def tokens(self, rows: Sequence[int]) -> list[Tokens]:
        """The tokens of these articles; none where the model has none."""
        return [tokens for row in rows if (tokens := self._done[row].tokens) is not None]

    def forget(self) -> None:
        """Free the memory of what was embedded."""
        self._done = {}

    def _unpacked(self, value: bytes) -> _Embedded:
        count, width = int.from_bytes(value[:8], "little"), 2 * self._embedder.dim
        ids_start, vectors_start = 16 + 8 * count, len(value) - count * width
        vectors = np.frombuffer(value, dtype=np.float16, offset=vectors_start).reshape(count, self._embedder.dim)
        if not self._tokenizer:
            return _Embedded(vectors, None)
        starts = np.frombuffer(value, dtype=np.int64, count=count + 1, offset=8)
        ids = np.frombuffer(value, dtype=np.uint32, count=(vectors_start - ids_start) // 4, offset=ids_start)
        return _Embedded(vectors, Tokens(ids, starts))


def vectors_key(embedder: Embedder, key: bytes) -> bytes:
    """What the vectors of the article of this key are kept under."""
    return key_of("vectors", embedder.fingerprint, key)


def packed_vectors(embedder: Embedder, every: Sequence[Sequence[str]]) -> list[bytes]:
    """The vectors, and tokens if any, of the passages of each article, as they are kept."""
    tokenizer = embedder if isinstance(embedder, TokenEmbedder) else None
    return [_packed(one) for one in _embedded(embedder, tokenizer, every)]


def _embedded(embedder: Embedder, tokenizer: TokenEmbedder | None, every: Sequence[Sequence[str]]) -> list[_Embedded]:
    """The passages of some articles, embedded together."""
    texts = [text for some in every for text in some]
    tokens = None
    if tokenizer:
        tokens = tokenizer.tokenize(texts)
        vectors = tokenizer.pool(tokens)
    else:
        vectors = embedder.encode_passages(texts)
    if vectors.shape != (len(texts), embedder.dim) or not np.isfinite(vectors).all():
        raise ModelError(
            f"the embedding model gave no {len(texts)} vectors of {embedder.dim} finite numbers; "
            "try another `--embedder`"
        )
    half = vectors.astype(np.float16)
    start, found = 0, []
    for some in every:
        stop = start + len(some)
        own = tokens.take(range(start, stop)) if tokens is not None else None
        found.append(_Embedded(half[start:stop], own))
        start = stop
    return found


def _packed(embedded: _Embedded) -> bytes:
    """Count, where the tokens of each passage start, the tokens, the vectors."""
    count = len(embedded.vectors)
    tokens = embedded.tokens or Tokens(np.empty(0, dtype=np.uint32), np.zeros(count + 1, dtype=np.int64))
    parts = (np.int64(count), tokens.starts, tokens.ids.astype(np.uint32), embedded.vectors)
    return b"".join(part.tobytes() for part in parts)
