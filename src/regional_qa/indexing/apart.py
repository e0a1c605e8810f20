"""Reads the files that changed in a process of its own, while this one takes up what is known of the others.

Where that process ends too early the rest is read here, and whatever went wrong there is met again. Knows nothing about
what becomes of the articles.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from regional_qa.indexing.lines import from_line, to_line
from regional_qa.reading import Problem, Source, read_file
from regional_qa.types import Article

BLOCK_BYTES, BLOCKS = 1 << 16, 1 << 10
"""What that process has read and nobody has asked for yet is at most so many blocks of so many bytes."""


class Apart:
    """Begins to read some files, in the order given; where there are none no process is started."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = frozenset(sources)
        self._blocks: queue.Queue[bytes] = queue.Queue(BLOCKS)
        self._lines = self._received()
        self._process: subprocess.Popen[bytes] | None = None
        if sources:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "regional_qa.indexing.apart"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            self._thread = threading.Thread(target=self._receive, args=(self._process, sources), daemon=True)
            self._thread.start()

    def items(self, source: Source) -> Iterator[tuple[Article | Problem, bytes]]:
        """Every item of a file with its line; those that are read apart must be asked for in their order."""
        told = 0
        for line in self._lines if source in self._sources else ():
            if not line:
                return
            yield from_line(line), line
            told += 1
        for item in islice(read_file(source.path, source.origin), told, None):
            yield item, _line(item)

    def _receive(self, process: subprocess.Popen[bytes], sources: Sequence[Source]) -> None:
        assert process.stdin  # noqa: S101 - both are pipes
        assert process.stdout  # noqa: S101
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(json.dumps([(str(one.path), one.origin) for one in sources]).encode())
        while block := os.read(process.stdout.fileno(), BLOCK_BYTES):
            self._blocks.put(block)
        self._blocks.put(b"")

    def _received(self) -> Iterator[bytes]:
        """An empty line after each file; what follows the last whole line is lost."""
        rest = b""
        while block := self._blocks.get():
            *lines, rest = (rest + block).split(b"\n")
            yield from lines

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if not self._process:
            return
        self._process.kill()
        while self._thread.is_alive():  # it may wait for room
            with contextlib.suppress(queue.Empty):
                self._blocks.get(timeout=0.1)
        if self._process.stdout:
            self._process.stdout.close()
        self._process.wait()


def _line(item: Article | Problem) -> bytes:
    return to_line(item).encode("utf-8", "surrogatepass")


def main() -> None:
    """Read the files named on the pipe, each item a line, and an empty one after each file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    with open(sys.stdout.fileno(), "wb", BLOCK_BYTES) as answers:  # noqa: PTH123 - it is open
        for path, origin in json.load(sys.stdin.buffer):
            for item in read_file(Path(path), origin):
                answers.write(_line(item) + b"\n")
            answers.write(b"\n")


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
