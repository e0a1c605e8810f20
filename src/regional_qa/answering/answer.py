"""Question -> answer: understand, find, weigh the evidence, quote it or say why not.

Every word of an answer's text stands in an article; nothing is written here but labels, reasons and verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from regional_qa.answering.cells import Cell, Limits, notes
from regional_qa.answering.evidence import Evidence, weigh
from regional_qa.answering.followup import asks_more, complete, of_both
from regional_qa.answering.kinds import FIGURES
from regional_qa.answering.quoting import own_words, quote_span
from regional_qa.answering.sides import Sides, sides, together
from regional_qa.answering.sought import n_listed
from regional_qa.answering.sources import Source, choose
from regional_qa.answering.sufficing import suffices, sufficing
from regional_qa.answering.understanding import Understanding, understand
from regional_qa.answering.unheard import unheard
from regional_qa.answering.verdict import verdict
from regional_qa.answering.wording import listed, placed, say
from regional_qa.cores import one_core
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.areas import ANYWHERE, Area
from regional_qa.knowledge.asking import asks_for_reports, without_signs
from regional_qa.knowledge.dates import narrowed
from regional_qa.knowledge.periods import spelled_out
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.taiwan import mainland
from regional_qa.retrieval import MOST_CHARS, clean_query, search
from regional_qa.types import Answer, Citation, Hit, Span, Status

PASSAGES = 30
"""Passages whose sentences are weighed."""
CLOSEST, REPORTS = 3, 8
"""Articles whose best passage is shown when nothing answers, and when it is asked which reports there are."""


@one_core
def answer(
    generation: Generation,
    question: str,
    *,
    area: Area = ANYWHERE,
    since: date | None = None,
    until: date | None = None,
    previous: str = "",
) -> Answer:
    """Answer a question from the corpus, or abstain and say why.

    ``area``, ``since`` and ``until`` limit it; a question about another region than those is not answered. ``previous`` is the question before,
    which completes a follow-up such as 那江西呢？ and tells of what 还有哪些？ asks more.

    Raises:
        UsageError: an empty or over-long question.
    """
    previous = previous if previous.strip() and len(previous) <= MOST_CHARS else ""
    more = asks_more(question, previous)
    question = complete(clean_query(question), previous)
    first, last, matter = narrowed(since, until, of_both(spelled_out(without_signs(mainland(question)))))
    limits = Limits(area.provinces, first, last, area.named)
    if asks_for_reports(matter):
        return _reports(generation, question, matter, limits)
    several = Sides() if more else sides(matter)
    parts = [_answered(generation, side, side, limits) for side in several.questions]
    told, left = ([part for part in parts if bool(part.citations) == cited] for cited in (True, False))
    apart = several.one_matter or len({(one.article_id, one.span, one.marks) for one in _firsts(told)}) == len(told)
    whole = not left or (several.one_matter and all(_tells(generation, told, part, limits) for part in left))
    if told and whole and apart:  # one figure is not that of two things
        return together(question, understand(matter, generation.lexical.terms, limits.regions).scope, told)
    return _answered(generation, question, matter, limits, more=more)


def _firsts(answers: Sequence[Answer]) -> Iterator[Citation]:
    """The best citation of each."""
    return (one.citations[0] for one in answers)


def _answered(generation: Generation, question: str, matter: str, limits: Limits, *, more: bool = False) -> Answer:
    """The answer to a whole question; ``matter`` is what of it is looked for."""
    regions = limits.regions
    asked = understand(matter, generation.lexical.terms, limits.regions)
    places = limits.within(asked.places) or tuple(Mention(Span(0, 1), region, (region,)) for region in regions)
    cells = [
        _cell(generation, asked, group, limits, more=more)
        for group in ([(place,) for place in places] if asked.compares else [places])
    ]
    citations: list[Citation] = []
    lines: list[str] = []
    for cell in cells:
        prefix = f"{placed(question, cell.places[0].name)}{say(question, 'colon')}" if asked.compares else ""
        for source in cell.sources(alone=asked.compares):
            citations.append(_cite(len(citations) + 1, asked, source))
            lines.append(f"{prefix}{citations[-1].quote}[{citations[-1].label}]")
    if asked.compares and (said := _verdict(asked, cells)):
        lines.append(said)
    status: Status = "answered" if citations else "abstained"
    return Answer(
        question=question,
        text="\n".join(lines) or say(question, "not_found"),
        status=status,
        citations=tuple(citations),
        scope=asked.scope,
        notes=tuple(dict.fromkeys(note for note in notes(asked, limits, cells) if note)),
        closest=() if citations else _closest(_search(generation, question, limits.regions, limits)),
        generation=generation.manifest.generation,
    )


def _reports(generation: Generation, question: str, matter: str, limits: Limits) -> Answer:
    """An abstention that lists reports."""
    asked = understand(matter, generation.lexical.terms, limits.regions)
    provinces = tuple(dict.fromkeys(province for place in asked.places for province in place.provinces))
    hits = _search(generation, matter, provinces or limits.regions, limits)
    return Answer(
        question=question,
        text=say(question, "reports"),
        status="abstained",
        citations=(),
        scope=asked.scope,
        notes=tuple(notes(asked, limits, ())),
        closest=_closest(hits, REPORTS),
        generation=generation.manifest.generation,
    )


def _tells(generation: Generation, told: Sequence[Answer], left: Answer, limits: Limits) -> bool:
    """Whether what is quoted for other things asked of a matter is the best there is for the one left, too, and holds its kind."""
    asked = understand(left.question, generation.lexical.terms, limits.regions)
    provinces = tuple(dict.fromkeys(province for place in asked.places for province in place.provinces))
    hits = _search(generation, asked.question, provinces or limits.regions, limits)
    best = next(iter(weigh(generation, asked, hits, asked.places)), None)
    if best is None or not best.has_kind or asked.scope.kind == "fact":
        return False
    article, span = _place(best)
    quoted = (citation for citation in _firsts(told) if citation.article_id == article)
    return any(span.start <= citation.span.start and citation.span.end <= span.end for citation in quoted)


def _search(generation: Generation, question: str, provinces: tuple[str, ...], limits: Limits) -> list[Hit]:
    if limits.no_days:
        return []
    most = question[:MOST_CHARS]  # what was written out for the reader may be longer than what may be asked
    return search(generation, most, k=PASSAGES, regions=provinces, since=limits.since, until=limits.until)


def _cell(
    generation: Generation, asked: Understanding, places: tuple[Mention, ...], limits: Limits, *, more: bool
) -> Cell:
    """What the corpus says of these places; ``more`` leaves out what answers best."""
    wanted = tuple(dict.fromkeys(province for place in places for province in place.provinces))
    if limits.stop(places):
        limit = placed(asked.question, *limits.names)
        return Cell(places, None, say(asked.question, "limited", asked=_names(asked, places), limit=limit))
    if name := unheard(generation, asked):
        return Cell(places, None, say(asked.question, "unheard", name=name))
    hits = _search(generation, asked.question, wanted, limits)
    weighed = weigh(generation, asked, hits, places)
    answers = sufficing(asked, weighed)
    if asked.compares:  # 石柱全县和重庆全市
        answers = [one for one in answers if one.part not in {place.name for place in asked.places}]
    if asked.items:
        whole = [evidence for evidence in answers if n_listed(evidence.sentence.text) >= asked.items]
        answers = whole or answers
    if more and answers:
        told = {_place(source.evidence) for source in choose(asked, weighed, answers, wanted).all}
        answers = [evidence for evidence in answers if _place(evidence) not in told]
        if not answers:
            return Cell(places, None, say(asked.question, "no_more"))
    if answers:
        return Cell(places, choose(asked, weighed, answers, wanted))
    return Cell(places, None, _reason(generation, asked, places, hits, limits))


def _place(evidence: Evidence) -> tuple[str, Span]:
    return evidence.article.article_id, evidence.sentence.span


def _verdict(asked: Understanding, cells: Sequence[Cell]) -> str:
    """Which place has most; empty where no figure is asked for, or one of the places has none."""
    best = [(placed(asked.question, cell.places[0].name), cell.chosen.same[0]) for cell in cells if cell.chosen]
    return verdict(asked.question, best) if len(best) == len(cells) and asked.scope.kind in FIGURES else ""


def _closest(hits: Sequence[Hit], most: int = CLOSEST) -> tuple[Hit, ...]:
    """The best passage of each of the best articles, ranked among themselves."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.article.article_id, hit)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(list(first.values())[:most], start=1))


