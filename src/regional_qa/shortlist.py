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
_OWNER = np.uint64((1 << 32) - 1)


class Shortlist:
    """The tokens of some passages, each with the number of its passage, in order of the tokens."""

    def __init__(self, passages: Tokens) -> None:
        sizes = np.diff(passages.starts)
        owners = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
        self._met = np.sort(passages.ids.astype(np.uint64) << _OWNER_BITS | owners)  # far quicker than an argsort
        self._slowness = (K1 * (1 - B + B * sizes / max(float(sizes.mean()), 1.0))).astype(np.float32)

    def best(self, asked: NDArray[np.unsignedinteger], weights: NDArray[np.float32], count: int) -> Rows:
        """(count,) the numbers of the best passages, ascending; ``asked`` are (q,) tokens with their ``weights``.

        >>> ids = np.array([7, 8, 9, 7, 7, 5], dtype=np.uint32)
        >>> Shortlist(Tokens(ids, np.array([0, 3, 5, 5, 6]))).best(ids[:2], np.ones(2, dtype=np.float32), 2).tolist()
        [0, 1]
        """
        words, firsts = np.unique(asked, return_index=True)
        words = words.astype(np.uint64)
        begin, end = (np.searchsorted(self._met, one << _OWNER_BITS).tolist() for one in (words, words + np.uint64(1)))
        scores = np.zeros(len(self._slowness), dtype=np.float32)
        for first, last, weight in zip(begin, end, weights[firsts], strict=True):
            counts = np.bincount((self._met[first:last] & _OWNER).view(np.int64), minlength=len(scores))
            scores += weight * (counts / (counts + self._slowness)).astype(np.float32)
        return np.sort(np.argpartition(-scores, count)[:count])
