"""The interface in the visitor's language: the browser's at first, the chosen one from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_chat import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


def test_an_english_browser_gets_an_english_page(browser: Browser, server: str) -> None:
    """Labels, examples, cards and our other pages; the quotation stays as it was printed."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(server)
    page.locator(".example").first.wait_for()
    assert "What share" in page.locator(".example").first.inner_text()
    assert page.get_by_role("button", name="Ask").is_visible()
    assert page.get_by_role("textbox", name="Question").is_visible()
    answer = ask(page, "安徽光伏产量占全国多少")
    assert answer.locator(".rq-heading").inner_text().startswith("Sources")
    assert answer.locator(".rq-text q").inner_text().startswith("安徽光伏玻璃产量")
    assert "(retold from 人民日报《各地发力》, not its words)" in answer.inner_text()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Regional News Q&A"
    page.goto(f"{server}/facts")
    assert page.get_by_role("button", name="Filter").is_visible()
    context.close()


def test_without_an_index_no_example_is_offered(browser: Browser, server_without_index: str) -> None:
    """Nothing would answer it; the box is there."""
    page = browser.new_page()
    page.goto(server_without_index)
    page.locator(".rq-fault").wait_for()
    assert page.locator("#rq-question textarea").is_visible()
    assert page.locator(".example").count() == 0
    page.close()


def test_the_switch_stays(page: Page, server: str) -> None:
    """One click by keyboard, and the page, its answers and the article are in the other language, also tomorrow."""
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.get_by_role("button", name="English").press("Enter")
    page.get_by_role("button", name="中文").wait_for()
    assert ask(page, "海南的飞机产量").locator(".rq-none").inner_text() == "Not found in the corpus"
    assert page.get_by_role("button", name="New conversation").is_visible()
    page.goto(f"{server}/article/anhui?s=0&e=4")
    assert page.get_by_role("link", name="Go to the quotation").is_visible()
    page.goto(server)
    page.get_by_role("button", name="中文").click()
    page.get_by_role("button", name="English").wait_for()
