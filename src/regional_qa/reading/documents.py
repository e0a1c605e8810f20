"""Web pages, PDF and Word -> Articles. The parsing itself is done by a child process (``reading.worker``).

Knows nothing about the formats' insides or about folders.
"""

from __future__ import annotations

import atexit
import functools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

from regional_qa.knowledge.dates import parse_date
from regional_qa.reading.cleaning import clean, one_line, unseen_letters
from regional_qa.reading.newspaper import read_newspaper, read_story
from regional_qa.reading.parsers import Parsed
from regional_qa.reading.problem import Problem, UnreadableError
from regional_qa.reading.worker import SECONDS
from regional_qa.types import Article

DOCUMENTS = {".html": "html", ".htm": "html", ".pdf": "pdf", ".docx": "docx"}
"""The parser of each file name's ending."""


def read_document(data: bytes, format_name: str, origin: str) -> Iterator[Article | Problem]:
    """The articles of a document; ``format_name`` is one of the values of ``DOCUMENTS``.

    A web page is one article; a PDF or Word document may be a newspaper page of several.

    Raises:
        UnreadableError: nothing could be parsed, or only with more time or memory than a document is given.
    """
    parsed = _child().parse(format_name, data)
    for note in parsed.notes:
        yield Problem(origin, f"{note}; the rest is read", lost=False)
    if told := unseen_letters(parsed.text):
        yield Problem(origin, f"{told}; the rest is read", lost=False)
    if not clean(parsed.text):
        raise UnreadableError("the document holds no text")
    if format_name == "html":
        yield _with_values(read_story(parsed.text, one_line(parsed.title), origin), parsed)
    else:
        yield from read_newspaper(parsed.text, origin)


def _with_values(article: Article, parsed: Parsed) -> Article:
    """What the page's own metadata say goes before what its text lets infer."""
    published, publisher = parse_date(parsed.published), one_line(parsed.publisher)
    told = {name for name, value in (("published", published), ("publisher", publisher)) if value}
    return replace(
        article,
        published=published or article.published,
        publisher=publisher or article.publisher,
        url=one_line(parsed.url),
        inferred=tuple(name for name in article.inferred if name not in told),
    )


class _Child:
    """A child process, started when first needed and again after it was lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def parse(self, format_name: str, data: bytes) -> Parsed:
        """Have one document parsed.

        Raises:
            UnreadableError: the parser's reason, or how it ended.
        """
        with self._lock:
            process = self._running()
            try:
                assert process.stdin  # noqa: S101 - both are pipes
                assert process.stdout  # noqa: S101
                process.stdin.write(json.dumps({"format": format_name, "size": len(data)}).encode() + b"\n" + data)
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = b""
            except BaseException:
                self.stop()  # half a question is in the pipe
                raise
            if not line.endswith(b"\n"):
                self.stop()
                raise UnreadableError(
                    f"the parser was stopped: it needed more than {SECONDS} seconds, or the system ended it"
                )
        answer = json.loads(line)
        if "reason" in answer:
            raise UnreadableError(answer["reason"])
        return Parsed(**{**answer, "notes": tuple(answer["notes"])})

    def stop(self) -> None:
        """End it, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "regional_qa.reading.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process


@functools.cache
def _child() -> _Child:
    return _Child()
