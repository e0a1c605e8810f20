"""Whether the browser that asked is still there, told to the thread that answers it.

Knows nothing about questions, Gradio or language models.
"""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

from regional_qa.web.guard import ASGIApp, Message, Receive, Scope, Send

_GONE: ContextVar[threading.Event | None] = ContextVar("gone", default=None)


def has_left() -> bool:
    """Whether the client of the request that this thread works for has closed its connection, or the server stops."""
    gone = _GONE.get()
    return gone is not None and gone.is_set()


class Presence:
    """ASGI middleware: once the body of a request is read, watches its connection for as long as the answer takes.

    Threads that an application starts through anyio inherit the context; what waits in a queue of its own does not.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        gone = threading.Event()
        _GONE.set(gone)
        watching: list[asyncio.Task[None]] = []

        async def watch() -> None:
            if (await receive())["type"] == "http.disconnect":
                gone.set()

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False) and not watching:
                watching.append(asyncio.create_task(watch()))
            return message

        try:
            await self._app(scope, heard, send)
        finally:
            gone.set()
            for task in watching:
                task.cancel()
