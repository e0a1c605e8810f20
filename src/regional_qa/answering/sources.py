"""Weighed sentences -> what an answer cites: the best, what completes it, and what other articles say of the same.

Knows nothing about wording.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from regional_qa.answering.comparing import Dated, difference, is_close
from regional_qa.answering.evidence import Evidence
from regional_qa.answering.kinds import FIGURES
from regional_qa.answering.quoting import own_words
from regional_qa.answering.told import told
from regional_qa.answering.understanding import Understanding
from regional_qa.facts import find_facts
from regional_qa.knowledge.causes import asks_why
from regional_qa.knowledge.dates import days_in
from regional_qa.knowledge.periods import time_of
from regional_qa.knowledge.quantities import find_quantities
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.sentences import cut_sentences
from regional_qa.knowledge.speech import speaker
from regional_qa.knowledge.synonyms import names_figure
from regional_qa.types import Fact, Kind, Span

COMPLETED_GAP = 2.5
"""How much worse than the best a neighbouring sentence may be and still be quoted with it."""
NAMED_CHARS = 200
"""How long a sentence may be with the one beside it that has the name or place asked for."""
COMPLETED_CHARS = 140
"""Longest quotation of two sentences."""
MOST_SOURCES, MOST_CHARS = 4, 300
"""Articles, and characters of them, cited at most for one answer; the best is always cited."""
WEIGHED_SOURCES = 8
"""Sentences looked at for figures of the same."""
NEWER_GAP = 2.0
"""How much worse than the best a sentence may be that tells a newer figure of the same, and still stands first."""
_KINDS: dict[Kind, tuple[str, ...]] = {
    "share": ("share",),
    "growth": ("growth",),
    "multiple": ("multiple", "growth"),
    "money": ("money",),
    "count": ("count",),
    "amount": ("money", "count", "share"),
}


_Group: TypeAlias = Literal["same", "differing", "other times"]


@dataclass(frozen=True, slots=True)
class Source:
    """What is quoted of one article: one sentence, or two that follow each other; and its figure, where it has one."""

    evidence: Evidence
    span: Span
    figure: Dated | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sources of an answer: those that say the same as far as can be told, which is for figures and days; then those
    that tell another figure of it or another day, or another time's.
    """

    same: tuple[Source, ...]
    differing: tuple[Source, ...] = ()
    other_times: tuple[Source, ...] = ()

    @property
    def all(self) -> tuple[Source, ...]:
        """Every source, in the order they are cited."""
        return (*self.same, *self.differing, *self.other_times)


def choose(
    asked: Understanding, weighed: Sequence[Evidence], sufficing: Sequence[Evidence], provinces: Collection[str]
) -> Chosen:
    """What answers, newest first where it is a figure; ``sufficing`` are those of ``weighed`` that answer, best first.

    ``provinces`` are those asked about; the figure of another is none.
    """
    found = [Source(one, one.sentence.span, _figure(asked, one, provinces)) for one in sufficing[:WEIGHED_SOURCES]]
    best = _newest(asked, found)
    best = Source(best.evidence, _completed(asked, best.evidence, weighed), best.figure)
    same, differing, other_times = [best], list[Source](), list[Source]()
    cited = {best.evidence.article.article_id}
    chars = best.span.end - best.span.start
    groups: dict[_Group, list[Source]] = {"same": same, "differing": differing, "other times": other_times}
    grouped = [(group, source) for source in found if (group := _group(asked, best, source))]
    otherwise = next((one for one in grouped if one[0] == "differing" and one[1].figure), None)
    # the first figure that says otherwise goes before all others: many voices must not hide it
    for group, source in sorted(grouped, key=lambda one: one is not otherwise):
        article_id, length = source.evidence.article.article_id, source.span.end - source.span.start
        if article_id not in cited and len(cited) < MOST_SOURCES and chars + length <= MOST_CHARS:
            groups[group].append(source)
            cited.add(article_id)
            chars += length
    return Chosen(tuple(same), _newest_first(differing), _newest_first(other_times))


def _group(asked: Understanding, best: Source, source: Source) -> _Group | None:
    """What a source says beside the best: the same, another figure of it, that of another time; None for nothing to tell."""
    if asked.scope.kind == "date" and _tell_other_days(best, source):
        return "differing"
    if best.figure is None or source.figure is None:
        return None if asked.scope.kind in FIGURES else "same"
    if not _of_the_same(best.figure, source.figure):
        return None
    if best.figure.base == source.figure.base or is_close(best.figure, source.figure):
        return "same"
    if not difference(best.figure, source.figure):
        return "differing"
    dated = best.figure.period and source.figure.period and not (asked.scope.years or asked.months)
    return "other times" if dated else None


