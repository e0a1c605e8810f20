"""JSON lines, one article each -> Articles, one line at a time. Knows nothing about folders or packing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from regional_qa.reading.cleaning import unseen_letters
from regional_qa.reading.decoding import decode
from regional_qa.reading.fields import to_article
from regional_qa.reading.problem import Problem, UnreadableError
from regional_qa.types import Article

MAX_LINE_BYTES = 50_000_000
_NAMED_PROBLEMS = 100


def read_records(stream: BinaryIO, origin: str) -> Iterator[Article | Problem]:
    """The article of every line; what cannot be used is a Problem and the rest goes on."""
    return each_record(
        ((f"{origin}:{number}", _read_line(line, f"{origin}:{number}")) for number, line in _numbered_lines(stream)),
        origin,
    )


def each_record(records: Iterable[tuple[str, Iterator[Article | Problem]]], origin: str) -> Iterator[Article | Problem]:
    """What each record ``(place, its article and problems)`` gives; one that cannot be used is a Problem.

    After 100 Problems the others are only counted, so that a file of another kind does not flood the report.
    """
    problems, lost = 0, False
    for place, record in records:
        try:
            items = list(record)
        except UnreadableError as fault:
            items = [fault.at(place)]
        for item in items:
            problems += isinstance(item, Problem)
            if isinstance(item, Article) or problems <= _NAMED_PROBLEMS:
                yield item
            else:
                lost |= item.lost
    if problems > _NAMED_PROBLEMS:
        yield Problem(origin, f"{problems - _NAMED_PROBLEMS} more problems like these, not listed one by one", lost)


def _numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """(line from 1, bytes); None for a line too long to hold; empty lines are left out."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            yield number, None
        elif line.strip():
            yield number, line


def _read_line(line: bytes | None, place: str) -> Iterator[Article | Problem]:
    if line is None:
        raise UnreadableError(f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB")
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, unreadable = decode(line)
        if unreadable:
            yield Problem(place, f"{unreadable} unreadable bytes are shown as \ufffd; the rest is read", lost=False)
    record = _parse(text)
    if told := unseen_letters(" ".join(value for value in record.values() if isinstance(value, str))):
        yield Problem(place, f"{told}; the rest is read", lost=False)
    yield from to_article(record, place, names_source=False)


def _parse(text: str) -> dict[str, object]:
    try:
        record = json.loads(text)
    except RecursionError:
        raise UnreadableError("nested too deeply") from None
    except ValueError as fault:
        reason = "a number of too many digits" if "int_max_str_digits" in str(fault) else str(fault)[:100]
        raise UnreadableError(f"not JSON: {reason}") from None
    if not isinstance(record, dict):
        raise UnreadableError('not an object; every line must be one {"title": …, "text": …}')
    return record
