"""Work comes one after another: so many requests at once, so many waiting, and to all beyond it is said at once that we are busy.

What an endless crowd asks for is refused within milliseconds, so that who comes after it is served within seconds.
Knows nothing about what is asked.
"""

from __future__ import annotations

import asyncio
import json
import re

from regional_qa.web.guard import ASGIApp, Receive, Scope, Send

AT_ONCE = 8
"""Requests worked on at a time; more than cores, since one that asks a language model waits most of its time."""
WAITING = 32
"""Requests that wait for their turn."""
BUSY = "现在提问的人太多，请过几秒再试 · Busy, please try again in a few seconds"
_WORK = re.compile(
    r"/gradio_api/(run|call|queue)/.*|/mcp|/wording|/(facts(\.csv)?|coverage|articles|status)|/article/.+"
)


class Turns:
    """ASGI middleware: requests that make work take turns; pages' files, streams and the rest pass."""

    def __init__(self, app: ASGIApp, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._app = app
        self._turns = asyncio.Semaphore(at_once)
        self._most = self._free = at_once + waiting
        self.refused = 0
        """How many were told that we are busy."""

    @property
    def under_way(self) -> int:
        """Requests that are worked on or wait for their turn."""
        return self._most - self._free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in turn, or say at once that too many wait."""
        if scope["type"] != "http" or not _makes_work(scope):
            await self._app(scope, receive, send)
            return
        if not self._free:
            self.refused += 1
            await _busy(send)
            return
        self._free -= 1
        try:
            async with self._turns:
                await self._app(scope, receive, send)
        finally:
            self._free += 1


def _makes_work(scope: Scope) -> bool:
    """Whether a request is answered by searching or reading; a stream of Gradio's only waits for what another does."""
    if scope["method"] == "GET" and scope["path"].startswith("/gradio_api/"):
        return False
    return _WORK.fullmatch(scope["path"]) is not None


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
