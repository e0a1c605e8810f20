"""Figures of two sentences -> whether they measure the same, and which is more.

Knows nothing about questions or about how a verdict is worded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from regional_qa.knowledge.synonyms import alike
from regional_qa.knowledge.units import measure
from regional_qa.types import Article, Fact

Difference = Literal["", "metric", "unit", "basis", "period"]
CLOSE = 0.1
"""Values within this share of each other cannot be told apart where one of them is only about right."""
_YEAR = re.compile(r"[12]\d{3}\s*年|[今去当同]年(?!以来)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A fact with the article it stands in."""

    fact: Fact
    article: Article

    @property
    def period(self) -> str:
        """Years and period as one reads them, empty where neither is told."""
        part = _YEAR.sub("", self.fact.period).removeprefix("的").removesuffix("全年")
        return "、".join(f"{year}年" for year in self.fact.years) + part

    @property
    def newest(self) -> tuple[int, date]:
        """What sorts figures by the time they tell of, then by when they were published."""
        return max(self.fact.years, default=0), self.article.published or date.min

    @property
    def base(self) -> float:
        """The value in the base unit of its dimension."""
        return self.fact.value * (
            1 if self.fact.kind in ("share", "growth", "multiple") else measure(self.fact.unit)[1]
        )


def difference(one: Dated, other: Dated) -> Difference:
    """Why two figures do not compare: the first of metric, unit, basis and period in which they differ, else empty.

    A period that is not told differs from every other.
    """
    if not alike(one.fact.metric, other.fact.metric):
        return "metric"
    if one.fact.kind != other.fact.kind or measure(one.fact.unit)[0] != measure(other.fact.unit)[0]:
        return "unit"
    if _basis(one.fact) != _basis(other.fact):
        return "basis"
    return "" if one.period and one.period == other.period else "period"


def is_close(one: Dated, other: Dated) -> bool:
    """Whether the order of two values is open, because one of them is only about right."""
    most = max(abs(one.base), abs(other.base))
    exact = not (one.fact.approximation or other.fact.approximation)
    return not exact and abs(one.base - other.base) < CLOSE * most


def _basis(fact: Fact) -> str:
    """What a figure is measured against; growth is that on the year before where nothing else is said."""
    return fact.basis or ("同比" if fact.kind == "growth" else "")
