"""Text -> where its sentences stand.

Knows nothing about what they say, but that halves around a semicolon may speak of different provinces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from regional_qa.knowledge.regions import provinces_in
from regional_qa.types import Span

_END = re.compile(r"[。！？!?]+[”』」）》’)]*|\n+|(?<=[a-z0-9%)])\.(?=\s|$)")
_SEMICOLON = re.compile(r"[；;]+")
MOST_CHARS = 1000
"""Longest sentence there is; newspapers have none of 500."""


def sentence_spans(text: str) -> Iterator[Span]:
    """The sentences of a text; one whose halves around a semicolon speak of different provinces is several."""
    whole = [Span(0, len(text))] if text else []
    for sentence in (short for one in whole for piece in _pieces(_END, text, one) for short in _bounded(piece)):
        if not _SEMICOLON.search(text, sentence.start, sentence.end):
            yield sentence
            continue
        parts = list(_pieces(_SEMICOLON, text, sentence))
        provinces = {provinces for part in parts if (provinces := provinces_in(part.of(text)))}
        yield from parts if len(provinces) > 1 else [sentence]


def _bounded(sentence: Span) -> Iterator[Span]:
    """The sentence in steps: what goes on for longer is no sentence, and every rule would be slow on it."""
    for start in range(sentence.start, sentence.end, MOST_CHARS):
        yield Span(start, min(start + MOST_CHARS, sentence.end))


def _pieces(separator: re.Pattern[str], text: str, within: Span) -> Iterator[Span]:
    """The stretches between separators, each with the one that ends it, blanks trimmed."""
    start = within.start
    for stop in [*(match.end() for match in separator.finditer(text, start, within.end)), within.end]:
        piece = text[start:stop]
        if piece.strip():
            yield Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
        start = stop
