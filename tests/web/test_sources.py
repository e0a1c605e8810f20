"""The source cards as a reader uses them: narrowed by region and year, other printings unfolded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_chat import ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


def test_cards_are_narrowed_by_region_and_year(page: Page) -> None:
    """By keyboard and pointer; the same button again shows all."""
    answer = ask(page, "海南的飞机产量")
    cards = answer.locator(".rq-card:visible")
    assert cards.count() == 3
    answer.get_by_role("button", name="江西").press("Enter")
    assert cards.count() == 1
    assert "江西日报" in cards.first.inner_text()
    assert answer.get_by_role("button", name="江西").get_attribute("aria-pressed") == "true"
    answer.get_by_role("button", name="2024").click()
    assert cards.count() == 0
    answer.get_by_role("button", name="江西").click()
    assert cards.count() == 1
    answer.get_by_role("button", name="2024").click()
    assert cards.count() == 3


def test_cards_are_narrowed_in_english_too(page: Page) -> None:
    """By the English name of a region."""
    page.locator(".rq-language").click()
    page.get_by_role("button", name="中文").wait_for()
    answer = ask(page, "海南的飞机产量")
    answer.get_by_role("button", name="Jiangxi", exact=True).click()
    assert answer.locator(".rq-card:visible").count() == 1


def test_other_printings_are_folded(page: Page) -> None:
    """One line until it is opened; then each leads to the text as it stood there."""
    answer = ask(page, "江西光伏产量占全国多少")
    assert "为何命中：地区 江西 · 词语 光伏产量占全国 · 所问 一成" in answer.inner_text()
    link = answer.get_by_role("link", name="某网 2023-11-03")
    assert not link.is_visible()
    answer.get_by_text("另有 1 处刊载相同内容").click()
    assert link.is_visible()
