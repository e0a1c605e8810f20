"""A password before everything, where one is set: who has not given it sees the form for it and nothing else.

Five wrong ones a minute from one address, and the address waits. A session is a cookie that says until when it holds and
is sealed: servers with one secret take each other's, and without a secret a session ends with its server.
Knows nothing about what lies behind it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from regional_qa.web import texts
from regional_qa.web.guard import ASGIApp, Receive, Scope, Send
from regional_qa.web.language import Language, language_of
from regional_qa.web.pages import whole_page
from regional_qa.web.texts import Text

PATH = "/login"
COOKIE = "regional-qa"
SESSION_SECONDS = 12 * 3600
TRIES = 5
"""Wrong passwords that an address has, each for a minute."""
TRY_SECONDS = 60.0
_MOST = 1000
"""Addresses remembered at most; the oldest go first."""
_OPEN = ("/look/", "/favicon.ico", "/health", "/ready")
_TEXTS: dict[str, Text] = {
    "password": Text("密码", "Password"),
    "enter": Text("进入", "Enter"),
    "wrong": Text("密码不对。", "That is not the password."),
    "wait": Text("试错太多次，请一分钟后再试。", "Too many wrong passwords; try again in a minute."),
    "first": Text("请先登录。", "Please log in first."),
    "done": Text("已登录，正在打开…", "Logged in, opening…"),
}  # fmt: skip


class Login:
    """ASGI middleware: pass with a session's cookie, or with the password in an Authorization header.

    ``secret`` is what servers share that take each other's sessions; another password ends them all.
    """

    def __init__(self, app: ASGIApp, password: str, secret: str = "", clock: Callable[[], float] = time.time) -> None:
        self._app = app
        self._digest = _digest(password)
        shared = secret.encode() or secrets.token_bytes(32)
        self._key = hmac.digest(shared, self._digest.encode(), "sha256")
        self._clock = clock
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let those in who may; show the form to a browser, and a line to a program."""
        if scope["type"] != "http" or (scope["path"].startswith(_OPEN) and scope["path"] != PATH):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        language = language_of(headers.get("cookie", ""), headers.get("accept-language", ""))
        if scope["path"] == PATH:
            if scope["method"] == "POST":
                await self._enter(scope, receive, send, language)
            else:
                await _answer(send, 200, _form(language))
        elif self._knows(headers.get("cookie", "")):
            await self._app(scope, receive, send)
        elif given := _given(headers.get("authorization", "")):
            status = self._try(scope, given)
            await (self._app(scope, receive, send) if status == 200 else _answer(send, status, _line(status, language)))
        elif scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            await _answer(send, 303, "", [(b"location", PATH.encode())])
        else:
            await _answer(send, 401, f"{_TEXTS['first'].to(language)}\n")

    async def _enter(self, scope: Scope, receive: Receive, send: Send, language: Language) -> None:
        body = (await receive()).get("body", b"")  # the guard has read all of it
        given = parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]
        status = self._try(scope, given)
        if status != 200:
            await _answer(send, status, _form(language, "wait" if status == 429 else "wrong"))
            return
        token = self._sealed(f"{int(self._clock()) + SESSION_SECONDS}.{secrets.token_urlsafe(12)}")
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={SESSION_SECONDS}{secure}"
        page = whole_page(
            texts.TITLE.to(language), f"<main><p>{_TEXTS['done'].to(language)}</p></main>", language,
            '<meta http-equiv="refresh" content="0; url=/">',
        )  # fmt: skip
        # 200 and not a redirect: Gradio's client takes nothing else for a login
        await _answer(send, 200, page, [(b"set-cookie", cookie.encode())])

    def _try(self, scope: Scope, given: str) -> int:
        """200 for the password, 401 for another, 429 for any from an address that tried too often."""
        address, now = (scope.get("client") or ("",))[0], self._clock()
        wrong = self._wrong.get(address, deque())
        while wrong and wrong[0] <= now - TRY_SECONDS:
            wrong.popleft()
        if len(wrong) >= TRIES:
            return 429
        if hmac.compare_digest(_digest(given), self._digest):
            return 200
        wrong.append(now)
        self._wrong[address] = wrong
        self._wrong.move_to_end(address)
        while len(self._wrong) > _MOST:
            self._wrong.popitem(last=False)
        return 401

    def _knows(self, header: str) -> bool:
        try:
            morsel = SimpleCookie(header).get(COOKIE)
        except CookieError:
            return False
        if morsel is None:
            return False
        told = morsel.value.rpartition(".")[0]
        until = told.partition(".")[0]
        sealed = hmac.compare_digest(self._sealed(told).encode(), morsel.value.encode("utf-8", "replace"))
        return sealed and float(until) > self._clock()

    def _sealed(self, told: str) -> str:
        """What is told, with a seal that only who knows the secret and the password can make."""
        return f"{told}.{hmac.new(self._key, told.encode('utf-8', 'replace'), 'sha256').hexdigest()}"


def _given(authorization: str) -> str:
    """The password that a program sends.

    >>> _given("Bearer abc"), _given("Basic dXNlcjphYmM="), _given("Digest x"), _given("Basic %")
    ('abc', 'abc', '', '')
    """
    kind, _, rest = authorization.partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode("utf-8", "replace").partition(":")[2]
    except binascii.Error:
        return ""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _form(language: Language, fault: str = "") -> str:
    title = texts.TITLE.to(language)
    notice = f'<p class="notice" role="alert">{_TEXTS[fault].to(language)}</p>' if fault else ""
    field = (
        f"<label><span>{_TEXTS['password'].to(language)}</span>"
        '<input type="password" name="password" autocomplete="current-password" required autofocus></label>'
    )
    form = f'<form action="{PATH}" method="post">{field}<button>{_TEXTS["enter"].to(language)}</button></form>'
    return whole_page(
        title, f'<main class="wide login"><header><h1>{title}</h1></header>{notice}{form}</main>', language
    )


def _line(status: int, language: Language) -> str:
    return f"{_TEXTS['wait' if status == 429 else 'wrong'].to(language)}\n"


async def _answer(send: Send, status: int, text: str, more: list[tuple[bytes, bytes]] | None = None) -> None:
    body = text.encode()
    kind = b"text/html; charset=utf-8" if text.startswith("<!") else b"text/plain; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    if status == 429:
        headers.append((b"retry-after", str(int(TRY_SECONDS)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *(more or [])]})
    await send({"type": "http.response.body", "body": body})
