"""A rebuild by workers of Ray, one of them killed at a fifth of the way, held against a rebuild without them.

Passage for passage and fact for fact; the files of vectors and tokens byte for byte; rankings to the last bit. On one
machine child processes are the quicker way (docs/scale.md): what is shown here is that the index is the same.

Run: python benchmarks/workers.py [--corpus FOLDER] [--local INDEX]      (needs the extra `ray`; INDEX: one that is there already)
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scale import SHARED

from regional_qa import Settings, rebuild
from regional_qa.assemble import Workers, plug
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.retrieval import search

NEWS = SHARED / "data" / "news"
KILLED_AT = 0.2
"""Of the articles that are to be studied."""
AT_ONCE, HEADLINES, NEAREST = 5_000, 40, 20
FILES = ("vectors", "coarse", "token")


def main() -> int:
    """Rebuild by Ray and, unless there is an index, without; tell what is equal. 1 where anything is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=NEWS)
    parser.add_argument("--local", type=Path, help="an index of this corpus by child processes (default: it is made)")
    parser.add_argument("--child", nargs=2, metavar=("WORKERS", "INDEX"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        workers, index = options.child
        print(json.dumps(rebuilt(options.corpus, Path(index), workers)))
        return 0
    if not options.corpus.is_dir() or not importlib.util.find_spec("ray"):
        print(f"skipped: {options.corpus} is not there, or Ray is not installed")
        return 0
    with tempfile.TemporaryDirectory() as place:
        local = options.local or Path(place, "local")
        if not options.local:
            print(told("local", options.corpus, local), flush=True)
        print(told("ray", options.corpus, Path(place, "ray")), flush=True)
        parts = plug(Settings())
        one, other = (open_generation(index, parts) for index in (local, Path(place, "ray")))
        print(f"same code: {one.manifest.pipeline == other.manifest.pipeline}")
        found = dict(compared(one, other))
    print("\n".join(f"{what}: {'equal' if is_equal else 'DIFFERENT'}" for what, is_equal in found.items()))
    return 0 if all(found.values()) else 1


def told(workers: Workers, corpus: Path, index: Path) -> str:
    """A line about a rebuild in a process of its own."""
    words = [sys.executable, __file__, "--corpus", str(corpus), "--child", workers, str(index)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    killed = ", one worker killed" if found["killed"] else ""
    spent = f"{found['seconds']:.0f} s, {found['itself']:.0f} s of processor time in the rebuild itself"
    return f"{workers}: {found['passages']:,} passages in {spent}{killed}"


def rebuilt(corpus: Path, index: Path, workers: Workers) -> dict[str, object]:
    """Rebuild from nothing; one worker of Ray is ended in its work."""
    killed: list[int] = []

    def watch(stage: str, done: int, total: int) -> None:
        if workers == "ray" and stage == "index" and not killed and done >= KILLED_AT * total:
            killed.append(next(at_work(os.getpid())))
            os.kill(killed[0], signal.SIGKILL)

    started = time.perf_counter()
    report = rebuild(Settings(corpus=corpus, index=index), watch, workers=workers)
    seconds = time.perf_counter() - started
    return {"passages": report.passages, "seconds": seconds, "itself": time.process_time(), "killed": bool(killed)}


def at_work(pid: int) -> Iterator[int]:
    """The workers of Ray below a process that work on a piece; Ray gives them its name."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text(encoding="ascii").split()):
            if Path(f"/proc/{child}/cmdline").read_bytes().startswith(b"ray::_alone"):
                yield child
            yield from at_work(child)


def compared(one: Generation, other: Generation) -> Iterator[tuple[str, bool]]:
    """What is held against each other, and whether it is equal."""
    count = len(one.passages)
    rows = (list(range(at, min(count, at + AT_ONCE))) for at in range(0, count, AT_ONCE))
    is_same = len(other.passages) == count and all(one.passages.get(some) == other.passages.get(some) for some in rows)
    yield f"{count:,} passages", is_same
    facts, theirs = (each.passages.facts((), (), None, None) for each in (one, other))
    yield f"{len(facts):,} facts", facts == theirs
    files, others = (
        {name: record for name, record in each.manifest.files.items() if name.startswith(FILES)}
        for each in (one, other)
    )
    yield " ".join(sorted(files)), files == others
    titles = [article.title for article in one.passages.every_article() if article.title]
    headlines = titles[:: max(1, len(titles) // HEADLINES)][:HEADLINES]
    rankings, theirs_ranked = (
        [[(hit.passage, hit.score) for hit in search(each, headline, k=NEAREST)] for headline in headlines]
        for each in (one, other)
    )
    yield f"rankings with scores for {len(headlines)} headlines", rankings == theirs_ranked


if __name__ == "__main__":
    sys.exit(main())
