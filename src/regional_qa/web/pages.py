"""Article -> its own page, readable without JavaScript, with the cited place marked.

Knows nothing about the chat, Gradio or the network.
"""

from __future__ import annotations

from collections.abc import Mapping

from regional_qa.knowledge.topics import topics_of
from regional_qa.types import Article, Span
from regional_qa.web import texts
from regional_qa.web.language import Language
from regional_qa.web.original import Piece, pieces, windows
from regional_qa.web.render import escape, mark, seal
from regional_qa.web.sources import address_link, credited, day, reprint_links

PLACES: Mapping[str, texts.Text] = {
    "/": texts.TITLE,
    "/facts": texts.FACTS,
    "/coverage": texts.COVERAGE,
    "/status": texts.INDEX,
}
"""Our pages by their addresses, in the order in which they are offered."""
MOST_SHOWN = 200_000
"""Characters of one article shown at most; no newspaper prints as many."""
_FRAME = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
    '<link rel="stylesheet" href="/look/article.css"><link rel="stylesheet" href="/look/pages.css">{head}<title>{title}</title></head><body>{body}</body></html>'
)


def article_page(
    article: Article,
    start: str = "",
    end: str = "",
    sealed: str = "",
    raw: str | None = None,
    language: Language = "zh",
) -> str:
    """The page of one article; ``start``, ``end`` and ``sealed`` are taken from the address and may be anything.

    A place that does not lie in the text, or holds other words than when it was ``sealed``, leaves the page unmarked,
    with a line that says so. ``raw`` is the text of the article's file, shown beside it.
    """
    span = read_span(start, end, len(article.text))
    if span is not None and sealed and seal(span.of(article.text)) != sealed:
        span = None
    asked = bool(start or end)
    title = article.title or texts.UNTITLED.to(language)
    notice = f'<p class="notice">{texts.BAD_PLACE.to(language)}</p>' if asked and span is None else ""
    jump = f'<a href="#mark">{texts.JUMP.to(language)}</a>' if span else ""
    beside = f'<a href="#original">{texts.ORIGIN_LABEL.to(language)}</a>' if raw else ""
    line = f"<nav>{_home(language)}<span>{escape(title)}</span>{jump}{beside}</nav>"
    header = f"<header><h1>{escape(title)}</h1>{_facts(article, span, language)}</header>"
    first, last = window(len(article.text), span)
    if last - first < len(article.text):
        words = texts.TOO_LONG_TO_SHOW.to(language).format(first=first, last=last, count=len(article.text))
        notice += f'<p class="notice">{words}</p>'
    text = f"<article>{header}{notice}{paragraphs(article, span, first, last)}</article>"
    if raw is None:
        return whole_page(title, f"{line}<main>{text}</main>", language)
    return whole_page(
        title, f'{line}<main class="pair">{text}{_original(raw, article, span, language)}</main>', language
    )


def fault_page(title: str, message: str, language: Language = "zh") -> str:
    """A page with one clear line, for an unknown article or a missing index."""
    header = f"<header><h1>{escape(title)}</h1></header>"
    body = (
        f'<nav>{_home(language)}</nav><main><article>{header}<p class="notice">{escape(message)}</p></article></main>'
    )
    return whole_page(title, body, language)


def missing_page(article_id: str, language: Language) -> str:
    """The page for an article that is not there."""
    return fault_page(
        texts.MISSING.to(language),
        texts.MISSING_HINT.to(language).format(article_id=article_id[:80]),
        language,
    )


def whole_page(title: str, body: str, language: Language = "zh", head: str = "") -> str:
    """A document of its own around markup that is safe already."""
    spoken = {"zh": "zh-CN", "en": "en"}[language]
    return _FRAME.format(title=escape(title), body=body, language=spoken, head=head)


def bar(here: str, language: Language) -> str:
    """The line above every page of ours beside the chat: back to it, and to the others; ``here`` is one's address.

    >>> bar("/status", "en").count("<a "), 'aria-current="page">Index</span>' in bar("/status", "en")
    (3, True)
    """
    others = "".join(
        f'<span aria-current="page">{name.to(language)}</span>'
        if path == here
        else f'<a href="{path}">{name.to(language)}</a>'
        for path, name in PLACES.items()
    )
    return f'<nav class="places">{others}</nav>'


