"""Our own addresses beside the chat: the article page, the look of the pages, the state of the server.

Knows nothing about Gradio.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from regional_qa.errors import RegionalQAError, UsageError
from regional_qa.web import texts
from regional_qa.web.desk import Desk
from regional_qa.web.guard import ASGIApp, Receive, Scope, Send
from regional_qa.web.pages import article_page, fault_page

LOOK = Path(__file__).parent / "look"
_API = "/gradio_api/call/"


def own_pages(desk: Desk) -> FastAPI:
    """An application with ``/article/<id>``, ``/look/`` and ``/health``, on which the chat can be mounted."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/look", StaticFiles(directory=LOOK))

    @app.api_route("/article/{article_id:path}", methods=["GET", "HEAD"])
    def article(article_id: str, s: str = "", e: str = "") -> HTMLResponse:
        try:
            assistant = desk.assistant()
        except RegionalQAError as fault:
            return HTMLResponse(fault_page(texts.NO_INDEX, str(fault)), 503)
        try:
            return HTMLResponse(article_page(assistant.article(article_id), s, e))
        except UsageError:
            return HTMLResponse(fault_page(texts.MISSING, texts.MISSING_HINT.format(article_id=article_id[:80])), 404)

    @app.api_route("/health", methods=["GET", "HEAD"])
    def health() -> JSONResponse:
        try:
            assistant = desk.assistant()
        except RegionalQAError as fault:
            return JSONResponse({"status": "unavailable", "reason": str(fault)}, 503)
        return JSONResponse({"status": "ready", "generation": assistant.generation, **assistant.counts()})

    return app


class NeedsIndex:
    """ASGI middleware: the HTTP endpoints answer 503 with the cure while there is no index."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let everything but a call without an index pass."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(_API):
            try:
                await run_in_threadpool(self._desk.assistant)
            except RegionalQAError as fault:
                await JSONResponse({"detail": str(fault)}, 503)(scope, receive, send)
                return
        await self._app(scope, receive, send)
