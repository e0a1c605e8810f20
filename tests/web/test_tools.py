"""A client of the Model Context Protocol finds the tools and calls them, over HTTP, through the guard."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from tests.web.test_server import fetch

mcp_client = pytest.importorskip("mcp.client", reason="the extra mcp is not installed")

pytestmark = pytest.mark.slow
MODES = ("auto", "legacy")
"""How today's clients begin, and how those of the years before did."""


def visit(server: str, mode: str, talk: Callable[[Any], Awaitable[Any]]) -> Any:
    """What a client hears in one visit; in a thread of its own, since another test may have a loop running here."""

    async def run() -> Any:
        async with mcp_client.Client(f"{server}/mcp", mode=mode) as client:
            return await talk(client)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, run).result(60)


@pytest.mark.parametrize("mode", MODES)
def test_a_client_lists_the_tools(server: str, mode: str) -> None:
    """Both, told in words, with what they take; marked as reading only."""
    tools = {tool.name: tool for tool in visit(server, mode, lambda client: client.list_tools()).tools}
    assert set(tools) == {"search", "ask"}
    assert list(tools["search"].input_schema["properties"]) == ["query", "k", "regions", "since", "until"]
    assert tools["ask"].input_schema["required"] == ["question"]
    assert "quotations" in tools["ask"].description
    assert all(tool.annotations.read_only_hint for tool in tools.values())


@pytest.mark.parametrize("mode", MODES)
def test_a_client_calls_the_tools(server: str, mode: str) -> None:
    """The same records as everywhere else, as structured content and as text."""
    asked = visit(server, mode, lambda client: client.call_tool("ask", {"question": "安徽光伏产量占全国多少"}))
    answer = asked.structured_content
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] + "[1]" == answer["text"]
    assert json.loads(asked.content[0].text) == answer
    wanted = {"query": "光伏", "k": 1, "regions": "江西"}
    found = visit(server, mode, lambda client: client.call_tool("search", wanted)).structured_content
    assert [(hit["rank"], hit["article_id"]) for hit in found["result"]] == [(1, "jiangxi")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"question": "安徽", "since": "昨天"}, "日期要写成 2024-01-31 这样"),
        ({"question": " "}, "the question is empty"),
        ({}, "question"),
        ({"question": ["安徽"]}, "question"),
    ],
)
def test_a_fault_is_told_to_the_client(server: str, arguments: dict[str, Any], said: str) -> None:
    """An error that the model can read and mend; never a traceback."""
    told = visit(server, "auto", lambda client: client.call_tool("ask", arguments))
    assert told.is_error
    assert said in told.content[0].text
    assert "Traceback" not in told.content[0].text


def test_without_an_index_the_tools_say_the_cure(server_without_index: str) -> None:
    """Listed all the same, so that a client started too early goes on when the index is there."""
    told = visit(server_without_index, "auto", lambda client: client.call_tool("ask", {"question": "安徽"}))
    assert told.is_error
    assert "regional-qa rebuild" in told.content[0].text


def test_the_guard_stands_before_the_tools(server: str) -> None:
    """Foreign host or origin, a large body, any other method or path: refused as everywhere."""
    call = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
    assert fetch(f"{server}/mcp", call, Accept="application/json, text/event-stream")[0] == 200
    assert fetch(f"{server}/mcp", call, Host="evil.example")[0] == 421
    assert fetch(f"{server}/mcp", call, Origin="http://evil.example")[0] == 403
    assert fetch(f"{server}/mcp", b"x" * 70_000)[0] == 413
    assert fetch(f"{server}/mcp")[0] == 404
    assert fetch(f"{server}/mcp/", call)[0] == 404
    assert fetch(f"{server}/gradio_api/mcp", call)[0] == 404
