"""A table with named columns (csv) -> Articles, one row each. Knows nothing about folders or encodings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from regional_qa.reading.cleaning import one_line
from regional_qa.reading.fields import NAMES, to_article
from regional_qa.reading.problem import Problem, UnreadableError
from regional_qa.reading.records import each_record
from regional_qa.types import Article

_MAX_CELL_CHARS = 5_000_000


def read_table(text: str, origin: str) -> Iterator[Article | Problem]:
    """The article of every row below the row of names; columns of other names are left alone.

    Raises:
        UnreadableError: no column holds the articles' text.
    """
    csv.field_size_limit(_MAX_CELL_CHARS)
    first = text.lstrip("\ufeff\n\r ").partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count), strict=True)
    names = _names(rows)
    return each_record(
        ((f"{origin}:{line}", _read_row(names, row, f"{origin}:{line}")) for line, row in _rows(rows)), origin
    )


def _names(rows: Iterator[list[str]]) -> list[str]:
    """The names in the first row that holds any."""
    try:
        header = next((row for row in rows if any(map(str.strip, row))), [])
    except csv.Error as fault:
        raise UnreadableError(f"the row of column names is broken ({fault})", line=1) from None
    names = [one_line(name).lower() for name in header]
    if not set(names) & set(NAMES["text"]):
        raise UnreadableError(
            f"no column holds the text; the first row must name one {' or '.join(NAMES['text'])}", line=1
        )
    if twice := next((name for name in names if name and names.count(name) > 1), ""):
        raise UnreadableError(f"two columns are named {twice[:30]!r}; give each its own name", line=1)
    return names


def _rows(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """(line of the file on which the row begins, its cells); the error where it cannot be read."""
    while True:
        line = rows.line_num + 1  # type: ignore[attr-defined]
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as fault:
            yield line, fault
            continue
        if any(cell.strip() for cell in row):
            yield line, row


def _read_row(names: list[str], row: list[str] | csv.Error, place: str) -> Iterator[Article | Problem]:
    if isinstance(row, csv.Error):
        hint = "a quotation mark is never closed" if "end of data" in str(row) else str(row)
        raise UnreadableError(f"the row cannot be read: {hint}")
    if len(row) > len(names):
        raise UnreadableError(f"the row has {len(row)} cells for {len(names)} columns; quote cells that hold commas")
    values = {name: cell for name, cell in zip(names, row, strict=False) if name}
    yield from to_article(values, place, names_source=False)
