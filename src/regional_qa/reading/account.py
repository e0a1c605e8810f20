"""What reading made of one file, in numbers: its articles, what was joined and moved, what is no body text.

Told from the articles' layouts alone. Knows nothing about how it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from regional_qa.types import Article, Stretch


def file_of(origin: str) -> str:
    """The file of an origin, which names a line too where it is a record.

    >>> file_of("a/b.jsonl:12"), file_of("a:b.txt")
    ('a/b.jsonl', 'a:b.txt')
    """
    file, colon, line = origin.rpartition(":")
    return file if colon and line.isdecimal() else origin


def joins(article: Article) -> list[int]:
    """Where in the text two stretches were joined into one paragraph that stood apart in the original.

    >>> from regional_qa.types import Span
    >>> joins(Article("a", "", "甘肃省统筹推进", layout=(Stretch(Span(0, 5), 0), Stretch(Span(5, 7), 9))))
    [5]
    """
    return [
        after.span.start
        for before, after in pairwise(article.layout)
        if "\n" not in article.text[before.span.end : after.span.start]
    ]


@dataclass(slots=True)
class Account:
    """Of one file. ``joined`` counts the seams inside paragraphs, ``moved`` the stretches that other text once parted.

    ``roles`` counts the paragraphs that are no body text, by their role.
    """

    articles: int = 0
    joined: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    _layouts: list[Sequence[Stretch]] = field(default_factory=list)

    def add(self, article: Article) -> None:
        """Count one article more."""
        self.articles += 1
        if not article.layout or file_of(article.origin) != article.origin:
            return  # a record stands by itself; nothing of it is joined or moved
        self._layouts.append(article.layout)
        seams = set(joins(article))
        self.joined += len(seams)
        self.roles.update(s.role for s in article.layout if s.role != "body" and s.span.start not in seams)

    @property
    def moved(self) -> int:
        """Stretches that follow one another in an article but not in the file."""
        ordered = sorted(stretch.original for layout in self._layouts for stretch in layout)
        place = {original: number for number, original in enumerate(ordered)}
        return sum(
            place[after.original] != place[before.original] + 1
            for layout in self._layouts
            for before, after in pairwise(layout)
        )

    def numbers(self) -> Mapping[str, int]:
        """All counts by name, without those that are 0."""
        counts: dict[str, int] = {"articles": self.articles, "joined": self.joined, "moved": self.moved, **self.roles}
        return {name: count for name, count in counts.items() if count}
