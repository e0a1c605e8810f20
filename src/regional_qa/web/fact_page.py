"""Facts -> their own page: a form, a table of which every row leads to its place, and a file for spreadsheets.

Knows nothing about the chat, Gradio or the network.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace

from regional_qa.records import write_facts_csv
from regional_qa.types import Article, Fact
from regional_qa.web import texts
from regional_qa.web.desk import LONGEST_FIELD, FactsAsked
from regional_qa.web.language import Language
from regional_qa.web.pages import bar, whole_page
from regional_qa.web.render import cut, escape, facts_url, place_url
from regional_qa.web.sources import MOST_CREDIT, credited, day

SHOWN_ROWS = 500
"""Rows of one page; the file has all."""
_FIELDS: Mapping[str, tuple[texts.Text, texts.Text]] = {
    "region": (texts.REGIONS, texts.FACTS_REGIONS_HINT),
    "metric": (texts.METRIC, texts.METRIC_HINT),
    "since": (texts.SINCE, texts.DATE_HINT),
    "until": (texts.UNTIL, texts.DATE_HINT),
}


def fact_page(
    asked: FactsAsked,
    facts: Sequence[Fact],
    article: Callable[[str], Article],
    fault: str = "",
    language: Language = "zh",
) -> str:
    """The page of the facts asked for, or of the ``fault`` for which there are none."""
    shown = fault_line(fault) if fault else _table(asked, facts, functools.cache(article), language)
    title = texts.FACTS.to(language)
    header = f"<header><h1>{title}</h1><p>{texts.FACTS_HINT.to(language)}</p>{_form(asked, language)}</header>"
    return whole_page(title, f'{bar("/facts", language)}<main class="wide">{header}{shown}</main>', language)


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
    >>> time_words((2023,), "前三季度", "en"), time_words((2022, 2023), "", "en")
    ('前三季度 (2023)', '2022, 2023')
    """
    named = texts.REGION_SEPARATOR.to(language).join(map(str, years))
    told = texts.FACT_YEARS.to(language).format(years=named) if years else ""
    if not (period and told):
        return period or told or texts.NO_TIME.to(language)
    if all(str(year) in period for year in years):
        return period
    return texts.FACT_PERIOD.to(language).format(period=period, years=told)


def _form(asked: FactsAsked, language: Language) -> str:
    labels = "".join(
        f'<label><span>{label.to(language)}</span><input name="{name}" '
        f'value="{escape(getattr(asked, name)[:LONGEST_FIELD])}" placeholder="{hint.to(language)}" '
        f'maxlength="{LONGEST_FIELD}" autocomplete="off"></label>'
        for name, (label, hint) in _FIELDS.items()
    )
    kept = f'<input type="hidden" name="sort" value="{escape(asked.sort[:LONGEST_FIELD])}">' if asked.sort else ""
    return f'<form action="/facts" method="get">{labels}{kept}<button>{texts.FILTER.to(language)}</button></form>'


def _table(asked: FactsAsked, facts: Sequence[Fact], article: Callable[[str], Article], language: Language) -> str:
    if not facts:
        return fault_line(texts.NOT_FOUND.to(language))
    heads = "".join(_head(name, asked, language) for name in texts.FACT_COLUMNS)
    heads += f'<th scope="col">{texts.FACT_SOURCE.to(language)}</th>'
    rows = "".join(_row(fact, article(fact.article_id), language) for fact in facts[:SHOWN_ROWS])
    words = texts.FACTS_CUT if len(facts) > SHOWN_ROWS else texts.FACT_COUNT
    count = words.to(language).format(count=len(facts), shown=SHOWN_ROWS)
    link = f'<a href="{facts_url("/facts.csv", **asdict(asked))}" download>{texts.CSV.to(language)}</a>'
    return f'<p class="count">{count}{link}</p><table class="figures"><thead><tr data-label="{texts.SORT.to(language)}">{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _head(name: str, asked: FactsAsked, language: Language) -> str:
    """The heading of a column, by which the table is sorted; once more, the other way round."""
    label = texts.FACT_COLUMNS[name].to(language)
    state = {name: ' aria-sort="ascending"', f"-{name}": ' aria-sort="descending"'}.get(asked.sort, "")
    address = facts_url(**asdict(replace(asked, sort=f"-{name}" if asked.sort == name else name)))
    title = texts.SORT_BY.to(language).format(name=label)
    return f'<th scope="col"{state}><a href="{address}" title="{title}">{label}</a></th>'


def _row(fact: Fact, article: Article, language: Language) -> str:
    cells = (
        ("place", fact.place),
        ("matter", fact.industry),
        ("metric", fact.metric),
        ("figure", fact.told),
        ("basis", fact.basis),
        ("time", time_words(fact.years, fact.period, language)),
    )
    # the label is seen where the screen is too narrow for columns
    words = "".join(
        f'<td class="{kind}" data-label="{texts.FACT_COLUMNS[kind].to(language)}">{cut(text, 200)}</td>'
        for kind, text in cells
    )
    title = f'<a href="{place_url(fact.article_id, fact.span, fact.quote)}">{cut(article.title or texts.UNTITLED.to(language), 200)}</a>'
    credit = credited(article.publisher, article.source, language)[:MOST_CREDIT]
    by = escape(texts.FACT_CREDIT.to(language).format(by=credit, day=day(article.published, language)))
    return f'<tr>{words}<td class="source">{title}<span>{by}</span></td></tr>'
