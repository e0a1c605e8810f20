"""A sentence -> the part of it that is quoted: whole, unless it is too long to be read at a glance.

Spans only ever shrink, so a quotation is always word for word. Knows nothing about ranking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from regional_qa.answering.kinds import PLAIN
from regional_qa.answering.told import told
from regional_qa.answering.understanding import Understanding
from regional_qa.knowledge.regions import provinces_in
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import says
from regional_qa.types import Span

GLANCE_CHARS = 100
"""Longest quotation that is left whole."""
WHOLE_CHARS = 180
"""Longest quotation that is cut only between semicolons; a longer one is also cut between commas."""
MOST_CHARS = 280
"""Longest quotation there is."""
_PART = re.compile(r"[；;]")
_CLAUSE = re.compile(r"[，,；;：:]")


def quote_span(text: str, sentence: Span, asked: Understanding, published: date | None = None) -> Span:
    """The shortest run of clauses that holds as much of the question as the sentence does.

    What counts are the thing asked for, the question's words, and its regions where the sentence names them.
    A sentence that is read at a glance is quoted whole, and so is a list that fits.
    """
    sentence = _trimmed(text, sentence)
    length = sentence.end - sentence.start
    if length <= GLANCE_CHARS or (asked.scope.kind == "list" and length <= MOST_CHARS):
        return sentence
    things = _things(text, sentence, asked, published)
    parts = max(_windows(text, sentence, _PART), key=lambda window: _worth(text, window, asked, things))
    if parts.end - parts.start <= WHOLE_CHARS:
        return parts
    windows = [span for span in _windows(text, sentence, _CLAUSE) if span.end - span.start <= MOST_CHARS]
    fallback = Span(sentence.start, min(sentence.end, sentence.start + MOST_CHARS))
    return max(windows, key=lambda window: _worth(text, window, asked, things), default=fallback)


def own_words(text: str, quote: Span, asked: Understanding, published: date | None = None) -> tuple[Span, ...]:
    """The answer's own words in a quotation: what is of the kind asked for, in the clauses that say most of it.

    >>> from regional_qa.answering.understanding import understand
    >>> asked = understand("光伏产量占全国多少", lambda text: ["光伏", "产量"])
    >>> text = "床位占5%，光伏玻璃产量占全国1/3，组件产量占1/4。"
    >>> [span.of(text) for span in own_words(text, Span(0, len(text)), asked)]
    ['1/3', '1/4']
    """
    begin = 1 + max(text.rfind(stop, 0, quote.start) for stop in "。！？\n")
    found = [one for one in _things(text, Span(begin, quote.end), asked, published) if one.start >= quote.start]
    starts = [
        1 + max(quote.start - 1, *(text.rfind(stop, quote.start, one.start) for stop in "，,；;。")) for one in found
    ]
    clauses = [search_key(text[start : one.end]) for start, one in zip(starts, found, strict=True)]
    said = [
        sum(says(word, clause) for word in asked.terms) if _may_be_of(asked.scope.regions, clause) else -1
        for clause in clauses
    ]
    most = max(said, default=0)
    enough = min(most, 1) if asked.scope.kind == "share" else most / 2  # shares are told in a row: 占1/3，组件产量占1/4
    return tuple(one for one, count in zip(found, said, strict=True) if count >= max(enough, 0))


def _things(text: str, part: Span, asked: Understanding, published: date | None) -> list[Span]:
    """Where a part of a text holds what is asked for."""
    return [Span(part.start + one.start, part.start + one.end) for one in told(asked, part.of(text), published)]


def _may_be_of(regions: tuple[str, ...], clause: str) -> bool:
    """Whether a clause names one of the regions, or none."""
    named = set(provinces_in(clause)) if regions else set()
    return not named or bool(named & set(regions))


def _windows(text: str, sentence: Span, separator: re.Pattern[str]) -> list[Span]:
    """Every run of neighbouring clauses."""
    ends = [match.end() for match in separator.finditer(text, sentence.start, sentence.end)]
    cuts = [sentence.start, *(end for end in ends if end < sentence.end), sentence.end]
    return [_trimmed(text, Span(start, end)) for i, start in enumerate(cuts[:-1]) for end in cuts[i + 1 :]]


def _worth(text: str, window: Span, asked: Understanding, things: Sequence[Span]) -> tuple[bool, int, int]:
    key = search_key(window.of(text))
    wanted = [*asked.terms, *(place.name for place in asked.places), *map(str, asked.scope.years)]
    has_kind = asked.scope.kind in PLAIN or any(window.start <= one.start and one.end <= window.end for one in things)
    return has_kind, sum(says(word, key) for word in wanted), window.start - window.end


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end - 1 and text[start] in " \n，,；;：:":
        start += 1
    while end > start + 1 and text[end - 1] in " \n，,：:；;":
        end -= 1
    return Span(start, end)
