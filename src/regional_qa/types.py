"""The nouns, in the order they flow: Article -> Passage -> Hit -> Citation -> Answer, and Article -> Fact.

All are frozen. Offsets count Unicode code points of ``Article.text``, which is normalised once, in
``reading``, and never after. Knows nothing about files, indexes or pages.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range ``[start, end)`` into ``Article.text``, in Unicode code points.

    Raises:
        ValueError: not ``0 <= start < end``.

    >>> Span(2, 4).of("安徽光伏")
    '光伏'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span needs 0 <= start < end, got [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """The characters of ``text`` under this span."""
        return text[self.start : self.end]


Role = Literal["body", "heading", "subtitle", "byline", "caption", "signature", "running"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of ``Article.text`` that stand together in its original too, and what they are on the page.

    ``original`` is where they begin there, in code points of the decoded file, of the text field of a
    record, or of what the parser of a document gave.
    """

    span: Span
    original: int
    role: Role = "body"


@dataclass(frozen=True, slots=True)
class Reprint:
    """The same text in another place (转载); ``article_id`` opens it as it stood there."""

    article_id: str
    title: str
    publisher: str
    published: date | None
    origin: str


@dataclass(frozen=True, slots=True)
class Article:
    """One newspaper article as it is searched and quoted.

    ``published`` is None where the text does not say; ``regions`` are province-level short names
    (安徽, 内蒙古); ``source`` names what a retold article was written from and is empty for an
    original; ``origin`` is the file it came from, relative to the corpus, with ``:line`` for a record.
    ``layout`` tells where the text stood there; it is empty where the original is the text. Of the fields
    named in ``inferred`` the text itself was the source, not whoever provided the file. ``reprints`` are
    known once an index is built. ``place`` is the city or county whose offices an article calls 市商务局 without
    naming it, where others of its page do.
    """

    article_id: str
    title: str
    text: str
    publisher: str = ""
    published: date | None = None
    regions: tuple[str, ...] = ()
    section: str = ""
    source: str = ""
    url: str = ""
    origin: str = ""
    layout: tuple[Stretch, ...] = ()
    inferred: tuple[str, ...] = ()
    reprints: tuple[Reprint, ...] = ()
    place: str = ""
    _sha256: str = field(default="", init=False, repr=False, compare=False)

    def role_at(self, place: int) -> Role:
        """What the character at ``place`` is on the page."""
        before = bisect.bisect_right(self.layout, place, key=lambda one: one.span.start) - 1
        return self.layout[before].role if before >= 0 and place < self.layout[before].span.end else "body"

    def in_original(self, span: Span) -> tuple[Span, ...]:
        r"""Where the characters of a span stood in the original, in the order of the text.

        >>> moved = Article("a", "", "光伏\n玻璃", layout=(Stretch(Span(0, 2), 5), Stretch(Span(3, 5), 0)))
        >>> moved.in_original(Span(1, 5))
        (Span(start=6, end=7), Span(start=0, end=2))
        """
        if not self.layout:
            return (span,)
        touched = ((max(s.span.start, span.start), min(s.span.end, span.end), s) for s in self.layout)
        return tuple(Span(s.original + a - s.span.start, s.original + b - s.span.start) for a, b, s in touched if a < b)

    @property
    def sha256(self) -> str:
        """Hex digest over everything a reader sees, so that an edit of any field counts as a change."""
        if not self._sha256:
            published = self.published.isoformat() if self.published else ""
            seen = (
                self.title,
                self.text,
                self.publisher,
                published,
                *self.regions,
                self.section,
                self.source,
                self.url,
                *filter(None, [self.place]),
            )
            object.__setattr__(self, "_sha256", hashlib.sha256("\x00".join(seen).encode()).hexdigest())
        return self._sha256

    def recall(self, sha256: str) -> None:
        """Take the digest that was told of an equal article, since it takes longer than all else to make it again."""
        object.__setattr__(self, "_sha256", sha256)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one article that is embedded and searched; ``span.of(article.text) == text``."""

    passage_id: str
    article_id: str
    span: Span
    text: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. ``rank`` counts from 1; a higher ``score`` is better.

    ``why`` holds the parts of the score by name, for instance ``lexical`` and ``dense``.
    """

    passage: Passage
    article: Article
    rank: int
    score: float
    why: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation: ``span.of(article.text) == quote``. ``label`` counts from 1.

    ``in_original`` is where it stood in the file ``origin``: more than one place where a column broke it.
    ``inferred`` and ``reprints`` are the article's. ``marks`` are the answer's own words (figure, name, list) inside
    the span, in order.

    Raises:
        ValueError: the quote is not as long as its span, a mark lies outside of it, or the label is below 1.
    """

    label: int
    article_id: str
    title: str
    publisher: str
    published: date | None
    regions: tuple[str, ...]
    source: str
    span: Span
    quote: str
    origin: str = ""
    in_original: tuple[Span, ...] = ()
    inferred: tuple[str, ...] = ()
    reprints: tuple[Reprint, ...] = ()
    marks: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if not all(self.span.start <= mark.start and mark.end <= self.span.end for mark in self.marks):
            raise ValueError(f"citation {self.label} marks {self.marks} outside of {self.span}")
        if self.label < 1 or len(self.quote) != self.span.end - self.span.start:
            raise ValueError(f"citation {self.label} quotes {len(self.quote)} characters for {self.span}")


_DIRECTED = re.compile(r"[^0-9]*[+＋\-－−翻]")
"""A figure that begins with its sign, or doubles."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of an article and what it says: ``span.of(article.text) == quote``, and ``figure`` lies in the span.

    ``metric`` is what is measured (产量) and ``industry`` of what (光伏玻璃), both as worded; ``place`` is named
    by the article and lies in ``regions``. ``kind``, ``value``, ``upper``, ``unit``, ``approximation`` and
    ``basis`` are those of a quantity; ``years`` and ``period`` (前三季度) tell the time, empty where it is not told.

    Raises:
        ValueError: the quote is not as long as its span, or the figure does not lie in it.
    """

    article_id: str
    span: Span
    figure: Span
    quote: str
    regions: tuple[str, ...]
    place: str
    industry: str
    metric: str
    kind: str
    value: float
    upper: float | None
    unit: str
    approximation: str
    basis: str
    years: tuple[int, ...]
    period: str

    @property
    def wording(self) -> str:
        """The figure as the article has it."""
        return self.quote[self.figure.start - self.span.start : self.figure.end - self.span.start]

    @property
    def told(self) -> str:
        """The figure by itself: a change with its direction (下降2.9%, 低1.2个百分点), all else as worded."""
        if self.kind != "growth" or _DIRECTED.match(self.wording):
            return self.wording
        up, down = ("高", "低") if self.wording.endswith("百分点") else ("增长", "下降")
        return f"{down if self.value < 0 else up}{self.wording}"

    def __post_init__(self) -> None:
        if len(self.quote) != self.span.end - self.span.start:
            raise ValueError(f"fact of {self.article_id} quotes {len(self.quote)} characters for {self.span}")
        if not self.span.start <= self.figure.start < self.figure.end <= self.span.end:
            raise ValueError(f"fact of {self.article_id} has its figure {self.figure} outside of {self.span}")


Kind = Literal[
    "fact",
    "whether",
    "share",
    "multiple",
    "growth",
    "date",
    "list",
    "money",
    "count",
    "amount",
    "duration",
    "name",
    "place",
]


@dataclass(frozen=True, slots=True)
class Scope:
    """What was understood of a question: regions, the years of the figure, the kind of answer, the metric in the
    question's own words, and the industry by its name in ``knowledge/topics.tsv``; what it does not tell is empty.
    """

    regions: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kind: Kind = "fact"
    metric: str = ""
    industry: str = ""


Status = Literal["answered", "abstained"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: in ``text`` every quotation is followed by ``[n]``, the label of its citation.

    Other brackets are the source's own (新产品[5]).

    ``abstained`` has no citations; ``notes`` then say why and ``closest`` shows the nearest passages.
    ``phrased`` is what a language model made of the quotations, proven against them; empty where none was asked.

    Raises:
        ValueError: an answer without citations, an abstention with some or with phrasing, or a label that the text lacks.
    """

    question: str
    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    scope: Scope = Scope()
    notes: tuple[str, ...] = ()
    closest: tuple[Hit, ...] = ()
    generation: str = ""
    phrased: str = ""

    def __post_init__(self) -> None:
        if self.phrased and not self.citations:
            raise ValueError("phrased without citations")
        if (self.status == "answered") != bool(self.citations):
            raise ValueError(f"{self.status} with {len(self.citations)} citations")
        if [citation.label for citation in self.citations] != list(range(1, len(self.citations) + 1)):
            raise ValueError("the labels of the citations do not count from 1")
        if missing := [c.label for c in self.citations if f"{c.quote}[{c.label}]" not in self.text]:
            raise ValueError(f"the text lacks the quotations {missing}")


def credit(publisher: str, source: str) -> str:
    """Name who stands behind a text, so that nobody takes a retelling for the newspaper's words.

    >>> credit("regional-qa 编写", "吉林日报《率先突破》")
    'regional-qa 编写（据吉林日报《率先突破》编写，非原文）'
    >>> credit("", "")
    '出处不详'
    """
    if source:
        return f"{publisher}（据{source}编写，非原文）"
    return publisher or "出处不详"
