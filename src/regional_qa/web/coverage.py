"""Articles -> what the corpus covers: which provinces, which months, which topics; so that no answer can be told from no news.

Knows nothing about pages or about how articles are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regional_qa.knowledge.regions import PROVINCES
from regional_qa.knowledge.topics import topics_of
from regional_qa.types import Article

NONE = "-"
"""Stands for what an article does not tell: no province, no date."""
MOST_MONTHS = 24
"""Columns of months; a corpus of a longer time is shown by years."""
_LEAD = 400
"""Characters after the headline that a topic is told by; the whole of every text would take too long."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What of one article is counted; ``month`` is ``2024-03``."""

    article_id: str
    month: str
    regions: tuple[str, ...]
    topics: tuple[str, ...]

    def meets(self, region: str, month: str, topic: str) -> bool:
        """Whether it is one of those asked for; empty asks for nothing, and a year for its months."""
        return (
            (not region or region in self.regions)
            and (not month or self.month == month or self.month.startswith(f"{month}-"))
            and (not topic or topic in self.topics)
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """All articles that are searched, in their order, and the counts of them; several provinces count in each."""

    articles: tuple[Covered, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], int]
    topics: Mapping[str, int]

    def chosen(self, region: str, month: str, topic: str) -> Sequence[str]:
        """The ids of the articles of a province, a month or year, and a topic."""
        return [one.article_id for one in self.articles if one.meets(region, month, topic)]


def survey(articles: Iterable[Article]) -> Coverage:
    """Count articles by province and month, or by province and year where there are many months; a reprint counts not.

    >>> told = survey([Article("a", "安徽光伏", "", regions=("安徽",)), Article("b", "", "")])
    >>> told.rows, told.columns, told.cells[("安徽", "-")]
    (('安徽', '-'), ('-',), 1)
    """
    counted: list[Covered] = []
    reprints: set[str] = set()
    for article in articles:
        counted.append(_covered(article))
        reprints.update(reprint.article_id for reprint in article.reprints)
    found = tuple(one for one in counted if one.article_id not in reprints)
    months = sorted({one.month for one in found} - {NONE})
    by_year = len(months) > MOST_MONTHS
    columns = list(dict.fromkeys(month[:4] for month in months)) if by_year else months
    cells: Counter[tuple[str, str]] = Counter()
    for one in found:
        column = one.month[:4] if by_year else one.month
        cells.update((region, column) for region in one.regions)
    rows = [name for name in (*PROVINCES, NONE) if any(region == name for region, _ in cells)]
    undated = [NONE] if any(column == NONE for _, column in cells) else []
    topics = Counter(topic for one in found for topic in one.topics)
    return Coverage(found, tuple(rows), (*columns, *undated), cells, dict(topics.most_common()))


def _covered(article: Article) -> Covered:
    month = article.published.isoformat()[:7] if article.published else NONE
    topics = topics_of(article.title, article.text[:_LEAD])
    known = tuple(region for region in dict.fromkeys(article.regions) if region in PROVINCES)
    return Covered(article.article_id, month, known or (NONE,), topics)
