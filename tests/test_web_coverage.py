"""What the corpus covers: counted rightly, shown as a table that leads to its articles, inert whatever the articles say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from regional_qa.types import Article, Reprint
from regional_qa.web.coverage import NONE, Coverage, survey
from regional_qa.web.coverage_page import SHOWN, ArticlesAsked, coverage_page, list_page
from tests.web.fake_assistant import ANHUI, HOSTILE, FakeAssistant
from tests.web.fake_assistant import JIANGXI as DATED

HOSTILE_WORDS = "\"><script>alert(1)</script>'&month=\n\u202e"
article = FakeAssistant().article
JIANGXI = replace(DATED, published=None, reprints=())


def told(*articles: Article) -> Coverage:
    """The coverage of some articles."""
    return survey(articles)


def test_articles_are_counted_by_province_and_month() -> None:
    """Each in all of its provinces; what is not told has a row and a column of its own, at the end."""
    both = replace(ANHUI, article_id="both", regions=("江西", "安徽"))
    coverage = told(ANHUI, both, JIANGXI, HOSTILE)
    assert coverage.rows == ("安徽", "江西", NONE)
    assert coverage.columns == ("2024-02", NONE)
    assert coverage.cells == {("安徽", "2024-02"): 2, ("江西", "2024-02"): 1, ("江西", NONE): 1, (NONE, NONE): 1}
    assert coverage.chosen("江西", "2024-02", "") == ["both"]
    assert coverage.chosen("", "2024", "新能源") == ["anhui", "both"]


def test_reprints_count_not() -> None:
    """Whichever stands first."""
    whole = replace(JIANGXI, reprints=(Reprint("anhui", "", "", None, ""),))
    assert [one.article_id for one in told(ANHUI, whole).articles] == ["jiangxi"]


def test_many_months_are_shown_by_years() -> None:
    """A table of ten years stays readable; the articles of a year are found."""
    days = [date(2010 + month // 12, month % 12 + 1, 1) for month in range(40)]
    coverage = told(*(replace(ANHUI, article_id=str(i), published=day) for i, day in enumerate(days)))
    assert coverage.columns == ("2010", "2011", "2012", "2013")
    assert len(coverage.chosen("安徽", "2011", "")) == 12


def test_the_matrix_leads_to_the_articles() -> None:
    """Headings for rows and columns, a number in each cell, no script; in both languages."""
    page = coverage_page(told(ANHUI, JIANGXI, HOSTILE), "zh")
    assert (
        '<th scope="row">安徽</th><td class="s5"><a href="/articles?region=%E5%AE%89%E5%BE%BD&amp;month=2024-02">1</a></td>'
        in page
    )
    assert '<th scope="col">2024&#45;02</th>' in page
    assert '<td class="s0">0</td>' in page
    assert "新能源" in page
    assert "<script" not in page
    assert '<html lang="en">' in (english := coverage_page(told(ANHUI), "en"))
    assert '<th scope="row">Anhui</th>' in english


def test_a_list_names_its_articles_and_their_figures() -> None:
    """Headline, publisher and day, each a link; the fact table of the same place and time is one click away."""
    page = list_page(ArticlesAsked(region="安徽", month="2024-02"), told(ANHUI, JIANGXI), article, "zh")
    assert '<a href="/article/anhui">安徽光储产业集群</a>' in page
    assert "江西光伏" not in page
    assert "共 1 篇" in page
    assert "region=%E5%AE%89%E5%BE%BD&amp;since=2024-02-01&amp;until=2024-02-29" in page


def test_a_long_list_has_pages() -> None:
    """Each of them with its own numbers and the way to the next."""
    coverage = told(*(replace(ANHUI, article_id=f"a{i}") for i in range(SHOWN + 1)))
    first = list_page(ArticlesAsked(region="安徽"), coverage, lambda one: ANHUI, "en")
    assert first.count("<li>") == SHOWN
    assert '<a rel="next" href="/articles?region=%E5%AE%89%E5%BE%BD&amp;page=1">Next page</a>' in first
    second = list_page(ArticlesAsked(region="安徽", page="1"), coverage, lambda one: ANHUI, "en")
    assert f'<ol class="articles" start="{SHOWN + 1}">' in second
    assert second.count("<li>") == 1
    assert 'rel="prev"' in second


@pytest.mark.parametrize("page", ["-1", "x", "9" * 40, "٣", HOSTILE_WORDS])
def test_awkward_addresses_are_no_fault(page: str) -> None:
    """Nothing is found, or the first page is shown; the words of the address stay words."""
    asked = ArticlesAsked(HOSTILE_WORDS, HOSTILE_WORDS, HOSTILE_WORDS, page)
    assert "没有这样的文章" in list_page(asked, told(ANHUI), article, "zh")
    assert "<li>" not in list_page(ArticlesAsked(month="0000"), told(ANHUI), article, "zh")


def test_hostile_words_are_inert() -> None:
    """From an article and from the address."""
    evil = replace(HOSTILE, regions=(HOSTILE_WORDS,))
    asked = ArticlesAsked(HOSTILE_WORDS, HOSTILE_WORDS, HOSTILE_WORDS)
    for page in (
        list_page(ArticlesAsked(), told(evil), lambda one: evil, "zh"),
        list_page(asked, told(evil), article, "en"),
        coverage_page(told(evil), "en"),
    ):
        body = page.partition("<body>")[2]
        for tag in ("<script", "<img", "<form", "<svg", "<iframe", "\u202e", "\n"):
            assert tag not in body


def test_as_long_as_it_is_counted_the_page_looks_again() -> None:
    """By itself."""
    assert 'http-equiv="refresh"' in coverage_page(None, "zh")