def _tell_other_days(one: Source, other: Source) -> bool:
    """Whether two sources name days of which none is the same."""
    days, others = (set(days_in(source.evidence.sentence.text)) for source in (one, other))
    return bool(days and others) and not days & others


def _of_the_same(one: Dated, other: Dated) -> bool:
    """Whether two figures are of the same thing and place, be it of other times."""
    alike = (one.fact.place, one.fact.industry) == (other.fact.place, other.fact.industry)
    return alike and difference(one, other) in ("", "period")


def _newest_first(sources: Sequence[Source]) -> tuple[Source, ...]:
    return tuple(sorted(sources, key=lambda one: one.figure.newest if one.figure else (0, date.min), reverse=True))


def _newest(asked: Understanding, found: Sequence[Source]) -> Source:
    """The best source, or one nearly as good that tells the same figure of a later time, where none is asked for."""
    best = found[0]
    if best.figure is None or asked.scope.years or asked.months:
        return best
    for source in found[1:]:
        near = source.evidence.score >= found[0].evidence.score - NEWER_GAP
        if near and source.figure and best.figure and _of_the_same(best.figure, source.figure):
            best = source if source.figure.period and source.figure.newest > best.figure.newest else best
    return best


def _figure(asked: Understanding, evidence: Evidence, provinces: Collection[str]) -> Dated | None:
    """The fact in a sentence that is of the kind asked for and whose words the question has most of."""
    wanted = _KINDS.get(asked.scope.kind, ())
    span = evidence.sentence.span
    facts = [
        fact
        for fact in (find_facts(evidence.article) if wanted else ())
        if fact.kind in wanted
        and span.start <= fact.figure.start
        and fact.figure.end <= span.end
        and (not provinces or set(provinces) & set(fact.regions))
    ]

    def told(fact: Fact) -> int:
        key = search_key(f"{fact.industry}{fact.metric}")
        return sum(term in key for term in asked.terms)

    best = max(facts, key=told, default=None)
    if best is None or not told(best):
        best = _only_figure(asked, evidence)
    return Dated(best, evidence.article) if best else None


def _only_figure(asked: Understanding, evidence: Evidence) -> Fact | None:
    """The one figure of the kind asked for in a sentence that says it in several clauses; its metric is the question's."""
    text, sentence = evidence.article.text, evidence.sentence
    marked = own_words(text, sentence.span, asked, evidence.article.published) if asked.scope.kind in FIGURES else ()
    named = [term for term in asked.terms if names_figure(term)]
    if len(marked) != 1 or not named or not sentence.regions:
        return None
    start = marked[0].start - sentence.span.start
    exact = next((one for one in find_quantities(sentence.text) if one.span.start == start), None)
    if exact is None or exact.value is None:
        return None
    return Fact(evidence.article.article_id, sentence.span, marked[0], sentence.text, sentence.regions,
                evidence.part or sentence.regions[0], "", named[-1], exact.kind, exact.value, exact.upper, exact.unit,
                exact.approximation, exact.basis, sentence.years,
                time_of(sentence.text[:start], evidence.article.published)[1])  # fmt: skip


def _completed(asked: Understanding, best: Evidence, weighed: Sequence[Evidence]) -> Span:
    """The span of the best sentence, widened to a neighbour that is nearly as good or names what it leaves out, to both
    where a reason is asked for.
    """
    unnamed = asked.noun and not told(asked, best.sentence.text, best.article.published)
    if not best.has_kind or unnamed:
        return _with_the_name(asked, best)
    span = best.sentence.span
    why = asks_why(asked.question)
    for other in weighed:
        beside = (other.article.article_id, other.sentence.paragraph, other.part)
        own = beside == (best.article.article_id, best.sentence.paragraph, best.part)
        if own and abs(other.at - best.at) == 1 and (why or best.score - other.score <= COMPLETED_GAP):
            both = Span(min(span.start, other.sentence.span.start), max(span.end, other.sentence.span.end))
            if both.end - both.start <= COMPLETED_CHARS:
                span = both
            if not why:
                return span
    return span


def _with_the_name(asked: Understanding, best: Evidence) -> Span:
    """The same with the neighbour that has the name or place asked for: 王金城…。曾任绵阳市第一任市长."""
    span, sentences = best.sentence.span, cut_sentences(best.article)
    behind = speaker(sentences, best.at)
    for at in (best.at - 1, best.at + 1, *(() if behind is None else (behind,))):
        near = sentences[at] if 0 <= at < len(sentences) else None
        if near and near.paragraph == best.sentence.paragraph and told(asked, near.text, best.article.published):
            both = Span(min(span.start, near.span.start), max(span.end, near.span.end))
            return both if both.end - both.start <= NAMED_CHARS else span
    return span
