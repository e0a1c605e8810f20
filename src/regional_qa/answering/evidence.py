"""Candidate passages -> the sentences that may answer, each with how probable that is.

Knows nothing about how an answer is worded.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.answering.kinds import FIGURES, PERSON, PLAIN
from regional_qa.answering.matching import NEARLY, Matcher
from regional_qa.answering.reasons import REASONS, Candidate, reasons
from regional_qa.answering.sought import lacks_title
from regional_qa.answering.told import is_counted, told
from regional_qa.answering.understanding import Understanding
from regional_qa.answering.wording import is_english
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.ordinals import ordinals_in
from regional_qa.knowledge.periods import WHOLE_YEAR, months_in
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.sentences import Sentence, cut_sentences
from regional_qa.knowledge.speech import speaker
from regional_qa.types import Article, Hit


@dataclass(frozen=True, slots=True)
class Judgement:
    """Weights of the reasons, fitted by ``training/fit_evidence.py``: which sentence is best, and whether it answers."""

    best: Mapping[str, float]
    answers: Mapping[str, float]
    bias: float
    enough: float
    """Probability from which a sentence is given as the answer."""

    @classmethod
    def read(cls, path: Path, kind: str) -> Self:
        """The judgement of a kind of question, from the file that the fitting wrote."""
        record = json.loads(path.read_text(encoding="utf-8"))[kind]
        return cls(record["best"], record["answers"], record["bias"], record["enough"])

    def scores(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) how good each sentence is among the others; ``found`` is (n, n_reasons)."""
        return np.asarray(found @ np.array([self.best[name] for name in REASONS]))

    def probabilities(self, found: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) that each sentence answers; besides the reasons it counts how far it is above the next."""
        odds = self.bias + found @ np.array([self.answers[name] for name in REASONS])
        odds += self.answers["score"] * scores + self.answers["margin"] * margins(scores)
        return np.asarray(1 / (1 + np.exp(-odds)))


def margins(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how far each score is above the next one; 0 for the least.

    >>> margins(np.array([3.0, 1.0, 2.5])).tolist()
    [0.5, 0.0, 1.5]
    """
    order = np.argsort(-scores, kind="stable")
    above = np.zeros(len(scores))
    above[order[:-1]] = -np.diff(scores[order])
    return above


def leads(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how far each score is above the best of the others; where there are none, above 0.

    >>> leads(np.array([3.0, 1.0, 2.5])).tolist()
    [0.5, -2.0, -0.5]
    """
    second, best = np.sort(np.concatenate([scores, [0.0]] if len(scores) < 2 else [scores]))[-2:]
    return np.asarray(np.where(scores == best, best - second, scores - best))


LEAST = 1e-6
"""Of a probability whose logarithm is taken."""
ODDS, UNNAMED = 1.5, 4.0
"""What the odds weigh beside the score, and what it costs not to name what is measured."""
_SO_FAR = re.compile("累计|截[至止]")
"""What is told up to a day."""
_DAYS = re.compile(r"(?<!\d)(1[0-2]|[1-9])月\d{1,2}日")
"""What happened on a day of another month did not happen in the one asked for; a figure may well be printed then."""
_LAST_YEARS = re.compile("(?:去年|上年|前年)的?(?:[上下]半年|第?[一二三四]季度|\\d{1,2}月份?)")
"""Months that something is compared with: 为去年下半年的66折."""
_TILL_NOW = re.compile("截[至止]目前|目前")
"""What speaks of the day on which it was printed."""
MONTHS_BEFORE = 6
"""How many sentences back the months of a figure may be told."""
FILE = Path(__file__).with_name("evidence.json")
SAME_LANGUAGE, FOREIGN = Judgement.read(FILE, "same language"), Judgement.read(FILE, "foreign")


def judgement(asked: Understanding) -> Judgement:
    """The one for Chinese questions, or the one for English ones, whose words never stand in a Chinese sentence."""
    return FOREIGN if is_english(asked.question) else SAME_LANGUAGE


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence weighed as an answer; ``probability`` that it is one, from 0 to 1."""

    article: Article
    sentence: Sentence
    at: int
    """Which sentence of its article it is, from 0."""
    named: float
    """1 where what the question measures is named, less where it may be; see ``Matcher.support``."""
    beside: bool
    """Whether a figure stands right beside what is measured."""
    has_kind: bool
    beside_kind: bool
    """Whether the kind of thing asked for stands in the sentence, or in the one before or after it in its paragraph."""
    years_agree: bool
    part: str
    score: float
    lead: float
    """How far the score is above all others; below 0 where another is best."""
    probability: float

    @property
    def merit(self) -> float:
        """By which the sentences that answer are ordered: the score, the odds that it answers, and what is not named."""
        odds = math.log(max(self.probability, LEAST) / max(1 - self.probability, LEAST))
        return self.score + ODDS * odds - UNNAMED * (1 - self.named)


def weigh(
    generation: Generation, asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]
) -> list[Evidence]:
    """Every sentence of the hits' articles near a hit that is about the places and years asked for, best first."""
    found = candidates(generation, asked, hits, places)
    if not found:
        return []
    matcher = Matcher(generation, asked, [one.sentence.text for one in found])
    weighed = reasons(generation, asked, places, found, matcher)
    judge = judgement(asked)
    scores = judge.scores(weighed)
    probabilities = judge.probabilities(weighed, scores)
    evidence = [
        _evidence(asked, places, candidate, row, *numbers)
        for candidate, row, *numbers in zip(
            found, weighed, scores.tolist(), leads(scores).tolist(), probabilities.tolist(), strict=True
        )
    ]
    return sorted(evidence, key=lambda e: (-e.score, e.article.article_id, e.sentence.span))


