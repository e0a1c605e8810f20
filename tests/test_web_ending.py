"""A server that is told to stop: open pages do not hold it up, nor does what never ends; nothing is printed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

import pytest

PROGRAM = """
import asyncio, time, uvicorn
from regional_qa.web.ending import Ending, Server

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begun", "more_body": True})
    if scope["path"] == "/works":
        await asyncio.to_thread(time.sleep, 60)
    while (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})

ending = Ending(app)
print(flush=True)
Server(uvicorn.Config(ending, port=%d, lifespan="off", log_level="warning"), ending).run()
"""


@pytest.mark.parametrize(("path", "seconds"), [("/gradio_api/heartbeat/visitor", 1.5), ("/works", 3.5)])
def test_it_ends_in_time(path: str, seconds: float) -> None:
    """A stream at once, work in a thread with the last second; without a word."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", PROGRAM % port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        with connected(port) as visitor:
            visitor.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while b"begun" not in visitor.recv(1000):
                pass
            process.send_signal(signal.SIGTERM)
            process.wait(seconds)
        assert process.stderr.read() == ""


def connected(port: int) -> socket.socket:
    """A connection, as soon as somebody listens."""
    late = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 20)
        except OSError:
            assert time.monotonic() < late
            time.sleep(0.05)
