"""Every number of a text is seen, and the same number in another writing is the same."""

from __future__ import annotations

from fractions import Fraction

import pytest

from regional_qa.knowledge.exact_numbers import Figure, find_figures


@pytest.mark.parametrize(
    "same",
    [
        ("2967.4亿元", "2,967.4 亿元", "２９６７．４亿元", "296740000000元", "296.74 billion yuan"),
        ("1/3", "三分之一", "⅓", "one third", "one-third"),
        ("52.5%", "百分之五十二点五", "５２．５％", "52.5 percent"),
        ("一半", "过半", "half", "百分之五十", "五成"),
        ("2023年12月5日", "二〇二三年十二月五日", "2023-12-05", "2023/12/5"),
        ("25家", "二十五家", "贰拾伍家", "25余家"),
        ("120万人", "一百二十万人", "1200000人"),
        ("1亿2000万元", "1.2亿元", "一亿二千万元"),
        ("5万3000人", "5.3万人", "53000人"),
        ("十多亿元", "10多亿元", "10亿元"),
        ("第三", "第3"),
        ("1.5倍", "一点五倍", "1.5 times"),
        ("五百万千瓦", "500万千瓦"),
        ("$5 million", "500万美元"),
    ],
)
def test_other_writings(same: tuple[str, ...]) -> None:
    """Digits of any width, Chinese numerals, English words, scales and commas."""
    first, *others = ([*find_figures(text)] for text in same)
    assert first
    for other in others:
        assert len(other) == len(first)
        assert all(a.fits([b]) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5%", "5个百分点"),
        ("5亿元", "5亿美元"),
        ("5亿元", "5万元"),
        ("12月5日", "5月12日"),
        ("2023年", "2023家"),
        ("七八家", "78家"),
        ("十四五", "15"),
        ("十四五", "0"),
        ("三成", "三倍"),
        ("近1/4", "1/3"),
    ],
)
def test_what_is_not_the_same(one: str, other: str) -> None:
    """A share, points, a currency, a day and a month are told apart."""
    assert not any(figure.fits(find_figures(one)) for figure in find_figures(other))


@pytest.mark.parametrize(
    "text", ["统一部署", "进一步", "之一", "唯一国家级", "长三角", "四川省", "万一", "one of them", "可能 may"]
)
def test_words_that_only_look_like_numbers(text: str) -> None:
    """A Chinese digit inside a word counts nothing."""
    assert find_figures(text) == ()


def test_nothing_in_digits_escapes() -> None:
    """Versions, long runs, other scripts, divisions by zero: each digit belongs to a figure."""
    assert [str(figure.value) for figure in find_figures("v1.2.3 ٣ ③ Ⅷ 1/0")][:5] == ["6/5", "3", "3", "3", "1"]
    assert len(find_figures("9" * 100)) == 4
    assert Figure(Fraction(5), "day").fits([Figure(Fraction(5))])
