"""Jobs done beside this process by children, one for each core, or by itself where there is little to do.

Knows nothing about what a job's results are for.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator

from regional_qa.errors import CorpusError, IndexFault
from regional_qa.indexing.worker import Job, send, work
from regional_qa.ports import LexicalIndex

MOST_CHILDREN = 8
"""Each takes some 300 MB of memory."""
LITTLE = 2000
"""Articles that are studied sooner than child processes are started."""
AHEAD = 1
"""Jobs made ready while the children work, so that none waits; each holds its articles in memory."""

Event = tuple[Job, bytes | None]
"""The packed study of the job's next article; None when the job is done."""


def do_here(jobs: Iterator[Job], lexical: type[LexicalIndex]) -> Iterator[Event]:
    """Do all jobs in this process: first all studies, then all words."""
    under_way = []
    for job in jobs:
        doing = work(job, lexical)
        for _ in job.items:
            yield job, next(doing)
        under_way.append((job, doing))
    for job, doing in under_way:
        next(doing, None)
        yield job, None


@contextlib.contextmanager
def do_beside(jobs: Iterator[Job], lexical: type[LexicalIndex], children: int) -> Iterator[Iterator[Event]]:
    """Do all jobs in so many child processes, which begin at once; the studies of one job keep their order.

    Raises:
        OSError: a child could not write.
        IndexFault: a child was ended by the system.
    """
    waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    events: queue.SimpleQueue[Event | Exception] = queue.SimpleQueue()
    crew = [Child() for _ in range(children)]
    try:
        for child in crew:
            threading.Thread(target=_serve, args=(child, lexical, waiting, events), daemon=True).start()
        handed_out = sum(_hand_out(jobs, waiting) for _ in range(children + AHEAD))
        yield _events(handed_out, jobs, waiting, events)
    finally:
        for child in crew:
            waiting.put(None)
            child.stop()


def _events(
    under_way: int,
    jobs: Iterator[Job],
    waiting: queue.SimpleQueue[Job | None],
    events: queue.SimpleQueue[Event | Exception],
) -> Iterator[Event]:
    while under_way:
        event = events.get()
        if isinstance(event, Exception):
            raise event
        if event[1] is None:
            under_way += _hand_out(jobs, waiting) - 1
        yield event


def _hand_out(jobs: Iterator[Job], waiting: queue.SimpleQueue[Job | None]) -> int:
    job = next(jobs, None)
    if job is not None:
        waiting.put(job)
    return int(job is not None)


def _serve(
    child: Child,
    lexical: type[LexicalIndex],
    waiting: queue.SimpleQueue[Job | None],
    events: queue.SimpleQueue[Event | Exception],
) -> None:
    while (job := waiting.get()) is not None:
        try:
            for study in child.do(job, lexical):
                events.put((job, study))
            events.put((job, None))
        except (OSError, ValueError, CorpusError, IndexFault) as fault:
            events.put(fault)
            return


class Child:
    """A process that does one job after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "regional_qa.indexing.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def do(self, job: Job, lexical: type[LexicalIndex]) -> Iterator[bytes]:
        """As ``work``.

        Raises:
            OSError: the child could not write.
            CorpusError: an article cannot be studied.
            IndexFault: the child was ended by the system.
        """
        assert self._process.stdin  # noqa: S101 - both are pipes
        assert self._process.stdout  # noqa: S101
        try:
            send(job, lexical, self._process.stdin)
        except BrokenPipeError:
            raise IndexFault(_ENDED) from None
        for _, known in job.items:
            line = self._process.stdout.readline()
            if line.startswith(b"{"):
                break
            if not line.endswith(b"\n"):
                raise IndexFault(_ENDED)
            yield known or line.rstrip(b"\n")
        else:
            line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise IndexFault(_ENDED)
        end = json.loads(line)
        if "unwritten" in end:
            raise OSError(*end["unwritten"])
        if "fault" in end:
            raise CorpusError(end["fault"])

    def stop(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()


_ENDED = (
    "a process that indexes was ended by the system, perhaps for want of memory; free some and rebuild "
    "again, it goes on where it was. The index before is untouched"
)
