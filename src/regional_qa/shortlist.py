"""Which of a few thousand passages share most words with a query: BM25 of their tokens, put in order once for many queries.

Knows nothing about models or indexes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from regional_qa.ports import Rows, Tokens

K1, B = 1.2, 0.75
"""Of BM25: how soon a repeated word counts for no more, and how much a long passage loses."""
_OWNER_BITS = np.uint64(32)


class Shortlist:
    """The tokens of some passages in order, and the numbers of the passages that each stands in."""

    def __init__(self, passages: Tokens) -> None:
        sizes = np.diff(passages.starts)
        met = passages.ids.astype(np.uint64)
        met <<= _OWNER_BITS
        met |= np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
        met.sort()  # far quicker than an argsort; in place, as all of this, for a thread keeps the memory it once had
        self._owners = met.astype(np.uint32).astype(np.min_scalar_type(len(sizes)))
        met >>= _OWNER_BITS
        edges = np.flatnonzero(met[1:] != met[:-1]) + 1
        self._starts = np.concatenate([[0], edges, [len(met)]]).astype(np.uint32)
        self._words = met[self._starts[:-1]].astype(np.uint32) if len(met) else met
        self._slowness = (K1 * (1 - B + B * sizes / max(float(sizes.mean()), 1.0))).astype(np.float32)

    def best(self, asked: NDArray[np.unsignedinteger], weights: NDArray[np.float32], count: int) -> Rows:
        """(count,) the numbers of the best passages, ascending; ``asked`` are (q,) tokens with their ``weights``.

        >>> ids = np.array([7, 8, 9, 7, 7, 5], dtype=np.uint32)
        >>> Shortlist(Tokens(ids, np.array([0, 3, 5, 5, 6]))).best(ids[:2], np.ones(2, dtype=np.float32), 2).tolist()
        [0, 1]
        """
        if count >= len(self._slowness):
            return np.arange(len(self._slowness))
        words, firsts = np.unique(asked, return_index=True)
        places = np.asarray(np.searchsorted(self._words, words))
        scores = np.zeros(len(self._slowness), dtype=np.float32)
        for word, place, weight in zip(words.tolist(), places.tolist(), weights[firsts].tolist(), strict=True):
            if place == len(self._words) or self._words[place] != word:
                continue
            owners = self._owners[self._starts[place] : self._starts[place + 1]]
            counts = np.bincount(owners, minlength=len(scores))
            scores += weight * (counts / (counts + self._slowness)).astype(np.float32)
        return np.sort(np.argpartition(-scores, count)[:count])
