"""Take the pictures of this folder from a running chat: ``python docs/images/take.py http://127.0.0.1:7860``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FOUND, FIRST, NEXT = "安徽光伏产量占全国多少", "江西2023年新三样出口增长多少", "那山东呢？"
UNKNOWN = "江西光伏玻璃产量占全国多少"
ENGLISH = "What share of national PV glass output does Anhui have?"


def ask(page: Page, *questions: str) -> None:
    """Ask one question after the other and wait for each answer."""
    page.locator(".example").first.wait_for()
    for count, question in enumerate(questions):
        page.locator("#rq-question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(".rq-answer").nth(count).wait_for()
        page.wait_for_timeout(1500)  # a person reads before the next question
    page.wait_for_timeout(2500)  # what may be asked next has come, the page has scrolled and settled


def main(address: str) -> None:
    """Write every picture."""
    chromium = shutil.which("chromium") or sys.exit("no chromium on this machine; install it first")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, size, theme, locale, questions in (
            ("chat-start", DESK, "light", "zh-CN", ()),
            ("chat-answer", DESK, "light", "zh-CN", (FOUND,)),
            ("chat-dark", DESK, "dark", "zh-CN", (FOUND,)),
            ("chat-english", DESK, "light", "en-GB", (ENGLISH,)),
            ("chat-followup", DESK, "light", "zh-CN", (FIRST, NEXT)),
            ("chat-abstain", DESK, "light", "zh-CN", (UNKNOWN,)),
            ("chat-feedback", DESK, "light", "zh-CN", (FOUND,)),
            ("chat-phone", PHONE, "light", "zh-CN", (FOUND,)),
            ("chat-phone-dark", PHONE, "dark", "en-GB", (ENGLISH,)),
        ):
            context = browser.new_context(viewport=size, color_scheme=theme, locale=locale)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(address)
            ask(page, *questions)
            if name == "chat-feedback":
                page.locator(".rq-bad").click()
                page.wait_for_timeout(400)
            page.screenshot(path=FOLDER / f"{name}.png")
            if name in ("chat-answer", "chat-phone"):
                with page.context.expect_page() as opened:
                    page.locator(".rq-open").first.click()
                opened.value.wait_for_load_state()
                opened.value.set_viewport_size(size)  # type: ignore[arg-type]
                opened.value.reload()
                opened.value.screenshot(path=FOLDER / ("article.png" if size is DESK else "article-phone.png"))
            page.context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7860")
