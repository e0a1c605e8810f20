"""Texts -> a Unigram tokenizer of Chinese and English words, made from word counts in a minute.

Knows nothing about pairs or vectors.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import rjieba
from charsmap import compile_charsmap, folding_table
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

CHINESE_WORDS, ENGLISH_WORDS, ENGLISH_PIECES = 36_000, 20_500, 2_000
MOST_PIECES = 1 << 16  # a token fits into two bytes
UNKNOWN = "[UNK]"
_ENGLISH = re.compile(r"[a-zà-öø-ÿā-ž]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_FLOOR = -15.0


def folding(traditional: Path) -> normalizers.Normalizer:
    """The normaliser of the tokenizer: width, case and traditional characters in one pass."""
    table = folding_table(json.loads(traditional.read_text(encoding="utf-8")))
    return normalizers.Precompiled(compile_charsmap(table))


def count_words(texts: Iterable[str], weight: float = 1.0) -> Counter[str]:
    """How often each Chinese or English word occurs in texts that are already folded."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(rjieba.cut(text))
    wanted = (_CHINESE.fullmatch, _ENGLISH.fullmatch)
    return Counter({word: n * weight for word, n in counts.items() if any(match(word) for match in wanted)})


def build_tokenizer(counts: Counter[str], normalizer: normalizers.Normalizer) -> Tokenizer:
    """A tokenizer whose pieces are the commonest words, with characters and letter groups to fall back on.

    Characters score by how often they stand alone, less a little: otherwise two common characters would outbid the
    rare word that they form.
    """
    chinese = Counter({word: n for word, n in counts.items() if _CHINESE.fullmatch(word)})
    english = Counter({word: n for word, n in counts.items() if _ENGLISH.fullmatch(word) and len(word) > 1})
    scores: dict[str, float] = {}
    total = sum(chinese.values())
    characters: Counter[str] = Counter()
    for word, n in chinese.items():
        for char in word:
            characters[char] += n
    for char, n in characters.items():
        if n >= 3:
            scores[char] = _score(chinese[char] / 4, total) - 1
    for word, n in _commonest(Counter({w: n for w, n in chinese.items() if 1 < len(w) <= 8}), CHINESE_WORDS):
        scores[word] = _score(n, total)
    total = sum(english.values())
    words = _commonest(english, ENGLISH_WORDS)
    for word, n in words:
        scores[word] = _score(n, total)
    grams: Counter[str] = Counter()
    for word, n in english.items():
        for size in (2, 3, 4):
            grams.update({word[at : at + size]: min(n, 10) for at in range(len(word) - size + 1)})
    for gram, _ in _commonest(grams, ENGLISH_PIECES):
        scores.setdefault(gram, _FLOOR - 1)
    for number in [*map(str, range(10)), *(f"{n:02}" for n in range(100)), *map(str, range(1949, 2051))]:
        scores[number] = -8.0 if len(number) == 4 else -10.0
    for letter in "abcdefghijklmnopqrstuvwxyz":
        scores[letter] = _FLOOR - 1
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    vocabulary = [(UNKNOWN, _FLOOR - 10), *((piece, round(score, 3)) for piece, score in ranked)]
    assert len(vocabulary) <= MOST_PIECES, f"{len(vocabulary)} pieces; take fewer words"
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation("removed"),
            pre_tokenizers.Digits(individual_digits=False),
        ]
    )
    return tokenizer


def _commonest(counts: Counter[str], size: int) -> list[tuple[str, int]]:
    """The ``size`` commonest, in an order that does not depend on how they were counted."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]


def _score(count: float, total: float) -> float:
    """Log probability, not below the floor."""
    return max(_FLOOR, math.log(max(count, 1e-9) / total))
