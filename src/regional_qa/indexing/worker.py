"""The work on one bundle of articles, here or in a child process: study what is not known, then index the words.

Knows nothing about vectors or generations.
"""

from __future__ import annotations

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
