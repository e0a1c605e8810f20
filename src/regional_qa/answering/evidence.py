"""Candidate passages -> the sentences that may answer, each with the reasons for and against it.

Knows nothing about how an answer is worded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from regional_qa.answering.sentences import Sentence, cut_sentences
from regional_qa.answering.understanding import KIND_WORDS, Understanding, fits_kind
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import synonyms
from regional_qa.types import Article, Hit, Span

CONTEXT_CREDIT = 0.6
"""What a question's word counts when it stands in the headline or the sentence before, not in the sentence."""
SYNONYM_CREDIT = 0.9
"""What a listed synonym of a question's word counts."""
LIGHT = 0.3
"""Weight of a word that names the kind of answer, and of a single character; the others weigh 0.5 and their inverse document frequency."""
HEAD_FACTOR = 1.5
"""How much more the last word of a Chinese question weighs: it names what is measured."""
SOFT_FLOOR = 0.45
"""Cosine of two words below which they are taken for unrelated."""
SOFT_CREDIT = 0.8
"""What a word of like meaning counts at most."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence weighed as an answer. ``support`` is the weighted share of the question it covers, 0 to 1."""

    article: Article
    sentence: Sentence
    support: float
    weakest: float
    cosine: float
    has_kind: bool
    years_agree: bool
    score: float


def weigh(
    generation: Generation, asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]
) -> list[Evidence]:
    """Every sentence of the hits' articles near a hit that is about the places and years asked for, best first."""
    found = [pair for pair in _sentences(hits) if not places or pair[1].is_about(places)]
    found = [(article, one, before) for article, one, before in found if _years_allow(asked, one)]
    if not found:
        return []
    matcher = _Matcher(generation, asked)
    texts = [one.text for _, one, _ in found]
    vectors = generation.embedder.encode_passages(texts)  # (n_sentences, dim)
    cosines = vectors @ generation.embedder.encode_queries([asked.question])[0]  # (n_sentences,)
    weighed = [
        _weigh(matcher, asked, article, one, before, float(cosine))
        for (article, one, before), cosine in zip(found, cosines, strict=True)
    ]
    return sorted(weighed, key=lambda e: (-e.score, e.article.article_id, e.sentence.span))


def _weigh(
    matcher: _Matcher, asked: Understanding, article: Article, one: Sentence, before: str, cosine: float
) -> Evidence:
    support, weakest = matcher.support(one.text, f"{article.section} {article.title} {before}")
    has_kind = fits_kind(asked.scope.kind, one.text, asked.unit)
    years_agree = bool(asked.scope.years) and bool(set(asked.scope.years) & set(one.years))
    score = support + 0.3 * cosine + 0.15 * has_kind + 0.1 * years_agree
    return Evidence(article, one, support, weakest, cosine, has_kind, years_agree, score)


def _years_allow(asked: Understanding, one: Sentence) -> bool:
    """A sentence whose years are known must share one with the question; unknown years are let through."""
    return not asked.scope.years or not one.years or bool(set(asked.scope.years) & set(one.years))


def _sentences(hits: Iterable[Hit]) -> list[tuple[Article, Sentence, str]]:
    """Sentences that touch a hit, each with its article and the text of the sentence before it in its paragraph."""
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
            before = one.text
    return found


class _Matcher:
    """How much of a question's words a sentence holds: literally, nearly, or by meaning."""

    def __init__(self, generation: Generation, asked: Understanding) -> None:
        self._generation = generation
        self._terms = asked.terms
        total = len(generation.lexical)
        counts = generation.lexical.document_frequencies(asked.terms)
        self._weights = [
            LIGHT if term in KIND_WORDS or len(term) == 1 else math.log(1 + (total - n + 0.5) / (n + 0.5)) + 0.5
            for term, n in zip(asked.terms, counts, strict=True)
        ]
        named = [i for i, weight in enumerate(self._weights) if weight > LIGHT]
        self._head = named[-1] if named and not asked.terms[named[-1]].isascii() else None
        if self._head is not None:
            self._weights[self._head] *= HEAD_FACTOR
        self._vectors = generation.embedder.encode_queries(list(asked.terms)) if asked.terms else None
        self._words: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]] = {}

    def support(self, text: str, context: str) -> tuple[float, float]:
        """(weighted share of the words found, the share of the worst of the heavy ones), each 0 to 1."""
        if not self._terms:
            return 0.0, 0.0
        key, around = search_key(text), search_key(context)
        shares = [max(_named(term, key), CONTEXT_CREDIT * _named(term, around)) for term in self._terms]
        if min(shares) < SOFT_CREDIT:
            shares = [max(pair) for pair in zip(shares, self._by_meaning(text), strict=True)]
        total = sum(self._weights)
        support = sum(share * weight for share, weight in zip(shares, self._weights, strict=True)) / total
        heavy = [share for share, weight in zip(shares, self._weights, strict=True) if weight >= total / len(shares)]
        return support, min(*heavy, shares[self._head]) if self._head is not None else min(heavy)

    def _by_meaning(self, text: str) -> list[float]:
        words = [word for word in dict.fromkeys(self._generation.lexical.terms(text)) if not word.isdigit()]
        if not words or self._vectors is None:
            return [0.0] * len(self._terms)
        new = [word for word in words if word not in self._words]
        if new:
            self._words |= dict(zip(new, self._generation.embedder.encode_passages(new), strict=True))
        cosines = self._vectors @ np.stack([self._words[word] for word in words]).T  # (n_terms, n_words)
        best = np.clip((cosines.max(axis=1) - SOFT_FLOOR) / (1 - SOFT_FLOOR), 0.0, 1.0)
        return [SOFT_CREDIT * float(share) for share in best]


def _named(term: str, key: str) -> float:
    """How far a text names a word: itself, a synonym, or most of its characters."""
    if term in key:
        return 1.0
    return max(_nearly(term, key), SYNONYM_CREDIT * any(word in key for word in synonyms(term)))


def _nearly(term: str, key: str) -> float:
    """1 where the term stands in the text, else the share of its character pairs that do.

    >>> _nearly("进出口总值", "进出口总额增长"), _nearly("光伏", "光伏玻璃")
    (0.75, 1.0)
    """
    if term in key:
        return 1.0
    if len(term) < 3 or term.isascii():
        return 0.0
    pairs = [term[i : i + 2] for i in range(len(term) - 1)]
    return sum(pair in key for pair in pairs) / len(pairs)
