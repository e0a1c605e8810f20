"""Candidate passages -> the sentences that may answer, each with how probable that is.

Knows nothing about how an answer is worded.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np

from regional_qa.answering.matching import Matcher
from regional_qa.answering.reasons import REASONS, Candidate, reasons
from regional_qa.answering.sentences import Sentence, cut_sentences
from regional_qa.answering.understanding import Understanding, fits_kind
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.regions import Mention
from regional_qa.types import Article, Hit, Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence weighed as an answer; ``probability`` that it is one, from 0 to 1."""

    article: Article
    sentence: Sentence
    figures_named: bool
    has_kind: bool
    years_agree: bool
    part: str
    score: float
    probability: float


def weigh(
    generation: Generation, asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]
) -> list[Evidence]:
    """Every sentence of the hits' articles near a hit that is about the places and years asked for, best first."""
    found = candidates(asked, hits, places)
    if not found:
        return []
    matcher = Matcher(generation, asked, [one.sentence.text for one in found])
    scores = reasons(generation, asked, places, found, matcher)
    return scores


def candidates(asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]) -> list[Candidate]:
    """The sentences that touch a hit and are about the places and years asked for."""
    spans: dict[str, list[Hit]] = {}
    for hit in hits:
        spans.setdefault(hit.article.article_id, []).append(hit)
    best = max((hit.score for near in spans.values() for hit in near), default=0.0)
    found = []
    for near in spans.values():
        article = near[0].article
        sentences = cut_sentences(article)
        for at, one in enumerate(sentences):
            touched = [
                hit.score
                for hit in near
                if one.span.start < hit.passage.span.end and hit.passage.span.start < one.span.end
            ]
            if touched and (not places or one.is_about(places)) and _years_allow(asked, one, article):
                if not (asked.national and one.regions):
                    found.append(Candidate(article, sentences, at, max(touched) - best))
    return found


def _years_allow(asked: Understanding, one: Sentence, article: Article) -> bool:
    """A sentence must share a year with the question; one without years is let through if its article names it."""
    years = set(asked.scope.years)
    return not years or bool(years & set(one.years or _years_of(article.text, article.published)))


@functools.lru_cache(maxsize=256)
def _years_of(text: str, published: date | None) -> tuple[int, ...]:
    """The years an article names, and those it may tell of by its day of publication."""
    around = (published.year - 1, published.year) if published else ()
    return (*years_in(text, published), *around)
