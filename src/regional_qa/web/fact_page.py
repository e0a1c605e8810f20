"""Facts -> their own page: a form, a table of which every row leads to its place, and a file for spreadsheets.

Knows nothing about the chat, Gradio or the network.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict

from regional_qa.records import write_facts_csv
from regional_qa.types import Article, Fact
from regional_qa.web import texts
from regional_qa.web.desk import LONGEST_FIELD, FactsAsked
from regional_qa.web.language import Language
from regional_qa.web.pages import whole_page
from regional_qa.web.render import cut, escape, facts_url, place_url
from regional_qa.web.sources import credited, day

SHOWN_ROWS = 500
"""Rows of one page; the file has all."""


def fact_page(
    asked: FactsAsked,
    facts: Sequence[Fact],
    article: Callable[[str], Article],
    fault: str = "",
    language: Language = "zh",
) -> str:
    """The page of the facts asked for, or of the ``fault`` for which there are none."""
    shown = fault_line(fault) if fault else _table(asked, facts, functools.cache(article), language)
    bar = f'<nav><a href="/">{texts.TITLE.to(language)}</a><span>{texts.FACTS.to(language)}</span></nav>'
    header = f"<header><h1>{texts.FACTS.to(language)}</h1><p>{texts.FACTS_HINT.to(language)}</p>{_form(asked, language)}</header>"
    return whole_page(texts.FACTS.to(language), f'{bar}<main class="wide">{header}{shown}</main>', language)


def fact_file(facts: Sequence[Fact], article: Callable[[str], Article]) -> str:
    """The facts as CSV, as the command line writes it."""
    out = io.StringIO()
    of = functools.cache(article)
    write_facts_csv(out, ((fact, of(fact.article_id)) for fact in facts))
    return out.getvalue()


def fault_line(fault: str) -> str:
    """A fault in one line."""
    return f'<p class="notice">{cut(" ".join(fault.split()))}</p>'


def time_words(years: Sequence[int], period: str, language: Language = "zh") -> str:
    """When a figure is of, as a person reads it.

    >>> time_words((2023,), "前三季度"), time_words((2023,), "2023年"), time_words((2022, 2023), ""), time_words((), "")
    ('前三季度（2023年）', '2023年', '2022、2023年', '未写明')
    """
    told = f"{'、'.join(map(str, years))}年" if years else ""
    if not (period and told):
        return period or told or texts.NO_TIME.to(language)
    return period if all(str(year) in period for year in years) else f"{period}（{told}）"


def _form(asked: FactsAsked, language: Language) -> str:
    fields = (
        ("region", texts.REGIONS.to(language), texts.FACTS_REGIONS_HINT.to(language), asked.region),
        ("metric", texts.METRIC.to(language), texts.METRIC_HINT.to(language), asked.metric),
        ("since", texts.SINCE.to(language), texts.DATE_HINT, asked.since),
        ("until", texts.UNTIL.to(language), texts.DATE_HINT, asked.until),
    )
    labels = "".join(
        f'<label><span>{label}</span><input name="{name}" value="{escape(value[:LONGEST_FIELD])}" placeholder="{hint}" '
        f'maxlength="{LONGEST_FIELD}" autocomplete="off"></label>'
        for name, label, hint, value in fields
    )
    return f'<form action="/facts" method="get">{labels}<button>{texts.FILTER.to(language)}</button></form>'


def _table(asked: FactsAsked, facts: Sequence[Fact], article: Callable[[str], Article], language: Language) -> str:
    if not facts:
        return fault_line(texts.NOT_FOUND.to(language))
    heads = "".join(f'<th scope="col">{name.to(language)}</th>' for name in texts.FACT_COLUMNS)
    rows = "".join(_row(fact, article(fact.article_id), language) for fact in facts[:SHOWN_ROWS])
    said = texts.FACTS_CUT if len(facts) > SHOWN_ROWS else texts.FACT_COUNT
    count = said.to(language).format(count=len(facts), shown=SHOWN_ROWS)
    link = f'<a href="{facts_url("/facts.csv", **asdict(asked))}" download>{texts.CSV.to(language)}</a>'
    return f'<p class="count">{count}{link}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _row(fact: Fact, article: Article, language: Language) -> str:
    cells = (
        ("place", fact.place),
        ("matter", fact.industry),
        ("metric", fact.metric),
        ("figure", fact.wording),
        ("basis", fact.basis),
        ("time", time_words(fact.years, fact.period, language)),
    )
    words = "".join(f'<td class="{kind}">{cut(text, 200)}</td>' for kind, text in cells)
    title = f'<a href="{place_url(fact.article_id, fact.span)}">{cut(article.title or texts.UNTITLED.to(language), 200)}</a>'
    by = escape(f"{credited(article.publisher, article.source, language)}，{day(article.published, language)}")
    return f'<tr>{words}<td class="source">{title}<span>{by}</span></td></tr>'
