"""Article -> passages: sentence-aware, with exact spans. The langchain-text-splitters room.

With no overlap, no stripping and the separator kept at the end, the splitter's pieces join to the
text, so every span is a running sum. Knows nothing about files or indexes.
"""

from __future__ import annotations

import functools
import hashlib
import math
from typing import TYPE_CHECKING

from regional_qa.errors import CorpusError
from regional_qa.types import Article, Passage, Span

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

SIZE_CHARS = 300
"""Longest passage, in Chinese characters: three to five newspaper sentences."""
LETTERS_A_CHAR = 2.5
"""So many letters and blanks of an alphabet say as much as one Chinese character."""
SEPARATORS = (
    r"\n\n",
    r"\n",
    r"(?<=[。！？；!?])(?![”』」）》’])|(?<=[。！？；!?][”』」）》’])",  # a closing quote stays with its sentence
    r"(?<=[.;])\s",
    r"(?<=[，、,])",
    r"\s",
    "",
)
VERSION = f"recursive {SIZE_CHARS} v2"
"""Changes whenever the same article would be cut differently; written to the manifest."""


def cut_article(article: Article) -> list[Passage]:
    """Cut an article into passages of the length of at most ``SIZE_CHARS`` characters, in order, nothing but blanks left out.

    >>> article = Article("a", "题", "光伏产量第一。" * 60)
    >>> passages = cut_article(article)
    >>> [len(p.text) for p in passages], all(p.span.of(article.text) == p.text for p in passages)
    ([294, 126], True)
    """
    passages = []
    start = 0
    for piece in _splitter().split_text(article.text) if article.text.strip() else []:
        end = start + len(piece)
        lead, trail = len(piece) - len(piece.lstrip()), len(piece) - len(piece.rstrip())
        if lead < len(piece):
            span = Span(start + lead, end - trail)
            passages.append(Passage(_passage_id(article, span), article.article_id, span, span.of(article.text)))
        start = end
    if start != len(article.text.rstrip()) and start != len(article.text):
        raise CorpusError(f"article {article.article_id!r} could not be cut without loss; please report it")
    return passages


def length(text: str) -> int:
    """How much a text says, in Chinese characters.

    >>> length("光伏产量"), length("photovoltaic output")
    (4, 8)
    """
    letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS)
    return len(text) - len(letters) + math.ceil(len(letters) / LETTERS_A_CHAR)


_NO_LETTERS = bytes(code for code in range(128) if not (chr(code).isalpha() or chr(code) == " "))


def _passage_id(article: Article, span: Span) -> str:
    content = f"{article.article_id}\x00{span.start}\x00{span.end}\x00{span.of(article.text)}"
    return hashlib.sha256(content.encode()).hexdigest()[:16]


@functools.cache
def _splitter() -> RecursiveCharacterTextSplitter:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        separators=list(SEPARATORS),
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=SIZE_CHARS,
        chunk_overlap=0,
        strip_whitespace=False,
        length_function=length,
    )
