"""What reading made of a file, as lines of JSON and back. Knows nothing about where they are kept."""

from __future__ import annotations

import json
from datetime import date

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
        ]
    )


def from_line(line: str | bytes) -> Article | Problem:
    """The item a line was made of."""
    fields = json.loads(line if isinstance(line, str) else str(line, "utf-8", "surrogatepass"))
    if len(fields) == 3:
        return Problem(*fields)
    article_id, title, text, publisher, published, regions, section, source, url, origin, layout, inferred = fields
    return Article(
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
    )
