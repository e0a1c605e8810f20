"""Search and ask as tools of the Model Context Protocol, for language-model clients; there where ``mcp`` is installed.

One request, one answer: no sessions and no streams, so that the guard in front of it sees all there is.
Knows nothing about pages or Gradio.
"""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

from regional_qa.errors import RegionalQAError
from regional_qa.records import answer_record, hit_record
from regional_qa.web.desk import Desk, Filters
from regional_qa.web.faults import unforeseen
from regional_qa.web.guard import BODY_LIMIT

PATH = "/mcp"
_ABOUT = (
    "Chinese regional-development news. Every answer is a quotation with the place where it stands; "
    "an answer with the status 'abstained' means that the corpus does not say."
)


def are_there() -> bool:
    """Whether the package that speaks the protocol is installed."""
    return importlib.util.find_spec("mcp") is not None


def add_tools(app: FastAPI, desk: Desk) -> None:
    """Answer MCP clients under ``/mcp`` of an application, as long as it runs."""
    from mcp.server.mcpserver import MCPServer
    from mcp.types import ToolAnnotations

    server: MCPServer[Any] = MCPServer("regional-qa", instructions=_ABOUT, log_level="WARNING", subscriptions=False)
    read_only = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for tool in _tools(desk):
        server.add_tool(tool, annotations=read_only)
    # host and origin are the guard's to judge, for every path alike
    inner = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, max_request_body_size=BODY_LIMIT, host=""
    )
    app.router.routes += [route for route in inner.routes if isinstance(route, Route) and route.path == PATH]
    before = app.router.lifespan_context

    @asynccontextmanager
    async def running(application: Any) -> AsyncIterator[Any]:
        async with before(application) as state, server.session_manager.run():
            yield state

    app.router.lifespan_context = running


def _tools(desk: Desk) -> tuple[Callable[..., Any], ...]:
    """The tools as plain functions, from whose signatures clients learn how to call them."""
    from mcp.server.mcpserver.exceptions import ToolError

    def search(query: str, k: int = 10, regions: str = "", since: str = "", until: str = "") -> list[dict[str, Any]]:
        """Find the passages of the news nearest to a query, in Chinese or English.

        ``regions`` are separated by commas (安徽,江西); ``since`` and ``until`` are days of publication, YYYY-MM-DD.
        ``k`` is at most 100. Each passage has its headline, publisher, date and place in the article.
        """
        try:
            limits = Filters.read(regions, since, until)
            hits = desk.assistant().search(query, k=k, regions=limits.regions, since=limits.since, until=limits.until)
        except RegionalQAError as fault:
            raise ToolError(" ".join(str(fault).split())) from fault
        except Exception as fault:  # noqa: BLE001 - its text would reach the client
            raise ToolError(unforeseen(fault)) from None
        return [hit_record(hit) for hit in hits]

    def ask(question: str, regions: str = "", since: str = "", until: str = "") -> dict[str, Any]:
        """Answer a question with quotations from the news, or say why not.

        ``text`` quotes word for word and labels each quotation [n]; ``citations`` tell where each stands.
        ``regions`` are separated by commas (安徽,江西); ``since`` and ``until`` are days of publication, YYYY-MM-DD.
        """
        try:
            limits = Filters.read(regions, since, until)
            answer = desk.assistant().ask(question, regions=limits.regions, since=limits.since, until=limits.until)
        except RegionalQAError as fault:
            raise ToolError(" ".join(str(fault).split())) from fault
        except Exception as fault:  # noqa: BLE001 - its text would reach the client
            raise ToolError(unforeseen(fault)) from None
        return answer_record(answer)

    return search, ask