def _evidence(
    asked: Understanding,
    places: tuple[Mention, ...],
    candidate: Candidate,
    weighed: NDArray[np.float64],
    score: float,
    lead: float,
    probability: float,
) -> Evidence:
    one = candidate.sentence
    named, beside, figure = (float(weighed[REASONS.index(name)]) for name in ("named", "beside", "figure"))
    kind = asked.scope.kind
    may_hold = bool(figure) or kind not in FIGURES  # known already, and most sentences hold none
    if kind in PLAIN:
        has_kind = not lacks_title(asked, search_key(one.text))
    else:
        spans = told(asked, one.text, candidate.article.published) if may_hold else []
        has_kind = bool(spans)
        if has_kind and not any(is_counted(asked, one.text, span) for span in spans):
            named = min(named, NEARLY)
    years_agree = bool(set(asked.scope.years) & set(one.years))
    part = next((part for place in places if (part := one.only_part_of(place))), "")
    return Evidence(
        candidate.article, one, candidate.at, named, bool(beside), has_kind, has_kind or _is_near(asked, candidate),
        years_agree, part, score, lead, probability,
    )  # fmt: skip


def _is_near(asked: Understanding, candidate: Candidate) -> bool:
    """Whether a name asked for stands in the sentence before or after, or in that of who speaks, in the same paragraph."""
    if asked.unit != PERSON:
        return False
    behind = speaker(candidate.sentences, candidate.at)
    places = (candidate.at - 1, candidate.at + 1, *(() if behind is None else (behind,)))
    around = (candidate.sentences[at] for at in places if 0 <= at < len(candidate.sentences))
    published, paragraph = candidate.article.published, candidate.sentence.paragraph
    return any(one.paragraph == paragraph and told(asked, one.text, published) for one in around)


def candidates(
    generation: Generation, asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]
) -> list[Candidate]:
    """The sentences that touch a hit and are about the places and years asked for.

    An article without a date may tell of the year in which nearly all others were published.
    """
    usual = generation.passages.usual_year
    spans: dict[str, list[Hit]] = {}
    for hit in hits:
        spans.setdefault(hit.article.article_id, []).append(hit)
    counted = ordinals_in(search_key(asked.question))
    best = max((hit.score for near in spans.values() for hit in near), default=0.0)
    found = []
    for near in spans.values():
        article = near[0].article
        sentences = cut_sentences(article)
        text = search_key(article.text) if asked.things else ""
        names_it = 0 < len(places) == len(asked.things) and all(thing in text for thing in asked.things)
        for at, one in enumerate(sentences):
            touched = [
                hit.score
                for hit in near
                if one.span.start < hit.passage.span.end and hit.passage.span.start < one.span.end
            ]
            fits = (
                not places
                or one.is_about(places)
                or (names_it and (not one.own or _follows(sentences, at, asked.things)))
            )
            fits = fits and all(thing[-2:] in text for thing in asked.things)  # 广州车展 is told where 车展 is
            fits = fits and (not asked.national or one.is_of_the_country(asked.question))
            fits = fits and _ordinals_allow(counted, search_key(one.text))
            if (
                touched
                and fits
                and _years_allow(asked, one, article, usual)
                and _months_allow(asked, sentences, at, article.published)
            ):
                found.append(Candidate(article, sentences, at, max(touched) - best))
    return found


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
