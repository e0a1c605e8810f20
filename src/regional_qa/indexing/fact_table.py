"""The fact table of a generation: written at rebuild beside the passages, read by place and metric.

A fact's quote is never stored; it is read out of its article by its span. Knows nothing about how facts are found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from regional_qa.knowledge.script import search_key
from regional_qa.types import Fact, Span

SCHEMA = """
CREATE TABLE facts (
    row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles (row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, figure_start INTEGER NOT NULL, figure_end INTEGER NOT NULL,
    regions TEXT NOT NULL, place TEXT NOT NULL, industry TEXT NOT NULL, metric TEXT NOT NULL, kind TEXT NOT NULL,
    value REAL NOT NULL, upper REAL, unit TEXT NOT NULL, approximation TEXT NOT NULL, basis TEXT NOT NULL,
    years TEXT NOT NULL, period TEXT NOT NULL
);
"""
INDEXES = ("CREATE INDEX facts_regions ON facts (regions)", "CREATE INDEX facts_metric ON facts (metric)")
_COLUMNS = "industry, metric, kind, value, upper, unit, approximation, basis"


def to_row(fact: Fact) -> tuple[Any, ...]:
    """A fact as it is stored, but for its article."""
    return (
        fact.span.start, fact.span.end, fact.figure.start, fact.figure.end, " ".join(fact.regions), fact.place,
        fact.industry, fact.metric, fact.kind, fact.value, fact.upper, fact.unit, fact.approximation, fact.basis,
        " ".join(map(str, fact.years)), fact.period,
    )  # fmt: skip


def write_facts(db: sqlite3.Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Append facts, each the row of its article and what ``to_row`` gives of it."""
    db.executemany(f"INSERT INTO facts VALUES (NULL{', ?' * 17})", rows)  # noqa: S608 - only question marks


def read_facts(
    db: sqlite3.Connection, regions: Sequence[str], words: Sequence[str], since: date | None, until: date | None
) -> list[Fact]:
    """The facts of these provinces whose metric, or what it is of, holds one of the words; in the order of the articles.

    A fact of several provinces (长三角) counts only where all of them are asked for; an article of unknown date
    passes every date filter. Nothing given asks for all.
    """
    where, values = ["TRUE"], list[str]()
    if regions:
        known = [text for (text,) in db.execute("SELECT DISTINCT regions FROM facts").fetchall()]
        within = [text for text in known if set(text.split()) <= set(regions)]
        where.append(f"facts.regions IN ({', '.join('?' * len(within))})")
        values += within
    if words:
        where.append(f"({' OR '.join(['instr(lower(industry || metric), ?)'] * len(words))})")
        values += map(search_key, words)
    for day, sign in ((since, ">="), (until, "<=")):
        if day is not None:
            where.append(f"(published IS NULL OR published {sign} ?)")
            values.append(day.isoformat())
    found = db.execute(
        f"SELECT article_id, start, end, figure_start, figure_end, substr(text, start + 1, end - start), facts.regions, facts.place, "  # noqa: S608
        f"years, period, {_COLUMNS} FROM facts JOIN articles ON articles.row = facts.article WHERE {' AND '.join(where)} ORDER BY facts.article, facts.row",
        values,
    ).fetchall()
    return [_fact(*record) for record in found]


def _fact(
    article_id: str, start: int, end: int, figure: int, figure_end: int, quote: str, regions: str, place: str,
    years: str, period: str, industry: str, metric: str, kind: str, value: float, upper: float | None, unit: str,
    approximation: str, basis: str,
) -> Fact:  # fmt: skip
    return Fact(
        article_id, Span(start, end), Span(figure, figure_end), quote, tuple(regions.split()), place, industry, metric,
        kind, value, upper, unit, approximation, basis, tuple(map(int, years.split())), period,
    )  # fmt: skip
