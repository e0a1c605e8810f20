"""Everybody can read and use the pages: axe finds nothing serious, the keyboard suffices, nothing is too wide."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import pytest

from tests.web.test_chat import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
AXE = files("axe_playwright_python") / "axe.min.js"
GRAVE = ("serious", "critical")


def faults(page: Page) -> list[str]:
    """What axe finds grave on a page as it stands."""
    page.evaluate(
        f"{AXE.read_text(encoding='utf-8')};null"
    )  # evaluated by the browser's tools, whatever the page's policy
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found if one["impact"] in GRAVE for node in one["nodes"]]


@pytest.mark.parametrize(("scheme", "locale", "width"), [("light", "zh-CN", 1280), ("dark", "en-GB", 390)])
def test_axe_finds_nothing_serious(
    browser: Browser, server: str, scheme: Literal["light", "dark"], locale: str, width: int
) -> None:
    """Before the first question, with answers and everything opened, and on the pages beside the chat."""
    context = browser.new_context(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(server)
    page.locator(".example").first.wait_for()
    page.wait_for_function("document.querySelector('#rq-talk .examples').role === 'group'")
    assert faults(page) == []
    ask(page, "江西光伏产量占全国多少")
    ask(page, "海南的飞机")
    page.locator(".rq-ask").first.wait_for()
    page.locator(".rq-folded summary").first.click()
    page.locator(".rq-only").first.click()
    page.locator(".rq-edit").last.click()
    page.locator(".rq-bad").last.click()
    page.locator("#rq-filters .label-wrap").click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)  # colours fade in
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for path in ("article/jiangxi?s=0&e=5", "facts", "coverage", "articles", "status"):
        page.goto(f"{server}/{path}")
        assert faults(page) == []
    context.close()


def test_a_visit_by_keyboard_alone(page: Page) -> None:
    """The box has the focus; what an answer offers comes in its order, and a visible ring shows where one is."""
    page.keyboard.type("江西光伏产量占全国多少")
    page.keyboard.press("Enter")
    page.locator(".rq-ask").first.wait_for()
    page.locator(".rq-text .rq-label").focus()
    seen = []
    for _ in range(16):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.className.split(' ')[0] || document.activeElement.tagName"))
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none" or seen[-1] in ("SUMMARY", "TEXTAREA"), seen[-1]
        if seen[-1] == "rq-ask":
            break
    assert seen == ["rq-drop", "SUMMARY", "rq-open", "rq-copy", "rq-facts-link", "rq-retry", "rq-edit",
                    "rq-good", "rq-bad", "rq-ask"]  # fmt: skip
    page.keyboard.press("Enter")
    page.locator(".rq-question").nth(1).wait_for()
