"""How everything grows: 10,000, 100,000 and 1,000,000 passages of news, rebuilt, changed by one article, searched and asked.

The news are repeated with other places and figures, so that no article is a copy of another. Each step runs in a process
of its own; memory is that of the process with its children, looked at ten times a second.

Run: python benchmarks/scale.py --sizes 10000 100000 [--keep FOLDER] [--plot FILE] [--peers PYTHON]
(needs ../shared beside the project; a plot needs matplotlib; PYTHON is as for peers.py: other tools are given the same
passages, vectors, words and queries, and half an hour each)
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any

from regional_qa.knowledge.regions import PROVINCES

SHARED = Path(__file__).parents[1].parent / "shared"
PASSAGES_AN_ARTICLE = 2.8
ARTICLES_A_FILE = 16_000
SINGLE_FILES = 200
CLIENTS = (1, 2, 8)
PATIENCE = 1800
"""Seconds another tool may take for one size."""
_PLACE = re.compile("|".join(PROVINCES))
_DIGITS = re.compile(r"(?<![\d年])[1-9]\d*(?!\d*[年月日])")


def main() -> int:
    """Build, change, search and ask at each size; print one Markdown table, a column a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="passages")
    parser.add_argument("--queries", type=int, default=200, help="searches timed for each number of clients")
    parser.add_argument("--keep", type=Path, help="folder for corpora and indexes (default: a temporary one)")
    parser.add_argument("--plot", type=Path, help="draw how it grows, as SVG")
    parser.add_argument("--peers", help="python with the other tools")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(latencies(options.measure, options.queries)))
        return 0
    if not (SHARED / "data" / "news").is_dir():
        print("skipped: ../shared is not beside the project")
        return 0
    with contextlib.ExitStack() as stack:
        place = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        columns = [measured(place / str(size), size, options.queries) for size in options.sizes]
        for size, column in zip(options.sizes if options.peers else (), columns, strict=False):
            column.update(others(place / str(size), options.peers, options.queries))
    print(table(columns))
    if options.plot:
        draw(columns, options.plot)
    return 0


def measured(place: Path, size: int, queries: int) -> dict[str, Any]:
    """Everything that is told of one size."""
    corpus, index = place / "corpus", place / "index"
    write_corpus(corpus, round(size / PASSAGES_AN_ARTICLE))
    found: dict[str, Any] = {}
    for name, change in (
        ("full rebuild", None),
        ("nothing changed", None),
        ("one record changed", change_record),
        ("one file changed", change_file),
    ):
        if change:
            change(corpus)
        out, found[f"{name}, s"], memory = run("regional_qa", "rebuild", "--corpus", corpus, "--index", index, "--json")
        found[f"{name}, MB of memory"] = memory
        print(f"{size:,}: {name} {found[f'{name}, s']:.1f} s, {memory:.0f} MB", file=sys.stderr)
        counts = json.loads(out)
    found |= {"articles": counts["articles"], "passages": counts["passages"], "recall@10": counts["recall"]}
    generation = index / counts["generation"]
    found["generation, MB"] = size_of(generation)
    found["cache, MB"] = size_of(index / "cache")
    out, _, memory = run(str(Path(__file__)), "--measure", index, "--queries", queries)
    found["serving, MB of memory"] = memory
    found.update(json.loads(out))
    return found


def others(place: Path, python: str, queries: int) -> dict[str, Any]:
    """Seconds to build and milliseconds a query of the other tools; nothing of one that fails or takes too long."""
    from peers import OURS, PEERS, give, outcome

    folder = place / "peers"
    folder.mkdir(exist_ok=True)
    give(folder, place / "index", [text[:60] for text in headlines(queries + 10)])
    found: dict[str, Any] = {}
    for name in (name for name in PEERS if name not in OURS):
        told = {"build": math.nan, "p50": math.nan, "p99": math.nan}
        with contextlib.suppress(subprocess.SubprocessError):
            told = outcome(name, python, folder, PATIENCE)
        found[f"{name}: build, s"] = told["build"]
        found[f"{name}: query, p50 / p99 ms"] = [told["p50"], told["p99"]]
        print(f"{name}: {found[f'{name}: build, s']:.0f} s", file=sys.stderr)
    return found


