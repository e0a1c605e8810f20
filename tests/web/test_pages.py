"""Looking around without asking: coverage, lists, figures, the state of the index; with plain links and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.fake_assistant import PAPER
from tests.web.test_server import fetch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
PLACES = ("facts", "coverage", "articles", "status")


def test_from_the_matrix_to_an_article(page: Page) -> None:
    """A number opens its articles, an article its page; the figures of the same place and time are beside."""
    page.goto(f"{page.url}coverage")
    matrix = page.get_by_role("table", name="各省份的文章篇数")
    assert matrix.get_by_role("rowheader").all_inner_texts() == ["安徽", "江西", "未写明"]
    assert matrix.get_by_role("columnheader").all_inner_texts() == ["省份", "2023-11", "2024-02", "未写明", "合计"]
    matrix.get_by_role("row", name="安徽").get_by_role("link").first.click()
    assert page.locator("h1").inner_text() == "安徽 · 2024-02"
    assert page.locator("ol li").count() == 1
    page.get_by_role("link", name="这些地区和时间的数字").click()
    assert page.get_by_label("地区").input_value() == "安徽"
    assert page.get_by_label("发表不早于").input_value() == "2024-02-01"
    page.go_back()
    page.locator("ol a").click()
    assert page.locator("h1").inner_text() == "安徽光储产业集群"


def test_figures_are_sorted_by_their_headings(page: Page) -> None:
    """By keyboard too, once up and once down; the filter keeps the order."""
    page.goto(f"{page.url}facts?region=安徽")
    heading = page.get_by_role("columnheader", name="数字")
    heading.get_by_role("link").press("Enter")
    page.wait_for_url("**sort=figure")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert page.locator("td.figure").all_inner_texts() == ["1/3", "一半以上"]
    heading.get_by_role("link").click()
    page.wait_for_url("**sort=-figure")
    assert page.locator("td.figure").all_inner_texts() == ["一半以上", "1/3"]
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**sort=-figure*")
    assert page.locator("td.figure").all_inner_texts() == ["一半以上", "1/3"]


def test_the_state_of_the_index_is_one_click_away(page: Page) -> None:
    """From the chat and from every page of ours; what could not be read is named, as text."""
    links = page.locator(".rq-brand nav a")
    assert [link.get_attribute("href") for link in links.all()] == ["/facts", "/coverage", "/status"]
    page.goto(f"{page.url}coverage")
    page.get_by_role("link", name="索引").click()
    assert "gen-000001 · 正在回答" in page.locator("dl").inner_text()
    assert page.locator("td").first.inner_text().startswith("<img src=x onerror=alert(1)>")
    assert page.locator("img, script, iframe, svg").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_the_screen_and_speak_the_readers_language(browser: Browser, server: str, width: int) -> None:
    """No sideways scrolling of the page, on a phone either; the wide table scrolls in its own frame."""
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="en-GB", java_script_enabled=False)
    opened = context.new_page()
    for place in PLACES:
        opened.goto(f"{server}/{place}")
        box = opened.locator("main").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
        assert opened.locator("html").get_attribute("lang") == "en"
    context.close()


def test_without_an_index_every_page_says_the_cure(server_without_index: str) -> None:
    """503, but for the page of the index itself, which tells the state as it is."""
    for place in ("coverage", "articles"):
        status, text = fetch(f"{server_without_index}/{place}")
        assert status == 503
        assert "rebuild" in text
    status, text = fetch(f"{server_without_index}/status")
    assert status == 200
    assert "现在不能回答" in text


def test_an_article_stands_beside_its_page(page: Page) -> None:
    """The quotation in view in the clean text and in the file, broken there as the page breaks it; below on a phone."""
    start = PAPER.text.index("去年竹产业")
    page.goto(f"{page.url}article/{PAPER.article_id}?s={start}&e={start + 16}#mark")
    assert page.locator("#mark").inner_text() == "去年竹产业的产值达到一百九十亿元"
    beside = page.get_by_role("complementary", name="原文件 page.txt")
    assert beside.locator("mark").all_inner_texts() == ["去年竹产业的产", "值达到一百九十亿元"]
    assert "<img src=x onerror=alert(1)>" in beside.inner_text()
    assert page.locator("img, script, iframe, svg").count() == 0
    for mark in (page.locator("#mark"), beside.locator("mark").first):
        box = mark.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= 900
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    text, file = page.locator("article").bounding_box(), beside.bounding_box()
    assert text is not None
    assert file is not None
    assert file["y"] >= text["y"] + text["height"]
