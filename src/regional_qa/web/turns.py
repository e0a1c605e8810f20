"""Work comes one after another: so many requests at once, so many waiting, and to all beyond it is said at once that we are busy.

What an endless crowd asks for is refused within milliseconds, so that who comes after it is served within seconds.
Knows nothing about what is asked.
"""

from __future__ import annotations

import asyncio
import json
import re

from regional_qa.web.guard import ASGIApp, Receive, Scope, Send

AT_ONCE = 3
"""Requests worked on at a time; more would not be done sooner, and keep whoever is turned away waiting for the word."""
LISTENING = 8
"""Requests at a time that may spend most of their time waiting for a language model; they never hold up the others."""
WAITING = 32
"""Requests of either kind that wait for their turn."""
BUSY = "现在提问的人太多，请过几秒再试 · Busy, please try again in a few seconds"
_LISTENS = re.compile(r"/mcp|/wording")
_WORK = re.compile(r"/gradio_api/(run|call|queue)/.*|/(facts(\.csv)?|coverage|articles|status)|/article/.+")


class Turns:
    """ASGI middleware: requests that make work take turns; pages' files, streams and the rest pass."""

    def __init__(
        self, app: ASGIApp, at_once: int = AT_ONCE, waiting: int = WAITING, listening: int = LISTENING
    ) -> None:
        self._app = app
        self._lines = ((_LISTENS, Line(listening, waiting)), (_WORK, Line(at_once, waiting)))
        self.refused = 0
        """How many were told that we are busy."""

    @property
    def under_way(self) -> int:
        """Requests that are worked on or wait for their turn."""
        return sum(line.most - line.free for _, line in self._lines)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in turn, or say at once that too many wait."""
        line = self._line(scope) if scope["type"] == "http" else None
        if line is None:
            await self._app(scope, receive, send)
            return
        if not line.free:
            self.refused += 1
            await _busy(send)
            return
        line.free -= 1
        try:
            async with line.turns:
                await self._app(scope, receive, send)
        finally:
            line.free += 1

    def _line(self, scope: Scope) -> Line | None:
        """Where a request waits; a stream of Gradio's only waits for what another does."""
        if scope["method"] == "GET" and scope["path"].startswith("/gradio_api/"):
            return None
        return next((line for paths, line in self._lines if paths.fullmatch(scope["path"])), None)


class Line:
    """So many at once, so many behind them; ``free`` is how many may still come."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.turns = asyncio.Semaphore(at_once)
        self.most = self.free = at_once + waiting


async def _busy(send: Send) -> None:
    """503 in words that both a page of Gradio's and a program can show."""
    body = json.dumps({"error": BUSY, "detail": BUSY}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"3"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
