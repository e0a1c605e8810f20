"""The fact table in the browser: every row leads to its place, the file is the command line's, bad input is one line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from regional_qa.errors import UsageError
from regional_qa.facts import find_facts
from regional_qa.records import FACT_COLUMNS
from regional_qa.web.desk import Desk, FactsAsked
from regional_qa.web.fact_page import SHOWN_ROWS, fact_file, fact_page
from regional_qa.web.render import facts_url, place_url
from regional_qa.web.routes import own_pages
from tests.web.fake_assistant import ANHUI, FakeAssistant, hostile_fact

article = FakeAssistant().article
HOSTILE_WORDS = "\"><script>alert(1)</script>'&metric=\n\u202e"


def test_a_row_says_what_and_leads_there() -> None:
    """Place, matter, metric, figure as worded, basis, time; headline, publisher and day link to the sentence."""
    fact = find_facts(ANHUI)[0]
    page = fact_page(FactsAsked(region="安徽"), [fact], article)
    for told in ("安徽", "光伏玻璃", "产量", "一半以上", "占全国", "2023年"):
        assert f">{told}</td>" in page
    assert '<td class="metric" data-label="指标">产量</td>' in page  # which a narrow screen shows
    assert f'<a href="{place_url("anhui", fact.span, fact.quote)}">安徽光储产业集群</a>' in page
    assert "2024&#45;02&#45;23" in page
    assert '<a href="/facts.csv?region=%E5%AE%89%E5%BE%BD" download>' in page
    assert "共 1 条" in page


def test_a_long_table_is_cut_and_says_so() -> None:
    """The number of all is told; the file has them all."""
    facts = find_facts(ANHUI)[:1] * (SHOWN_ROWS + 1)
    page = fact_page(FactsAsked(), facts, article)
    assert page.count("<tr>") == SHOWN_ROWS
    assert f"共 {SHOWN_ROWS + 1} 条，显示前 {SHOWN_ROWS} 条" in page
    assert "下载 CSV（全部）" in page
    assert len(list(csv.DictReader(io.StringIO(fact_file(facts, article))))) == SHOWN_ROWS + 1


def test_the_file_is_the_command_lines() -> None:
    """Same columns, same cells, nothing taken for a formula."""
    fact = replace(hostile_fact(), place="=1+1")
    (row,) = csv.DictReader(io.StringIO(fact_file([fact], article)))
    assert list(row) == FACT_COLUMNS
    assert row["place"] == "'=1+1"


def test_hostile_words_are_inert() -> None:
    """From an article, from the form, from a fault; none leaves its cell, its attribute or its address."""
    asked = FactsAsked(*[HOSTILE_WORDS] * 5)
    for page in (fact_page(asked, [hostile_fact()], article), fact_page(asked, (), article, HOSTILE_WORDS)):
        body = page.partition("<body>")[2]
        for tag in ("<script", "<img", "<iframe", "<svg", "<style", "\u202e", "\n"):
            assert tag not in body
        assert body.count("<form") == 1
        assert body.count("<input") == 5
    assert facts_url(region=HOSTILE_WORDS) == (
        "/facts?region=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%27%26metric%3D%0A%E2%80%AE"
    )


@pytest.mark.parametrize(
    "asked",
    [
        FactsAsked(region="火星"), FactsAsked(region=HOSTILE_WORDS), FactsAsked(since="昨天"), FactsAsked(metric="产" * 101),
        FactsAsked(region="安徽," * 9000), FactsAsked(since="2024-02-01", until="2024-01-01"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(asked: FactsAsked) -> None:
    """A UsageError, shown as one line above no table, with the form as it was filled."""
    with pytest.raises(UsageError) as fault:
        asked.of(FakeAssistant())
    page = fact_page(asked, (), article, str(fault.value))
    assert page.count('<p class="notice">') == 1
    assert "<table" not in page


def test_columns_sort() -> None:
    """Up, then down; the heading says so, the form and the file keep it, and unlike figures stay apart."""
    facts = FactsAsked(sort="-figure").of(FakeAssistant())
    assert facts == list(reversed(FactsAsked(sort="figure").of(FakeAssistant())))
    assert [fact.wording for fact in facts if fact.regions == ("安徽",)] == ["一半以上", "1/3"]
    asked = FactsAsked(region="安徽", sort="figure")
    page = fact_page(asked, facts, article)
    assert '<th scope="col" aria-sort="ascending"><a href="/facts?region=%E5%AE%89%E5%BE%BD&amp;sort=-figure"' in page
    assert page.count("aria-sort") == 1
    assert '<input type="hidden" name="sort" value="figure">' in page
    assert "sort=figure" in page.partition("/facts.csv")[2][:60]
    assert FactsAsked(sort="__class__").of(FakeAssistant()) == FactsAsked().of(FakeAssistant())


def test_the_page_speaks_english() -> None:
    """Its own words; the articles' stay as they are."""
    page = fact_page(FactsAsked(), find_facts(ANHUI), article, language="en")
    assert "Download CSV" in page
    assert "一半以上" in page


def test_nothing_found_is_said() -> None:
    """In the words of an answer."""
    assert "语料中没有找到" in fact_page(FactsAsked(metric="飞机"), (), article)


def endpoint(path: str) -> Callable[..., object]:
    """What answers a path."""
    return next(route.endpoint for route in routes(own_pages(Desk(FakeAssistant), Path("index"))) if route.path == path)


def routes(app: FastAPI) -> list[APIRoute]:
    """The routes of our own pages."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def test_our_own_routes_are_these() -> None:
    """One more is a decision: it needs its place in the guard and here. All but the reading of a wording only read."""
    found = {route.path: route.methods for route in routes(own_pages(Desk(FakeAssistant), Path("index")))}
    assert list(found) == [
        "/article/{article_id:path}",
        "/facts",
        "/facts.csv",
        "/coverage",
        "/articles",
        "/status",
        "/wording",
        "/health",
        "/ready",
    ]
    assert found.pop("/wording") == {"POST"}
    assert all(methods == {"GET", "HEAD"} for methods in found.values())


def test_the_file_is_sent_as_a_file() -> None:
    """CSV as an attachment that spreadsheets read as UTF-8; a fault is plain text."""
    sent = endpoint("/facts.csv")(FactsAsked(region="安徽"))
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"  # type: ignore[attr-defined]
    assert sent.headers["content-disposition"] == 'attachment; filename="facts.csv"'  # type: ignore[attr-defined]
    assert sent.body.startswith(b"\xef\xbb\xbfregions,place,")  # type: ignore[attr-defined]
    refused = endpoint("/facts.csv")(FactsAsked(region="<火星>"))
    assert refused.status_code == 400  # type: ignore[attr-defined]
    assert refused.headers["content-type"].startswith("text/plain")  # type: ignore[attr-defined]
    assert refused.body.decode().count("\n") == 1  # type: ignore[attr-defined]
