"""With a password set nothing is seen without it: by browser, by program, and not by guessing."""

from __future__ import annotations

import base64
import importlib
import json
import re
import subprocess
import sys
import urllib.parse
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from regional_qa.web.login import TRIES, TRY_SECONDS, Login
from tests.fakes import finish
from tests.web.conftest import ROOT
from tests.web.fake_server import PASSWORD
from tests.web.test_server import fetch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

slow = pytest.mark.slow
LIST_ROUTES = """
from pathlib import Path
from regional_qa.web.desk import Desk
from regional_qa.web.server import build_app
from tests.web.fake_assistant import FakeAssistant

def paths(routes):
    for route in routes:
        for inside in (getattr(route, "app", None), getattr(route, "router", None), getattr(route, "original_router", None)):
            yield from paths(getattr(inside, "routes", []))
        if getattr(route, "path", None):
            yield route.path

app = build_app(Desk(FakeAssistant), Path("index"))
while hasattr(app, "_app"):
    app = app._app
print(*{prefix + path for path in paths(app.routes) for prefix in ("", "/gradio_api")}, sep="\\n")
"""


class Visitor:
    """Speaks to a Login from one address, by its own clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.login = Login(self._inside, "the password", clock=lambda: self.now)

    async def _inside(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})

    def ask(
        self, path: str = "/", body: bytes | None = None, address: str = "10.0.0.1", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        method = "GET" if body is None else "POST"
        finish(
            self.login(
                {"type": "http", "method": method, "path": path, "headers": raw, "client": (address, 1)}, receive, send
            )
        )
        return (
            sent[0]["status"],
            {name.decode(): value.decode() for name, value in sent[0]["headers"]},
            sent[1]["body"].decode(),
        )

    def enter(self, password: str, address: str = "10.0.0.1") -> tuple[int, str]:
        """Status and cookie of a login."""
        body = urllib.parse.urlencode({"password": password}).encode()
        status, headers, _ = self.ask("/login", body, address)
        return status, headers.get("set-cookie", "").partition(";")[0]


def test_the_cookie_of_a_login_opens_and_ends() -> None:
    """It is not readable by scripts, not sent from other pages' forms, and dies after half a day."""
    visitor = Visitor()
    status, headers, _ = visitor.ask("/login", b"password=the+password")
    assert status == 200
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(headers["set-cookie"].split("; "))
    cookie = headers["set-cookie"].partition(";")[0]
    assert visitor.ask(cookie=cookie)[2] == "inside"
    for forged in ("regional-qa=x", "regional-qa=", "x=y", "regional-qa", "\x00", cookie + "x"):
        assert visitor.ask(cookie=forged)[0] == 401
    visitor.now += 13 * 3600
    assert visitor.ask(cookie=cookie)[0] == 401


def test_servers_with_one_secret_take_each_others_sessions() -> None:
    """With another secret, another password, or none told, they do not."""

    def server(password: str = "the password", secret: str = "s" * 32) -> Visitor:
        visitor = Visitor()
        visitor.login = Login(visitor._inside, password, secret, clock=lambda: visitor.now)
        return visitor

    cookie = server().enter("the password")[1]
    assert server().ask(cookie=cookie)[2] == "inside"
    others = server(secret="t" * 32), server(password="another one"), server(secret=""), server(secret="")
    assert [other.ask(cookie=cookie)[0] for other in others] == [401] * 4
    for other in ("0." + cookie, cookie.replace("=", "=9", 1), cookie[:-1], cookie + "0", cookie.replace(".", "", 1)):
        assert server().ask(cookie=other)[0] == 401


@pytest.mark.fault("H7")
def test_guessing_is_stopped() -> None:
    """H7: after five wrong ones a minute even the right one waits; other addresses do not."""
    visitor = Visitor()
    assert [visitor.enter(f"guess {i}")[0] for i in range(100)] == [401] * TRIES + [429] * (100 - TRIES)
    assert visitor.enter("the password")[0] == 429
    assert visitor.ask(authorization="Bearer the password")[0] == 429
    assert visitor.enter("the password", address="10.0.0.2")[0] == 200
    visitor.now += TRY_SECONDS
    assert visitor.enter("the password")[0] == 200


def basic(password: str) -> str:
    """A password as programs send it that also send a name."""
    return "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()


@pytest.mark.parametrize("sent", [lambda password: f"Bearer {password}", basic])
def test_programs_send_the_password_along(sent: Callable[[str], str]) -> None:
    """And wrong ones count as guesses."""
    visitor = Visitor()
    assert visitor.ask("/mcp", b"{}", authorization=sent("the password"))[2] == "inside"
    assert [visitor.ask("/mcp", b"{}", authorization=sent("another"))[0] for _ in range(TRIES + 1)][-1] == 429


@pytest.mark.parametrize("body", [b"", b"password", b"password=", b"\xff\xfe", b"a=b&" * 200, b'{"password": 1}'])
def test_awkward_bodies_are_wrong_passwords(body: bytes) -> None:
    """Never a fault of the server."""
    try:
        assert Visitor().ask("/login", body)[0] == 401
    except ValueError:
        pytest.fail("a body brought the login down")


@pytest.mark.fault("H8")
@slow
def test_nothing_but_the_form_is_open(server_with_login: str) -> None:
    """H8: every route of ours and of Gradio's, by every method that passes the guard; a new one must be thought of here."""
    done = subprocess.run([sys.executable, "-c", LIST_ROUTES], cwd=ROOT, capture_output=True, text=True, timeout=120)
    shown = {re.sub(r"\{[^}]*\}", "x", path) for path in done.stdout.split()}
    assert {"/health", "/metrics", "/article/x", "/mcp", "/gradio_api/upload", "/gradio_api/queue/join"} <= shown, (
        done.stderr
    )
    opened = {path for path in shown for body in (None, b"{}") if fetch(server_with_login + path, body)[0] == 200}
    assert opened == {"/health", "/ready", "/login", "/favicon.ico"}
    assert "密码" in fetch(f"{server_with_login}/", Accept="text/html")[1]
    assert fetch(f"{server_with_login}/login", b"password=x", Origin="http://evil.example")[0] == 403


@slow
def test_gradios_client_logs_in(server_with_login: str) -> None:
    """With its own argument; without it, or with another password, it is told so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = importlib.import_module("gradio_client").Client
        caller = client(server_with_login, auth=("anyone", PASSWORD), verbose=False, analytics_enabled=False)
        assert caller.predict("安徽", api_name="/ask")["status"] == "answered"
        with pytest.raises(Exception, match="credentials"):
            client(server_with_login, auth=("anyone", "wrong"), verbose=False, analytics_enabled=False)
    call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    accept = "application/json, text/event-stream"
    assert fetch(f"{server_with_login}/mcp", call, Accept=accept)[0] == 401
    assert fetch(f"{server_with_login}/mcp", call, Accept=accept, Authorization=basic(PASSWORD))[0] == 200


@slow
def test_a_person_logs_in(browser: Browser, server_with_login: str) -> None:
    """The form, a wrong password, the right one, and the chat is there and answers."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server_with_login}/facts")
    assert page.url == f"{server_with_login}/login"
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="进入").click()
    assert page.get_by_role("alert").inner_text() == "密码不对。"
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("密码").press("Enter")
    page.locator("#rq-question textarea").wait_for()
    page.locator("#rq-question textarea").fill("安徽光伏产量占全国多少")
    page.locator("#rq-question textarea").press("Enter")
    page.locator(".rq-card mark").wait_for()
    context.close()
