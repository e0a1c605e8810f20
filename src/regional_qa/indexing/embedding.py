"""The vectors of every passage, article by article, out of the cache or made in batches.

Knows nothing about where vectors are searched.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import ModelError
from regional_qa.indexing.batches import Batch, Batches
from regional_qa.indexing.cache import key_of
from regional_qa.ports import Embedder, HalfVectors, TokenEmbedder, Tokens

BATCH = 2048
"""Passages embedded at a time, and lost at most when a rebuild is killed."""
FEW = BATCH // 4
"""Smaller batches are put together when a rebuild is done."""


Embedded = tuple[NDArray[np.int64], HalfVectors, Tokens]
"""(n_articles,) how many passages each has, and (n_passages, dim) vectors and the tokens of these."""


class Embedding:
    """Vectors in half precision, and where the model has any, tokens; of each article by the key of its study."""

    def __init__(self, embedder: Embedder, batches: Batches) -> None:
        self.embedder = embedder
        self._batches = batches
        self._waiting: list[tuple[bytes, Sequence[str]]] = []
        self._texts = 0

    def knows(self, key: bytes) -> bool:
        """Whether the vectors of an article are there already."""
        return self._key(key) in self._batches

    def add(self, key: bytes, texts: Sequence[str]) -> None:
        """Embed the passages of an article with the next batch."""
        self._waiting.append((key, texts))
        self._texts += len(texts)
        if self._texts >= BATCH:
            self.finish()

    def finish(self) -> None:
        """Embed what waits."""
        if self._waiting:
            self.keep([key for key, _ in self._waiting], embedded(self.embedder, [texts for _, texts in self._waiting]))
        self._waiting, self._texts = [], 0

    def keep(self, keys: Sequence[bytes], made: Embedded) -> None:
        """Take what ``embedded`` gave for the articles of these keys."""
        self._batches.add(Batch([self._key(key) for key in keys], *made))

    def gather(self, keys: Sequence[bytes]) -> tuple[HalfVectors, Tokens | None]:
        """(n_passages, dim) the vectors of these articles, one after the other, and the tokens of a model that has any."""
        vectors, tokens = self._batches.gather([self._key(key) for key in keys], self.embedder.dim)
        return vectors, tokens if isinstance(self.embedder, TokenEmbedder) else None

    def prune(self) -> None:
        """Forget the vectors of articles that were not gathered."""
        self._batches.prune(FEW, BATCH)

    def _key(self, key: bytes) -> bytes:
        return _model_key(self.embedder.fingerprint) + key


@functools.lru_cache(maxsize=1)
def _model_key(fingerprint: str) -> bytes:
    return key_of("vectors", fingerprint)


def embedded(embedder: Embedder, every: Sequence[Sequence[str]]) -> Embedded:
    """The passages of each article, all embedded together; without tokens where the model has none.

    Raises:
        ModelError: the model gave something else than finite vectors.
    """
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
    return np.array(list(map(len, every)), dtype=np.int64), vectors.astype(np.float16), tokens
