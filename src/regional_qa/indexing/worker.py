"""The work on some articles, here or in a child process: study what is not known, then index the words of a bundle.

Knows nothing about vectors or generations.
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regional_qa.indexing.lines import to_line
from regional_qa.indexing.study import Study, head
from regional_qa.ports import LexicalIndex
from regional_qa.types import Article

KNOWN = b"known"
"""The answer for an article that came with its study."""


_SELDOM = (100_000, 50, 100)


@contextlib.contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for cycles in memory less often: among millions of objects, none in one, that takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(frozen=True, slots=True)
class Job:
    """Articles, each with its packed study where it is known; those of a bundle with the folder for its words."""

    number: int
    folder: Path | None
    items: Sequence[tuple[Article, bytes | None]]


def work(job: Job, lexical: type[LexicalIndex]) -> Iterator[bytes]:
    """Do one job; gives the packed study of each article as soon as it is known, and ends when the words are indexed."""
    studies = []
    for article, known in job.items:
        studies.append(Study.unpacked(known) if known else Study.of(article))
        yield known or studies[-1].packed()
    if job.folder is None:
        return
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
        "folder": str(job.folder) if job.folder else None,
        "articles": len(job.items),
        "lexical": [lexical.__module__, lexical.__name__],
    }
    pipe.write(json.dumps(header).encode() + b"\n")
    for article, known in job.items:
        pipe.write((known or b"null") + f"\t{to_line(article)}\n".encode("utf-8", "surrogatepass"))
    pipe.flush()
