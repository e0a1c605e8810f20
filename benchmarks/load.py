"""How the chat bears a crowd: 300 questions at once, five a second for minutes, and what a browser waits for.

Starts `regional-qa serve` on an index as a user would and speaks to it as browsers do: each visitor has a session of its
own, keeps a stream open, asks a few questions and leaves. Questions are lines of a file, or headlines of the index.

Run: python benchmarks/load.py --index index [--minutes 10] [--questions FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

CROWD = 300
RATE = 5.0
"""Questions a second, in the long run."""
QUESTIONS_A_VISIT = 5
WANTED_QUESTIONS = 500
PATIENCE = 60.0
ASKED_IN_BROWSER = "安徽光伏产量占全国多少"


@dataclass(frozen=True)
class Row:
    """One line of the table; without a limit, for information only."""

    name: str
    value: float
    limit: float | None = None
    unit: str = "s"

    def __str__(self) -> str:
        limit = "" if self.limit is None else f"≤ {self.limit:g} {self.unit}"
        kept = "" if self.limit is None else "kept" if self.kept else "**missed**"
        return f"| {self.name} | {self.value:,.3g} {self.unit} | {limit} | {kept} |"

    @property
    def kept(self) -> bool:
        """Whether the limit is."""
        return self.limit is None or self.value <= self.limit


@dataclass
class Server:
    """What is served, where, and which of Gradio's functions is which."""

    address: str
    pid: int
    functions: dict[str, int] = field(default_factory=dict)


def main() -> int:
    """Measure and print one Markdown table; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--minutes", type=float, default=10.0, help="how long five questions a second are asked")
    parser.add_argument("--questions", type=Path, help="a file of questions, one a line (default: headlines)")
    options = parser.parse_args()
    questions = read_questions(options.questions) if options.questions else headlines(options.index)
    rows: list[Row] = []
    # playwright keeps the event loop of this thread for itself
    with chromium() as browser, ThreadPoolExecutor(1) as thread, serving(options.index) as server:
        if browser is not None:
            rows += visit(browser, server)
        rows += thread.submit(asyncio.run, crowds_and_hours(server, questions, options.minutes * 60)).result()
    print("\n".join(["| | measured | limit | |", "|---|---|---|---|", *map(str, rows), "", machine()]))
    return 0 if all(row.kept for row in rows) else 1


def read_questions(file: Path) -> list[str]:
    """The lines of a file that hold something."""
    return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def headlines(index: Path) -> list[str]:
    """Headlines from all over the index, as people search for what they have half in mind."""
    from regional_qa import Settings, open_assistant

    assistant = open_assistant(Settings(index=index))
    every = max(1, assistant.counts()["articles"] // WANTED_QUESTIONS)
    texts = (article.title or article.text[:30] for article in assistant.articles())
    return [text[:60] for at, text in enumerate(texts) if at % every == 0 and text.strip()]


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


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Headless Chromium, or None where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        print("no Chromium or no playwright: nothing is measured in a browser", file=sys.stderr)
        yield None
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"])
        browser.new_page().goto("about:blank")
        yield browser
        browser.close()


def visit(browser: Any, server: Server) -> list[Row]:
    """What the very first visitor waits for, from when the server says its address."""
    started = time.perf_counter()
    page = browser.new_page(locale="zh-CN")
    page.goto(server.address)
    page.locator(".example").first.wait_for()
    opened = time.perf_counter()
    box = page.locator("#rq-question textarea")
    box.fill(ASKED_IN_BROWSER)
    asked = time.perf_counter()
    box.press("Enter")
    page.locator(".rq-answer").wait_for()
    answered = time.perf_counter()
    page.close()
    return [
        Row("first page ready in a browser", opened - started, 2.0),
        Row("from Enter to the first answer on the screen", answered - asked, 1.0),
    ]


async def crowds_and_hours(server: Server, questions: Sequence[str], seconds: float) -> list[Row]:
    """Both crowds, each followed by a fresh visitor, then the steady load."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=server.address, timeout=PATIENCE, limits=limits, trust_env=False) as client:
        server.functions = functions(json.loads((await client.get("/config")).text))
        rows = []
        for way, name in ((chat, "the chat"), (queue, "the queue of /ask")):
            rows += await crowd(client, server, questions, way, name)
        return rows + await steady(client, server, questions, seconds)


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


async def chat(client: httpx.AsyncClient, server: Server, session: str, question: str) -> str:
    """Ask in the chat, which answers with the request: ``served``, ``busy``, or the fault."""
    body = {
        "fn_index": server.functions["chat"], "session_hash": session, "data": [question, None, "", "", "", ""],
    }  # fmt: skip
    reply = await client.post("/gradio_api/run/predict", json=body)
    if reply.status_code == 503:
        return "busy"
    return "served" if reply.status_code == 200 and "rq-answer" in reply.text else f"{reply.status_code}"


async def following(client: httpx.AsyncClient, server: Server, session: str) -> list[str]:
    """Ask what may be asked next, as the page does after every answer; the fault, if any."""
    body = {"fn_index": server.functions["following"], "session_hash": session, "data": [None, "", "", ""]}
    told = await outcome(client.post("/gradio_api/run/predict", json=body))
    return [] if "200" in told else [f"suggestions: {told}"]


async def queue(client: httpx.AsyncClient, server: Server, session: str, question: str) -> str:
    """Join Gradio's queue for the endpoint /ask and listen for the answer."""
    body = {"fn_index": server.functions["ask"], "session_hash": session, "data": [question, "", "", ""]}
    reply = await client.post("/gradio_api/queue/join", json=body)
    if reply.status_code != 200:
        return "busy" if reply.status_code == 503 else f"{reply.status_code}"
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
        async for line in events.aiter_lines():
            if "process_completed" in line:
                return "served" if '"success":true' in line.replace(" ", "") else "fault"
    return "cut"


