"""Quantities are found with their whole wording, kind and value; years and dates are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regional_qa.knowledge.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "wording", "kind", "value"),
    [
        ("占全国的一半以上", "一半以上", "share", 0.5),
        ("占1/3", "1/3", "share", 1 / 3),
        ("近1/4", "近1/4", "share", 0.25),
        ("三分之一", "三分之一", "share", 1 / 3),
        ("近七成", "近七成", "share", 0.7),
        ("增长７３．５％", "７３．５％", "share", 0.735),
        ("约占44%", "44%", "share", 0.44),
        ("增长1.45倍", "1.45倍", "multiple", 1.45),
        ("收入2967.4亿元", "2967.4亿元", "money", 2967.4e8),
        ("超1.8万亿元", "超1.8万亿元", "money", 1.8e12),
        ("4万美元订单", "4万美元", "money", 4e4),
        ("提升至108颗", "108颗", "count", 108),
        ("523.2万人", "523.2万人", "count", 5232000),
        ("养老机构2200多家", "2200多家", "count", 2200),
        ("排名第6位", "第6位", "count", 6),
        ("面积32万亩", "32万亩", "count", 320000),
    ],
)
def test_wording_kind_and_value(text: str, wording: str, kind: str, value: float) -> None:
    """One quantity, with everything that belongs to it."""
    (quantity,) = find_quantities(text)
    assert quantity.span.of(text) == wording
    assert quantity.kind == kind
    assert quantity.value == pytest.approx(value)


@pytest.mark.parametrize("text", ["2023年12月", "1月14日", "2021—2023年", "5G基站", "没有数字", "成为亮点"])
def test_no_quantity(text: str) -> None:
    """Years, days, model names and plain words."""
    assert find_quantities(text) == []


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0129.,%％/年月日亿万元家个倍成半近约超一二三十 ", max_size=40))
def test_spans_are_ordered_and_disjoint(text: str) -> None:
    """Any mix of digits and units gives spans inside the text, left to right."""
    end = 0
    for quantity in find_quantities(text):
        assert end <= quantity.span.start < quantity.span.end <= len(text)
        end = quantity.span.end
