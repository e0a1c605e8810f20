"""Late interaction: how well the passages' words meet the words of a query, of which every pair has a cosine.

``cosines`` are (q, n_tokens), the tokens of all passages end to end; passage ``i`` is ``starts[i]:starts[i + 1]``.
A passage without tokens is at 0. Knows nothing about models or indexes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FADING = 2 / 3
"""By how much of its square a cosine is worth less: akin words count nearly as much as the word itself, most at 0.75."""
WINDOW = 32
"""Tokens of a window, about a sentence; windows overlap by half."""
Floats = NDArray[np.float32]
Starts = NDArray[np.int64]


def nearest(cosines: Floats, starts: Starts) -> Floats:
    """(q, n) cosine of the word of each passage that is nearest to each word (Khattab and Zaharia 2020, arXiv:2004.12832).

    >>> nearest(np.array([[0.1, 0.9, 0.3]], dtype=np.float32), np.array([0, 2, 2, 3])).tolist()
    [[0.8999999761581421, 0.0, 0.30000001192092896]]
    """
    filled = np.flatnonzero(np.diff(starts))
    best = np.zeros((len(cosines), len(starts) - 1), dtype=np.float32)
    if len(filled):
        best[:, filled] = np.maximum.reduceat(cosines, starts[filled], axis=1)
    return best


def nearest_pairs(cosines: Floats, starts: Starts) -> Floats:
    """(q - 1, n) the same of two words that follow each other in the query, met by two that follow each other.

    >>> words = np.array([[1, 0, 0, 1], [0, 1, 1, 0]], dtype=np.float32)  # "ab" against "ab" and against "ba"
    >>> nearest_pairs(words, np.array([0, 2, 4])).tolist()
    [[1.0, 0.5]]
    """
    both = cosines[:-1].copy()
    both[:, :-1] += cosines[1:, 1:]
    ends = starts[1:][np.diff(starts) > 0] - 1
    both[:, ends] = cosines[:-1, ends]  # nothing follows the last word of a passage
    both /= 2
    return nearest(both, starts)


def worth(cosines: Floats) -> Floats:
    """What a word is worth that is met at this cosine; that it stands there itself, words in order and BM25 count.

    >>> worth(np.array([0, 0.3, 0.75, 1])).round(2).tolist()
    [0.0, 0.24, 0.38, 0.33]
    """
    return cosines - FADING * cosines * cosines


def together(weights: Floats, cosines: Floats, starts: Starts) -> Floats:
    """(n,) ``worth`` of the words that the best window of each passage meets: words met close to each other.

    >>> far = np.zeros((2, 100), dtype=np.float32)
    >>> far[0, 0] = far[1, 99] = 0.75
    >>> together(np.array([0.5, 0.5], dtype=np.float32), far, np.array([0, 100])).tolist()
    [0.1875]
    """
    sizes = np.diff(starts)
    counts = -(-sizes // (WINDOW // 2))  # of half windows
    halves = np.concatenate([[0], np.cumsum(counts)])
    own = np.repeat(np.arange(len(sizes)), counts)
    best = np.zeros(len(sizes), dtype=np.float32)
    if len(own):
        begin = starts[own] + (np.arange(len(own)) - halves[own]) * (WINDOW // 2)
        met = np.maximum.reduceat(cosines, begin, axis=1)
        met[:, :-1] = np.where(own[:-1] == own[1:], np.maximum(met[:, :-1], met[:, 1:]), met[:, :-1])
        filled = np.flatnonzero(counts)
        best[filled] = np.maximum.reduceat(weights @ worth(met), halves[filled])
    return best
