"""A crowd is told at once that we are busy; who comes after it is served; what makes no work never waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from regional_qa.web.turns import Turns
from tests.fakes import finish


class Slow:
    """Answers 200 once it may; counts how many it works on at once."""

    def __init__(self) -> None:
        self.may, self.now, self.most = asyncio.Event(), 0, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.may.wait()
        self.now -= 1
        if scope["path"].endswith("/fault"):
            raise RuntimeError("of the application")
        await send({"type": "http.response.start", "status": 200, "headers": []})


async def ask(app: Turns, path: str = "/gradio_api/run/x", method: str = "POST") -> list[MutableMapping[str, Any]]:
    """What is sent back."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    await app({"type": "http", "method": method, "path": path}, receive, send)
    return sent


@pytest.mark.fault("H6")
def test_a_crowd_is_turned_away_at_once() -> None:
    """Of 300 some are worked on, some wait, the rest hear 503 with words and a time before the first is done."""

    async def crowd() -> tuple[list[int], int, bytes]:
        slow = Slow()
        app = Turns(slow, at_once=2, waiting=8)
        asked = [asyncio.create_task(ask(app)) for _ in range(300)]
        for _ in range(5):
            await asyncio.sleep(0)
        refused = [task.result() for task in asked if task.done()]
        assert len(refused) == 290
        slow.may.set()
        statuses = [sent[0]["status"] for sent in await asyncio.gather(*asked)]
        assert (await ask(app))[0]["status"] == 200  # a fresh visitor
        assert dict(refused[0][0]["headers"])[b"retry-after"] == b"3"
        return statuses, slow.most, refused[0][1]["body"]

    statuses, most, body = finish(crowd())
    assert (statuses.count(200), statuses.count(503)) == (10, 290)
    assert most == 2
    assert "Busy" in json.loads(body)["error"]


@pytest.mark.fault("H6")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/look/chat.css"),
        ("GET", "/health"),
        ("GET", "/ready"),
        ("GET", "/metrics"),
        ("GET", "/gradio_api/queue/data"),
        ("GET", "/gradio_api/heartbeat/x"),
    ],
)
def test_streams_and_files_never_wait(method: str, path: str) -> None:
    """A hundred open pages take no turn from anybody."""

    async def visit() -> int:
        slow = Slow()
        app = Turns(slow, at_once=1, waiting=0)
        work = asyncio.create_task(ask(app))
        await asyncio.sleep(0)
        others = [asyncio.create_task(ask(app, path, method)) for _ in range(100)]
        await asyncio.sleep(0)
        now = slow.now
        slow.may.set()
        await asyncio.gather(work, *others)
        return now

    assert finish(visit()) == 101


@pytest.mark.parametrize(
    "path",
    [
        "/mcp",
        "/wording",
        "/facts",
        "/facts.csv",
        "/coverage",
        "/article/x",
        "/gradio_api/call/ask",
        "/gradio_api/queue/join",
    ],
)
def test_whatever_works_takes_turns(path: str) -> None:
    """And gives its turn back, also where it fails."""

    async def visit() -> list[int]:
        slow = Slow()
        app = Turns(slow, at_once=1, waiting=0)
        first = asyncio.create_task(ask(app, "/article/fault", "GET"))
        await asyncio.sleep(0)
        method = "POST" if path.startswith(("/mcp", "/wording", "/gradio")) else "GET"
        busy = (await ask(app, path, method))[0]["status"]
        slow.may.set()
        with pytest.raises(RuntimeError):
            await first
        return [busy, (await ask(app, path, method))[0]["status"]]

    assert finish(visit()) == [503, 200]
