"""The child process that works beside a rebuild.

It reads from its parent a line that names the work and a line for each article; it answers with a line for each study
and a last one, and ends with its parent, whose end closes the pipe. Knows nothing about vectors or generations.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import signal
import sys
from pathlib import Path

from regional_qa.errors import RegionalQAError
from regional_qa.indexing.lines import from_line
from regional_qa.indexing.worker import KNOWN, Job, seldom_collected, work
from regional_qa.types import Article


@seldom_collected()
def main() -> None:
    """Do one job after another until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        header = json.loads(line)
        folder = Path(header["folder"]) if header["folder"] else None
        job = Job(header["number"], folder, [_received(source.readline()) for _ in range(header["articles"])])
        module, name = header["lexical"]
        lexical = getattr(importlib.import_module(module), name)

        try:
            for (_, known), study in zip(job.items, work(job, lexical), strict=True):
                answers.write((KNOWN if known else study) + b"\n")
            end: dict[str, object] = {}
        except OSError as fault:
            end = {"unwritten": [fault.errno, fault.strerror or str(fault), fault.filename]}
        except RegionalQAError as fault:
            end = {"fault": str(fault)}
        answers.write(json.dumps(end).encode() + b"\n")
        answers.flush()


def _received(line: bytes) -> tuple[Article, bytes | None]:
    known, _, packed = line.partition(b"\t")
    article = from_line(packed)
    assert isinstance(article, Article)  # noqa: S101 - the parent sends nothing else
    return article, None if known == b"null" else known


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
