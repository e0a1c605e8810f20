"""Studies articles while the corpus is still being read, on the cores that reading leaves idle.

What it does not come to, or cannot do, is done afterwards as if it had not tried. Knows nothing about words or vectors.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from regional_qa.cores import cores
from regional_qa.errors import RegionalQAError
from regional_qa.indexing.crew import LITTLE, MOST_CHILDREN, Child
from regional_qa.indexing.worker import Job
from regional_qa.ports import LexicalIndex
from regional_qa.types import Article

SHARD = 250
"""Articles handed to a child at a time."""


class Ahead:
    """Takes articles one by one; those that come while all children are busy are dropped."""

    def __init__(self, lexical: type[LexicalIndex]) -> None:
        self._lexical = lexical
        self._count = min(cores() - 1, MOST_CHILDREN)
        self._added = 0
        self._shard: list[tuple[int, Article]] = []
        self._waiting: queue.Queue[list[tuple[int, Article]] | None] = queue.Queue(max(self._count, 1))
        self._children: list[tuple[Child, threading.Thread]] = []
        self._done: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()

    def add(self, row: int, article: Article) -> None:
        """An article whose study is not known."""
        self._added += 1
        if self._added <= LITTLE or not self._count or self._waiting.full():
            return
        self._shard.append((row, article))
        if len(self._shard) == SHARD:
            self._begin()
            with contextlib.suppress(queue.Full):
                self._waiting.put_nowait(self._shard)
            self._shard = []

    def done(self) -> Iterator[tuple[int, bytes]]:
        """The rows and packed studies that were made since this was last called."""
        while not self._done.empty():
            yield self._done.get()

    def finish(self) -> Iterator[tuple[int, bytes]]:
        """The last of them; what nobody has begun with is left."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        for _ in self._children:
            self._waiting.put(None)
        for _, thread in self._children:
            thread.join()
        return self.done()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for child, _ in self._children:
            child.stop()
        self.finish()

    def _begin(self) -> None:
        """Start the children with the first shard."""
        while len(self._children) < self._count:
            child = Child()
            thread = threading.Thread(target=self._serve, args=(child,), daemon=True)
            self._children.append((child, thread))
            thread.start()

    def _serve(self, child: Child) -> None:
        while (shard := self._waiting.get()) is not None:
            job = Job(0, None, [(article, None) for _, article in shard])
            try:
                for (row, _), study in zip(shard, child.do(job, self._lexical), strict=True):
                    self._done.put((row, study))
            except (OSError, ValueError, RegionalQAError):  # it is met again, and told, when the words are indexed
                return
