"""Questions to a serving chat while its index is rebuilt: how many fail, and how much longer they take.

``python benchmarks/beside.py CORPUS.jsonl [SECONDS]``: builds an index of the corpus, serves it, asks one question after
another for so many seconds (default 20), then goes on asking while a rebuild of one more article runs from nothing.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

QUESTIONS = (
    "安徽光伏产量占全国多少",
    "江苏护理型床位占比多少",
    "广东外贸进出口总额是多少",
    "四川新能源汽车产量增长多少",
    "浙江数字经济规模有多大",
)
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url: str, body: object = None) -> str:
    """What a client reads; a body is posted as JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with OPENER.open(request, timeout=60) as reply:
        return str(reply.read().decode())


def ask(address: str, question: str) -> str:
    """The generation that answered."""
    event = json.loads(fetch(f"{address}/gradio_api/call/ask", {"data": [question, "", "", ""]}))["event_id"]
    stream = fetch(f"{address}/gradio_api/call/ask/{event}")
    return str(json.loads(stream.partition("event: complete\ndata: ")[2].strip())[0]["generation"])


def keep_asking(address: str, go_on: Callable[[], bool]) -> tuple[list[float], int, set[str]]:
    """Seconds of each question, how many failed, and the generations that answered."""
    seconds, failed, generations = list[float](), 0, set[str]()
    while go_on():
        start = time.perf_counter()
        try:
            generations.add(ask(address, QUESTIONS[len(seconds) % len(QUESTIONS)]))
        except (OSError, ValueError, LookupError):
            failed += 1
        seconds.append(time.perf_counter() - start)
    return seconds, failed, generations


def main(corpus: Path, seconds: float) -> None:
    """Measure and print a line for each state of the server."""
    with tempfile.TemporaryDirectory() as place:
        own, index = Path(place, "corpus.jsonl"), Path(place, "index")
        shutil.copy(corpus, own)
        rebuild = [sys.executable, "-m", "regional_qa", "rebuild", "--corpus", str(own), "--index", str(index)]
        subprocess.run(rebuild, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        own.chmod(0o644)
        with own.open("a", encoding="utf-8") as file:
            file.write('{"text": "安徽光伏玻璃产量占全国总产量的一半以上。"}\n')
        shutil.rmtree(index / "cache", ignore_errors=True)
        serve = [sys.executable, "-m", "regional_qa", "serve", "--index", str(index), "--port", "0"]
        with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            address = next(word for line in server.stderr for word in line.split() if word.startswith("http://"))
            keep_asking(address, iter([True] * 10 + [False]).__next__)
            end = time.monotonic() + seconds
            show("idle", *keep_asking(address, lambda: time.monotonic() < end))
            with subprocess.Popen(rebuild, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
                show("beside", *keep_asking(address, lambda: running.poll() is None))
            end = time.monotonic() + seconds
            show("after", *keep_asking(address, lambda: time.monotonic() < end))
            server.terminate()


def show(state: str, seconds: list[float], failed: int, generations: set[str]) -> None:
    """One line of figures."""
    ranked = [1000 * one for one in sorted(seconds)]
    p95 = ranked[min(len(ranked) - 1, round(0.95 * len(ranked)))]
    print(
        f"{state:7} {len(seconds):5} questions, {failed} failed, p50 {statistics.median(ranked):7.1f} ms, "
        f"p95 {p95:7.1f} ms, answered from {', '.join(sorted(generations))}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 20.0)
