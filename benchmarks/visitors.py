"""The chat as its visitors' browsers speak to it, without a browser: sessions, questions, streams that stay open.

Knows nothing about what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

PATIENCE = 60.0
Way: TypeAlias = Callable[["Server", str, str], Coroutine[Any, Any, str]]
"""A way to ask: server, session and question to ``served``, ``busy`` or the fault."""


@dataclass(frozen=True)
class Server:
    """What is served, where, and which of Gradio's functions is which."""

    address: str
    pid: int
    functions: dict[str, int] = field(default_factory=dict)


@contextlib.contextmanager
def serving(index: Path) -> Iterator[Server]:
    """A server on a free port, as long as the block."""
    command = [sys.executable, "-m", "regional_qa", "serve", "--index", str(index), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            lines = iter(process.stderr.readline, "")
            address = next((found[0] for line in lines if (found := re.search(r"http://\S+", line))), "")
            if not address:
                raise SystemExit("the server did not start")
            yield Server(address, process.pid)
        finally:
            process.kill()


def functions(config: Any) -> dict[str, int]:
    """The numbers of what opens the page, what answers a whole question and what is offered after it, and of /ask."""
    boxes = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
    found = {}
    for event in config["dependencies"]:
        first = boxes.get((event["inputs"] or [None])[0])
        if event["api_name"] == "ask":
            found["ask"] = event["id"]
        elif first == "rq-again":
            found["chat"] = event["id"]
        elif [boxes.get(part) for part in event["outputs"]] == ["rq-following"]:
            found["following"] = event["id"]
        elif any(trigger == "load" for _, trigger in event["targets"]):
            found["open"] = event["id"]
    return found


async def spoken(server: Server, method: str, path: str, body: object = None, last: str = "") -> str:
    """What comes back, head and all, up to its end or to a line with ``last``; a client's library would be the slower side."""
    host, _, port = server.address.split("//")[1].strip("/").rpartition(":")
    sent = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", "Connection: close", f"Content-Length: {len(sent)}"]
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**22)
    try:
        writer.write("\r\n".join([*head, "Content-Type: application/json", "", ""]).encode() + sent)
        lines = []
        while line := (await asyncio.wait_for(reader.readline(), PATIENCE)).decode():
            lines.append(line)
            if last and last in line:
                break
        return "".join(lines)
    finally:
        writer.close()


async def run(server: Server, function: str, session: str, data: Sequence[str | None]) -> str:
    """Have one of the page's functions answered with the request, as all of them are."""
    body = {"fn_index": server.functions[function], "session_hash": session, "data": data}
    return await spoken(server, "POST", "/gradio_api/run/predict", body)


def outcome(reply: str, sign: str) -> str:
    """``served`` where a reply holds the sign, ``busy``, or the fault."""
    status = (reply.split(maxsplit=2) or ["", "cut"])[1]
    return "busy" if status == "503" else "served" if status == "200" and sign in reply else f"fault {status}"


async def meet(server: Server) -> None:
    """Learn which function is which."""
    told = await spoken(server, "GET", "/config")
    server.functions.update(functions(json.loads(told.partition("\r\n\r\n")[2])))


async def chat(server: Server, session: str, question: str) -> str:
    """Ask in the chat."""
    return outcome(await run(server, "chat", session, [question, None, "", "", "", ""]), "rq-answer")


async def queue(server: Server, session: str, question: str) -> str:
    """Join Gradio's queue for the endpoint /ask and listen for the answer."""
    body = {"fn_index": server.functions["ask"], "session_hash": session, "data": [question, "", "", ""]}
    joined = outcome(await spoken(server, "POST", "/gradio_api/queue/join", body), "event_id")
    if joined != "served":
        return joined
    path = f"/gradio_api/queue/data?session_hash={session}"
    return outcome(await spoken(server, "GET", path, last="process_completed"), '"success":true')


async def tried(asking: Awaitable[str]) -> str:
    """What came of a question, a broken connection too."""
    try:
        return await asking
    except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as fault:
        return f"fault {type(fault).__name__}"


@contextlib.asynccontextmanager
async def visitor(server: Server) -> AsyncIterator[str]:
    """The session of one who opens the page, stays on it and leaves, as Gradio's page does."""
    session = secrets.token_hex(6)
    staying = asyncio.create_task(tried(spoken(server, "GET", f"/gradio_api/heartbeat/{session}")))
    try:
        await tried(spoken(server, "GET", "/"))
        await tried(run(server, "open", session, []))
        yield session
    finally:
        staying.cancel()
        await asyncio.wait([staying])
