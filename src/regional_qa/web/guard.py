"""A small gate before every request: whose host, whose page, how large, which path; and safe headers on the way out.

Gradio answers any host, echoes foreign origins and takes bodies of any size; this does not. Pure ASGI.
Knows nothing about questions or answers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from regional_qa.web import texts

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = 64 * 1024
"""Bytes of a request body; a question is at most a few kilobytes."""
BODY_SECONDS = 10.0
"""Until a body must be there; one that is half sent may not hold a connection for ever."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - refused without a password
_GET = re.compile(
    r"/|/(article|assets|static|look|svelte)/.+|/(config|theme\.css|favicon\.ico|robots\.txt|health)/?|/(ready|metrics|status|coverage|articles|login)|/facts(\.csv)?"
    r"|/gradio_api/((info|config|startup-events|app_id|queue/data|queue/status|theme\.css)/?|heartbeat/[\w-]+|call/(ask|search)/[\w-]+)"
)
_POST = re.compile(r"/gradio_api/((queue/join|cancel|reset)/?|run/predict/?|call/(ask|search)/?)|/mcp|/login|/wording")
_CHAT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'none'; object-src 'none'; "
    "frame-src 'none'; worker-src 'self' blob:; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_ARTICLE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FORM_POLICY = _ARTICLE_POLICY.replace("form-action 'none'", "form-action 'self'")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Headers:
    """ASGI middleware: safe headers on every response, over what the application set; no CORS grant passes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await self._app(scope, receive, _secured(send, scope["path"]) if scope["type"] == "http" else send)


class Guard:
    """ASGI middleware; ``hosts`` are the names, without port, under which the server may be called.

    A server that listens on all addresses of its machine may be called by the one that a request came in by.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower() for host in hosts}
        self._everywhere = bool(self._hosts & EVERYWHERE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a sound request on; answer any other with its status and one line."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault:
            await refuse(fault, send)
            return
        try:
            body = await asyncio.wait_for(_body(receive), BODY_SECONDS) if scope["method"] == "POST" else b""
        except TimeoutError:
            await refuse(408, send)
            return
        if body is None:
            await refuse(413, send)
            return
        await self._app(scope, replay(body, receive) if scope["method"] == "POST" else receive, send)

    def _fault(self, scope: Scope) -> int:
        """The status a request must be refused with, or 0."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        name = host_name(host)
        if name not in self._hosts and not (self._everywhere and name == (scope.get("server") or ("",))[0]):
            return 421
        origin = headers.get("origin")
        if origin is not None and origin.lower().partition("://")[2] != host.lower():
            return 403
        allowed = {"GET": _GET, "HEAD": _GET, "POST": _POST}.get(scope["method"])
        if allowed is None or not allowed.fullmatch(scope["path"]):
            return 404
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            return 413
        return 0


def host_name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> host_name("127.0.0.1:7860"), host_name("[::1]:7860"), host_name("Localhost")
    ('127.0.0.1', '::1', 'localhost')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is over the limit or the client left."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read once more, then what the connection says."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _policy(path: str) -> str:
    if path.startswith("/article/") or path in ("/status", "/coverage", "/articles"):
        return _ARTICLE_POLICY
    return _FORM_POLICY if path in ("/facts", "/facts.csv", "/login") else _CHAT_POLICY


def _secured(send: Send, path: str) -> Send:
    own = {**_HEADERS, "content-security-policy": _policy(path)}

    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message.get("headers", [])
                if (low := name.decode("latin-1").lower()) not in own and not low.startswith("access-control-")
            ]
            message["headers"] = kept + [(name.encode(), value.encode()) for name, value in own.items()]
        await send(message)

    return secured


async def refuse(status: int, send: Send) -> None:
    """Answer with a status and one line."""
    body = f"{texts.GUARD[status]}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
