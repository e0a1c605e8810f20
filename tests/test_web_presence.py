"""A thread that answers learns that the browser is gone, and a browser that waits is not taken for one that left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any

import pytest

from regional_qa.web.presence import Presence, has_left

WAITED = 0.05


def visit(leaves: bool) -> bool:
    """What the working thread saw of a client that leaves, or stays until its answer."""
    seen: list[bool] = []

    def work() -> None:
        stop = time.monotonic() + (2 if leaves else WAITED)
        while not has_left() and time.monotonic() < stop:
            time.sleep(0.005)
        seen.append(has_left())

    async def app(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        assert (await receive())["body"] == b"question"
        await asyncio.to_thread(work)

    async def run() -> None:
        parts = [{"type": "http.request", "body": b"question", "more_body": False}]

        async def receive() -> MutableMapping[str, Any]:
            if parts:
                return parts.pop()
            await asyncio.sleep(WAITED if leaves else 60)
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            raise AssertionError(message)

        await Presence(app)({"type": "http", "method": "POST"}, receive, send)

    asyncio.run(run())
    return seen[0]


@pytest.mark.parametrize("leaves", [True, False])
def test_only_who_leaves_has_left(leaves: bool) -> None:
    """The thread of a request sees the disconnection of that request, at once."""
    assert visit(leaves) is leaves


def test_outside_a_request_nobody_has_left() -> None:
    """The command line has no browser."""
    assert not has_left()