async def crowd(client: httpx.AsyncClient, server: Server, questions: Sequence[str], way: Any, name: str) -> list[Row]:
    """So many questions at once, each of another visitor; then a fresh one."""

    async def one(question: str) -> tuple[str, float]:
        started = time.perf_counter()
        told = await outcome(way(client, server, secrets.token_hex(6), question))
        return told, time.perf_counter() - started

    told = await asyncio.gather(*(one(question) for question, _ in zip(cycle(questions), range(CROWD), strict=False)))
    started = time.perf_counter()
    await client.get("/")
    fresh = "busy"
    while fresh == "busy" and time.perf_counter() - started < PATIENCE:
        fresh = await outcome(way(client, server, secrets.token_hex(6), questions[0]))
    waited = time.perf_counter() - started if fresh == "served" else float("inf")
    busy = [seconds for told, seconds in told if told == "busy"]
    faults = [what for what, _ in told if what not in ("busy", "served")]
    print_faults(faults)
    return [
        Row(f"{CROWD} at once in {name}: told that it is busy", len(busy) / CROWD * 100, unit="%"),
        Row("… the slowest of those", max(busy, default=0.0), 1.0),
        Row("… the slowest answer", max((seconds for told, seconds in told if told == "served"), default=0.0)),
        Row("… faults", len(faults), 0, ""),
        Row("… then a fresh visitor is served within", waited, 10.0),
    ]


async def outcome(asking: Any) -> str:
    """What came of a question, a broken connection too."""
    try:
        return str(await asking)
    except httpx.HTTPError as fault:
        return type(fault).__name__


@contextlib.asynccontextmanager
async def visitor(client: httpx.AsyncClient, server: Server) -> AsyncIterator[str]:
    """The session of one who opens the page, stays on it and leaves, as Gradio's page does."""
    session = secrets.token_hex(6)

    async def stay() -> None:
        async with client.stream("GET", f"/gradio_api/heartbeat/{session}") as stream:
            async for _ in stream.aiter_raw():
                pass

    staying = asyncio.create_task(stay())
    try:
        await client.get("/")
        body = {"fn_index": server.functions["open"], "session_hash": session, "data": []}
        await client.post("/gradio_api/run/predict", json=body)
        yield session
    finally:
        staying.cancel()
        with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
            await staying


async def steady(client: httpx.AsyncClient, server: Server, questions: Sequence[str], seconds: float) -> list[Row]:
    """Five questions a second, whether the last is answered or not; visitors come, ask a few and go."""
    times: list[float] = []
    faults: list[str] = []
    memories: list[float] = []
    working: list[float] = []
    visitors = round(RATE * 2)
    asked = iter(cycle(questions))
    started = time.perf_counter() + visitors / RATE  # the first come in time

    async def visits(number: int) -> None:
        at = number / RATE  # each asks every ``visitors / RATE`` seconds, one after the other
        while at < seconds:
            async with visitor(client, server) as session:
                for _ in range(QUESTIONS_A_VISIT):
                    await asyncio.sleep(max(0.0, started + at - time.perf_counter()))
                    told = await outcome(chat(client, server, session, next(asked)))
                    times.append(time.perf_counter() - started - at)
                    faults.extend([told] if told != "served" else [])
                    faults.extend(await following(client, server, session))
                    at += visitors / RATE
                    if at >= seconds:
                        return

    async def remember() -> None:
        working.append(-processor_seconds(server.pid))
        for part in (min(10.0, seconds / 4), seconds / 2, seconds):
            await asyncio.sleep(max(0.0, started + part - time.perf_counter()))
            memories.append(memory_of(server.pid))
        working.append(processor_seconds(server.pid))

    await asyncio.gather(remember(), *(visits(number) for number in range(visitors)))
    print_faults(faults)
    name = f"{RATE:g} a second for {seconds / 60:g} minutes"
    rows = [
        Row(f"{name}: questions", len(times), unit=""),
        Row("… median", statistics.median(times) * 1000, unit="ms"),
        Row("… 95 of 100 within", statistics.quantiles(times, n=20)[-1] * 1000, 500.0, "ms"),
        Row("… slowest", max(times) * 1000, unit="ms"),
        Row("… faults", len(faults), 0, ""),
        Row("… processor time a question, with suggestions", sum(working) / len(times) * 1000, unit="ms"),
    ]
    start, middle, end = memories
    rows += [
        Row(f"… memory at the {when}", mb, unit="MB") for when, mb in zip(("start", "middle"), memories, strict=False)
    ]
    return [*rows, Row("… memory at the end", end, max(start, middle) * 1.03 + 5, "MB")]


def print_faults(faults: Sequence[str]) -> None:
    """Each kind with its number, for who looks for the cause."""
    for fault in sorted(set(faults)):
        print(f"fault: {fault} × {faults.count(fault)}", file=sys.stderr)


def memory_of(pid: int) -> float:
    """Resident MB of a process, without files that it only maps; 0 where that cannot be told."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"RssAnon:\s+(\d+)", status)[0]) / 1000
    return 0.0


def processor_seconds(pid: int) -> float:
    """What a process has worked so far, in all its threads; 0 where that cannot be told."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def machine() -> str:
    """On what all this was measured."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    return f"{platform.machine()}, {cores} cores, {platform.system()}, Python {platform.python_version()}, load {load:.1f} at the end"


if __name__ == "__main__":
    raise SystemExit(main())
