"""Question -> answer: understand, find, weigh the evidence, quote it or say why not.

Every word of an answer's text stands in an article; nothing is written here but labels, reasons and verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from regional_qa.answering.cells import Cell, Limits, notes
from regional_qa.answering.evidence import Evidence, judgement, weigh
from regional_qa.answering.followup import asks_more, complete, of_both
from regional_qa.answering.kinds import COUNTRY, FIGURES, PERSON, PLAIN, PROVINCE, UNSURE
from regional_qa.answering.quoting import own_words, quote_span
from regional_qa.answering.sides import Sides, sides, together
from regional_qa.answering.sought import n_listed
from regional_qa.answering.sources import Source, choose
from regional_qa.answering.understanding import KIND_WORDS, Understanding, understand
from regional_qa.answering.unheard import unheard
from regional_qa.answering.verdict import verdict
from regional_qa.answering.wording import listed, say
from regional_qa.cores import one_core
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.aims import aims
from regional_qa.knowledge.causes import asks_why, tells_why
from regional_qa.knowledge.dates import narrowed
from regional_qa.knowledge.periods import spelled_out
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.superlatives import asks_most, tells_most
from regional_qa.knowledge.synonyms import says
from regional_qa.knowledge.taiwan import mainland
from regional_qa.retrieval import MOST_CHARS, clean_query, search
from regional_qa.types import Answer, Citation, Hit, Span, Status

PASSAGES = 30
"""Passages whose sentences are weighed."""
SURE, LIKELY, LEAD = 0.3, 0.15, 3.0
"""Probability from which a sentence answers that names what is counted by a word no file of synonyms has, or seems to
name nobody where it is asked who; and the lesser one that is enough where its score is so far above all others."""
CERTAIN = 0.4
"""Probability from which a sentence may answer which country, though it names none of the list: 晋国."""
TELLS_WHY = 4.0
"""How much more merit a sentence has that gives a reason, where one is asked for."""
TOGETHER = 3.0
"""How much more merit a sentence has that tells of all the places compared."""
UNLISTED = 2.0
"""How much less merit a sentence has that lists nothing, where a list is asked for."""
REACHED = re.compile("(?:已经?|目前|现在|如今)(?:建成|建了|有|实现|完成|达到|落地|投产|开通|引进|培育|拥有)")
"""What asks for what there is, and not for what is planned."""
CLOSEST = 3
"""Articles whose best passage is shown when nothing answers."""


@one_core
def answer(
    generation: Generation,
    question: str,
    *,
    regions: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    previous: str = "",
) -> Answer:
    """Answer a question from the corpus, or abstain and say why.

    ``regions``, ``since`` and ``until`` limit it as in ``search``; a question about another region than
    those is not answered. ``previous`` is the question before,
    which completes a follow-up such as 那江西呢？ and tells of what 还有哪些？ asks more.

    Raises:
        UsageError: an empty or over-long question.
    """
    previous = previous if previous.strip() and len(previous) <= MOST_CHARS else ""
    more = asks_more(question, previous)
    question = complete(clean_query(question), previous)
    first, last, matter = narrowed(since, until, of_both(spelled_out(mainland(question))))
    limits = Limits(tuple(regions), first, last)
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
    places = asked.places or tuple(Mention(Span(0, 1), region, (region,)) for region in regions)
    cells = [
        _cell(generation, asked, group, limits, more=more)
        for group in ([(place,) for place in places] if asked.compares else [places])
    ]
    citations: list[Citation] = []
    lines: list[str] = []
    for cell in cells:
        prefix = f"{cell.places[0].name}{say(question, 'colon')}" if asked.compares else ""
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


def _tells(generation: Generation, told: Sequence[Answer], left: Answer, limits: Limits) -> bool:
    """Whether what is quoted for other things asked of a matter is the best there is for the one left, too, and holds its kind."""
    asked = understand(left.question, generation.lexical.terms, limits.regions)
    provinces = tuple(dict.fromkeys(province for place in asked.places for province in place.provinces))
    hits = _search(generation, asked.question, provinces or limits.regions, limits)
    best = next(iter(weigh(generation, asked, hits, asked.places)), None)
    if best is None or not best.has_kind or asked.scope.kind in PLAIN:
        return False
    article, span = _place(best)
    quoted = (citation for citation in _firsts(told) if citation.article_id == article)
    return any(span.start <= citation.span.start and citation.span.end <= span.end for citation in quoted)


def _search(generation: Generation, question: str, provinces: tuple[str, ...], limits: Limits) -> list[Hit]:
    if limits.since and limits.until and limits.since > limits.until:
        return []
    most = question[:MOST_CHARS]  # what was written out for the reader may be longer than what may be asked
    return search(generation, most, k=PASSAGES, regions=provinces, since=limits.since, until=limits.until)


def _cell(
    generation: Generation, asked: Understanding, places: tuple[Mention, ...], limits: Limits, *, more: bool
) -> Cell:
    """What the corpus says of these places; ``more`` leaves out what answers best."""
    wanted = tuple(dict.fromkeys(province for place in places for province in place.provinces))
    if limits.regions and wanted and not set(wanted) & set(limits.regions):
        limit = listed(asked.question, limits.regions)
        return Cell(places, None, say(asked.question, "limited", asked=_names(asked, places), limit=limit))
    if name := unheard(generation, asked):
        return Cell(places, None, say(asked.question, "unheard", name=name))
    hits = _search(generation, asked.question, wanted, limits)
    weighed = weigh(generation, asked, hits, places)
    reasoned = TELLS_WHY if asks_why(asked.question) else 0.0
    sufficing = sorted(
        (one for one in weighed if _suffices(asked, one)),
        key=lambda one: (
            -TOGETHER * (asked.compares and all(one.sentence.is_about((place,)) for place in asked.places))
            + UNLISTED * (asked.scope.kind == "list" and n_listed(one.sentence.text) < 2)
            - one.merit
            - reasoned * tells_why(one.sentence.text)
        ),
    )
    if asked.compares:  # 石柱全县和重庆全市
        sufficing = [one for one in sufficing if one.part not in {place.name for place in asked.places}]
    if asked.items:
        whole = [evidence for evidence in sufficing if n_listed(evidence.sentence.text) >= asked.items]
        sufficing = whole or sufficing
    if more and sufficing:
        told = {_place(source.evidence) for source in choose(asked, weighed, sufficing, wanted).all}
        sufficing = [evidence for evidence in sufficing if _place(evidence) not in told]
        if not sufficing:
            return Cell(places, None, say(asked.question, "no_more"))
    if sufficing:
        return Cell(places, choose(asked, weighed, sufficing, wanted))
    return Cell(places, None, _reason(generation, asked, places, hits, limits))


def _place(evidence: Evidence) -> tuple[str, Span]:
    return evidence.article.article_id, evidence.sentence.span


def _verdict(asked: Understanding, cells: Sequence[Cell]) -> str:
    """Which place has most; empty where no figure is asked for, or one of the places has none."""
    best = [(cell.places[0].name, cell.chosen.same[0]) for cell in cells if cell.chosen]
    return verdict(asked.question, best) if len(best) == len(cells) and asked.scope.kind in FIGURES else ""


def _closest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The best passage of each of the best articles, ranked among themselves."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.article.article_id, hit)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(list(first.values())[:CLOSEST], start=1))


def _names(asked: Understanding, places: Sequence[Mention]) -> str:
    return listed(asked.question, [place.name for place in places])


def _suffices(asked: Understanding, evidence: Evidence) -> bool:
    likely = evidence.probability >= (LIKELY if evidence.lead >= LEAD else SURE)
    named = evidence.named == 1 or (evidence.named > 0 and likely)
    some = asked.scope.kind == "list" and likely and "名单" not in asked.question  # 哪些麻烦 may be but two
    may_lack = asked.scope.kind in UNSURE or some
    unlisted = asked.unit == COUNTRY and evidence.probability >= CERTAIN
    may_lack = may_lack and (unlisted or asked.compares or asked.unit not in (COUNTRY, PROVINCE))
    if not (asked.terms and (evidence.has_kind or may_lack) and named):
        return False
    if (
        asked.scope.kind not in FIGURES
        and not asked.aims
        and REACHED.search(asked.question)
        and aims(evidence.sentence.text)
    ):
        return False  # 力争建成 tells not what has been built
    if asked.unit == PERSON and not evidence.beside_kind and not likely:
        return False
    if asked.deed and not _says(asked.deed, evidence):
        return False  # who has bought it is told where it is bought
    telling = [term for term in asked.terms if term not in KIND_WORDS]
    if len(telling) == 1 and not _holds(asked, telling[0], evidence):
        return False
    first = asks_most(asked.question) if not asked.places else ""
    if first and not tells_most(evidence.sentence.text, first):
        return False  # what one province has does not make it the first
    matter = [word for word in telling if not (first and word.startswith("最"))]
    if (first or asked.scope.kind == "whether") and 2 * sum(_says(word, evidence) for word in matter) <= len(matter):
        return False  # the sentence itself must speak of what is asked, since any sentence is of this kind
    return evidence.probability >= judgement(asked).enough


def _holds(asked: Understanding, word: str, evidence: Evidence) -> bool:
    """Whether evidence says something of the one word that a question is about; of test or 100 nothing can be told."""
    if word.isascii():
        return bool(asked.places)
    return _says(word, evidence) and (evidence.beside or asked.scope.kind not in FIGURES)


def _says(word: str, evidence: Evidence) -> bool:
    """Whether the sentence has the word or a synonym."""
    return says(word, search_key(evidence.sentence.text))


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
    other_years = next((e for e in weigh(generation, any_year, hits, places) if _suffices(any_year, e)), None)
    if asked.scope.years and other_years is not None and other_years.sentence.years:
        told, wanted = (
            listed(question, [say(question, "year", year=year) for year in years])
            for years in (other_years.sentence.years, asked.scope.years)
        )
        return say(question, "other_year", told=told, asked=wanted)
    any_time = replace(asked, months=frozenset())
    if asked.months and any(_suffices(any_time, e) for e in weigh(generation, any_time, hits, places)):
        return say(question, "other_months")
    if places:
        elsewhere = _search(generation, question, (), limits)
        foreign = next((e for e in weigh(generation, asked, elsewhere, ()) if _suffices(asked, e)), None)
        regions = foreign.sentence.regions if foreign is not None else ()
        if regions and not set(regions) & {province for place in places for province in place.provinces}:
            return say(question, "other_region", told=listed(question, regions), asked=name)
        return say(question, "not_the_matter" if hits else "no_report", asked=name)
    return say(question, "nothing")
