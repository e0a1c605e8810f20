"""Facts for people, for spreadsheets and for programs; every row names its headline, its paper, its day and its place.

Knows nothing about how facts are found.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

from regional_qa.cli.texts import day_text
from regional_qa.records import fact_record
from regional_qa.types import Article, Fact, credit

COLUMNS = (
    "regions place industry metric figure kind value upper unit approximation basis years period "
    "title publisher source published article_id start end quote"
).split()
"""The columns of the table, as ``fact_record`` names them."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def fact_text(fact: Fact, article: Article) -> str:
    """One fact in two lines: what it says, and where that stands word for word."""
    basis = f"（{fact.basis}）" if fact.basis else ""
    time = fact.period or "、".join(f"{year}年" for year in fact.years) or "时间未写明"
    place = f"第 {fact.span.start}–{fact.span.end} 字"
    return (
        f"{fact.place} | {' '.join(filter(None, (fact.industry, fact.metric)))} | {fact.wording}{basis} | {time}\n"
        f"   {' '.join(fact.quote.split())}\n"
        f"   《{article.title or '（无题）'}》 {credit(article.publisher, article.source)}，{day_text(article.published)}，{place}\n"
    )


def write_csv(out: TextIO, rows: Iterable[tuple[Fact, Article]]) -> None:
    """A header and one row a fact; no cell is taken for a formula."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for fact, article in rows:
        writer.writerow({name: _cell(value) for name, value in fact_record(fact, article).items()})


def _cell(value: Any) -> Any:
    """A value as a cell: lists joined, and text that a spreadsheet would reckon with kept as text.

    >>> _cell("=1+1"), _cell(-0.05), _cell("-12℃"), _cell(["安徽", "浙江"]), _cell(None)
    ("'=1+1", -0.05, "'-12℃", '安徽 浙江', '')
    """
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
