"""What reading made of a file, as lines of JSON and back. Knows nothing about where they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from regional_qa.reading import Problem
from regional_qa.types import Article, Span, Stretch

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_line(item: Article | Problem) -> str:
    """One line that ``from_line`` reads.

    >>> article = Article("a", "题", "文", published=date(2024, 2, 23), regions=("安徽",))
    >>> from_line(to_line(article)) == article
    True
    >>> from_line(to_line(Problem("a.md", "the file is empty")))
    Problem(origin='a.md', reason='the file is empty', lost=True)
    """
    if isinstance(item, Problem):
        return _json([item.origin, item.reason, item.lost])
    return _json(
        [
            item.article_id,
            item.title,
            item.text,
            item.publisher,
            item.published.isoformat() if item.published else None,
            item.regions,
            item.section,
            item.source,
            item.url,
            item.origin,
            [(one.span.start, one.span.end, one.original, one.role) for one in item.layout],
            item.inferred,
            item.place,
            item.sha256,
        ]
    )


def from_line(line: str | bytes) -> Article | Problem:
    """The item a line was made of."""
    return _item(json.loads(line if isinstance(line, str) else str(line, "utf-8", "surrogatepass")))


def from_lines(lines: bytes) -> Iterator[Article | Problem]:
    """The items of lines that follow one another; read as one list, which takes half the time."""
    listed = b"[%b]" % lines.replace(b"\n", b",")  # a blank of that kind never stands in JSON of one line
    return map(_item, json.loads(str(listed, "utf-8", "surrogatepass")))


def _item(fields: list[Any]) -> Article | Problem:
    if len(fields) == 3:
        return Problem(*fields)
    (article_id, title, text, publisher, published, regions, section, source, url, origin, layout, inferred,
     place, sha256) = fields  # fmt: skip
    article = Article(
        article_id,
        title,
        text,
        publisher,
        date.fromisoformat(published) if published else None,
        tuple(regions),
        section,
        source,
        url,
        origin,
        tuple(Stretch(Span(start, end), original, role) for start, end, original, role in layout),
        tuple(inferred),
        place=place,
    )
    article.recall(sha256)
    return article
