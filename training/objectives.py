"""What training brings nearer: the means of two texts, or their words one by one. Losses with their gradients.

Knows nothing about where texts come from or about optimisation.
"""

from __future__ import annotations

import numpy as np
import torch
from batches import Texts
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, embedding_bag, normalize

POOLED_SCALE, LATE_SCALE = 20.0, 25.0


def pooled(part: torch.Tensor, left: Texts, right: Texts, places: NDArray[np.int64]) -> tuple[float, torch.Tensor]:
    """InfoNCE between the means of the texts; the loss and its gradient by ``part``, the vectors of the tokens in use."""
    part = part.requires_grad_()
    ends = left.ids.size
    a, b = pool(part, places[:ends], left), pool(part, places[ends:], right)
    with torch.no_grad():
        loss, by_a, by_b = _contrast(a, b, left, right)
    (gradient,) = torch.autograd.grad([a, b], [part], [by_a, by_b])
    return loss, gradient


def late(part: torch.Tensor, left: Texts, right: Texts, places: NDArray[np.int64]) -> tuple[float, torch.Tensor]:
    """InfoNCE between the words of the left texts and the nearest word of each right text (Khattab and Zaharia 2020).

    A word weighs by the length of its vector, as in search.
    """
    part = part.requires_grad_()
    ends = left.ids.size
    asked, read = part[torch.from_numpy(places[:ends])], part[torch.from_numpy(places[ends:])]
    weights = asked.norm(dim=1).clamp_min(1e-6)
    cosines = (asked / weights[:, None]) @ (read / read.norm(dim=1).clamp_min(1e-6)[:, None]).T
    text_of_read = torch.from_numpy(np.repeat(np.arange(len(right)), np.diff(right.starts)))
    text_of_asked = torch.from_numpy(np.repeat(np.arange(len(left)), np.diff(left.starts)))
    nearest = torch.full((ends, len(right)), -1.0)
    nearest = nearest.scatter_reduce(1, text_of_read.expand(ends, -1), cosines, "amax", include_self=False)
    sums = torch.zeros(len(left), len(right)).index_add(0, text_of_asked, nearest * weights[:, None])
    scores = LATE_SCALE * sums / torch.zeros(len(left)).index_add(0, text_of_asked, weights)[:, None]
    for texts in (left, right):
        for twins in repeated(texts):
            same = torch.zeros_like(scores, dtype=torch.bool)
            same[np.ix_(twins, twins)] = True
            scores = scores.masked_fill(same.fill_diagonal_(False), -1e4)
    own = torch.arange(len(left))
    loss = (cross_entropy(scores, own) + cross_entropy(scores.T, own)) / 2
    (gradient,) = torch.autograd.grad(loss, part)
    return loss.item(), gradient


def pool(part: torch.Tensor, places: NDArray[np.int64], texts: Texts) -> torch.Tensor:
    """(n, dim) unit rows, the means over each text's tokens."""
    return normalize(embedding_bag(torch.from_numpy(places), part, torch.from_numpy(texts.starts[:-1]), mode="mean"))


def _contrast(a: torch.Tensor, b: torch.Tensor, left: Texts, right: Texts) -> tuple[float, torch.Tensor, torch.Tensor]:
    """InfoNCE in both directions and its gradients by ``a`` and ``b``, all (batch, dim) unit rows.

    A text that stands twice in the batch is nobody's counterexample. Written out, because one pass over the
    (batch, batch) matrix takes a third of the time that automatic differentiation needs. Cosines end at 1, so
    the exponent needs no further care.
    """
    odds = torch.exp(POOLED_SCALE * (a @ b.T) - POOLED_SCALE)  # (batch, batch)
    right_odds = odds.diagonal().clone()
    for texts in (left, right):
        for twins in repeated(texts):
            odds[np.ix_(twins, twins)] = 0.0
    odds.diagonal().copy_(right_odds)
    rows, columns = odds.sum(1), odds.sum(0)
    loss = (torch.log(rows) + torch.log(columns)).mean() / 2 - torch.log(right_odds).mean()
    odds.mul_((1 / rows)[:, None] + (1 / columns)[None, :]).diagonal().sub_(2.0)
    odds.mul_(POOLED_SCALE / (2 * len(left)))
    return loss.item(), odds @ b, odds.T @ a


def repeated(texts: Texts) -> list[NDArray[np.int64]]:
    """Groups of rows with the same tokens."""
    mixed = texts.ids.astype(np.int64) * 0x9E3779B97F4A7C1 >> 8
    cumulated = np.concatenate([[0], np.cumsum(mixed)])
    keys = cumulated[texts.starts[1:]] - cumulated[texts.starts[:-1]]
    order = np.argsort(keys, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1)
    return [group for group in groups if group.size > 1]
