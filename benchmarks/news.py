"""Rebuild over the 65,151 news articles, then search: wall time, peak memory, latency.

Run: make bench            (needs ../shared beside the project; prints one Markdown table)
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SHARED = Path(__file__).parents[1].parent / "shared"
QUESTIONS = SHARED / "eval" / "crud_silver_1doc" / "queries.jsonl"


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=300, help="how many searches are timed")
    options = parser.parse_args()
    if not QUESTIONS.is_file():
        print("skipped: ../shared is not beside the project")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        started = time.perf_counter()
        command = [sys.executable, "-m", "regional_qa", "rebuild", "--corpus", str(SHARED / "data" / "news")]
        built = subprocess.run(
            [*command, "--index", str(index), "--json"], stdout=subprocess.PIPE, text=True, check=False
        )
        seconds = time.perf_counter() - started
        if built.returncode not in (0, 2):
            return built.returncode
        counts = json.loads(built.stdout)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / 2**20
        search, ask = latencies(index, options.queries)
    print(
        f"| articles | passages | rebuild | peak memory | index | search p50 / p99 | ask p50 / p99 | cores |\n|{'---|' * 8}"
    )
    print(
        f"| {counts['articles']:,} | {counts['passages']:,} | {seconds:.0f} s | {peak:.2f} GiB | {size:.0f} MiB "
        f"| {spread(search)} | {spread(ask)} | {os.cpu_count()} |"
    )
    return 0


def latencies(index: Path, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each search and each ask, in process, after a warm-up."""
    from regional_qa import Settings, open_assistant

    assistant = open_assistant(Settings(index=index))
    questions = [json.loads(line)["text"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][: count + 10]
    return timed(assistant.search, questions), timed(assistant.ask, questions)


def timed(act: Callable[[str], object], questions: list[str]) -> list[float]:
    """Milliseconds of each call but the first ten."""
    times = []
    for question in questions:
        started = time.perf_counter()
        act(question[:500])
        times.append((time.perf_counter() - started) * 1000)
    return times[10:]


def spread(times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"{statistics.median(times):.1f} / {statistics.quantiles(times, n=100)[98]:.1f} ms"


if __name__ == "__main__":
    raise SystemExit(main())
