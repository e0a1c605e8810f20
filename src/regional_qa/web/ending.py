"""The end of a server: streams that last as long as a page is open end at once, and what takes too long is left behind.

Knows nothing about what is served.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import threading

import uvicorn

from regional_qa.web.guard import ASGIApp, Message, Receive, Scope, Send

ENDING_SECONDS = 2.5
"""From the signal to the end at most, for the sake of requests under way; nothing is lost with those it cuts off."""
_ENDLESS = re.compile(r"/gradio_api/heartbeat/.+")


class Ending:
    """ASGI middleware; ``begun`` is set when the server stops, and tells streams without an end that their visitor left."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.begun = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_endless = scope["type"] == "http" and _ENDLESS.fullmatch(scope["path"])
        await self._app(scope, self._or_gone(receive) if is_endless else receive, send)

    def _or_gone(self, receive: Receive) -> Receive:
        async def heard() -> Message:
            hearing, ending = asyncio.ensure_future(receive()), asyncio.ensure_future(self.begun.wait())
            try:
                done, _ = await asyncio.wait((hearing, ending), return_when=asyncio.FIRST_COMPLETED)
                return hearing.result() if hearing in done else {"type": "http.disconnect"}
            finally:
                hearing.cancel()
                ending.cancel()

        return heard


class Server(uvicorn.Server):
    """Serves until a signal comes, then ends within ``ENDING_SECONDS``, whatever still works."""

    def __init__(self, config: uvicorn.Config, ending: Ending) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what is under way come to its end."""
        self._ending.begun.set()
        # a thread that answers cannot be stopped, and Python would wait for it
        late = threading.Timer(ENDING_SECONDS, os._exit, (0,))
        late.daemon = True
        late.start()
        await super().shutdown(sockets)
