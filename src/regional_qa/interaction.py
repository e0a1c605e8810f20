"""Late interaction: how well the passages' words meet the words of a query, of which every pair has a cosine.

Knows nothing about models or indexes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FADING = 2 / 3
"""By how much of its square a cosine is worth less: akin words count nearly as much as the word itself, most at 0.75."""
HALF = 16
"""Tokens of half a window; a window is about a sentence, and windows overlap by half."""
Floats = NDArray[np.float32]
Starts = NDArray[np.int64]


class Halves:
    """The tokens of passages in halves of windows: all first tokens of a half side by side, then all second ones, …

    So the best of each half is found for many at a time. The last half of a passage is filled up with its last token,
    which changes no best. ``cosines`` below are (q, len(tokens)), of the words of a query with ``tokens``, and ``best``
    the best of each half; a passage without any is at 0.

    Args:
        starts: passage ``i`` is ``starts[i]:starts[i + 1]`` of the tokens of all, end to end.
    """

    def __init__(self, starts: Starts) -> None:
        sizes = np.diff(starts)
        counts = -(-sizes // HALF)
        firsts, own = np.cumsum(counts) - counts, np.repeat(np.arange(len(sizes)), counts)
        self._passages, self._filled = len(sizes), np.flatnonzero(counts)
        self._firsts = firsts[self._filled]
        self._follows = own[:-1] == own[1:]
        begin, last = (np.arange(len(own)) - firsts[own]) * HALF, sizes[own] - 1
        at = begin + np.arange(HALF)[:, None]
        self.tokens = (starts[own] + np.minimum(at, last)).ravel()
        """Which of the tokens stands at each place."""
        self._ends = np.flatnonzero(at >= last)

    def best(self, cosines: Floats) -> Floats:
        """(q, halves) the best of each half."""
        return np.asarray(self._laid(cosines).max(axis=1))

    def nearest(self, best: Floats) -> Floats:
        """(q, n) cosine of the word of each passage that is nearest to each word (Khattab and Zaharia 2020, arXiv:2004.12832).

        >>> halves = Halves(np.array([0, 2, 2, 3]))
        >>> halves.nearest(halves.best(np.array([[0.1, 0.9, 0.3]], dtype=np.float32)[:, halves.tokens])).tolist()
        [[0.8999999761581421, 0.0, 0.30000001192092896]]
        """
        nearest = np.zeros((len(best), self._passages), dtype=np.float32)
        if len(self._filled):
            nearest[:, self._filled] = np.maximum.reduceat(best, self._firsts, axis=1)
        return nearest

    def nearest_pairs(self, cosines: Floats) -> Floats:
        """(q - 1, n) the same of two words that follow each other in the query, met by two that follow each other.

        >>> words = np.array([[1, 0, 0, 1], [0, 1, 1, 0]], dtype=np.float32)  # "ab" against "ab" and against "ba"
        >>> halves = Halves(np.array([0, 2, 4]))
        >>> halves.nearest_pairs(words[:, halves.tokens]).tolist()
        [[1.0, 0.5]]
        """
        laid = self._laid(cosines)
        first, second = laid[:-1], laid[1:]
        both = np.empty_like(first)
        np.add(first[:, :-1], second[:, 1:], out=both[:, :-1])
        np.add(first[:, -1, :-1], second[:, 0, 1:], out=both[:, -1, :-1])
        flat = both.reshape(len(both), len(self.tokens))
        flat[:, self._ends] = cosines[:-1, self._ends]  # nothing follows the last word of a passage
        return np.divide(self.nearest(self.best(flat)), np.float32(2))

    def together(self, weights: Floats, best: Floats) -> Floats:
        """(n,) ``worth`` of the words that the best window of each passage meets: words met close to each other.

        >>> far = np.zeros((2, 100), dtype=np.float32)
        >>> far[0, 0] = far[1, 99] = 0.75
        >>> halves = Halves(np.array([0, 100]))
        >>> halves.together(np.array([0.5, 0.5], dtype=np.float32), halves.best(far[:, halves.tokens])).tolist()
        [0.1875]
        """
        windows = best.copy()
        np.maximum(best[:, :-1], best[:, 1:], out=windows[:, :-1], where=self._follows)
        return np.asarray(self.nearest((weights @ worth(windows))[None])[0])

    def _laid(self, cosines: Floats) -> Floats:
        return cosines.reshape(len(cosines), HALF, len(self.tokens) // HALF)


def worth(cosines: Floats) -> Floats:
    """What a word is worth that is met at this cosine; that it stands there itself, words in order and BM25 count.

    >>> worth(np.array([0, 0.3, 0.75, 1])).round(2).tolist()
    [0.0, 0.24, 0.38, 0.33]
    """
    return cosines - FADING * cosines * cosines
