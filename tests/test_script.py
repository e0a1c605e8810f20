"""The search key makes equal what readers take for equal."""

from __future__ import annotations

import pytest

from regional_qa.knowledge.script import search_key


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("安徽逆變器產量佔全國", "安徽逆变器产量占全国"),
        ("７３．５％", "73.5%"),
        ("73.5 %", "73.5%"),
        ("1,234万", "1234万"),
        ("ＧＤＰ", "gdp"),
        ("光\u200b伏\ufeff", "光伏"),
        ("光伏\u202e产业", "光伏产业"),
        ("光\ufe0f伏\u061c产\U000e0101业", "光伏产业"),
        ("占½", "占1/2"),
        ("a  b\n c", "a b c"),
    ],
)
def test_equal_keys(text: str, same_as: str) -> None:
    """Script, width, case, separators, blanks and invisible characters do not matter."""
    assert search_key(text) == search_key(same_as) == same_as


def test_lists_of_numbers_stay_apart() -> None:
    """A comma between numbers of other lengths is no separator inside one."""
    assert search_key("9610,9710") == "9610,9710"