def read_span(start: str, end: str, length: int) -> Span | None:
    """The span an address names, or None where it is none of a text of ``length`` characters.

    >>> read_span("2", "5", 9), read_span("5", "2", 9), read_span("0", "10", 9), read_span("x", "", 9)
    (Span(start=2, end=5), None, None, None)
    """
    if not (start.isascii() and start.isdigit() and end.isascii() and end.isdigit()) or max(len(start), len(end)) > 12:
        return None
    first, last = int(start), int(end)
    return Span(first, last) if first < last <= length else None


def window(length: int, span: Span | None) -> tuple[int, int]:
    """From where to where a text of so many characters stands on its page: at most ``MOST_SHOWN``, around the span.

    >>> window(5, None), window(900_000, None), window(900_000, Span(500_000, 500_009))
    ((0, 5), (0, 200000), (400000, 600000))
    """
    first = max(0, min(span.start - MOST_SHOWN // 2, length - MOST_SHOWN)) if span else 0
    return first, min(length, first + MOST_SHOWN)


def paragraphs(article: Article, span: Span | None = None, first: int = 0, last: int | None = None) -> str:
    """The text from ``first`` to ``last`` as ``<p>`` elements; the first piece of the span carries the anchor ``mark``.

    A caption, a byline and the like name their role as their class.

    >>> paragraphs(Article("a", "", "一二\\n三四"), Span(1, 4))
    '<p>一<mark id="mark">二</mark></p><p><mark>三</mark>四</p>'
    """
    parts, cursor, anchored = [], first, False
    for line in article.text[first:last].split("\n"):
        end = cursor + len(line)
        if line.strip():
            start, stop = (max(span.start, cursor), min(span.end, end)) if span else (0, 0)
            inside = [Span(start - cursor, stop - cursor)] if start < stop else []
            marked = mark(line, inside)
            if inside and not anchored:
                marked, anchored = marked.replace("<mark>", '<mark id="mark">', 1), True
            role = article.role_at(cursor)
            parts.append(f"<p>{marked}</p>" if role == "body" else f'<p class="{role}">{marked}</p>')
        cursor = end + 1
    return "".join(parts)


def _facts(article: Article, span: Span | None, language: Language) -> str:
    places = article.in_original(span) if span else ()
    stood = "、".join(f"{place.start}–{place.end}" for place in places)
    topics = topics_of(article.title, article.text[:MOST_SHOWN])
    facts = [
        credited(article.publisher, article.source, language),
        f"{texts.PUBLISHED.to(language)} {day(article.published, language)}{_told(article, 'published', language)}"
        if article.published
        else texts.UNDATED.to(language),
        f"{texts.REGION_LABEL.to(language)} {texts.regions(article.regions, language)}{_told(article, 'regions', language)}"
        if article.regions
        else "",
        f"{texts.TOPIC_LABEL.to(language)} {texts.REGION_SEPARATOR.to(language).join(topics)}" if topics else "",
        f"{texts.SECTION_LABEL.to(language)} {article.section}" if article.section else "",
        f"{texts.ORIGIN_LABEL.to(language)} {article.origin}" if article.origin else "",
        texts.STOOD.to(language).format(places=stood) if stood else "",
    ]
    address = address_link(article.url)
    items = [*(escape(fact) for fact in facts if fact), f"{texts.ADDRESS.to(language)} {address}" if address else "",
             reprint_links(article, language)]  # fmt: skip
    return f'<ul class="facts">{"".join(f"<li>{item}</li>" for item in items if item)}</ul>'


def _told(article: Article, name: str, language: Language) -> str:
    """Says so where the text itself is the only source."""
    return texts.INFERRED.to(language) if name in article.inferred else ""


def _original(raw: str, article: Article, span: Span | None, language: Language) -> str:
    """The file beside the article: its lines as they stand there, what is not of this article in grey."""
    shown = "".join(
        f"<pre>{''.join(map(_piece, pieces(raw, window, article, span)))}</pre>"
        for window in windows(raw, article, span)
    )
    title = f"{texts.ORIGIN_LABEL.to(language)} {escape(article.origin)}"
    hint = texts.ORIGINAL_HINT.to(language)
    return f'<aside id="original" aria-label="{title}"><h2>{title}</h2><p class="quiet">{hint}</p>{shown}</aside>'


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    return f"<mark>{text}</mark>" if piece.cited else text if piece.own else f"<span>{text}</span>"


def _home(language: Language) -> str:
    return f'<a href="/">{PLACES["/"].to(language)}</a>'
