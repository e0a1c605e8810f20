"""Text that means harm, on every page and by every way in, in a browser: it is shown as written and does nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from regional_qa.web.render import seen
from tests.web.hostile import PAYLOADS, shown
from tests.web.test_chat import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Route

pytestmark = pytest.mark.slow
HARM = """(inside) => {
  const found = top.pwned ? ["a script ran"] : [];
  const tell = (what, element) => found.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  for (const element of document.querySelectorAll("*")) {
    const link = element.href?.baseVal ?? element.href ?? "";
    if (element.matches("a, area") && link && new URL(link, location.href).origin !== location.origin && !element.matches(".origin")) tell("a foreign link", element);
    if (getComputedStyle(element).position === "fixed" && !element.matches(".toast-wrap, .wrap, .backdrop")) tell("drawn over the page", element);
    if (/url\\(|fixed/.test(element.getAttribute("style") ?? "")) tell("a style", element);
    if (element.localName === "form" && element.getAttribute("action") !== "/facts") tell("a form", element);
  }
  for (const element of document.querySelectorAll(`:is(${inside}) *`)) {
    if (element.matches("script, style, link, meta, base, img, image, iframe, object, embed, video, audio, math, template, noscript, [type=password], [contenteditable]")) tell("an element", element);
    for (const { name } of element.attributes) if (name.startsWith("on")) tell("a handler", element);
  }
  for (const element of document.querySelectorAll(".rq-answer :is(.rq-answer, .rq-ask)")) tell("ours, but not by us", element);
  return found;
}"""
"""What in a page is more than text; ``inside`` are the places where foreign text stands."""
CHAT = "#rq-talk .message, #rq-following, #rq-keep, #rq-header"
NOT_HTML = (
    "entities", "escapes", "broken escapes", "Markdown picture", "Markdown reference", "bare address", "Markdown",
    "LaTeX", "template strings", "direction", "tag characters", "order", "label", "cell", "shell",
)  # fmt: skip
"""Payloads that a browser takes for text; Markdown, a spreadsheet or a template would not."""


class Visit:
    """A browser's page that refuses whatever it is not served from its own server, and remembers that."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.page, self.server, self.faults = context.new_page(), server, list[str]()
        context.route(lambda url: not url.startswith((server, "data:", "blob:")), self._refuse)
        context.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Dialog) -> None:
        self.faults.append(dialog.message)
        dialog.dismiss()

    def _refuse(self, route: Route) -> None:
        self.faults.append(route.request.url)
        route.abort()

    def harm(self, inside: str = "body") -> list[str]:
        """What the page has done or holds that is more than text."""
        return [*self.faults, *self.page.evaluate(HARM, inside)]

    def text(self, place: str) -> str:
        """The text of all elements of a kind, as it stands in the page."""
        return "\n".join(self.page.locator(place).all_text_contents())


@pytest.fixture
def visit(browser: Browser, hostile: str) -> Iterator[Visit]:
    """A fresh visitor."""
    context = browser.new_context(locale="zh-CN")
    yield Visit(context, hostile)
    context.close()


def missing(text: str, kind: Callable[[str], str] = shown) -> list[str]:
    """The payloads that a text does not hold as they are written."""
    return [name for name, payload in PAYLOADS.items() if kind(payload) not in text]


def test_the_payloads_are_live_and_the_oracle_sees_it(visit: Visit) -> None:
    """Put into a page as they are, each one does what it is meant to do; so the tests below can fail."""
    quiet = []
    visit.page.goto(f"{visit.server}/look/chat.css")
    for name, payload in PAYLOADS.items():
        visit.faults.clear()
        visit.page.evaluate("top.pwned = 0")
        visit.page.set_content(f'<div class="rq-answer"><p title="{payload}">{payload}</p></div>')
        quiet += [] if visit.harm() else [name]
    assert set(quiet) == set(NOT_HTML)


