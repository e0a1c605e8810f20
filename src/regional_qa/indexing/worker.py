"""The work on one bundle of articles, here or in a child process: study what is not known, then index the words.

A child reads from its parent a line that names the work and a line for each article; it answers with a line for
each study and a last one, and ends with its parent, whose end closes the pipe. Knows nothing about vectors or generations.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regional_qa.errors import RegionalQAError
from regional_qa.indexing.lines import from_line, to_line
from regional_qa.indexing.study import Study, head
from regional_qa.ports import LexicalIndex
from regional_qa.types import Article

KNOWN = b"known"
"""The answer for an article that came with its study."""


@dataclass(frozen=True, slots=True)
class Job:
    """The articles of a bundle, each with its study where it is known, and the folder for its words."""

    number: int
    folder: Path
    items: Sequence[tuple[Article, Study | None]]


def work(job: Job, lexical: type[LexicalIndex]) -> Iterator[Study]:
    """Do one job; gives the study of each article as soon as it is known, and ends when the words are indexed."""
    studies = []
    for article, known in job.items:
        studies.append(known or Study.of(article))
        yield studies[-1]
    lexical.bundle(
        job.folder,
        job.number,
        (
            (place, line, text)
            for place, ((article, _), study) in enumerate(zip(job.items, studies, strict=True))
            for line, texts in [(head(article), study.texts(article))]
            for text in texts
        ),
    )


def send(job: Job, lexical: type[LexicalIndex], pipe: Any) -> None:
    """Write a job into the pipe to a child."""
    header = {
        "number": job.number,
        "folder": str(job.folder),
        "articles": len(job.items),
        "lexical": [lexical.__module__, lexical.__name__],
    }
    pipe.write(json.dumps(header).encode() + b"\n")
    for article, known in job.items:
        line = f"{known.packed() if known else 'null'}\t{to_line(article)}\n"
        pipe.write(line.encode("utf-8", "surrogatepass"))
    pipe.flush()


def main() -> None:
    """Do one job after another until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        header = json.loads(line)
        job = Job(
            header["number"], Path(header["folder"]), [_received(source.readline()) for _ in range(header["articles"])]
        )
        module, name = header["lexical"]
        lexical = getattr(importlib.import_module(module), name)

        try:
            for (_, known), study in zip(job.items, work(job, lexical), strict=True):
                answers.write((KNOWN if known else study.packed().encode("utf-8", "surrogatepass")) + b"\n")
            end = {}
        except (RegionalQAError, OSError) as fault:
            end = {"fault": str(fault)}
        answers.write(json.dumps(end).encode() + b"\n")
        answers.flush()


def _received(line: bytes) -> tuple[Article, Study | None]:
    known, _, packed = line.partition(b"\t")
    article = from_line(packed)
    assert isinstance(article, Article)  # noqa: S101 - the parent sends nothing else
    return article, None if known == b"null" else Study.unpacked(known)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
