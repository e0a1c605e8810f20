"""A language model that speaks slowly: the quotation first, then each proven sentence, and the visitor may stop it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import serving
from tests.web.test_chat import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

SAID = (
    "安徽逆变器产量占三分之一[1]。",
    "江西<img src=x onerror=alert(1)>占99%[1]。",
    "光伏玻璃[点我](http://evil.example)占一半以上<script>document.title='pwned'</script>[1]。",
)
QUESTION = "安徽光伏产量占全国多少"


class Model(ThreadingHTTPServer):
    """Says a sentence each time it is let ``go``; ``asked`` once for each question, ``left`` once whoever asked is gone."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaking)
        self.go, self.asked, self.left = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    def handle_error(self, *_: object) -> None:
        """A client that leaves is no error."""


class Speaking(BaseHTTPRequestHandler):
    """One reply, as events."""

    server: Model

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.release()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        try:
            for sentence in (*SAID, ""):
                while not self.server.go.acquire(timeout=0.1):
                    self.wfile.write(b": still there\n\n")
                self.wfile.write(f"data: {json.dumps({'choices': [{'delta': {'content': sentence}}]})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.server.left.set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[Model]:
    """A model that waits to be let go."""
    with Model() as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(0.01,))
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


@pytest.fixture
def worded(browser: Browser, model: Model) -> Iterator[Page]:
    """A visitor of a chat that has this model; fails on foreign requests and faults of the page."""
    with serving(f"worded=http://127.0.0.1:{model.server_port}/v1") as address:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        faults: list[str] = []
        context.on("request", lambda request: None if request.url.startswith(address) else faults.append(request.url))
        context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page = context.new_page()
        page.goto(address)
        page.locator(".example").first.wait_for()
        yield page
        context.close()
        assert faults == []


def test_sentences_come_below_an_answer_that_stands(worded: Page, model: Model) -> None:
    """The quotation at once; each sentence once it is proven, marked and linked; the struck one told; all inert."""
    answer = ask(worded, QUESTION)
    quote = answer.locator(".rq-text q").inner_text()
    assert "一半以上" in quote
    answer.get_by_text("语言模型正在改写").wait_for()
    assert answer.locator(".rq-matched").count() == 0
    model.go.release(2)  # the first is complete when the second has begun
    answer.locator(".rq-matched").wait_for()
    sentence = answer.locator(".rq-phrased p", has_text="三分之一")
    assert sentence.inner_text().split() == ["安徽逆变器产量占三分之一1。", "数字与地区相符"]
    assert str(sentence.locator("a.rq-label").get_attribute("href")).startswith("/article/anhui?s=")
    assert worded.get_by_role("button", name="停止").is_visible()
    assert answer.locator(".rq-struck").count() == 0
    model.go.release()
    answer.locator(".rq-struck").wait_for()
    assert answer.locator(".rq-matched").count() == 1
    model.go.release()
    answer.get_by_text("正在改写").wait_for(state="detached")
    assert answer.locator(".rq-struck").inner_text() == "一句与引文对不上，已删去"
    assert answer.locator(".rq-matched").count() == 2
    assert answer.locator(".rq-text q").inner_text() == quote
    assert "99" not in answer.locator(".rq-phrased").inner_text()
    assert worded.locator("#rq-talk :is(img, script)").count() == 0
    assert "pwned" not in worded.title()
    assert not worded.get_by_role("button", name="停止").is_visible()
    shown = answer.locator(".rq-phrased").inner_text()
    ask(worded, "海南的飞机产量")  # the server tells the talk anew, with the wording in its place
    assert worded.locator(".rq-phrased").first.inner_text() == shown


def test_stop_stops_the_model_and_keeps_what_was_proven(worded: Page, model: Model) -> None:
    """In English too; the model's server sees that nobody listens, and the next question is answered."""
    worded.locator(".rq-language").click()
    worded.get_by_role("button", name="中文").wait_for()
    worded.locator(".example").first.wait_for()
    answer = ask(worded, QUESTION)
    answer.get_by_text("The language model is writing").wait_for()
    model.go.release(2)
    answer.get_by_text("numbers and regions match", exact=True).wait_for()
    worded.get_by_role("button", name="Stop").click()
    assert model.left.wait(5)
    answer.get_by_text(re.compile("not finished|没有写完")).wait_for()
    assert answer.locator(".rq-matched").count() == 1
    assert answer.locator(".rq-writing").count() == 0
    assert not worded.get_by_role("button", name="Stop").is_visible()
    ask(worded, "海南的飞机产量")
    assert worded.locator(".rq-matched").count() == 1


def test_whoever_closes_the_page_stops_the_model(worded: Page, model: Model) -> None:
    """Its server sees it soon; so does a question asked meanwhile."""
    ask(worded, QUESTION)
    assert model.asked.acquire(timeout=20)
    ask(worded, "海南的飞机产量")
    assert model.left.wait(5)
    assert "改写" in worded.locator(".rq-phrased").first.inner_text()
    assert worded.locator(".rq-writing").count() == 0
    model.left.clear()
    ask(worded, QUESTION)
    assert model.asked.acquire(timeout=20)
    worded.close()
    assert model.left.wait(5)
