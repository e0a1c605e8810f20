"""A question with one limit less: what is left still asks, and every other limit stays."""

from __future__ import annotations

import pytest

from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.regions import provinces_in
from regional_qa.web.limits import without_industry, without_metric, without_region, without_years


@pytest.mark.parametrize(
    ("question", "region", "rest"),
    [
        ("安徽2023年光伏产量占全国多少", "安徽", "2023年光伏产量占全国多少"),
        ("安徽、江西和山东的新三样出口增速谁高", "江西", "安徽和山东的新三样出口增速谁高"),
        ("安徽、江西和山东的新三样出口增速谁高", "山东", "安徽、江西的新三样出口增速谁高"),
        ("合肥、芜湖和南昌的产值", "安徽", "南昌的产值"),
        ("重庆市石柱县辣椒产值是多少", "重庆", "辣椒产值是多少"),
        ("全国和安徽的产值是多少", "安徽", "全国的产值是多少"),
        ("在安徽省内，光伏装机多少？", "安徽", "光伏装机多少？"),
        ("合肥市场规模多大", "安徽", "市场规模多大"),
        ("How large was Anhui's output in 2023?", "安徽", "How large was output in 2023?"),
        ("长三角进出口总值", "上海", "江苏、浙江、安徽进出口总值"),
    ],
)
def test_a_region_is_taken_out(question: str, region: str, rest: str) -> None:
    """With what tied it in; the other regions stay."""
    assert without_region(question, region) == rest
    assert set(provinces_in(rest)) == set(provinces_in(question)) - {region}


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("2023年，安徽光伏产量占全国多少", "安徽光伏产量占全国多少"),
        ("到2030年吉林氢能产业产值目标是多少", "吉林氢能产业产值目标是多少"),
        ("从2021年到2023年江西出口增长多少", "江西出口增长多少"),
        ("截至2023年12月底安徽的光伏装机", "安徽的光伏装机"),
        ("安徽2022、2023年产值", "安徽产值"),
        ("安徽光伏产量2023年较2022年增长多少", "安徽光伏产量较2022年增长多少"),
        ("What share does Anhui have between 2021 and 2023?", "What share does Anhui have?"),
        ("安徽二〇二三年产值", "安徽产值"),
        ("《规划（2023—2026年）》2024年有哪些目标", "《规划（2023—2026年）》有哪些目标"),
    ],
)
def test_the_years_are_taken_out(question: str, rest: str) -> None:
    """In any writing; what is only compared with, and what stands in a title, stays."""
    assert without_years(question) == rest
    assert years_in(rest) == ()


@pytest.mark.parametrize(
    "question", ["", "安徽", "安徽2023年", "2023年安徽怎么样？", "安徽的情况如何", "What about Anhui?"]
)
def test_nothing_to_ask_is_no_question(question: str) -> None:
    """Then there is nothing to put in its place."""
    assert without_region(question, "安徽") == ""
    assert without_years("2023年怎么样") == ""


@pytest.mark.parametrize(
    ("question", "metric", "rest"),
    [
        ("吉林到2030年氢能产业产值目标是多少", "产值", "吉林到2030年氢能产业目标是多少"),
        ("江西2023年新三样的出口增长多少", "出口", "江西2023年新三样增长多少"),
        ("安徽产量", "产量", ""),
        ("安徽2023年产值增速", "产值", ""),
        ("江西光伏", "产量", ""),
        ("江西光伏", "", ""),
    ],
)
def test_the_metric_is_taken_out(question: str, metric: str, rest: str) -> None:
    """Where a matter is left to ask for."""
    assert without_metric(question, metric) == rest


@pytest.mark.parametrize(
    ("question", "industry", "rest"),
    [
        ("吉林到2030年氢能产业产值目标是多少", "新能源", "吉林到2030年产值目标是多少"),
        ("安徽光伏和风电产量是多少", "新能源", "安徽产量是多少"),
        ("安徽光伏占全国多少", "新能源", ""),
        ("安徽光伏产量", "汽车", ""),
        ("安徽光伏产量", "", ""),
    ],
)
def test_the_industry_is_taken_out(question: str, industry: str, rest: str) -> None:
    """By every word that tells it."""
    assert without_industry(question, industry) == rest


@pytest.mark.parametrize(
    "question", ["江西光伏产量", "2000家企业在哪里", "安徽1990年代的企业", "🙂" * 500, "（（2023", "\u202e"]
)
def test_what_is_not_there_cannot_be_taken_out(question: str) -> None:
    """Nor does awkward text do any harm."""
    assert without_region(question, "安徽" if "安徽" not in question else "江西") == ""
    assert without_years(question) in ("", "（（")


def test_markup_stays_text() -> None:
    """The rewriting neither reads nor removes it; escaping is the page's."""
    assert without_region("<b>安徽</b>光伏产量<script>", "安徽") == "<b></b>光伏产量<script>"
