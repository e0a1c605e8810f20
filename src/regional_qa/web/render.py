"""Text -> safe HTML: escaping, marking and cutting. The only door by which foreign text reaches a page.

What ``escape`` returns is inert both in HTML and in Markdown, so the chat and the article page share
it. Knows nothing about answers or pages.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from urllib.parse import quote, urlencode

from regional_qa.types import Span

SHOWN_CHARS = 2000
"""Characters of one passage shown at most; a browser's Markdown parser slows down beyond."""
_BEFORE, _AFTER = 70, 70
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPECIAL = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation + "\n\t"}
_LABEL = re.compile(r"\[(\d{1,3})\]")
_STOPS = "。！？；\n"


def escape(text: str) -> str:
    """The text as inert HTML and Markdown on one line: it shows as written and does nothing.

    Characters that cannot be seen (controls, direction overrides, tag characters) are replaced one
    for one, so that offsets stay what they were.

    >>> escape("<b>10~20亿</b>")
    '&#60;b&#62;10&#126;20亿&#60;&#47;b&#62;'
    """
    return seen(text).translate(_SPECIAL)


def seen(text: str) -> str:
    """The text with a replacement for each character that cannot be seen."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def mark(text: str, spans: Sequence[Span]) -> str:
    """The text escaped, with each span (sorted, disjoint) in ``<mark>``.

    >>> mark("占全国1/3。", [Span(3, 6)])
    '占全国<mark>1&#47;3</mark>。'
    """
    parts, cursor = [], 0
    for span in spans:
        parts += [escape(text[cursor : span.start]), "<mark>", escape(span.of(text)), "</mark>"]
        cursor = span.end
    return "".join(parts) + escape(text[cursor:])


def excerpt(text: str, span: Span) -> str:
    """The span marked, with the rest of its sentences around it, as HTML of at most ``SHOWN_CHARS``.

    >>> excerpt("第一句。产量占1/3。第三句。", Span(4, 11))
    '第一句。<mark>产量占1&#47;3。</mark>第三句。'
    """
    paragraph_start = text.rfind("\n", 0, span.start) + 1
    paragraph_end = text.find("\n", span.end)
    paragraph_end = len(text) if paragraph_end < 0 else paragraph_end
    start = _after_stop(text, max(paragraph_start, span.start - _BEFORE), span.start, paragraph_start)
    end = min(paragraph_end, _stop(text, span.end + _AFTER, paragraph_end), start + SHOWN_CHARS)
    shown_end = min(span.end, end)
    before, after = "…" if start > paragraph_start else "", "…" if end < paragraph_end else ""
    return before + mark(text[start:end], [Span(span.start - start, shown_end - start)]) + after


def cut(text: str, limit: int = SHOWN_CHARS) -> str:
    """The text escaped, cut after ``limit`` characters.

    >>> cut("一二三四", 2)
    '一二…'
    """
    return escape(text[:limit]) + ("…" if len(text) > limit else "")


def with_labels(
    text: str,
    quotes: Sequence[tuple[int, str]],
    link: Callable[[int], str],
    shown: Callable[[int, str], str] = lambda label, words: escape(words),
) -> str:
    """An answer's text as paragraphs: each quote in ``<q>`` as ``shown``, the label after it as ``link(label)``.

    A bracketed number inside a quotation is the article's and stays text.

    >>> with_labels("安徽：1/3[2]。[1]", [(1, "1/3[2]。")], lambda label: f"<i>{label}</i>")
    '<p>安徽：<q>1&#47;3&#91;2&#93;。</q><i>1</i></p>'
    """
    parts, cursor = [], 0
    known = {label for label, _ in quotes}
    for label, words in quotes:
        place = text.find(f"{words}[{label}]", cursor)
        if place < 0:
            continue
        parts += [_own_words(text[cursor:place], known, link), "<q>", shown(label, words), "</q>", link(label)]
        cursor = place + len(words) + len(f"[{label}]")
    parts.append(_own_words(text[cursor:], known, link))
    return f"<p>{''.join(parts)}</p>"


def _own_words(text: str, known: AbstractSet[int], link: Callable[[int], str]) -> str:
    """The words between quotations, their line ends as paragraphs, their known labels linked."""
    pieces = _LABEL.split(text)  # text, digits, text, digits, ..., text
    done = [escape(piece).replace("&#10;", "</p><p>") for piece in pieces]
    for i in range(1, len(pieces), 2):
        label = int(pieces[i])
        done[i] = link(label) if label in known else escape(f"[{pieces[i]}]")
    return "".join(done)


def article_url(article_id: str) -> str:
    """Where the article page stands; safe inside an attribute.

    >>> article_url("a/b")
    '/article/a%2Fb'
    """
    return f"/article/{quote(article_id, safe='')}"


def place_url(article_id: str, span: Span, quote: str) -> str:
    """Where the article page shows a quotation, sealed so that it is not sought in an article that has changed since.

    Safe inside an attribute.

    >>> place_url("a/b", Span(3, 9), "一半以上")
    '/article/a%2Fb?s=3&amp;e=9&amp;q=8af935dc#mark'
    """
    return f"{article_url(article_id)}?s={span.start}&amp;e={span.end}&amp;q={seal(quote)}#mark"


def seal(quote: str) -> str:
    """Eight hex digits that change when a quotation does."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def facts_url(path: str = "/facts", **limits: str) -> str:
    """Where the fact table shows what these limits leave; safe inside an attribute.

    >>> facts_url(region="安徽", metric="", since="2024-01-31"), facts_url()
    ('/facts?region=%E5%AE%89%E5%BE%BD&amp;since=2024-01-31', '/facts')
    """
    query = urlencode({name: limit for name, limit in limits.items() if limit}, errors="replace")
    return f"{path}?{query.replace('&', '&amp;')}" if query else path


def _after_stop(text: str, earliest: int, latest: int, paragraph_start: int) -> int:
    """Where a sentence begins between the two, or ``earliest`` when none does."""
    if earliest == paragraph_start:
        return earliest
    return next((i + 1 for i in range(earliest, latest) if text[i] in _STOPS), earliest)


def _stop(text: str, latest: int, paragraph_end: int) -> int:
    """The end of the last sentence that ends by ``latest``, or ``latest`` when none does."""
    if latest >= paragraph_end:
        return paragraph_end
    return next((i + 1 for i in range(latest - 1, latest - _AFTER - 1, -1) if i >= 0 and text[i] in _STOPS), latest)
