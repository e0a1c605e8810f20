"""Days are read in full or not at all; years are those a text tells of, not those it compares with."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from regional_qa.knowledge.dates import parse_date, published_in, years_in


@pytest.mark.parametrize(
    "value",
    [
        "2024-02-23",
        "2024/2/23",
        "2024年2月23日",
        "20240223",
        "2024-02-23T08:00:00",
        "２０２４年２月２３日",
        "2024年02月23日10:21",
        "2024年2月23日星期五",
        "2024年2月23日（星期五） 第02版",
        20240223,
        date(2024, 2, 23),
        datetime(2024, 2, 23, 8),
    ],
)
def test_whole_days(value: object) -> None:
    """Every usual way to write a day."""
    assert parse_date(value) == date(2024, 2, 23)


@pytest.mark.parametrize(
    "value",
    ["", "2024年2月", "2024", "2024-13-01", "2024-02-30", "2024年2月23日至25日", "昨天", None, 3.5, [], "2024-02"],
)
def test_no_day_is_guessed(value: object) -> None:
    """What names no whole day gives None."""
    assert parse_date(value) is None


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023年安徽实现营业收入2967.4亿元", (2023,)),
        ("产量较2022年增长52.5%", ()),
        ("2023年营收由2022年的3万元增长至35万元", (2023,)),
        ("2021—2023年", (2021, 2022, 2023)),
        ("2021年至2023年", (2021, 2022, 2023)),
        ("《规划（2023—2035年）》提出，到2030年", (2030,)),
        ("二〇二五年，中国经济这么干", (2025,)),
        ("What is the target for 2030?", (2030,)),
        ("近10年来，2000亿元，编号2023", ()),
        ("今年前三季度", ()),
        ("2019、2020和2021年", (2019, 2020, 2021)),
        ("2021年与2022年的产量", (2021, 2022)),
        ("产量与2022年的3万元相比", ()),
        ("高于2022年，是2022年同期的2倍", ()),
        ("自2017年成立以来，举办讲座40余场", (2017,)),
        ("自2017年改制，营收3亿元", ()),
        ("林阳，男，1972年2月生，1994年7月参加工作", ()),
        ("聚焦1980年以后出生的青年", ()),
        ("2023年生产汽车5万辆", (2023,)),
        ("2023财年", (2023,)),
        ("between 2021 and 2023, more than in 2019", (2021, 2022, 2023)),
    ],
)
def test_years(text: str, years: tuple[int, ...]) -> None:
    """Stated years and ranges count; bases, titles and bare numbers do not."""
    assert years_in(text) == years


def test_relative_years_need_the_day_of_publication() -> None:
    """今年 and 去年 are resolved only against a known day."""
    assert years_in("今年增长，去年下降", date(2024, 3, 1)) == (2023, 2024)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("2024年发表的报道", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024年2月报道的安徽", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024年2月23日刊发的安徽光伏", date(2024, 2, 23), date(2024, 2, 23)),
        ("2024年以来发表的", date(2024, 1, 1), None),
        ("2024年之前报道的", None, date(2023, 12, 31)),
        ("发表于2023年8月的新闻", date(2023, 8, 1), date(2023, 8, 31)),
        ("2023年安徽光伏产量", None, None),
        ("2024年发布的行动方案", None, None),
        ("2024年13月发表的", None, None),
        ("吉林高校2023年发表论文多少篇", None, None),
        ("上海2022年报道的新冠病例", None, None),
    ],
)
def test_days_of_publication(question: str, since: date | None, until: date | None) -> None:
    """A date with 发表 or 报道 is one of publication; any other date is not."""
    assert published_in(question)[:2] == (since, until)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("上半年生产总值11688亿元，比上年同期增长4.7%", ()),
        ("去年生产总值2万亿元，较前年增长5%", (2022,)),
        ("今年上半年与去年同期基本持平", (2023,)),
        ("去年，全省新增企业5万户", (2022,)),
    ],
)
def test_a_year_compared_with_by_its_distance(text: str, years: tuple[int, ...]) -> None:
    """比上年同期 tells of no year, whatever the day of publication."""
    assert years_in(text, date(2023, 7, 21)) == years