def _names(asked: Understanding, places: Sequence[Mention]) -> str:
    return placed(asked.question, *(place.name for place in places))


def _cite(label: int, asked: Understanding, source: Source) -> Citation:
    article = source.evidence.article
    span = quote_span(article.text, source.span, asked, article.published)
    return Citation(label, article.article_id, article.title, article.publisher, article.published, article.regions,
                    article.source, span, span.of(article.text), article.origin, article.in_original(span),
                    article.inferred, article.reprints, own_words(article.text, span, asked, article.published))  # fmt: skip


def _reason(
    generation: Generation, asked: Understanding, places: tuple[Mention, ...], hits: Sequence[Hit], limits: Limits
) -> str:
    """Why nothing answers: nothing asked, another year, another region, not the matter, or no report at all."""
    question = asked.question
    if not asked.terms:
        return say(question, "no_matter")
    name = _names(asked, places)
    any_year = replace(asked, scope=replace(asked.scope, years=()))
    other_years = next((e for e in weigh(generation, any_year, hits, places) if suffices(any_year, e)), None)
    if asked.scope.years and other_years is not None and set(other_years.sentence.years) - set(asked.scope.years):
        told, wanted = (
            listed(question, [say(question, "year", year=year) for year in years])
            for years in (other_years.sentence.years, asked.scope.years)
        )
        return say(question, "other_year", told=told, asked=wanted)
    any_time = replace(asked, months=frozenset())
    if asked.months and any(suffices(any_time, e) for e in weigh(generation, any_time, hits, places)):
        return say(question, "other_months")
    if places:
        elsewhere = _search(generation, question, (), limits)
        foreign = next((e for e in weigh(generation, asked, elsewhere, ()) if suffices(asked, e)), None)
        regions = foreign.sentence.regions if foreign is not None else ()
        if regions and not set(regions) & {province for place in places for province in place.provinces}:
            return say(question, "other_region", told=placed(question, *regions), asked=name)
        return say(question, "not_the_matter" if hits else "no_report", asked=name)
    return say(question, "nothing")
