"""A sentence -> the part of it that is quoted: whole, unless it is too long to be read at a glance.

Spans only ever shrink, so a quotation is always word for word. Knows nothing about ranking.
"""

from __future__ import annotations

import re

from regional_qa.answering.understanding import Understanding
from regional_qa.knowledge.quantities import find_quantities
from regional_qa.knowledge.script import search_key
from regional_qa.types import Span

GLANCE_CHARS = 180
"""Longest quotation that is left whole."""
MOST_CHARS = 280
"""Longest quotation there is."""
_CLAUSE = re.compile(r"[，,；;：:]")


def quote_span(text: str, sentence: Span, asked: Understanding) -> Span:
    """The shortest run of clauses that holds all the question's words the sentence holds, and its figures.

    A list is quoted whole where it fits.
    """
    length = sentence.end - sentence.start
    if length <= GLANCE_CHARS or (asked.scope.kind in ("list", "fact") and length <= MOST_CHARS):
        return sentence
    cuts = [sentence.start, *(match.end() for match in _CLAUSE.finditer(text, sentence.start, sentence.end)), sentence.end]
    needed = {term for term in asked.terms if term in search_key(sentence.of(text))}
    best = Span(sentence.start, min(sentence.end, sentence.start + MOST_CHARS))
    for i, start in enumerate(cuts[:-1]):
        for end in cuts[i + 1 :]:
            if end <= start or end - start >= best.end - best.start:
                continue
            clause = text[start:end]
            if needed <= {term for term in needed if term in search_key(clause)} and _answers(clause, asked):
                best = Span(start, end)
                break
    return _trimmed(text, best)


def _answers(clause: str, asked: Understanding) -> bool:
    return asked.scope.kind in ("list", "fact", "date") or bool(find_quantities(clause))


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end - 1 and text[start] in " \n，,；;：:":
        start += 1
    while end > start + 1 and text[end - 1] in " \n，,：:；;":
        end -= 1
    return Span(start, end)
