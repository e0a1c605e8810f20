"""Article -> sentences, each with the regions and years it speaks of.

A sentence that names no region speaks of the one named last before it, or of its article's; one that
names no year tells of the last one named, unless it speaks of now. Knows nothing about questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.regions import PROVINCES, Mention, find_regions, provinces_in
from regional_qa.types import Article, Span

_END = re.compile(r"[。！？!?]+[”』」）》’)]*|\n+|(?<=[a-z0-9%)])\.(?=\s|$)")
_SEMICOLON = re.compile(r"[；;]+")
_NOW = re.compile(r"目前|截至|近年来|如今|现在|当前")
_NOT_SUBJECT = "与同跟向赴从由往比较对"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article and what it speaks of.

    ``own`` are the regions named in it; ``inherited`` those it takes over; ``years`` likewise, with
    ``years_stated`` telling whether the sentence itself names them.
    """

    span: Span
    text: str
    paragraph: int
    own: tuple[Mention, ...]
    inherited: tuple[Mention, ...]
    article_regions: tuple[str, ...]
    years: tuple[int, ...]
    years_stated: bool

    @property
    def regions(self) -> tuple[str, ...]:
        """The provinces it speaks of, as far as told."""
        mentions = self.own or self.inherited
        return tuple(dict.fromkeys(province for mention in mentions for province in mention.provinces))

    def is_about(self, places: tuple[Mention, ...]) -> bool:
        """Whether the sentence speaks of one of the places, or of a part of it.

        A figure of a group (长三角) is no figure of its member, nor a province's one of its city's.
        In an article about other regions a place must be what the sentence starts from.
        """
        return any(self._is_about(place) for place in places)

    def _is_about(self, place: Mention) -> bool:
        wanted = set(place.provinces)
        if len(wanted) == 1 and wanted.issubset(self.article_regions) and self._fits(place, self.own + self.inherited):
            return True
        subjects = tuple(_subjects(self.text, self.own, self.span.start)) if self.own else self.inherited
        return self._fits(place, subjects)

    @staticmethod
    def _fits(place: Mention, mentions: tuple[Mention, ...]) -> bool:
        same = (mention for mention in mentions if mention.provinces == place.provinces)
        if len(place.provinces) > 1 or place.name in PROVINCES:
            return any(same)
        return any(mention.name == place.name for mention in same)


def cut_sentences(article: Article) -> list[Sentence]:
    """All sentences of an article, in order; spans lie in ``article.text``.

    >>> [s.text for s in cut_sentences(Article("a", "", "产量第一。“出口增长。”他说。"))]
    ['产量第一。', '“出口增长。”', '他说。']
    """
    heading = tuple(find_regions(f"{article.section} {article.title}"))
    base = heading or tuple(Mention(Span(0, 1), region, (region,)) for region in article.regions) or _only(article.text)
    alone = (province for mention in base if len(mention.provinces) == 1 for province in mention.provinces)
    regions = tuple(dict.fromkeys((*article.regions, *alone)))
    last: tuple[Mention, ...] = base
    years: tuple[int, ...] = ()
    paragraph = 0
    sentences: list[Sentence] = []
    for span in _spans(article.text):
        text = span.of(article.text)
        if sentences and "\n" in article.text[sentences[-1].span.end : span.start]:
            paragraph += 1
        own = tuple(find_regions(text))
        stated = years_in(text, article.published)
        if stated or _NOW.search(text):
            years = stated
        inherited = tuple(dict.fromkeys((*last, *base)))
        sentences.append(Sentence(span, text, paragraph, own, inherited, regions, years, bool(stated)))
        last = tuple(_subjects(text, own, 0)) or last
    return sentences


def _only(text: str) -> tuple[Mention, ...]:
    """The places a text names, if all lie in one province: that is where it plays."""
    mentions = tuple(dict.fromkeys(find_regions(text)))
    return mentions if len({mention.provinces for mention in mentions}) == 1 else ()


def _spans(text: str) -> Iterator[Span]:
    """The sentences of a text; one whose halves around a semicolon speak of different provinces is several."""
    whole = [Span(0, len(text))] if text else []
    for sentence in (piece for one in whole for piece in _pieces(_END, text, one)):
        parts = list(_pieces(_SEMICOLON, text, sentence))
        provinces = {provinces for part in parts if (provinces := provinces_in(part.of(text)))}
        yield from parts if len(provinces) > 1 else [sentence]


def _pieces(separator: re.Pattern[str], text: str, within: Span) -> Iterator[Span]:
    """The stretches between separators, each with the one that ends it, blanks trimmed."""
    start = within.start
    for stop in [*(match.end() for match in separator.finditer(text, start, within.end)), within.end]:
        piece = text[start:stop]
        if piece.strip():
            yield Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
        start = stop


def _subjects(text: str, own: tuple[Mention, ...], offset: int) -> Iterator[Mention]:
    """The regions a sentence starts from: the first one named, and those joined to it by 、 or 和."""
    end = -1
    for mention in own:
        start = mention.span.start
        if text[max(start - 1, 0) : start] in tuple(_NOT_SUBJECT) and end < 0:
            continue
        if end >= 0 and text[end:start] not in ("", "、", "和", "与", "及", "以及", "，", ","):
            return
        yield mention
        end = mention.span.end