@pytest.mark.fault("G1", "G2", "G4", "G5")
def test_an_answer_is_only_text(visit: Visit) -> None:
    """Every article quoted, every payload said by the model and in the notes: literal in answer, cards, chips, footnotes."""
    page = visit.page
    page.goto(visit.server)
    page.locator(".rq-invitation").wait_for()
    assert visit.harm(CHAT) == []
    question = f"全部{PAYLOADS['picture that fails']}2023年安徽新能源产量占多少{PAYLOADS['form']}"
    answer = ask(page, question)
    page.locator(".rq-ask").first.wait_for()
    page.locator(".rq-matched").nth(len(PAYLOADS) - 1).wait_for()
    assert visit.harm(CHAT) == []
    assert page.locator(".rq-question").inner_text() == question
    for place in (".rq-text", ".rq-title", ".rq-by", ".rq-passage", ".rq-note", ".rq-footnotes"):
        assert missing(visit.text(place), seen if place == ".rq-note" else shown) == []
    # a label that a model forges is one of ours, and leads to our citation
    assert missing(visit.text(".rq-phrased"), lambda payload: re.sub(r"\[(\d+)\]", r"\1", seen(payload))) == []
    assert PAYLOADS["form"] in visit.text(".rq-instead")
    assert PAYLOADS["form"] in visit.text(".rq-ask")
    assert answer.locator(".rq-card").count() == len(PAYLOADS)
    page.locator(".rq-ask").first.click()
    page.locator(".rq-answer").nth(1).wait_for()
    page.locator(".rq-bad").last.click()
    assert visit.harm(CHAT) == []


@pytest.mark.fault("G2")
def test_a_question_is_only_text(visit: Visit) -> None:
    """Every payload asked, as a question and as the one before; none answered is harmed by it, nor is the fault of a filter."""
    page = visit.page
    page.goto(visit.server)
    page.locator(".rq-invitation").wait_for()
    ask(page, f"安徽光伏玻璃产量占全国多少{PAYLOADS['overlay']}")
    for question in questions():
        ask(page, question)
        ask(page, "那江西呢？")
    assert missing(visit.text(".rq-question"), seen) == []
    assert missing(visit.text(".rq-completed"), seen) == []
    assert page.locator(".rq-card").count() > 0
    page.locator("#rq-filters .label-wrap").click()
    page.get_by_label("地区", exact=True).fill("<img/src=x/onerror=top.pwned=1>")
    assert "<img/src=x/onerror=top.pwned=1>" in ask(page, "安徽光伏").inner_text()
    page.get_by_label("地区", exact=True).fill("安徽")
    page.get_by_label("发表不早于").fill(PAYLOADS["overlay"])
    assert PAYLOADS["overlay"][:40] in ask(page, "安徽光伏").inner_text()
    assert visit.harm(CHAT) == []


def questions() -> Iterator[str]:
    """Questions short enough to be asked, with every payload in one of them."""
    question = "空话：安徽光伏产量"
    for payload in PAYLOADS.values():
        if len(question) + len(payload) > 480:
            yield question
            question = "空话：安徽光伏产量"
        question += f" {payload}"
    yield question


@pytest.mark.fault("G1", "G8")
def test_pages_show_only_text(visit: Visit) -> None:
    """Lists, figures, the state of the index, each article, and a page beside its scan; what they are asked by is text too."""
    page = visit.page
    for path in (
        "articles",
        "coverage",
        "facts",
        "status",
        "article/nothing%3Cimg%20src%3Dx%20onerror%3Dtop.pwned%3D1%3E",
    ):
        page.goto(f"{visit.server}/{path}")
        assert visit.harm() == []
        told = visit.text("body")
        if path == "articles":
            assert missing(told) == []
            page.locator("ol a", has_text="page").or_(page.locator("ol a", has_text="湖州")).click()
            assert visit.harm() == []
            assert missing(visit.text("main > article")) == []
            assert missing(visit.text("aside"), seen) == []


@pytest.mark.fault("G3")
def test_a_bomb_does_not_stop_the_page(visit: Visit) -> None:
    """Sixty kilobytes of Markdown as a question, ten megabytes as passages and as an article: the page goes on answering."""
    page = visit.page
    page.goto(visit.server)
    page.locator(".rq-invitation").wait_for()
    seconds = []
    for question in ("*a " * 20_000, "炸弹", "空话"):
        started = time.monotonic()
        ask(page, question)
        seconds.append(time.monotonic() - started)
    assert len(visit.text("#rq-talk")) < 80_000
    started = time.monotonic()
    page.goto(f"{visit.server}/article/bomb")
    page.evaluate("document.body.offsetHeight")
    seconds.append(time.monotonic() - started)
    assert max(seconds) < 20, seconds  # less than two where nothing else runs; unescaped, a tab hangs for forty
