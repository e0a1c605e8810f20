"""Only the calls that the page itself makes reach Gradio: an event it has, as many values as it takes, each a plain one.

Gradio would answer any other with 500 and a page of traceback in the log, and look into objects for files. Pure ASGI.
Knows nothing about what the events do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regional_qa.web.guard import ASGIApp, Receive, Scope, Send, refuse, replay

_NUMBERED = re.compile(r"/gradio_api/(run/predict|queue/join)/?")
_NAMED = re.compile(r"/gradio_api/call/\w+/?")


@dataclass(frozen=True, slots=True)
class Event:
    """So many values does an event take, by Gradio's queue or over a request of its own."""

    values: int
    queued: bool


class Calls:
    """ASGI middleware; ``events`` are the page's, by their numbers there."""

    def __init__(self, app: ASGIApp, events: Mapping[int, Event]) -> None:
        self._app = app
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no call, and a call that the page could make; refuse any other with 404 or 422."""
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "POST" else ""
        numbered = _NUMBERED.fullmatch(path)
        if not numbered and not _NAMED.fullmatch(path):
            await self._app(scope, receive, send)
            return
        body: bytes = (await receive()).get("body", b"")  # the guard has read all of it
        fault = self._fault(body, queued=numbered[1] == "queue/join") if numbered else _bad_values(_record(body))
        if fault:
            await refuse(fault, send)
            return
        await self._app(scope, replay(body, receive), send)

    def _fault(self, body: bytes, *, queued: bool) -> int:
        """The status a call by number must be refused with, or 0."""
        record = _record(body)
        number = record.get("fn_index")
        event = self._events.get(number) if type(number) is int else None
        if event is None or event.queued is not queued:
            return 404
        return _bad_values(record) or (0 if len(record["data"]) == event.values else 422)


def _record(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _bad_values(record: Mapping[str, Any]) -> int:
    """422 unless there is a list of values, none of them an object, which might name a file.

    >>> _bad_values({"data": ["安徽", 3, None, ["x"]]}), _bad_values({"data": [[{"path": "/etc/passwd"}]]}), _bad_values({})
    (0, 422, 422)
    """
    data = record.get("data")
    return 0 if isinstance(data, list) and not any(map(_has_object, data)) else 422


def _has_object(value: object) -> bool:
    """Whether a value is an object or a list with one in it, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            return True
        if isinstance(one, list):
            waiting += one
    return False
