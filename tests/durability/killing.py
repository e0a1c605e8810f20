"""Writers killed at random times under two readers: ``python -m tests.durability.killing CYCLES SEED``.

Prints one JSON record. Every process is a fork of one that has loaded everything and has no thread left, so the
libraries are kept to one thread each.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from regional_qa import cores
from regional_qa.indexing import durable
from tests.durability.editions import opened, publish_edition

READERS = 2
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""What the libraries read when they are loaded."""
LIVES = 3
"""A writer lives at most as long as so many rebuilds take while nothing else runs."""


def forked(work: Callable[[], None]) -> int:
    """The process in which the work runs."""
    if child := os.fork():
        return child
    try:
        work()
    finally:
        os._exit(0)


def write_on(corpus: Path, index: Path) -> None:
    """Publish one edition after another until killed, each with the number of its generation."""
    while True:
        publish_edition(corpus, index, int(durable.next_name(index)[4:]))


def read_on(index: Path, result: Path, stop: Path) -> None:
    """Open the index anew all the time and hold what it says against what it said before."""
    seen, opens, faults = 0, 0, list[str]()
    while not stop.exists():
        try:
            number = opened(index)
        except Exception as fault:  # noqa: BLE001 - whatever it is, a user would get it
            faults.append(repr(fault))
            continue
        if number < seen:
            faults.append(f"back from {seen} to {number}")
        seen, opens = max(seen, number), opens + 1
    result.write_text(json.dumps({"last": seen, "opens": opens, "faults": faults[:20]}), encoding="utf-8")


def main(cycles: int, seed: int) -> None:
    """Kill so many writers, then stop the readers and let a last rebuild mend what is left."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        corpus, index, stop = Path(place, "corpus"), Path(place, "index"), Path(place, "stop")
        publish_edition(corpus, index, 1)  # everything is loaded once for all processes
        start = time.monotonic()
        publish_edition(corpus, index, 2)
        longest = LIVES * (time.monotonic() - start)
        cores._threads().shutdown()  # none may be there when this process forks
        cores._threads.cache_clear()
        while len(list(Path("/proc/self/task").iterdir())) > 1:  # the engine's threads end after their writer
            time.sleep(0.01)
        results = [Path(place, f"reader{number}") for number in range(READERS)]
        readers = [forked(lambda result=result: read_on(index, result, stop)) for result in results]  # type: ignore[misc]
        for _ in range(cycles):
            writer = forked(lambda: write_on(corpus, index))
            time.sleep(rng.random() * longest)
            os.kill(writer, signal.SIGKILL)
            os.waitpid(writer, 0)
        stop.touch()
        for reader in readers:
            os.waitpid(reader, 0)
        read = [json.loads(result.read_text(encoding="utf-8")) for result in results]
        publish_edition(corpus, index, int(durable.next_name(index)[4:]))
        record = {"cycles": cycles, "readers": read, "published": opened(index)}
        record["left"] = sorted(path.name for path in index.iterdir())
        sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    if not ONE_THREAD.items() <= os.environ.items():
        again = [sys.executable, "-m", "tests.durability.killing", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | ONE_THREAD)
    main(int(sys.argv[1]), int(sys.argv[2]))
