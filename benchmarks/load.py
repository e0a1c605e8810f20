"""How the chat bears a crowd: 300 questions at once, five a second for minutes, and what a browser waits for.

Starts `regional-qa serve` on an index as a user would and speaks to it as browsers do: each visitor has a session of its
own, keeps a stream open, asks a few questions and leaves. Questions are lines of a file, or headlines of the index.

Run: python benchmarks/load.py --index index [--minutes 10] [--questions FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import re
import secrets
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from visitors import PATIENCE, Server, Way, chat, meet, queue, run, serving, tried, visitor

CROWD = 300
RATE = 5.0
"""Questions a second, in the long run."""
QUESTIONS_A_VISIT = 5
WANTED_QUESTIONS = 500
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
    page.locator(".rq-invitation").wait_for()
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
    await meet(server)
    rows = await crowd(server, questions, chat, "the chat")
    rows += await crowd(server, questions, queue, "the queue of /ask")
    return rows + await steady(server, questions, seconds)


async def crowd(server: Server, questions: Sequence[str], way: Way, name: str) -> list[Row]:
    """So many questions at once, each of another visitor; then a fresh one."""

    async def one(question: str) -> tuple[str, float]:
        started = time.perf_counter()
        told = await tried(way(server, secrets.token_hex(6), question))
        return told, time.perf_counter() - started

    told = await asyncio.gather(*(one(question) for question in islice(cycle(questions), CROWD)))
    started = time.perf_counter()
    fresh = "busy"
    while fresh == "busy" and time.perf_counter() - started < PATIENCE:
        fresh = await tried(way(server, secrets.token_hex(6), questions[0]))
    waited = time.perf_counter() - started if fresh == "served" else float("inf")
    times = {kind: [seconds for what, seconds in told if what == kind] for kind in ("busy", "served")}
    faults = [what for what, _ in told if what not in times]
    print_faults(faults)
    return [
        Row(f"{CROWD} at once in {name}: told that it is busy", len(times["busy"]) / CROWD * 100, unit="%"),
        Row("… the slowest of those", max(times["busy"], default=0.0), 1.0),
        Row("… the slowest answer", max(times["served"], default=0.0)),
        Row("… faults", len(faults), 0, ""),
        Row("… then a fresh visitor is served within", waited, 10.0),
    ]


async def steady(server: Server, questions: Sequence[str], seconds: float) -> list[Row]:
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
            async with visitor(server) as session:
                for _ in range(QUESTIONS_A_VISIT):
                    await asyncio.sleep(max(0.0, started + at - time.perf_counter()))
                    told = await tried(chat(server, session, next(asked)))
                    times.append(time.perf_counter() - started - at)
                    faults.extend([told] if told != "served" else [])
                    offered = await tried(run(server, "following", session, [None, "", "", ""]))
                    faults.extend([] if " 200 " in offered[:20] else [f"suggestions: {offered[:40]}"])
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
