"""One figure of each place compared -> which is more, in a sentence, or why they do not compare.

Knows nothing about how the figures were found.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from regional_qa.answering.comparing import Dated, difference, is_close
from regional_qa.answering.sources import Source
from regional_qa.answering.wording import listed, say


def verdict(question: str, cells: Sequence[tuple[str, Source]]) -> str:
    """The order of the places by their figures, where metric, unit, basis and period of all agree; else what differs.

    Empty for fewer than two places.
    """
    if len(cells) < 2:
        return ""
    if part := next((source.evidence.part for _, source in cells if source.evidence.part), ""):
        return say(question, "not_comparable", reason=say(question, "only_part", part=part))
    figures = [(name, source.figure) for name, source in cells if source.figure is not None]
    if len(figures) < len(cells):
        return say(question, "not_comparable", reason=say(question, "unclear"))
    for (_, one), (_, other) in itertools.combinations(figures, 2):
        if reason := _difference(question, one, other):
            return say(question, "not_comparable", reason=reason)
    return _pair(question, figures) if len(figures) == 2 else _order(question, figures)


def _pair(question: str, figures: Sequence[tuple[str, Dated]]) -> str:
    """Which of two is more; of two that fall, which falls more."""
    falls = all(figure.base < 0 for _, figure in figures)
    (more, high), (less, low) = sorted(figures, key=lambda cell: -abs(cell[1].base) if falls else -cell[1].base)
    named = {"first": more, "second": less, "more": high.fact.wording, "less": low.fact.wording}
    if high.base == low.base:
        return say(question, "equal", **named)
    return say(question, "falls_more" if falls else "rises" if low.base < 0 else "higher", **named)


def _order(question: str, figures: Sequence[tuple[str, Dated]]) -> str:
    """All of several, the highest first."""
    order = sorted(figures, key=lambda cell: -cell[1].base)
    return say(question, "order", order=listed(question, [f"{name}（{one.fact.wording}）" for name, one in order]))


def _difference(question: str, one: Dated, other: Dated) -> str:
    """In which way two figures do not compare, with what each is; empty where they do."""
    differs = difference(one, other)
    if not differs:
        exact = {"one": one.fact.wording, "other": other.fact.wording}
        return say(question, "vague", **exact) if is_close(one, other) else ""
    none = say(question, "none")
    said = {
        "metric": (one.fact.metric, other.fact.metric),
        "unit": (one.fact.wording, other.fact.wording),
        "basis": (one.fact.basis, other.fact.basis),
        "period": (one.period, other.period),
    }[differs]
    return say(question, differs, one=said[0] or none, other=said[1] or none)
