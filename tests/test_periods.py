"""The months that a question or a sentence names are the same stretch however they are written."""

from __future__ import annotations

import pytest

from regional_qa.knowledge.periods import months_in


@pytest.mark.parametrize(
    ("texts", "months"),
    [
        (("上半年", "1—6月", "1-6月份", "前六个月", "前6个月", "一至六月", "今年１至６月"), (1, 6)),
        (("前三季度", "1～9月", "前九个月"), (1, 9)),
        (("二季度", "第二季度", "4至6月"), (4, 6)),
        (("下半年", "7—12月"), (7, 12)),
        (("截至7月底", "7月份", "今年7月", "七月末"), (7, 7)),
    ],
)
def test_ways_of_writing_months(texts: tuple[str, ...], months: tuple[int, int]) -> None:
    """First and last month."""
    assert {months_in(text) for text in texts} == {frozenset({months})}


@pytest.mark.parametrize("text", ["2023年7月18日", "7月18日至8月2日", "一个月", "三个月以来", "月均", "产量增长5%"])
def test_days_and_lengths_of_time_are_no_months(text: str) -> None:
    """A day says when something was printed or done, not which months a figure is of."""
    assert months_in(text) == frozenset()
