"""Question -> answer: understand, find, weigh the evidence, quote it or say why not.

Every word of an answer's text stands in an article; nothing is written here but labels and reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from regional_qa.answering.evidence import Evidence, weigh
from regional_qa.answering.followup import complete
from regional_qa.answering.quoting import own_words, quote_span
from regional_qa.answering.sought import TYPED
from regional_qa.answering.sources import Source, choose
from regional_qa.answering.understanding import Understanding, understand
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.dates import published_in
from regional_qa.knowledge.regions import Mention
from regional_qa.retrieval import clean_query, search
from regional_qa.types import Answer, Citation, Hit, Span, Status

NOT_FOUND = "语料中没有找到"
PASSAGES = 30
"""Passages whose sentences are weighed."""
CLOSEST = 3
"""Articles whose best passage is shown when nothing answers."""
ENOUGH = 0.5
"""Probability from which a sentence is given as the answer."""


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
    which completes a follow-up such as 那江西呢？

    Raises:
        UsageError: an empty or over-long question.
    """
    question = complete(clean_query(question), previous)
    first, last, matter = published_in(question)
    since, until = since or first, until or last
    asked = understand(matter, generation.lexical.terms, tuple(regions))
    places = asked.places or tuple(Mention(Span(0, 1), region, (region,)) for region in regions)
    cells = [(place,) for place in places] if asked.compares else [places]
    citations: list[Citation] = []
    lines: list[str] = []
    notes = [f"只看发表于{first or '任何时候'}至{last or '今'}的报道"] if first or last else []
    for places in cells:
        wanted = tuple(dict.fromkeys(province for place in places for province in place.provinces))
        if regions and wanted and not set(wanted) & set(regions):
            notes.append(f"问的是{_names(places)}，但范围限定为{'、'.join(regions)}")
            continue
        hits = search(generation, question, k=PASSAGES, regions=wanted, since=since, until=until)
        weighed = weigh(generation, asked, hits, places)
        sufficing = [evidence for evidence in weighed if _suffices(asked, evidence)]
        if not sufficing:
            elsewhere = search(generation, question, k=PASSAGES, since=since, until=until)
            notes.append(_reason(generation, asked, places, hits, elsewhere))
            continue
        prefix = f"{places[0].name}：" if asked.compares else ""
        for source in choose(asked, weighed, sufficing):
            citation = _cite(len(citations) + 1, asked, source)
            lines.append(f"{prefix}{citation.quote}[{citation.label}]")
            citations.append(citation)
        best = sufficing[0]
        if best.part:
            notes.append(f"这一句说的是{best.part}，不是{places[0].name}全境")
        if asked.scope.years and not best.years_agree:
            notes.append(f"原文这一句没有写明年份，未能核对是否为{asked.scope.years[0]}年")
    status: Status = "answered" if citations else "abstained"
    closest = () if citations else _closest(search(generation, question, k=PASSAGES, since=since, until=until))
    return Answer(
        question=question,
        text="\n".join(lines) or NOT_FOUND,
        status=status,
        citations=tuple(citations),
        scope=asked.scope,
        notes=tuple(dict.fromkeys(notes)),
        closest=closest,
        generation=generation.manifest.generation,
    )


def _closest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The best passage of each of the best articles, ranked among themselves."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.article.article_id, hit)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(list(first.values())[:CLOSEST], start=1))


def _names(places: Sequence[Mention]) -> str:
    return "、".join(place.name for place in places)


def _suffices(asked: Understanding, evidence: Evidence) -> bool:
    if not (asked.terms and (evidence.has_kind or asked.scope.kind in TYPED) and evidence.figures_named):
        return False
    if len(asked.terms) == 1 and asked.terms[0].isascii() and not asked.places:
        return False  # test, 100: nothing that could be checked
    return evidence.probability >= ENOUGH


def _cite(label: int, asked: Understanding, source: Source) -> Citation:
    article = source.evidence.article
    span = quote_span(article.text, source.span, asked)
    return Citation(label, article.article_id, article.title, article.publisher, article.published, article.regions,
                    article.source, span, span.of(article.text), article.origin, article.in_original(span),
                    article.inferred, article.reprints, own_words(article.text, span, asked))  # fmt: skip


def _reason(
    generation: Generation,
    asked: Understanding,
    places: tuple[Mention, ...],
    hits: Sequence[Hit],
    elsewhere: Sequence[Hit],
) -> str:
    """Why nothing answers: nothing asked, another year, another region, not the matter, or no report at all."""
    if not asked.terms:
        return "问题里没有要查的内容，请写明要问什么，例如：安徽光伏产量占全国多少"
    name = _names(places)
    any_year = replace(asked, scope=replace(asked.scope, years=()))
    other_years = next((e for e in weigh(generation, any_year, hits, places) if _suffices(any_year, e)), None)
    if asked.scope.years and other_years is not None and other_years.sentence.years:
        told = "、".join(f"{year}年" for year in other_years.sentence.years)
        return f"相关的报道说的是{told}，问的是{'、'.join(f'{year}年' for year in asked.scope.years)}"
    if places:
        foreign = next((e for e in weigh(generation, asked, elsewhere, ()) if _suffices(asked, e)), None)
        regions = foreign.sentence.regions if foreign is not None else ()
        if regions and not set(regions) & {province for place in places for province in place.provinces}:
            return f"有{'、'.join(regions)}的报道，但问的是{name}"
        return f"有{name}的报道，但没有写到所问的内容" if hits else f"没有关于{name}的报道"
    return "没有写到所问内容的报道"
