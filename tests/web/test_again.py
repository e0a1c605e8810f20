"""What a person does after an answer: asks what is offered, asks again, changes the question, stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_chat import ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


def test_an_offered_question_asks_itself(page: Page) -> None:
    """Another region that the articles tell of; by keyboard; what has no answer is not offered."""
    ask(page, "安徽光伏产量占全国多少")
    offered = page.locator(".rq-ask")
    offered.first.wait_for()
    assert offered.all_inner_texts() == ["江西光伏产量占全国多少"]
    offered.first.press("Enter")
    page.locator(".rq-question").nth(1).wait_for()
    assert page.locator(".rq-question").nth(1).inner_text() == "江西光伏产量占全国多少"
    assert "一成" in page.locator(".rq-text").nth(1).inner_text()


def test_the_last_question_is_asked_again_in_its_place(page: Page) -> None:
    """The answer stays one; a follow-up keeps the question it follows."""
    ask(page, "安徽光伏产量占全国多少")
    ask(page, "那江西呢？")
    assert page.get_by_role("button", name="重新回答").count() == 1
    before = page.locator(".rq-number").last.inner_text()
    page.get_by_role("button", name="重新回答").click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('.rq-number')].pop().textContent !== before", arg=before
    )
    assert page.locator(".rq-answer").count() == 2
    assert page.locator(".rq-completed").inner_text() == "按上一问补全为：江西光伏产量占全国多少"


def test_the_last_question_is_changed_in_its_place(page: Page) -> None:
    """Its words come back into the box; what is sent then takes its place; one may also leave it as it was."""
    ask(page, "海南的飞机产量")
    page.get_by_role("button", name="修改问题").click()
    box = page.locator("#rq-question textarea")
    assert box.input_value() == "海南的飞机产量"
    page.get_by_role("button", name="不修改了").click()
    assert box.input_value() == ""
    page.get_by_role("button", name="修改问题").click()
    box.fill("江西的光伏产量")
    box.press("Enter")
    page.locator(".rq-text").wait_for()
    assert page.locator(".rq-question").all_inner_texts() == ["江西的光伏产量"]
    assert page.get_by_role("button", name="不修改了").count() == 0


def test_stop_leaves_the_talk_as_it_was(page: Page) -> None:
    """The question comes back into its box; nothing of it appears later; the next one is answered."""
    box = page.locator("#rq-question textarea")
    box.fill("安徽慢慢来")
    box.press("Enter")
    page.get_by_role("button", name="停止").click()
    page.wait_for_function("document.querySelector('#rq-question textarea').value === '安徽慢慢来'")
    assert not page.get_by_role("button", name="停止").is_visible()
    page.wait_for_timeout(3500)
    ask(page, "江西的光伏产量")
    assert page.locator(".rq-question").all_inner_texts() == ["江西的光伏产量"]
    page.get_by_role("button", name="修改问题").click()
    box.fill("安徽慢慢来")
    box.press("Enter")
    page.get_by_role("button", name="停止").click()  # what was to be changed stays too
    page.wait_for_timeout(3500)
    page.get_by_role("button", name="不修改了").click()
    ask(page, "那安徽呢")
    assert page.locator(".rq-question").all_inner_texts() == ["江西的光伏产量", "那安徽呢"]


def test_the_conversation_is_saved_as_files(page: Page) -> None:
    """Markdown and CSV through the browser's own download, as often as one likes."""
    assert not page.get_by_role("button", name="保存对话").is_visible()
    ask(page, "安徽光伏产量占全国多少")
    for name, ending, inside in (
        ("保存对话", ".md", "[^1]: 《安徽光储产业集群》"), ("保存数字", ".csv", "1/3"), ("保存对话", ".md", "## 安徽"),
    ):  # fmt: skip
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.endswith(ending)
        assert inside in download.value.path().read_text(encoding="utf-8")
