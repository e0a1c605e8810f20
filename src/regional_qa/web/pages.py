"""Article -> its own page, readable without JavaScript, with the cited place marked.

Knows nothing about the chat, Gradio or the network.
"""

from __future__ import annotations

from collections.abc import Mapping

from regional_qa.knowledge.topics import topics_of
from regional_qa.types import Article, Span, credit
from regional_qa.web import texts
from regional_qa.web.cards import day, reprint_links
from regional_qa.web.language import Language, Pair, said
from regional_qa.web.original import Piece, pieces, windows
from regional_qa.web.render import escape, mark

PLACES: Mapping[str, Pair] = {
    "/": ("区域新闻问答", "Regional news"),
    "/facts": ("数字表", "Figures"),
    "/coverage": ("覆盖", "Coverage"),
    "/status": ("索引", "Index"),
}
"""Our pages by their addresses, in the order in which they are offered."""
_TEXTS: Mapping[str, Pair] = {
    "untitled": ("（无题）", "(no headline)"),
    "undated": ("日期不详", "date not known"),
    "bad_place": ("链接里的位置与这篇文章对不上，下面是全文，没有标出引文。", "The place in the link does not fit this article; below is all of it, nothing marked."),
    "missing": ("没有找到这篇文章", "There is no such article"),
    "missing_hint": ("索引里没有编号为“{article_id}”的文章，它可能已在重建时移出。请回到对话重新提问。", "The index has no article “{article_id}”; it may have left with a rebuild. Go back and ask again."),
    "jump": ("跳到引文", "To the quotation"),
    "published": ("发表", "Published"),
    "region": ("地区", "Regions"),
    "topic": ("主题", "Topics"),
    "section": ("版块", "Section"),
    "origin": ("原文件", "File"),
    "stood": ("引文在原文件第 {places} 字", "quoted from characters {places} of the file"),
    "inferred": ("（据正文）", " (by the text)"),
    "original_hint": ("文件里的原样，灰色的不属于这篇文章。", "As it stands in the file; what is grey is not of this article."),
}  # fmt: skip
_FRAME = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
    '<link rel="stylesheet" href="/look/article.css"><link rel="stylesheet" href="/look/pages.css">{head}<title>{title}</title></head><body>{body}</body></html>'
)


def article_page(
    article: Article, start: str = "", end: str = "", raw: str | None = None, language: Language = "zh"
) -> str:
    """The page of one article; ``start`` and ``end`` are taken from the address and may be anything.

    A place that does not lie in the text leaves the page unmarked, with a line that says so. ``raw`` is the text of
    the article's file, shown beside it.
    """
    span = read_span(start, end, len(article.text))
    asked = bool(start or end)
    title = article.title or said(_TEXTS["untitled"], language)
    notice = f'<p class="notice">{said(_TEXTS["bad_place"], language)}</p>' if asked and span is None else ""
    jump = f'<a href="#mark">{said(_TEXTS["jump"], language)}</a>' if span else ""
    beside = f'<a href="#original">{said(_TEXTS["origin"], language)}</a>' if raw else ""
    line = f"<nav>{_home(language)}<span>{escape(title)}</span>{jump}{beside}</nav>"
    header = f"<header><h1>{escape(title)}</h1>{_facts(article, span, language)}</header>"
    text = f"<article>{header}{notice}{paragraphs(article, span)}</article>"
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
        said(_TEXTS["missing"], language),
        said(_TEXTS["missing_hint"], language).format(article_id=article_id[:80]),
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
        f'<span aria-current="page">{said(name, language)}</span>'
        if path == here
        else f'<a href="{path}">{said(name, language)}</a>'
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


def paragraphs(article: Article, span: Span | None = None) -> str:
    """The text as ``<p>`` elements; the first piece of the span carries the anchor ``mark``.

    A caption, a byline and the like name their role as their class.

    >>> paragraphs(Article("a", "", "一二\\n三四"), Span(1, 4))
    '<p>一<mark id="mark">二</mark></p><p><mark>三</mark>四</p>'
    """
    parts, cursor, anchored = [], 0, False
    for line in article.text.split("\n"):
        end = cursor + len(line)
        if line.strip():
            first, last = (max(span.start, cursor), min(span.end, end)) if span else (0, 0)
            inside = [Span(first - cursor, last - cursor)] if first < last else []
            marked = mark(line, inside)
            if inside and not anchored:
                marked, anchored = marked.replace("<mark>", '<mark id="mark">', 1), True
            role = article.role_at(cursor)
            parts.append(f"<p>{marked}</p>" if role == "body" else f'<p class="{role}">{marked}</p>')
        cursor = end + 1
    return "".join(parts)


def _facts(article: Article, span: Span | None, language: Language) -> str:
    def words(name: str) -> str:
        return said(_TEXTS[name], language)

    places = article.in_original(span) if span else ()
    stood = "、".join(f"{place.start}–{place.end}" for place in places)
    topics = topics_of(article.title, article.text)
    told = {name: words("inferred") if name in article.inferred else "" for name in ("published", "regions")}
    facts = [
        credit(article.publisher, article.source),
        f"{words('published')} {day(article.published)}{told['published']}" if article.published else words("undated"),
        f"{words('region')} {texts.REGION_SEPARATOR.join(article.regions)}{told['regions']}" if article.regions else "",
        f"{words('topic')} {texts.REGION_SEPARATOR.join(topics)}" if topics else "",
        f"{words('section')} {article.section}" if article.section else "",
        f"{words('origin')} {article.origin}" if article.origin else "",
        words("stood").format(places=stood) if stood else "",
    ]
    items = [*(escape(fact) for fact in facts if fact), reprint_links(article)]
    return f'<ul class="facts">{"".join(f"<li>{item}</li>" for item in items if item)}</ul>'


def _original(raw: str, article: Article, span: Span | None, language: Language) -> str:
    """The file beside the article: its lines as they stand there, what is not of this article in grey."""
    shown = "".join(
        f"<pre>{''.join(map(_piece, pieces(raw, window, article, span)))}</pre>"
        for window in windows(raw, article, span)
    )
    title = f"{said(_TEXTS['origin'], language)} {escape(article.origin)}"
    hint = said(_TEXTS["original_hint"], language)
    return f'<aside id="original" aria-label="{title}"><h2>{title}</h2><p class="quiet">{hint}</p>{shown}</aside>'


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    return f"<mark>{text}</mark>" if piece.cited else text if piece.own else f"<span>{text}</span>"


def _home(language: Language) -> str:
    return f'<a href="/">{said(PLACES["/"], language)}</a>'
