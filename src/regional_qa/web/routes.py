"""Our own addresses beside the chat: the article page, the fact table, the look of the pages, the state of the server.

Knows nothing about Gradio.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

from fastapi import Body, Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from regional_qa.errors import RegionalQAError, UsageError
from regional_qa.web import texts
from regional_qa.web.by_generation import ByGeneration
from regional_qa.web.coverage import Coverage, survey
from regional_qa.web.coverage_page import ArticlesAsked, coverage_page, list_page
from regional_qa.web.desk import Assistant, Desk, FactsAsked
from regional_qa.web.fact_page import fact_file, fact_page
from regional_qa.web.guard import ASGIApp, Receive, Scope, Send
from regional_qa.web.index_state import corpus_of, index_state
from regional_qa.web.language import Language, language_of
from regional_qa.web.meter import CONTENT_TYPE, Meter
from regional_qa.web.original import original
from regional_qa.web.pages import article_page, fault_page, missing_page
from regional_qa.web.render import seen
from regional_qa.web.status_page import status_page

PATIENCE = 1.5
"""Seconds that a visitor waits for the first count of a new index, before a page says that it is under way."""
LOOK = Path(__file__).parent / "look"
_ATTACHED = 'attachment; filename="facts.csv"'
_API = "/gradio_api/call/"


def reader(request: Request) -> Language:
    """The language a page is written in for whoever sent this request."""
    return language_of(request.headers.get("cookie", ""), request.headers.get("accept-language", ""))


Reader = Annotated[Language, Depends(reader)]


def own_pages(desk: Desk, index: Path) -> FastAPI:
    """An application with our own pages, on which the chat can be mounted; ``index`` is the folder it answers from."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/look", StaticFiles(directory=LOOK))

    @app.api_route("/article/{article_id:path}", methods=["GET", "HEAD"])
    def article(article_id: str, language: Reader, s: str = "", e: str = "", q: str = "") -> HTMLResponse:
        try:
            assistant = desk.assistant()
        except RegionalQAError as fault:
            return _cannot_answer(fault, language)
        try:
            found = assistant.article(article_id)
        except UsageError:
            return HTMLResponse(missing_page(article_id, language), 404)
        corpus = corpus_of(index, assistant.generation)
        return HTMLResponse(article_page(found, s, e, q, original(corpus, found) if corpus else None, language))

    @app.api_route("/facts", methods=["GET", "HEAD"])
    def facts(asked: Annotated[FactsAsked, Depends()], language: Reader = "zh") -> HTMLResponse:
        try:
            assistant = desk.assistant()
        except RegionalQAError as fault:
            return _cannot_answer(fault, language)
        try:
            return HTMLResponse(fact_page(asked, asked.of(assistant, language), assistant.article, language=language))
        except UsageError as fault:
            return HTMLResponse(fact_page(asked, (), assistant.article, texts.told(fault, language), language), 400)

    @app.api_route("/facts.csv", methods=["GET", "HEAD"])
    def facts_csv(asked: Annotated[FactsAsked, Depends()], language: Reader = "zh") -> Response:
        try:
            assistant = desk.assistant()
            table = fact_file(asked.of(assistant, language), assistant.article)
        except RegionalQAError as fault:
            line = seen(" ".join(texts.told(fault, language).split()))
            return PlainTextResponse(f"{line}\n", 400 if isinstance(fault, UsageError) else 503)
        # spreadsheets take a file for UTF-8 only by its byte-order mark
        return Response(table.encode("utf-8-sig"), media_type="text/csv", headers={"content-disposition": _ATTACHED})

    surveys = ByGeneration[Coverage]("coverage")

    def surveyed(patience: float) -> tuple[Assistant, Coverage | None]:
        assistant = desk.assistant()
        return assistant, surveys.of(assistant.generation, lambda: survey(assistant.articles()), patience)

    @app.api_route("/coverage", methods=["GET", "HEAD"])
    def coverage(language: Reader) -> HTMLResponse:
        try:
            return HTMLResponse(coverage_page(surveyed(PATIENCE)[1], language))
        except RegionalQAError as fault:
            return _cannot_answer(fault, language)

    @app.api_route("/articles", methods=["GET", "HEAD"])
    def articles(asked: Annotated[ArticlesAsked, Depends()], language: Reader = "zh") -> HTMLResponse:
        try:
            assistant, told = surveyed(PATIENCE)
        except RegionalQAError as fault:
            return _cannot_answer(fault, language)
        page = list_page(asked, told, assistant.article, language) if told else coverage_page(None, language)
        return HTMLResponse(page)

    @app.api_route("/status", methods=["GET", "HEAD"])
    def status(language: Reader) -> HTMLResponse:
        serving = ""
        with contextlib.suppress(RegionalQAError):
            serving = desk.assistant().generation
        return HTMLResponse(status_page(index_state(index), serving, language))

    @app.post("/wording")
    def wording(name: Annotated[str, Body(embed=True)]) -> Response:
        if (found := desk.wordings.get(name)) is None:
            return PlainTextResponse("", 404)
        return StreamingResponse(found.lines(), media_type="text/plain", headers={"cache-control": "no-store"})

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> JSONResponse:  # in the loop itself, which is what is asked for
        return JSONResponse({"status": "alive"})

    @app.api_route("/ready", methods=["GET", "HEAD"])
    def ready() -> JSONResponse:
        try:
            assistant = desk.assistant()
        except RegionalQAError as fault:
            return JSONResponse({"status": "unavailable", "reason": str(fault)}, 503)
        status = {"status": "degraded", "reason": assistant.notice} if assistant.notice else {"status": "ready"}
        return JSONResponse({**status, "generation": assistant.generation, **assistant.counts()})

    return app


def _cannot_answer(fault: RegionalQAError, language: Language) -> HTMLResponse:
    return HTMLResponse(fault_page(texts.NO_INDEX.to(language), texts.told(fault, language), language), 503)


def add_numbers(app: FastAPI, meter: Meter) -> None:
    """Answer Prometheus under ``/metrics``."""

    @app.api_route("/metrics", methods=["GET", "HEAD"])
    def metrics() -> Response:
        return Response(meter.page(), headers={"content-type": CONTENT_TYPE})


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
