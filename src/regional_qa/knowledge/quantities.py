"""Text -> the quantities it names: where, of which kind, how much, in which unit, how exact, against what.

Years, months and days are none, neither is a duration in years (十年, 20多年), nor 一 with a measure word (一个),
nor a number that is a name (5G, 3号线, 12345热线). Knows nothing about what is measured.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from regional_qa.knowledge import qualifiers, units
from regional_qa.knowledge.figures import Figure, find_figures
from regional_qa.knowledge.not_counted import blanked
from regional_qa.knowledge.script import by_character
from regional_qa.types import Span

_CLAUSE = re.compile(r"[。；;：:！？!?\n（）()]|[，,](?!(?<=[0-9０-９][，,])[0-9０-９]{3}(?![0-9０-９]))")
RATIO = "ratio"
POINTS = "points"
"""Dimensions of what has no unit: shares, growth and multiples; percentage points."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity as worded: ``kind`` is share, growth, multiple, money, count or plain (a number without a unit).

    ``value`` is a fraction for a share, a signed one for growth (下降5% is -0.05), a factor for a multiple, else
    in ``unit`` as worded; None where the wording gives no number. ``upper`` is the other end of a range.
    ``approximation`` is empty, about, nearly, over or under; ``basis`` what it is measured against or counted
    over, in the words of its clause (同比, 占全国, 累计). Quantities of one ``dimension`` compare by ``base``.
    """

    span: Span
    kind: str
    value: float | None
    unit: str
    upper: float | None = None
    dimension: str = ""
    approximation: str = ""
    basis: str = ""

    @property
    def base(self) -> float | None:
        """The value in the base unit of the dimension: 千瓦 for power, 平方米 for areas, 公斤 for masses.

        >>> [quantity.base for quantity in find_quantities("1.2吉瓦，120万千瓦")]
        [1200000.0, 1200000.0]
        """
        return None if self.value is None else self.value * units.measure(self.unit)[1]


def find_quantities(text: str) -> list[Quantity]:
    """The quantities of a text, left to right.

    >>> [(q.span.of("近1/4，增长1.45倍，2023年108颗"), q.kind) for q in find_quantities("近1/4，增长1.45倍，2023年108颗")]
    [('近1/4', 'share'), ('1.45倍', 'growth'), ('108颗', 'count')]
    >>> [(q.value, q.unit) for q in find_quantities("2967.4亿元，一半以上，三分之一")]
    [(296740000000.0, '元'), (0.5, ''), (0.3333333333333333, '')]
    >>> [(q.value, q.approximation, q.basis) for q in find_quantities("同比下降约5%，占全国两成以上")]
    [(-0.05, 'about', '同比'), (0.2, 'over', '占全国')]
    """
    text = by_character(text)
    plain = blanked(text)
    starts = [0, *(match.end() for match in _CLAUSE.finditer(plain))]
    found: list[Quantity] = []
    for figure in find_figures(plain):
        start = starts[bisect.bisect_right(starts, figure.span.start) - 1]
        found.append(_qualified(text, start, figure, found[-1] if found else None))
    return found


def _qualified(text: str, start: int, figure: Figure, previous: Quantity | None) -> Quantity:
    """The figure with what its clause, from ``start`` on, says of it."""
    span = figure.span
    touching = qualifiers.BEFORE.search(text, max(start, span.start - 5), span.start)
    first = touching.start() if touching else span.start
    since = start if previous is None else max(start, previous.span.end)
    before, after = text[since:first], text[span.end : span.end + 12]
    listed = previous is not None and previous.span.end > start and qualifiers.goes_on(before)
    how_exact = qualifiers.approximation(
        figure.number, text[start:first], touching[0] if touching else "", figure.after
    )
    kind, sign = _kind(figure, before, after, previous if listed else None)
    low, high = figure.low, figure.high
    if sign < 0 and low is not None and high is not None and low >= 0:
        low, high = -low, -high
    if listed and previous is not None and previous.kind == kind:
        basis = previous.basis
    elif kind == "growth":
        basis = qualifiers.growth_basis(before)
    else:
        basis = qualifiers.share_basis(before, after) if kind == "share" else qualifiers.amount_basis(before)
    dimension = (
        POINTS
        if figure.how == "points"
        else RATIO
        if kind in ("share", "growth", "multiple")
        else units.measure(figure.unit)[0]
    )
    return Quantity(
        Span(first, span.end), kind, low, figure.unit, None if high == low else high, dimension, how_exact, basis
    )


def _kind(figure: Figure, before: str, after: str, listed: Quantity | None) -> tuple[str, int]:
    """The kind of a figure, and the sign of its value; one that only goes on with a list is of the kind before."""
    if figure.how == "plain":
        return "plain", 1
    if figure.how == "amount":
        return ("money" if figure.unit.partition("/")[0] in units.CURRENCIES else "count"), 1
    if listed is not None and listed.kind == "growth":
        return "growth", -1 if (listed.value or 0) < 0 else 1
    if figure.how == "doubled":
        return "growth", 1
    said = qualifiers.change(before, after, figure.how == "points")
    if said:
        return "growth", said
    return ("multiple" if figure.how == "times" else "share"), 1
