"""Article -> what the index holds of it: passages with the regions they are about, and facts.

Depends on nothing but the article, so it may be kept, or made in another process. Knows nothing about vectors or words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from regional_qa.chunking import cut_article
from regional_qa.facts import find_facts
from regional_qa.indexing.cache import key_of
from regional_qa.indexing.fact_table import to_row
from regional_qa.indexing.pipeline import pipeline_fingerprint
from regional_qa.knowledge.regions import provinces_in
from regional_qa.types import Article, Passage

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Study:
    """Rows as they are stored: ``(passage_id, start, end, regions as JSON)``, and facts without their article."""

    passages: Sequence[tuple[str, int, int, str]]
    facts: Sequence[Sequence[Any]]

    @classmethod
    def of(cls, article: Article) -> Self:
        """Cut an article and look for its facts."""
        passages = locate(article, cut_article(article))
        named = {region for passage in passages for region in passage.regions}
        return cls(
            [(one.passage_id, one.span.start, one.span.end, _json(one.regions)) for one in passages],
            [to_row(fact) for fact in find_facts(article, named)],
        )

    def texts(self, article: Article) -> list[str]:
        """The text of each passage."""
        return [article.text[start:end] for _, start, end, _ in self.passages]

    def searched(self, article: Article) -> list[str]:
        """What each passage is embedded as: the line above it, and its text."""
        line = head(article)
        return [f"{line}\n{text}" for text in self.texts(article)]

    def packed(self) -> bytes:
        """One line of JSON."""
        return _json([self.passages, self.facts]).encode("utf-8", "surrogatepass")

    @classmethod
    def unpacked(cls, line: bytes) -> Self:
        """What ``packed`` wrote."""
        return cls(*json.loads(line))

    @classmethod
    def every_unpacked(cls, lines: Iterable[bytes]) -> Iterator[Self]:
        """The same of several, in half the time."""
        return (cls(*fields) for fields in json.loads(b"[%b]" % b",".join(lines)))


def study_key(article: Article) -> bytes:
    """What an article's study, vectors and words are kept under: all that is known of it but where it stands."""
    return key_of("article", pipeline_fingerprint(), article.article_id, article.sha256)


def head(article: Article) -> str:
    """The line a passage is searched with besides its own text: headline, section, regions, place and date.

    >>> head(Article("a", "光储产业迈上新台阶", "…", regions=("安徽",)))
    '光储产业迈上新台阶 安徽'
    """
    published = f"{article.published.year}年{article.published.month}月" if article.published else ""
    return " ".join(filter(None, (article.title, article.section, *article.regions, article.place, published)))


def locate(article: Article, passages: Iterable[Passage]) -> list[Passage]:
    """Give every passage the provinces it may be about: those it names, its article's, and the last named before it."""
    whole = dict.fromkeys((*article.regions, *provinces_in(f"{article.section} {article.title}")))
    before: tuple[str, ...] = ()
    located = []
    for passage in passages:
        named = provinces_in(passage.text)
        regions = tuple(dict.fromkeys((*named, *whole, *before)))
        located.append(Passage(passage.passage_id, passage.article_id, passage.span, passage.text, regions))
        before = named[-1:] or before
    return located
