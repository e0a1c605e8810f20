"""The stores of vectors side by side: FAISS, a real Milvus and Milvus Lite, over the same passages of news.

Each is built, opened anew and asked in a process of its own; what is timed is what one question asks of a store: the
hundred nearest rows, and the cosines of two hundred. Memory is that of the process that asks, and of the server.

Run: PYTHONPATH=. python benchmarks/stores.py [--passages 100000]      (needs ../shared beside the project; absent stores are left out)
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scale import memory_of
from tests.milvus import MilvusServer, lite_server, real_server

from regional_qa.assemble import plug
from regional_qa.chunking import cut_article
from regional_qa.reading import read_corpus
from regional_qa.settings import Settings
from regional_qa.types import Article

SHARED = Path(__file__).parents[1].parent / "shared"
QUERIES, NEAREST, CANDIDATES = 300, 100, 200
ASKED_CHARS = 30
VECTORS, ASKED = "vectors.npy", "asked.npy"


def main() -> int:
    """Build and ask each store; print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--child", nargs=3, metavar=("WORK", "FOLDER", "URI"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        work, folder, uri = options.child
        print(json.dumps({"build": build, "ask": ask}[work](Path(folder), uri)))
        return 0
    if not (SHARED / "data" / "news").is_dir():
        print("skipped: ../shared is not beside the project")
        return 0
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        rows, dim = write_vectors(place, options.passages)
        print(f"{rows:,} passages, {dim} dimensions, {os.cpu_count()} cores\n")
        print(f"| store | build | open | p50 / p99 | filter 1 % | filter 30 % | recall@10 | memory |\n|{'---|' * 8}")
        print(line("FAISS", measured(place, "", None)), flush=True)
        for title, start in (("Milvus", real_server), ("Milvus Lite", lite_server)):
            try:
                server = start(place / title)
            except pytest.skip.Exception as absent:
                print(f"{title}: {absent}", file=sys.stderr)
                continue
            try:
                print(line(title, measured(place, server.uri, server)), flush=True)
            except subprocess.CalledProcessError as failed:
                print(f"{title}: gave up, see above ({failed.cmd[4]})", file=sys.stderr)
            finally:
                server.kill()
    return 0


def write_vectors(place: Path, passages: int) -> tuple[int, int]:
    """The vectors of so many passages, and of how some of the articles begin, to ask for."""
    embedder = plug(Settings()).embedder
    articles: list[Article] = []
    texts = list(islice(passages_of(SHARED / "data" / "news", articles), passages))
    vectors = np.concatenate(
        [embedder.encode_passages(texts[at : at + 4096]).astype(np.float16) for at in range(0, len(texts), 4096)]
    )
    asked = embedder.encode_queries([one.text[:ASKED_CHARS] for one in articles[:: len(articles) // QUERIES][:QUERIES]])
    np.save(place / VECTORS, vectors)
    np.save(place / ASKED, asked)
    return len(vectors), vectors.shape[1]


def passages_of(corpus: Path, seen: list[Article]) -> Iterator[str]:
    """The texts of all passages; the articles read so far are added to ``seen``."""
    for article in read_corpus(corpus):
        if isinstance(article, Article):
            seen.append(article)
            yield from (passage.text for passage in cut_article(article))


def measured(place: Path, uri: str, server: MilvusServer | None) -> dict[str, Any]:
    """What two processes, one after the other, tell of a store."""
    found: dict[str, Any] = {}
    for work in ("build", "ask"):
        words = [sys.executable, __file__, "--child", work, str(place), uri]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
        found |= json.loads(done.stdout)
    found["server"] = memory_of(server.pid) if server else 0.0
    return found


def stores(folder: Path, uri: str) -> Any:
    """The plug; without a model, whose memory is not to be told."""
    if uri:
        from regional_qa.backends.vectors_milvus import Milvus

        return Milvus(uri, "", folder / "index")
    from regional_qa.backends.vectors_faiss import FaissVectors

    return FaissVectors


def build(folder: Path, uri: str) -> dict[str, float]:
    """Seconds until a store is built and written."""
    vectors = np.load(folder / VECTORS)
    started = time.perf_counter()
    stores(folder, uri).build(vectors).save(folder)
    return {"build": time.perf_counter() - started}


def ask(folder: Path, uri: str) -> dict[str, Any]:
    """Milliseconds of what questions ask, recall against numpy, memory."""
    plugged = stores(folder, uri)
    before = memory_of(os.getpid())
    started = time.perf_counter()
    store = plugged.load(folder)
    found: dict[str, Any] = {"open": time.perf_counter() - started}
    asked, rng = np.load(folder / ASKED), np.random.default_rng(1)
    narrow, broad = (np.sort(rng.choice(len(store), int(len(store) * share), replace=False)) for share in (0.01, 0.3))
    candidates = [rng.choice(len(store), CANDIDATES, replace=False).tolist() for _ in asked]

    def question(number: int) -> None:
        store.search(asked[number], NEAREST)
        store.cosines(asked[number], candidates[number])

    found["question"] = timed(question, len(asked))
    found["narrow"] = timed(lambda number: store.search(asked[number], NEAREST, narrow), 50)
    found["broad"] = timed(lambda number: store.search(asked[number], NEAREST, broad), 50)
    hits = [[row for row, _ in store.search(query, 10)] for query in asked[:100]]
    found["memory"] = memory_of(os.getpid()) - before
    vectors = np.load(folder / VECTORS).astype(np.float32)
    best = (np.argsort(-(vectors @ query))[:10] for query in asked[:100])
    found["recall"] = float(np.mean([np.isin(near, row).mean() for near, row in zip(best, hits, strict=True)]))
    return found


def timed(act: Callable[[int], object], count: int) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds, the first five left out."""
    times = []
    for number in range(count):
        started = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[5:]), statistics.quantiles(times[5:], n=100)[98]


def line(title: str, found: dict[str, Any]) -> str:
    """A row of the table."""
    spreads = " | ".join("{:.1f} / {:.1f} ms".format(*found[name]) for name in ("question", "narrow", "broad"))
    memory = f"{found['memory']:.0f} MB" + (f" + {found['server']:.0f} MB" if found["server"] else "")
    return (
        f"| {title} | {found['build']:.1f} s | {found['open']:.1f} s | {spreads} | {found['recall']:.3f} | {memory} |"
    )


if __name__ == "__main__":
    sys.exit(main())
