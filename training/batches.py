"""Tokenised texts -> batches of pairs, drawn with numpy alone so that two cores are left to the training.

A text is a stretch of token ids. Knows nothing about where texts come from or about vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Ints = NDArray[np.int64]
MOST_TOKENS = 128


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts end to end: text ``i`` is ``ids[starts[i]:starts[i + 1]]``."""

    ids: NDArray[np.int32]
    starts: Ints  # (n + 1,)

    @classmethod
    def of(cls, tokenizer: Tokenizer, texts: Sequence[str]) -> Texts:
        """Tokenise; pieces outside the vocabulary are dropped."""
        flat, sizes = [], []
        for first in range(0, len(texts), 20_000):
            for encoding in tokenizer.encode_batch_fast(texts[first : first + 20_000], add_special_tokens=False):
                ids = np.asarray(encoding.ids, dtype=np.int32)
                ids = ids[ids > 0]
                flat.append(ids)
                sizes.append(ids.size)
        return cls(np.concatenate(flat), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))

    def __len__(self) -> int:
        return self.starts.size - 1

    def take(self, rows: Ints, most: int = MOST_TOKENS) -> Texts:
        """These texts, cut to ``most`` tokens."""
        begin = self.starts[rows]
        return ranges(self.ids, begin, np.minimum(self.starts[rows + 1], begin + most))


def ranges(ids: NDArray[np.int32], begin: Ints, end: Ints) -> Texts:
    """The stretches ``ids[begin[i]:end[i]]``."""
    sizes = np.maximum(end - begin, 0)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.arange(starts[-1]) + np.repeat(begin - starts[:-1], sizes)
    return Texts(ids[at], starts)


class Drawn:
    """Pairs drawn by weight."""

    def __init__(self, left: Texts, right: Texts, weights: NDArray[np.float64]) -> None:
        self.left, self.right = left, right
        usable = (np.diff(left.starts) > 0) & (np.diff(right.starts) > 0)
        self.cumulated = np.cumsum(np.where(usable, weights, 0.0))

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Texts, Texts]:
        """``size`` pairs."""
        rows = np.searchsorted(self.cumulated, rng.random(size) * self.cumulated[-1], side="right")
        return self.left.take(rows), self.right.take(rows)


class News:
    """A sentence, or a few words of it, with the passage around it; or a question with the passage that answers."""

    def __init__(self, sentences: Texts, article_of: Ints, weights: NDArray[np.float64]) -> None:
        self.sentences = sentences
        self.first = np.searchsorted(article_of, article_of, side="left")
        self.last = np.searchsorted(article_of, article_of, side="right")
        alone = self.last - self.first < 3
        short = np.diff(sentences.starts) < 4
        self.cumulated = np.cumsum(np.where(alone | short, 0.0, weights))

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Texts, Texts]:
        """``size`` pairs; the passage mostly lacks the sentence, so that more than shared words is learned."""
        rows = np.searchsorted(self.cumulated, rng.random(size) * self.cumulated[-1], side="right")
        begin, end = self.sentences.starts[rows], self.sentences.starts[rows + 1]
        whole = rng.random(size) < 0.35
        kept = np.where(whole, np.minimum(end - begin, 64), np.minimum(end - begin, rng.integers(3, 16, size)))
        begin = begin + (rng.random(size) * (end - begin - kept + 1)).astype(np.int64)
        return ranges(self.sentences.ids, begin, begin + kept), self.around(rows, rng.random(size) < 0.4, rng)

    def around(self, rows: Ints, with_it: NDArray[np.bool_], rng: np.random.Generator) -> Texts:
        """The passage of up to nine sentences around each row, with the sentence itself or without."""
        starts = self.sentences.starts
        before = np.maximum(self.first[rows], rows - rng.integers(0, 5, rows.size))
        after = np.minimum(self.last[rows], rows + 1 + rng.integers(1, 5, rows.size))
        begin = np.maximum(starts[before], starts[rows] - MOST_TOKENS // 2)
        own = np.where(with_it, starts[rows + 1], starts[rows])
        own = np.minimum(own, begin + MOST_TOKENS)
        end = np.minimum(starts[after], starts[rows + 1] + MOST_TOKENS // 2)
        two = ranges(
            self.sentences.ids,
            np.stack([begin, starts[rows + 1]], axis=1).ravel(),
            np.stack([own, end], axis=1).ravel(),
        )
        return Texts(two.ids, two.starts[::2])


class Asked:
    """Questions made of news sentences with the passage that holds the sentence."""

    def __init__(self, questions: Texts, rows: Ints, passages: News) -> None:
        self.questions, self.rows, self.passages = questions, rows, passages

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Texts, Texts]:
        """``size`` pairs."""
        chosen = rng.integers(0, self.rows.size, size)
        with_it = rng.random(size) < 0.9
        return self.questions.take(chosen), self.passages.around(self.rows[chosen], with_it, rng)


class Glossary:
    """English for single Chinese tokens, to say a Chinese text word by word in English."""

    senses = 4
    words = 3

    def __init__(self, n_tokens: int, chinese: Texts, english: Texts) -> None:
        self.table = np.zeros((n_tokens, self.senses, self.words), dtype=np.int32)
        self.known = np.zeros(n_tokens, dtype=np.int64)
        single = np.flatnonzero((np.diff(chinese.starts) == 1) & (np.diff(english.starts) > 0))
        for row in single[np.diff(english.starts)[single] <= self.words].tolist():
            token = int(chinese.ids[chinese.starts[row]])
            if self.known[token] < self.senses:
                words = english.ids[english.starts[row] : english.starts[row + 1]]
                self.table[token, self.known[token], : words.size] = words
                self.known[token] += 1

    def say(self, texts: Texts, share: float, rng: np.random.Generator) -> Texts:
        """``texts`` with that share of the known tokens in English, one sense a token and text batch."""
        sense = (rng.random(texts.ids.size) ** 1.5 * np.maximum(self.known[texts.ids], 1)).astype(np.int64)
        english = self.table[texts.ids, sense]  # (tokens, words)
        kept = (self.known[texts.ids] == 0) | (rng.random(texts.ids.size) >= share)
        english[kept] = 0
        english[kept, 0] = texts.ids[kept]
        sizes = (english > 0).sum(axis=1)
        cumulated = np.concatenate([[0], np.cumsum(sizes)])
        return Texts(english[english > 0], cumulated[texts.starts].astype(np.int64))
