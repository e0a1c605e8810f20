"""Every request: its id, what became of it and how long it took, told to the log and to the meter.

Only the kind of a path is told, never the path, so that no word of a visitor stands in a log or a metric.
Knows nothing about what is answered.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from regional_qa.web.guard import ASGIApp, Message, Receive, Scope, Send
from regional_qa.web.logs import REQUEST_ID

logger = logging.getLogger(__name__)

HEADER = "x-request-id"
LEFT = 499
"""Status of a request whose visitor was gone before there was an answer, as other servers call it."""
OTHER = "other"
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_EXACT = frozenset(
    (
        "/",
        "/facts",
        "/facts.csv",
        "/coverage",
        "/articles",
        "/status",
        "/login",
        "/mcp",
        "/health",
        "/ready",
        "/metrics",
    )
)
_BELOW = {
    "/article/": "/article/{id}",
    "/gradio_api/run/": "/gradio_api/run/{event}",
    "/gradio_api/call/ask": "/gradio_api/call/ask",
    "/gradio_api/call/search": "/gradio_api/call/search",
    "/gradio_api/queue/": "/gradio_api/queue/{step}",
    "/gradio_api/heartbeat/": "/gradio_api/heartbeat/{session}",
    "/gradio_api/": "/gradio_api/{other}",
    "/look/": "/look/{file}",
    "/assets/": "/assets/{file}",
    "/static/": "/static/{file}",
    "/svelte/": "/svelte/{file}",
}
_METHODS = frozenset(("GET", "HEAD", "POST"))
_QUIET = frozenset(("/health", "/ready", "/metrics"))
"""Asked every few seconds by machines: told from debug on."""

Told = Callable[[str, str, int], None]
"""Is told method, kind of path and status of each request."""


class Visits:
    """ASGI middleware before all others; ``told`` hears of every request that has ended."""

    def __init__(self, app: ASGIApp, told: Told) -> None:
        self._app, self._told = app, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        REQUEST_ID.set(request_id)
        status, start = LEFT, time.perf_counter()

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() != HEADER.encode()]
                message["headers"] = [*kept, (HEADER.encode(), request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, named)
        except Exception:
            status = 500
            raise
        finally:
            self._tell(scope, status, time.perf_counter() - start)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else OTHER
        route, milliseconds = route_of(scope["path"]), round(1000 * seconds, 1)
        self._told(method, route, status)
        level = logging.DEBUG if route in _QUIET and status < 500 else logging.INFO
        if logger.isEnabledFor(level):
            fields = {"method": method, "route": route, "status": status, "ms": milliseconds}
            line = f"{method} {route} {status} {milliseconds} ms {REQUEST_ID.get()}"
            logger.log(level, line, extra={"fields": fields})


def route_of(path: str) -> str:
    """The kind of a path, out of a short list.

    >>> route_of("/facts"), route_of("/article/某篇"), route_of("/gradio_api/run/on_question"), route_of("/.env")
    ('/facts', '/article/{id}', '/gradio_api/run/{event}', 'other')
    """
    if path in _EXACT:
        return path
    return next((route for start, route in _BELOW.items() if path.startswith(start)), OTHER)


def _request_id(scope: Scope) -> str:
    """The id that a proxy gave, where it is a plain word; else a new one."""
    for name, value in scope["headers"]:
        if name.lower() == HEADER.encode():
            given: str = value.decode("latin-1")
            return given if _SANE.fullmatch(given) else uuid.uuid4().hex
    return uuid.uuid4().hex
