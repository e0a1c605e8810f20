"""Hits -> the sentences that may answer: near a hit, of the places, the years and the months asked for.

Knows nothing about how well they answer.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from regional_qa.answering.kinds import FIGURES
from regional_qa.answering.reasons import Candidate
from regional_qa.answering.understanding import Understanding
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.ordinals import ordinals_in
from regional_qa.knowledge.periods import WHOLE_YEAR, months_in
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.sentences import Sentence, cut_sentences
from regional_qa.knowledge.synonyms import synonyms
from regional_qa.ports import TokenEmbedder
from regional_qa.types import Article, Hit

_SO_FAR = re.compile("累计|截[至止]")
"""What is told up to a day."""
_DAYS = re.compile(r"(?<!\d)(1[0-2]|[1-9])月\d{1,2}日")
"""What happened on a day of another month did not happen in the one asked for; a figure may well be printed then."""
RARE = 0.0002
"""Share of the passages in which a word may stand that is taken for a name."""
_LAST_YEARS = re.compile("(?:去年|上年|前年)的?(?:[上下]半年|第?[一二三四]季度|\\d{1,2}月份?)")
"""Months that something is compared with: 为去年下半年的66折."""
_TILL_NOW = re.compile("截[至止]目前|目前")
"""What speaks of the day on which it was printed."""
MONTHS_BEFORE = 6
"""How many sentences back the months of a figure may be told."""


def candidates(
    generation: Generation, asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]
) -> list[Candidate]:
    """The sentences that touch a hit and are about the places and years asked for.

    An article without a date may tell of the year in which nearly all others were published.
    """
    usual = generation.passages.usual_year
    by_article: dict[str, list[Hit]] = {}
    for hit in hits:
        by_article.setdefault(hit.article.article_id, []).append(hit)
    counted = ordinals_in(search_key(asked.question))
    bearers = _names(generation, asked) if places else ()
    best = max((hit.score for near in by_article.values() for hit in near), default=0.0)
    found = []
    for near in by_article.values():
        article = near[0].article
        sentences = cut_sentences(article)
        about = _About.of(asked, article, places, bearers)
        for at, one in enumerate(sentences):
            score = max((hit.score for hit in near if _touches(one, hit)), default=None)
            if (
                score is not None
                and about.allows(sentences, at)
                and _ordinals_allow(counted, search_key(one.text))
                and _years_allow(asked, one, article, usual)
                and _months_allow(asked, sentences, at, article.published)
            ):
                found.append(Candidate(article, sentences, at, score - best))
    return found


def _touches(one: Sentence, hit: Hit) -> bool:
    return one.span.start < hit.passage.span.end and hit.passage.span.start < one.span.end


@dataclass(frozen=True, slots=True)
class _About:
    """What the sentences of one article must speak of.

    ``names_all`` says that the article names all that has a place in its name, ``lacks`` that it has not even the end
    of one; ``bearers`` are names that belong to the place where nothing else is said, the article being from there.
    """

    asked: Understanding
    places: tuple[Mention, ...]
    names_all: bool
    lacks: bool
    bearers: tuple[str, ...]

    @classmethod
    def of(cls, asked: Understanding, article: Article, places: tuple[Mention, ...], bearers: tuple[str, ...]) -> Self:
        """For the sentences of ``article``."""
        text = search_key(article.text) if asked.things else ""
        names_all = 0 < len(places) == len(asked.things) and all(thing in text for thing in asked.things)
        lacks = not all(thing[-2:] in text for thing in asked.things)  # 广州车展 is told where 车展 is
        from_there = any(set(place.provinces) <= set(article.regions) for place in places)
        return cls(asked, places, names_all, lacks, bearers if from_there else ())

    def allows(self, sentences: Sequence[Sentence], at: int) -> bool:
        """Whether the sentence at ``at`` speaks of the places, or of the country, that are asked about."""
        one, things = sentences[at], self.asked.things
        if self.lacks or (self.asked.national and not one.is_of_the_country(self.asked.question)):
            return False
        if not self.places or one.is_about(self.places):
            return True
        if self.names_all and (not one.own or _follows(sentences, at, things)):
            return True
        elsewhere = one.own or not set(one.regions) <= {
            province for place in self.places for province in place.provinces
        }
        return not elsewhere and any(name in search_key(one.text) for name in self.bearers)


def _names(generation: Generation, asked: Understanding) -> tuple[str, ...]:
    """Words of the question that are nobody's but a firm's, a person's or a project's: 盈峰 in 长沙盈峰环境."""
    model = generation.embedder
    if not isinstance(model, TokenEmbedder):
        return ()
    words = [term for term in asked.terms if len(term) > 1 and not term.isascii() and not synonyms(term)]
    most = RARE * len(generation.lexical)
    counts = generation.lexical.document_frequencies(words)
    rare = [word for word, count in zip(words, counts, strict=True) if 0 < count <= max(most, 1)]
    return tuple(word for word in rare if len(model.tokenize([word]).ids) == len(word))  # 国有财产 is made of words


def _follows(sentences: Sequence[Sentence], at: int, things: Sequence[str]) -> bool:
    """Whether the sentence right before, of the same paragraph, names what has a place in its name."""
    before = sentences[max(at - 1, 0)]
    key = search_key(before.text)
    return before.paragraph == sentences[at].paragraph and all(thing in key for thing in things)


def _ordinals_allow(asked: Mapping[str, frozenset[int]], key: str) -> bool:
    """A sentence that names the first batch tells nothing of the second; one without any may."""
    told = ordinals_in(key) if asked else {}
    return all(not told.get(kind) or told[kind] & numbers for kind, numbers in asked.items())


def _years_allow(asked: Understanding, one: Sentence, article: Article, usual: int | None) -> bool:
    """A sentence must share a year with the question; one without years is let through if its article may tell of it."""
    years = set(asked.scope.years)
    if years and not one.years and article.published is None and _SO_FAR.search(one.text):
        return False  # 累计突破1.5万列 is of no single year, and nobody knows until when
    if not years or years & set(one.years or _years_of(article.text, article.published)):
        return True
    return not one.years and article.published is None and usual in years


def _months_allow(asked: Understanding, sentences: Sequence[Sentence], at: int, published: date | None) -> bool:
    """A sentence, or the last before it that names months, must name those asked for; where none does, all are let by,
    and so is what speaks of now in the month of its publication.
    """
    if not asked.months:
        return True
    now = published is not None and (published.month, published.month) in asked.months
    if now and _TILL_NOW.search(sentences[at].text) and not months_in(sentences[at].text):
        return True
    before = 0 if WHOLE_YEAR in asked.months else MONTHS_BEFORE
    for one in reversed(sentences[max(at - before, 0) : at + 1]):
        if told := months_in(_LAST_YEARS.sub("", one.text)):
            return bool(told & asked.months)
    days = {(int(month), int(month)) for month in _DAYS.findall(sentences[at].text)}
    return (
        asked.scope.kind in FIGURES or not days or bool(days & asked.months) or not all(a == b for a, b in asked.months)
    )


@functools.lru_cache(maxsize=256)
def _years_of(text: str, published: date | None) -> tuple[int, ...]:
    """The years an article names, and those it may tell of by its day of publication."""
    around = (published.year - 1, published.year) if published else ()
    return (*years_in(text, published), *around)
