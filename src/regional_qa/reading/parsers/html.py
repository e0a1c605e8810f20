"""A web page -> its main text. The trafilatura and lxml room.

What the page hides from its readers is left out and counted. Knows nothing about articles or files.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import lxml.html
import trafilatura
from lxml import etree

from regional_qa.reading.cleaning import unseen_letters
from regional_qa.reading.decoding import decode
from regional_qa.reading.parsers import Parsed
from regional_qa.reading.problem import UnreadableError

_MAX_CHARS = 10_000_000
_NOT_SHOWN = ("script", "style", "template", "noscript", "head", "title", "svg")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0?\.?0+\s*(?:;|$)|font-size\s*:\s*0?[01]?(?:\.\d+)?(?:px|pt|em|%)?\s*(?:!important\s*)?(?:;|$)"
    r"|(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"[a-z]*([.#])([\w-]+)", re.IGNORECASE)
_SOURCE = re.compile(r"(?:来源|稿源|文章来源)\s*[:：]\s*([一-龥A-Za-z·]{2,20})")
_PARSED_FRACTION = 0.9


def parse(data: bytes) -> Parsed:
    """The main text of a page, its headline, publisher and date as the page's own metadata give them.

    Raises:
        UnreadableError: undecodable, too long, or no main text in it.
    """
    page, unreadable = decode(data)
    if len(page) > _MAX_CHARS:
        raise UnreadableError(
            f"a web page of more than {_MAX_CHARS // 1_000_000} million characters; save only its text"
        )
    notes = [f"{unreadable} unreadable bytes are shown as \ufffd"] if unreadable else []
    shown = _visible_chars(page)
    tree = _tree(page)
    if tree is None:
        raise UnreadableError(f"no article text could be extracted from the web page ({shown} characters are in it)")
    seen = _chars("".join(tree.itertext()))
    if seen < shown * _PARSED_FRACTION:
        notes.append(f"only {seen} of the page's {shown} characters could be parsed; its tags are broken")
    if hidden := _drop_hidden(tree):
        notes.append(f"{hidden} characters that the page hides from its readers are left out")
    visible = "\n".join(tree.itertext())
    if told := unseen_letters(visible):
        notes.append(told)
    found = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    text = "" if found is None or isinstance(found, dict) else found.text or ""
    if found is None or isinstance(found, dict) or not text.strip():
        raise UnreadableError(f"no article text could be extracted from the web page ({shown} characters are in it)")
    source = _SOURCE.search(visible)
    return Parsed(
        text="\n\n".join(text.split("\n")),
        title=found.title or "",
        publisher=source.group(1) if source else found.sitename or "",
        published=found.date or "",
        url=found.url or "",
        notes=tuple(notes),
    )


def _tree(page: str) -> lxml.html.HtmlElement | None:
    """The page without scripts and the like; None where nothing can be parsed."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    rules = _hiding_rules(" ".join(style.text or "" for style in tree.iter("style")))
    for element in list(tree.iter("script", "style", "template", "noscript", "svg")):
        element.drop_tree()
    for element in tree.iter(etree.Element):
        names = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
        if names & rules:
            element.set("hidden", "")
    return tree


def _hiding_rules(style: str) -> set[str]:
    """The classes (.x) and ids (#x) that a style sheet hides."""
    hidden: set[str] = set()
    for selectors, body in _RULE.findall(style):
        if _HIDING.search(body) and "background" not in body:
            named = (_SELECTOR.fullmatch(one.strip()) for one in selectors.split(","))
            hidden |= {f"{one.group(1)}{one.group(2)}" for one in named if one}
    return hidden


def _drop_hidden(tree: lxml.html.HtmlElement) -> int:
    """Remove what a reader of the page cannot see; how many characters that were."""
    hidden = 0
    for element in list(tree.iter(etree.Element)):
        style = element.get("style") or ""
        unseen = "hidden" in element.attrib or (_HIDING.search(style) and "background" not in style)
        if unseen and element.getparent() is not None and element.tag not in ("html", "body"):
            hidden += _chars("".join(element.itertext()))
            element.drop_tree()
    return hidden


def _chars(text: str) -> int:
    return len(text) - sum(map(str.isspace, text))


class _Counter(HTMLParser):
    """Counts the characters of the page's body by another parser, one that no depth or length stops."""

    def __init__(self) -> None:
        super().__init__()
        self.chars = 0
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if not self._inside and tag in _NOT_SHOWN:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.chars += _chars(data)


def _visible_chars(page: str) -> int:
    counter = _Counter()
    counter.feed(page)
    counter.close()
    return counter.chars
