"""Weighed sentences -> what an answer cites: the best, the sentence that completes it, and others that say the same.

Knows nothing about questions' regions or about wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regional_qa.answering.evidence import Evidence
from regional_qa.answering.sought import fits_kind
from regional_qa.answering.understanding import FIGURES, Understanding
from regional_qa.knowledge.quantities import find_quantities
from regional_qa.types import Span

COMPLETED_GAP = 1.0
"""How much worse than the best a neighbouring sentence may be and still be quoted with it."""
COMPLETED_CHARS = 140
"""Longest quotation of two sentences."""
MOST_SOURCES = 3
"""Articles cited at most for one answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is quoted of one article: one sentence, or two that follow each other."""

    evidence: Evidence
    span: Span


def choose(asked: Understanding, weighed: Sequence[Evidence], sufficing: Sequence[Evidence]) -> list[Source]:
    """The best sentence with what completes it, then other articles that say the same, at most ``MOST_SOURCES``."""
    best = sufficing[0]
    chosen = [Source(best, _completed(best, weighed))]
    cited = {best.article.article_id}
    for other in sufficing[1:]:
        agrees = bool(figures(asked, best) & figures(asked, other)) or asked.scope.kind not in FIGURES
        if len(chosen) < MOST_SOURCES and other.article.article_id not in cited and agrees:
            chosen.append(Source(other, other.sentence.span))
            cited.add(other.article.article_id)
    return chosen


def figures(asked: Understanding, evidence: Evidence) -> set[tuple[str, float]]:
    """The quantities of a sentence that are of the kind asked for, by dimension and value."""
    return {
        (one.dimension, round(one.base, 6))
        for one in find_quantities(evidence.sentence.text)
        if one.base is not None and fits_kind(asked.scope.kind, one.span.of(evidence.sentence.text), asked.unit)
    }


def _completed(best: Evidence, weighed: Sequence[Evidence]) -> Span:
    """The span of the best sentence, widened to a neighbour that is nearly as good."""
    span = best.sentence.span
    for other in weighed:
        beside = other.article.article_id == best.article.article_id and abs(other.at - best.at) == 1
        if beside and best.score - other.score <= COMPLETED_GAP:
            both = Span(min(span.start, other.sentence.span.start), max(span.end, other.sentence.span.end))
            return both if both.end - both.start <= COMPLETED_CHARS else span
    return span
