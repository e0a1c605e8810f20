"""Text -> its figures, each with what it measures, also where its own clause only says how that has changed.

Knows nothing about regions, periods or articles.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from regional_qa.knowledge.metrics import Measured, is_bare, measured
from regional_qa.knowledge.quantities import Quantity, find_quantities

CLAUSE = re.compile(r"[，,。；;：:！？!?（）()\n“”]")
"""What parts clauses."""
_ENDS = re.compile(
    r"$|人民币|[，,。；;、！!？?（()）”\s…—：:]|[和与及]|同比|环比|较|比|增长|下降|之后|以来|大关|[居列排位占]"
)
"""What follows a figure that stands for itself; 超亿元企业18家 tells of the firms."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: ``what`` it measures, None where that cannot be told, ``before`` it the rest of its clause.

    ``of`` is the kind of the figure before, where ``what`` is taken over from it: 营收100亿元，同比增长5%.
    """

    quantity: Quantity
    what: Measured | None
    before: str
    of: str = ""


def measures(text: str) -> Iterator[Measure]:
    """Every figure of a text, in order.

    >>> [(one.quantity.span.of("营收9亿元，增长5%，利润1亿元"), one.what) for one in measures("营收9亿元，增长5%，利润1亿元")]
    [('9亿元', Measured(metric='营收', subject='')), ('5%', Measured(metric='营收', subject='')), ('1亿元', Measured(metric='利润', subject=''))]
    """
    starts = [0, *(match.end() for match in CLAUSE.finditer(text))]
    end = 0
    known: Measured | None = None
    kind = ""
    for quantity in find_quantities(text):
        start = starts[bisect.bisect_right(starts, quantity.span.start) - 1]
        before = text[max(start, end) : quantity.span.start]
        what = measured(before, quantity, follows=end > start)
        of = ""
        if what is None and known and is_bare(before, quantity) and not text[end:start].strip("，,（( 大关"):
            what, of = known, kind
        end, kind = quantity.span.end, quantity.kind
        known = what if _ENDS.match(text, end) else None
        yield Measure(quantity, known, before, of)
