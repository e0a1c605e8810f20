"""The nouns as JSON objects, facts and quoted figures as CSV too: the same for the command line, the pages and whoever reads them.

Knows nothing about where they are written to.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TextIO

from regional_qa.knowledge.quantities import find_quantities
from regional_qa.knowledge.topics import topics_of
from regional_qa.types import Answer, Article, Citation, Fact, Hit, Reprint, Span

FACT_COLUMNS = (
    "regions place industry metric figure kind value upper unit approximation basis years period "
    "title publisher source published article_id origin start end quote"
).split()
"""The columns of the table, as ``fact_record`` names them."""
FIGURE_COLUMNS = (
    "question label place industry metric figure kind value upper unit approximation basis years period regions "
    "title publisher source published article_id origin start end quote"
).split()
"""The columns of a table of quoted quantities."""
_FORMULA = tuple("=+-@\t\n＝＋－＠")
"""Spreadsheets of East Asia take the wide signs for the narrow ones."""


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit as JSON; ``start`` and ``end`` count code points of the article's text."""
    article, span = hit.article, hit.passage.span
    return {
        "rank": hit.rank,
        "score": float(hit.score),
        "why": {name: float(part) for name, part in hit.why.items()},
        "article_id": article.article_id,
        "title": article.title,
        "publisher": article.publisher,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "regions": list(hit.passage.regions),
        "inferred": list(article.inferred),
        "reprints": [_reprint_record(reprint) for reprint in article.reprints],
        "origin": article.origin,
        "start": span.start,
        "end": span.end,
        "text": hit.passage.text,
    }


def article_record(article: Article) -> dict[str, Any]:
    """An article as JSON; ``layout`` tells of each stretch of its text what it is and where it stood in the original."""
    return {
        "article_id": article.article_id,
        "title": article.title,
        "section": article.section,
        "publisher": article.publisher,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "regions": list(article.regions),
        "place": article.place,
        "topics": list(topics_of(article.title, article.text)),
        "inferred": list(article.inferred),
        "url": article.url,
        "origin": article.origin,
        "text": article.text,
        "layout": [
            {"start": one.span.start, "end": one.span.end, "original": one.original, "role": one.role}
            for one in article.layout
        ],
    }


def fact_record(fact: Fact, article: Article) -> dict[str, Any]:
    """A fact as JSON with what cites it; ``start`` and ``end`` of its sentence count code points of the article's text."""
    return {
        "regions": list(fact.regions),
        "place": fact.place,
        "industry": fact.industry,
        "metric": fact.metric,
        "figure": fact.wording,
        "kind": fact.kind,
        "value": fact.value,
        "upper": fact.upper,
        "unit": fact.unit,
        "approximation": fact.approximation,
        "basis": fact.basis,
        "years": list(fact.years),
        "period": fact.period,
        "title": article.title,
        "publisher": article.publisher,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "article_id": fact.article_id,
        "origin": article.origin,
        "start": fact.span.start,
        "end": fact.span.end,
        "quote": fact.quote,
    }


def write_facts_csv(out: TextIO, rows: Iterable[tuple[Fact, Article]]) -> None:
    """A header and one row a fact, each with its whole citation; no cell is taken for a formula."""
    writer = csv.DictWriter(out, FACT_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for fact, article in rows:
        writer.writerow({name: _cell(value) for name, value in fact_record(fact, article).items()})


def write_figures_csv(
    out: TextIO, answers: Iterable[Answer], facts: Callable[[str], Iterable[Fact]] = lambda article_id: ()
) -> None:
    """A header and one row for each quantity that an answer quotes, with its whole citation; a rank (第6位) is none.

    Labels count on from answer to answer. ``facts`` are those of an article: what they tell of a quantity stands beside it.
    """
    writer = csv.DictWriter(out, FIGURE_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    before = 0
    for answer in answers:
        for citation in answer.citations:
            cited = {**_citation_record(citation), "question": answer.question, "label": before + citation.label}
            told = {fact.figure: fact for fact in facts(citation.article_id)}
            for found in find_quantities(citation.quote):
                figure = found.span.of(citation.quote)
                if figure.startswith("第"):
                    continue
                start = citation.span.start + found.span.start
                fact = told.get(Span(start, start + len(figure)))
                row = {**asdict(found), **cited, **(_measured(fact) if fact else {}), "figure": figure}
                writer.writerow({name: _cell(value) for name, value in row.items()})
        before += len(answer.citations)


def _measured(fact: Fact) -> dict[str, Any]:
    """What a figure is of."""
    return {
        "place": fact.place,
        "industry": fact.industry,
        "metric": fact.metric,
        "years": list(fact.years),
        "period": fact.period,
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer as JSON, with its citations, what was understood, and the reasons of an abstention."""
    return {
        "question": answer.question,
        "status": answer.status,
        "text": answer.text,
        "phrased": answer.phrased,
        "citations": [_citation_record(citation) for citation in answer.citations],
        "scope": {
            "regions": list(answer.scope.regions),
            "years": list(answer.scope.years),
            "kind": answer.scope.kind,
            "metric": answer.scope.metric,
            "industry": answer.scope.industry,
        },
        "notes": list(answer.notes),
        "closest": [hit_record(hit) for hit in answer.closest],
        "generation": answer.generation,
    }


def _citation_record(citation: Citation) -> dict[str, Any]:
    """``in_original`` are the places of the quotation in the file ``origin``, ``marks`` the answer's own words."""
    return {
        "label": citation.label,
        "article_id": citation.article_id,
        "title": citation.title,
        "publisher": citation.publisher,
        "source": citation.source,
        "published": citation.published.isoformat() if citation.published else None,
        "regions": list(citation.regions),
        "inferred": list(citation.inferred),
        "reprints": [_reprint_record(reprint) for reprint in citation.reprints],
        "start": citation.span.start,
        "end": citation.span.end,
        "origin": citation.origin,
        "in_original": [[place.start, place.end] for place in citation.in_original],
        "marks": [[mark.start, mark.end] for mark in citation.marks],
        "quote": citation.quote,
    }


def _reprint_record(reprint: Reprint) -> dict[str, Any]:
    return {
        "article_id": reprint.article_id,
        "title": reprint.title,
        "publisher": reprint.publisher,
        "published": reprint.published.isoformat() if reprint.published else None,
        "origin": reprint.origin,
    }


def _cell(value: Any) -> Any:
    """A value as a cell: lists joined, and text that a spreadsheet would reckon with kept as text.

    >>> _cell("=1+1"), _cell(-0.05), _cell("-12℃"), _cell(["安徽", "浙江"]), _cell(None)
    ("'=1+1", -0.05, "'-12℃", '安徽 浙江', '')
    """
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if isinstance(value, str):
        value = value.replace("\r", " ")  # some end a row there, and the next cell would begin
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else value
