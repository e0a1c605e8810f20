"""Candidate passages -> the sentences that may answer, each with the reasons for and against it.

Knows nothing about how an answer is worded.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from regional_qa.answering.matching import Matcher
from regional_qa.answering.understanding import Understanding, fits_kind
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.aims import aims
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.sentences import Sentence, cut_sentences
from regional_qa.types import Article, Hit, Span

_SHARE_OF = re.compile(r"其中|[^，,。]{3}[中里][，,]")
"""What is said of a part only: 输转劳动力中，脱贫劳动力199.9万人."""
NEAR_CHARS = 400
"""How much of its paragraph before a sentence is heard with it: what the paragraph is about is told once."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence weighed as an answer. ``support`` is the weighted share of the question it covers, 0 to 1."""

    article: Article
    sentence: Sentence
    support: float
    figures_named: bool
    cosine: float
    has_kind: bool
    years_agree: bool
    part: str
    score: float


def weigh(
    generation: Generation, asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]
) -> list[Evidence]:
    """Every sentence of the hits' articles near a hit that is about the places and years asked for, best first."""
    found = [pair for pair in _sentences(hits) if not places or pair[1].is_about(places)]
    found = [(article, one, before) for article, one, before in found if _years_allow(asked, one, article)]
    if asked.national:
        found = [candidate for candidate in found if not candidate[1].regions]
    if not found:
        return []
    texts = [one.text for _, one, _ in found]
    matcher = Matcher(generation, asked, texts)
    vectors = generation.embedder.encode_passages(texts)  # (n_sentences, dim)
    cosines = vectors @ generation.embedder.encode_queries([asked.question])[0]  # (n_sentences,)
    weighed = [
        _weigh(matcher, asked, places, candidate, float(cosine))
        for candidate, cosine in zip(found, cosines, strict=True)
    ]
    return sorted(weighed, key=lambda e: (-e.score, e.article.article_id, e.sentence.span))


def _weigh(
    matcher: Matcher,
    asked: Understanding,
    places: tuple[Mention, ...],
    candidate: tuple[Article, Sentence, str],
    cosine: float,
) -> Evidence:
    article, one, before = candidate
    support, figures_named = matcher.support(one.text, f"{article.section} {article.title} {before}", article.text)
    has_kind = fits_kind(asked.scope.kind, one.text, asked.unit)
    years_agree = bool(set(asked.scope.years) & set(one.years))
    part = next((part for place in places if (part := one.only_part_of(place))), "")
    score = support + 0.2 * cosine + 0.15 * has_kind + 0.1 * years_agree + 0.1 * matcher.is_beside(one.text)
    score -= 0.1 * bool(part) + 0.1 * (aims(one.text) != asked.aims) + 0.1 * bool(_SHARE_OF.search(one.text))
    return Evidence(article, one, support, figures_named, cosine, has_kind, years_agree, part, score)


def _years_allow(asked: Understanding, one: Sentence, article: Article) -> bool:
    """A sentence must share a year with the question; one without years is let through if its article names it."""
    years = set(asked.scope.years)
    return not years or bool(years & set(one.years or _years_of(article.text, article.published)))


@functools.lru_cache(maxsize=256)
def _years_of(text: str, published: date | None) -> tuple[int, ...]:
    """The years an article names, and those it may tell of by its day of publication."""
    around = (published.year - 1, published.year) if published else ()
    return (*years_in(text, published), *around)


def _sentences(hits: Iterable[Hit]) -> list[tuple[Article, Sentence, str]]:
    """Sentences that touch a hit, each with its article and what its paragraph says right before it."""
    spans: dict[str, list[Span]] = {}
    articles: dict[str, Article] = {}
    for hit in hits:
        articles[hit.article.article_id] = hit.article
        spans.setdefault(hit.article.article_id, []).append(hit.passage.span)
    found = []
    for article_id, article in articles.items():
        before, paragraph = "", -1
        for one in cut_sentences(article):
            if one.paragraph != paragraph:
                before, paragraph = "", one.paragraph
            if any(one.span.start < span.end and span.start < one.span.end for span in spans[article_id]):
                found.append((article, one, before))
            before = (before + one.text)[-NEAR_CHARS:]
    return found
