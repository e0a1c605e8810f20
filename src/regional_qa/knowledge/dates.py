"""Text -> the days and years it names.

Knows nothing about which of them a question or an article is about.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from regional_qa.errors import UsageError

LONGEST_RANGE = 15
"""Years of a range that are all counted; of a longer one only the two ends."""
_DAY = re.compile(
    r"^\s*([12]\d{3})\s*(?:[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))"
    r"\s*(?:[（(]?(?:星期|周)[\d日天][)）]?|(?<=日)\d{1,2}[:：]\d{2}.*)?(?:[T\s].*)?$"
)
_TITLE = re.compile(r"《[^》]*》")
_BASE = re.compile(
    r"(?:[较比由从自]|相比于?|相对于?|[高低多少优]于|超过)\s*(?:于\s*)?[12]\d{3}\s*年(?:同期|相比|的\d|全年|末|底)?(?!(?:\d{1,2}月)?(?:\d{1,2}日)?(?:以来|开始|起|至|到|以?前)|[^，,。；\d]{0,8}以来)"
    r"|(?:[较比]|相比于?|相对于?|[高低多少优]于|超过)\s*(?:去年|上年|前年)(?:同期|同月|同季|全年|末|底)?|[与同](?:去年|上年|前年)(?=[^，。；]{0,12}(?:比|持平))|(?:去年|上年|前年)(?:同期|同月|同季|的?基础上)"
    r"|[与同]\s*[12]\d{3}\s*年(?=[^，。；]{0,12}(?:比|持平))|[12]\d{3}\s*年(?:同期|的?基础上)"
    r"|[12]\d{3}\s*年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:以[后前])?(?:出生|生(?=[，,。；人于])|参加工作|入党)"
    r"|\b(?:than|that|those)\s+(?:in|of)\s+(?:19|20)\d{2}\b",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?<!\d)([12]\d{3})\s*年?\s*(?:[-—–~～至到]+)\s*([12]\d{3})\s*年?"
    r"|\b(?:between|from)\s+((?:19|20)\d{2})\s+(?:to|and|until)\s+((?:19|20)\d{2})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?<![\d.])([12]\d{3})(?=\s*(?:[、和与及/]\s*[12]\d{3}\s*)*财?年(?!代|历史|来|间))"
    r"|\b(?:in|of|for|by|since|during|year)\s+((?:19|20)\d{2})\b|\b((?:19|20)\d{2})['’]s\b"
    r"|(?:['’]s|\bthe)\s+((?:19|20)\d{2})\s(?=[a-z])",
    re.IGNORECASE,
)
_HAN = str.maketrans("〇零一二三四五六七八九０１２３４５６７８９", "00123456789" + "0123456789")
_HAN_YEAR = re.compile(r"[一二][〇零一二三四五六七八九]{3}(?=年)")
_SINCE, _BEFORE = ("以来", "以后", "之后"), ("以前", "之前")
_PRINTED = r"(?:发表|报道|刊发|刊登|见报)"
_WORKS = r"(?:论文|专著|著作|成果|讲话|演讲|声明|公报|致辞|社论|白皮书|病例|病人|研究|专利)"
"""What is published and is no report: 发表的论文 are what is asked about."""
_PUBLISHED = re.compile(
    rf"(?P<y1>[12]\d{{3}})年(?:(?P<m1>\d{{1,2}})月)?(?:(?P<d1>\d{{1,2}})日)?(?P<side>以来|以后|之后|以前|之前)?(?:间|里|内)?{_PRINTED}(?:过?的(?![^,，。]{{0,4}}{_WORKS})|过(?!的)|(?=[,，?？]|$))"
    rf"|{_PRINTED}[于在](?P<y2>[12]\d{{3}})年(?:(?P<m2>\d{{1,2}})月)?(?:(?P<d2>\d{{1,2}})日)?[的，, ]?"
)
_PLANS = {"三": 2020, "四": 2025, "五": 2030}
_PLAN_ENDS = re.compile('十([三四五])五[”」』"’]?(?:规划|时期)?(?:期?末|收官)')
"""The last year of a five-year plan: “十四五”末."""
_RELATIVE = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1}
_DAY_OF_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*月\s*(\d{1,2})\s*[日号號]")
_SEEN_FROM = re.compile(r"[去前明]年(?!同期|度)|\b(?:last|next) year\b", re.IGNORECASE)
_RELATIVE_WORD = re.compile("|".join(_RELATIVE))


def parse_date(value: object) -> date | None:
    """The day a value names, None where it names none in full; a day is never guessed.

    >>> parse_date("2024年2月23日"), parse_date("2024-02-23 12:30"), parse_date("2024年2月")
    (datetime.date(2024, 2, 23), datetime.date(2024, 2, 23), None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _DAY.match(str(value).translate(_HAN)) if isinstance(value, (str, int)) else None
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def published_in(question: str) -> tuple[date | None, date | None, str]:
    """First and last day of publication that a question names, and the question without them.

    Only words such as 发表 and 报道 make a date one of publication; any other is the period of a figure.

    >>> published_in("2024年2月发表的安徽光伏报道")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29), '安徽光伏报道')
    >>> published_in("2023年安徽光伏产量")
    (None, None, '2023年安徽光伏产量')
    """
    match = _PUBLISHED.search(question)
    if match is None:
        return None, None, question
    groups = {name: value for name, value in match.groupdict().items() if value}
    year, month, day = (int(groups.get(f"{part}1") or groups.get(f"{part}2") or 0) for part in "ymd")
    if any(int(groups.get(name, 1)) == 0 for name in ("m1", "m2", "d1", "d2")):
        return None, None, question
    try:
        first = date(year, month or 1, day or 1)
        last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None, None, question
    rest = question[: match.start()] + question[match.end() :]
    side = groups.get("side", "")
    if side in _SINCE:
        return first, None, rest
    return (None, first - timedelta(days=1), rest) if side in _BEFORE else (first, last, rest)


def narrowed(since: date | None, until: date | None, question: str) -> tuple[date | None, date | None, str]:
    """The days of publication that both a caller and a question allow, and the question without its own.

    Where nothing is left of the question, it stays; where no day is left, the last lies before the first.

    Raises:
        UsageError: the caller's days cross.

    >>> narrowed(date(2024, 2, 10), None, "2024年2月发表的安徽光伏报道")
    (datetime.date(2024, 2, 10), datetime.date(2024, 2, 29), '安徽光伏报道')
    """
    if since and until and since > until:
        raise UsageError(
            f"the first date {since} lies after the last date {until}; exchange them",
            f"起始日期 {since} 晚于截止日期 {until}，请对调",
        )
    first, last, rest = published_in(question)
    rest = rest if rest.strip(" ?？") else question
    return max(filter(None, (since, first)), default=None), min(filter(None, (until, last)), default=None), rest


def years_in(text: str, published: date | None = None) -> tuple[int, ...]:
    """The years a text tells of, ascending.

    A year that is only compared with (较2022年), in which somebody was born, or that stands in a title
    (《规划（2023—2026年）》) does not count; 今年 and 去年 count where the day of publication is given.

    >>> years_in("2023年安徽产量较2022年增长52.5%"), years_in("2021—2023年"), years_in("二〇二五年"), years_in("“十四五”末")
    ((2023,), (2021, 2022, 2023), (2025,), (2025,))
    """
    plain = _HAN_YEAR.sub(lambda match: match[0].translate(_HAN), text).translate(_DIGITS)
    plain = _BASE.sub(" ", _TITLE.sub(" ", plain))
    years = set(_ranges(plain))
    years |= {int(next(filter(None, match.groups()))) for match in _YEAR.finditer(plain)}
    years |= {_PLANS[which] for which in _PLAN_ENDS.findall(plain)}
    if published is not None:
        years |= {published.year + _RELATIVE[word] for word in _RELATIVE_WORD.findall(plain)}
    return tuple(sorted(year for year in years if 1900 <= year <= 2100))


def days_in(text: str) -> tuple[str, ...]:
    """The days of a month that a text names, without repeats.

    >>> days_in("2023年8月16日至18日，8 月 16 日")
    ('8月16日',)
    """
    return tuple(dict.fromkeys(f"{int(month)}月{int(day)}日" for month, day in _DAY_OF_MONTH.findall(text)))


def relative_year(question: str) -> str:
    """The word by which a question names a year as seen from a day that it does not name; empty where there is none.

    >>> relative_year("安徽去年光伏营收"), relative_year("What were exports last year?"), relative_year("安徽光伏营收")
    ('去年', 'last year', '')
    """
    match = _SEEN_FROM.search(question)
    return match[0] if match else ""


_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def _ranges(text: str) -> Iterator[int]:
    for first, last in ((int(m[1] or m[3]), int(m[2] or m[4])) for m in _RANGE.finditer(text)):
        yield from range(first, last + 1) if 0 <= last - first <= LONGEST_RANGE else (first, last)
