"""Late interaction against its definition, one passage and one word at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from regional_qa.interaction import HALF, Halves, worth

Made = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]


@st.composite
def made(draw: st.DrawFn) -> Made:
    """Weights, cosines and starts of a few passages, some of them empty."""
    sizes = draw(st.lists(st.integers(0, 6 * HALF), max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 20)))
    weights = rng.random(draw(st.integers(0, 4))).astype(np.float32)
    weights /= max(float(weights.sum()), 1e-9)
    cosines = rng.uniform(-1, 1, (len(weights), sum(sizes))).astype(np.float32)
    return weights, cosines, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def passages(cosines: NDArray[np.float32], starts: NDArray[np.int64]) -> list[NDArray[np.float32]]:
    """The (q, n_tokens) of each passage."""
    return [cosines[:, begin:end] for begin, end in pairwise(starts.tolist())]


@given(made())
@settings(max_examples=60, deadline=None)
def test_by_definition(one: Made) -> None:
    """The best token, the best pair of neighbours, the best window of every passage."""
    weights, cosines, starts = one
    words, pairs, windows = [], [], []
    for part in passages(cosines, starts):
        size = part.shape[1]
        words.append([max(row, default=0) for row in part.tolist()])
        near = [
            max(((row[at] + (after[at + 1] if at + 1 < size else 0)) / 2 for at in range(size)), default=0)
            for row, after in pairwise(part.tolist())
        ]
        pairs.append(near)
        met = [part[:, at : at + 2 * HALF].max(axis=1) for at in range(0, size, HALF)]
        windows.append(max((float(weights @ worth(one)) for one in met), default=0.0))
    halves = Halves(starts)
    laid = cosines[:, halves.tokens]
    shape = (len(weights), len(starts) - 1)
    np.testing.assert_allclose(halves.nearest(halves.best(laid)), np.array(words).T.reshape(shape), atol=1e-6)
    shape = (max(len(weights) - 1, 0), len(starts) - 1)
    np.testing.assert_allclose(halves.nearest_pairs(laid), np.array(pairs).T.reshape(shape), atol=1e-6)
    np.testing.assert_allclose(halves.together(weights, halves.best(laid)), windows, atol=1e-5)
