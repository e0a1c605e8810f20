"""The served chat beside rebuilds: no question fails, each answer is of one generation, a new one is noticed at once."""

from __future__ import annotations

import json
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from regional_qa.assistant import Assistant
from regional_qa.web.desk import PAUSE, Desk
from regional_qa.web.routes import own_pages
from tests.durability.editions import publish_edition
from tests.fakes import fake_parts, wait_until

ROOT = Path(__file__).parents[2]
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url: str, body: object = None) -> tuple[int, str]:
    """Status and text; a body is posted as JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with NO_PROXY.open(request, timeout=30) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode()


@contextmanager
def serving(index: Path) -> Iterator[str]:
    """The address of the application over this index."""
    command = [sys.executable, "-m", "tests.durability.serving", str(index)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            wait_until(lambda: fetch(f"{address}/ready")[0] in (200, 503), 60)
            yield address
        finally:
            process.send_signal(signal.SIGKILL)


def ask(address: str) -> dict[str, Any]:
    """One question as any client of the chat asks it."""
    status, text = fetch(f"{address}/gradio_api/call/ask", {"data": ["安徽光伏玻璃产量增长多少", "", "", ""]})
    assert status == 200, text
    stream = fetch(f"{address}/gradio_api/call/ask/{json.loads(text)['event_id']}")[1]
    assert "event: complete" in stream, stream
    answer: dict[str, Any] = json.loads(stream.partition("data: ")[2].strip())[0]
    return answer


def generation(address: str) -> str:
    """What the server says that it answers from."""
    return str(json.loads(fetch(f"{address}/ready")[1]).get("generation"))


@pytest.mark.slow
@pytest.mark.fault("D1")
@pytest.mark.parametrize("rebuilds", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_rebuilds_beside_a_serving_chat(tmp_path: Path, rebuilds: int) -> None:
    """0 failed questions; each answer quotes the edition of the generation it names, and generations only go up."""
    publish_edition(tmp_path / "corpus", tmp_path / "index", 1)
    answers: list[dict[str, Any]] = []
    seconds: list[float] = []
    faults: list[str] = []
    over = threading.Event()

    def keep_asking(address: str) -> None:
        while not over.is_set():
            start = time.monotonic()
            try:
                answers.append(ask(address))
            except Exception as fault:  # noqa: BLE001 - any of them is a failed question
                faults.append(repr(fault))
            seconds.append(time.monotonic() - start)

    with serving(tmp_path / "index") as address:
        asking = threading.Thread(target=keep_asking, args=(address,))
        asking.start()
        noticed = []
        for number in range(2, rebuilds + 2):
            publish_edition(tmp_path / "corpus", tmp_path / "index", number)
            noticed.append(wait_until(lambda name=f"gen-{number:06d}": generation(address) == name))  # type: ignore[misc]
        wait_until(lambda: bool(answers) and answers[-1]["generation"] == f"gen-{rebuilds + 1:06d}")
        over.set()
        asking.join()
    assert faults == []
    assert statistics.median(noticed) < 2
    for answer in answers:
        assert answer["status"] == "answered"
        (edition,) = re.findall(r"第(\d+)版", answer["citations"][0]["quote"])
        assert answer["generation"] == f"gen-{int(edition):06d}"
    names = [answer["generation"] for answer in answers]
    assert names == sorted(names)


@pytest.mark.fault("C6", "D7")
def test_a_server_without_a_sound_index(tmp_path: Path) -> None:
    """503 with the cure and no busy loop; it answers once there is an index, says so when that is harmed, and mends."""
    index, corpus = tmp_path / "index", tmp_path / "corpus"
    publish_edition(corpus, index, 1)
    (index / "gen-000001" / "passages.db").write_bytes(b"")
    opened: list[float] = []

    def open_assistant() -> Assistant:
        opened.append(time.monotonic())
        return Assistant(index, fake_parts())

    client = TestClient(own_pages(Desk(open_assistant), index))
    for _ in range(50):
        reply = client.get("/ready")
        assert (reply.status_code, "passages.db" in reply.text, "rebuild" in reply.text) == (503, True, True)
    assert len(opened) <= 2 + (time.monotonic() - opened[0]) / PAUSE
    publish_edition(corpus, index, 2)
    wait_until(lambda: client.get("/ready").json().get("generation") == "gen-000002")
    (index / "CURRENT").write_bytes(b"harmed")
    wait_until(lambda: bool(client.get("/ready").json()["status"] == "degraded"))
    assert "CURRENT does not name" in client.get("/ready").json()["reason"]
    publish_edition(corpus, index, 3)
    wait_until(lambda: bool(client.get("/ready").json()["status"] == "ready"))
    assert client.get("/ready").json()["generation"] == "gen-000003"


@pytest.mark.fault("A8")
@pytest.mark.soak
def test_a_server_killed_under_load(tmp_path: Path) -> None:
    """Started again over the same index it answers within fifteen seconds."""
    publish_edition(tmp_path / "corpus", tmp_path / "index", 1)

    def loaded(address: str) -> list[threading.Thread]:
        def hurry() -> None:
            try:
                while True:
                    ask(address)
            except (OSError, AssertionError, ValueError, HTTPException):
                return  # the server is gone

        threads = [threading.Thread(target=hurry) for _ in range(4)]
        for thread in threads:
            thread.start()
        return threads

    with serving(tmp_path / "index") as address:
        threads = loaded(address)
        time.sleep(3)
    for thread in threads:
        thread.join()
    start = time.monotonic()
    with serving(tmp_path / "index") as address:
        assert ask(address)["status"] == "answered"
    assert time.monotonic() - start < 15
