"""Named values of a front matter or a JSON object -> Article, each checked for its type.

Knows nothing about where the values were written.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import date

from regional_qa.errors import UsageError
from regional_qa.knowledge.dates import parse_date
from regional_qa.knowledge.regions import resolve
from regional_qa.reading.cleaning import clean, content_id, one_line
from regional_qa.reading.problem import Problem, UnreadableError
from regional_qa.reading.tracing import Traced, trace_clean
from regional_qa.types import Article, Span, Stretch

NAMES = {
    "article_id": ("_id", "id", "编号"),
    "title": ("title", "headline", "标题"),
    "text": ("text", "content", "body", "正文", "内容"),
    "publisher": ("publisher", "source", "来源", "媒体", "报纸"),
    "published": ("published", "date", "publish_date", "日期", "发布日期", "发布时间", "发表日期"),
    "regions": ("regions", "地区", "省份"),
    "section": ("section", "栏目", "版面"),
    "url": ("url", "link", "链接", "网址"),
}
"""How each field may be called; of several the first that holds something counts."""


def to_article(
    values: Mapping[str, object], origin: str, *, names_source: bool, body: Traced | None = None
) -> Iterator[Article | Problem]:
    """The article of ``values``, after a Problem for each date or region that is not understood.

    ``origin`` is the file, with ``:line`` where a file holds several. Where ``names_source``,
    ``source`` tells what the text was written from; else it is another word for ``publisher``.
    ``body`` is the text where it is not one of the values.

    Raises:
        UnreadableError: no text, or a value of the wrong type.
    """
    given = _string(values, *NAMES["text"])
    text = clean(given) if body is None else body.text
    if not text:
        raise UnreadableError(f"no text; one of {', '.join(NAMES['text'])} must hold the article")
    title = one_line(_string(values, *NAMES["title"]))
    published, dated = _published(values)
    if not dated:
        yield Problem(
            origin, "the date is not understood, write it as 2024-01-31; the article is read as undated", lost=False
        )
    regions, unknown = _regions(values)
    for name in unknown:
        yield Problem(
            origin, f"region {name[:30]!r} is not a place we know; the article is read without it", lost=False
        )
    yield Article(
        article_id=one_line(_identity(values)) or content_id(title, text),
        title=title,
        text=text,
        publisher=one_line(_string(values, *(n for n in NAMES["publisher"] if n != "source" or not names_source))),
        published=published,
        regions=regions,
        section=one_line(_string(values, *NAMES["section"])),
        source=one_line(_string(values, "source")) if names_source else "",
        url=one_line(_string(values, *NAMES["url"])),
        origin=origin,
        layout=_layout(trace_clean(given) if body is None and text != given else body),
    )


def _layout(text: Traced | None) -> tuple[Stretch, ...]:
    """Where a text stood, unless it stood there as it is."""
    if text is None or text.runs == ((0, len(text.text), 0),):
        return ()
    return tuple(Stretch(Span(start, stop), at) for start, stop, at in text.runs)


def _string(values: Mapping[str, object], *names: str) -> str:
    for name in names:
        value = values.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise UnreadableError(f"`{name}` must be text, not {type(value).__name__}")
        return value
    return ""


def _identity(values: Mapping[str, object]) -> str:
    for name in NAMES["article_id"]:
        value = values.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise UnreadableError(f"`{name}` must be text or a whole number, not {type(value).__name__}")
        return str(value)
    return ""


def _published(values: Mapping[str, object]) -> tuple[date | None, bool]:
    """The date, and whether what was given could be understood."""
    given = [values[name] for name in NAMES["published"] if values.get(name) not in (None, "")]
    published = parse_date(given[0]) if given else None
    return published, published is not None or not given


def _regions(values: Mapping[str, object]) -> tuple[tuple[str, ...], list[str]]:
    """Provinces in the order given, and the names that are none."""
    given = next((values[name] for name in NAMES["regions"] if values.get(name)), [])
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UnreadableError("`regions` must be a name or a list of names")
    known = {name: _provinces(name) for name in names}
    unknown = [one_line(name) for name, provinces in known.items() if not provinces]
    return tuple(dict.fromkeys(province for provinces in known.values() for province in provinces)), unknown


@functools.lru_cache(maxsize=4096)
def _provinces(name: str) -> tuple[str, ...]:
    try:
        return resolve(name)
    except UsageError:
        return ()