def run(*words: object) -> tuple[str, float, float]:
    """What a Python module or script printed, its seconds, and its peak memory in MB, children included."""
    first = [] if str(words[0]).endswith(".py") else ["-m"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *first, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    peak = [0.0]

    def watch() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], memory_of(process.pid))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    if process.returncode not in (0, 2):
        raise SystemExit(f"{' '.join(map(str, words))} failed with exit code {process.returncode}")
    return out, seconds, peak[0]


def memory_of(pid: int) -> float:
    """Resident MB of a process and its children, those of one file mapped by several counted in part (Pss)."""
    total = 0.0
    with contextlib.suppress(OSError, ValueError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1000
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(memory_of(int(child)) for child in (task / "children").read_text(encoding="ascii").split())
    return total


def size_of(folder: Path) -> float:
    """MB of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def write_corpus(corpus: Path, articles: int) -> None:
    """So many articles: a few as single files, the others as records, ``ARTICLES_A_FILE`` a file."""
    corpus.mkdir(parents=True)
    stream = islice(editions(), articles)
    (corpus / "single").mkdir()
    for record in islice(stream, SINGLE_FILES):
        text = f"---\ntitle: {json.dumps(record['title'], ensure_ascii=False)}\n---\n{record['text']}\n"
        (corpus / "single" / f"{record['_id']}.md").write_text(text, encoding="utf-8")
    for number in count():
        lines = [json.dumps(record, ensure_ascii=False) for record in islice(stream, ARTICLES_A_FILE)]
        if not lines:
            return
        with gzip.open(corpus / f"news-{number:03d}.jsonl.gz", "wt", encoding="utf-8", compresslevel=1) as file:
            file.write("\n".join(lines) + "\n")


def editions() -> Iterator[dict[str, Any]]:
    """The news, and then again and again with other places and figures."""
    for edition in count():
        for path in sorted((SHARED / "data" / "news").glob("*.jsonl.gz")):
            with gzip.open(path, "rt", encoding="utf-8") as file:
                yield from (retold(json.loads(line), edition) for line in file)


def retold(record: dict[str, Any], edition: int) -> dict[str, Any]:
    """A record of another edition: every province is another one, and so is every figure but those of dates."""
    if not edition:
        return {key: record[key] for key in ("_id", "title", "text", "date") if record.get(key)} | {
            "title": record["title"]
        }
    rng = random.Random(f"{record['_id']} {edition}")
    shift = rng.randrange(1, len(PROVINCES))
    places = {name: PROVINCES[(at + shift) % len(PROVINCES)] for at, name in enumerate(PROVINCES)}

    def changed(text: str) -> str:
        text = _PLACE.sub(lambda match: places[match[0]], text)
        return _DIGITS.sub(lambda match: str(rng.randrange(10 ** (len(match[0]) - 1), 10 ** len(match[0]))), text)

    text = changed(record["text"])
    retold = {"_id": f"{record['_id']}-{edition}", "title": changed(record["title"]), "text": text}
    return retold | ({"date": record["date"]} if record.get("date") else {})


def change_record(corpus: Path) -> None:
    """Change one record in the middle of the last file of records."""
    path = max(corpus.glob("*.jsonl.gz"))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    record = json.loads(lines[len(lines) // 2])
    lines[len(lines) // 2] = json.dumps(
        record | {"text": f"安徽光伏产量占全国三成。{record['text']}"}, ensure_ascii=False
    )
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        file.write("\n".join(lines) + "\n")


def change_file(corpus: Path) -> None:
    """Change one of the single files."""
    path = max((corpus / "single").glob("*.md"))
    path.write_text(path.read_text(encoding="utf-8") + "\n江西新三样出口增长七成。\n", encoding="utf-8")


def latencies(index: Path, queries: int) -> dict[str, Any]:
    """Milliseconds of search, filtered search and ask by the number of clients, in one process."""
    from regional_qa import Settings, open_assistant
    from regional_qa.cores import share_heap

    share_heap()  # as `regional-qa serve` does
    started = time.perf_counter()
    assistant = open_assistant(Settings(index=index))
    found: dict[str, Any] = {"open, s": time.perf_counter() - started}
    questions = [text[:60] for text in headlines(queries + 10)]
    acts: dict[str, Callable[[str], object]] = {
        "search": assistant.search,
        "search in a region": lambda text: assistant.search(text, regions=["江西"]),
        "search in a year": lambda text: assistant.search(text, since=date(2023, 8, 1), until=date(2023, 8, 31)),
        "ask": assistant.ask,
    }
    for name, act in acts.items():
        for clients in CLIENTS if name in ("search", "ask") else CLIENTS[:1]:
            times = timed(act, questions, clients)
            beside = f", {clients} clients" if clients > 1 else ""
            found[f"{name}{beside}, p50 / p99 ms"] = [statistics.median(times), statistics.quantiles(times, n=100)[98]]
    return found


def headlines(wanted: int) -> list[str]:
    """Headlines of news, or their first words, as people search for what they have half in mind."""
    texts = (record["title"] or record["text"][:30] for record in editions())
    return [text for number, text in enumerate(islice(texts, wanted * 50)) if number % 50 == 0]


def timed(act: Callable[[str], object], questions: list[str], clients: int) -> list[float]:
    """Milliseconds of each call but the first ten, so many at a time."""

    def once(question: str) -> float:
        started = time.perf_counter()
        act(question)
        return (time.perf_counter() - started) * 1000

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(once, questions))[10:]


def table(columns: list[dict[str, Any]]) -> str:
    """A row for each figure, a column for each size, and by how much the last is larger than the first."""
    lines = [["", *(f"{column['passages']:,} passages" for column in columns), "growth"]]
    lines.append(["---"] * len(lines[0]))
    for name in columns[0]:
        values = [column[name] if isinstance(column[name], list) else [column[name]] for column in columns]
        growth = [f"× {last / first:.1f}" for first, last in zip(values[0], values[-1], strict=True) if first]
        lines.append([name, *(" / ".join(map(figure, value)) for value in values), " / ".join(growth)])
    cores = f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f} at the end"
    return "\n".join(["| " + " | ".join(line) + " |" for line in lines] + ["", cores])


def draw(columns: list[dict[str, Any]], file: Path) -> None:
    """Seconds, megabytes and milliseconds over the number of passages, both axes in powers of ten."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    sizes = [column["passages"] for column in columns]
    panels = {
        "seconds": [name for name in columns[0] if name.endswith(", s")],
        "MB": [name for name in columns[0] if "MB" in name],
        "median milliseconds": [name for name in columns[0] if name.endswith("ms")],
    }
    drawn, axes = pyplot.subplots(1, len(panels), figsize=(15, 5))
    for axis, (unit, names) in zip(axes, panels.items(), strict=True):
        for name in names:
            values = [column[name][0] if isinstance(column[name], list) else column[name] for column in columns]
            axis.plot(sizes, values, marker="o", label=re.sub(r", (s|MB.*|p50.*)$", "", name))
        axis.set(xscale="log", yscale="log", xlabel="passages", ylabel=unit)
        axis.grid(visible=True, which="both", alpha=0.3)
        axis.legend(fontsize=7)
    drawn.tight_layout()
    drawn.savefig(file, metadata={"Date": None})


def figure(value: float) -> str:
    """A number as it is read: three digits that count, or the whole."""
    if math.isnan(value):
        return "–"
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    raise SystemExit(main())
