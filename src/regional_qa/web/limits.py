"""Question -> the same question with one limit less: a region, the years, the metric or the industry is taken out.

Rules only. Knows nothing about pages or about how a question is answered.
"""

from __future__ import annotations

import itertools
import re

from regional_qa.answering.understanding import KIND_WORDS
from regional_qa.knowledge.dates import published_in, years_in
from regional_qa.knowledge.regions import find_regions, provinces_in
from regional_qa.knowledge.topics import topic_in

_YEAR = r"(?:[12１２]\d{3}|[一二][〇零一二三四五六七八九]{3})"
_TITLE = r"《[^》]*》"
_YEARS = re.compile(
    rf"{_TITLE}|(?<![较比与同\d.])(?:截至|截止|[到至自从在于])?{_YEAR}\s*年?(?:\s*(?:[-—–~～至到、和与及/]+)\s*{_YEAR}\s*年?)*"
    r"(?<=年)(?!代|历史|来|间)(?:(?:\d{1,2}\s*月?\s*[-—–~～至到]\s*)?\d{1,2}\s*月(?:份|\d{1,2}\s*日)?)?"
    r"(?:度|[底末初]|以来|以前|以后|之前|之后|期?间)?的?"
    rf"|^{_YEAR}(?=\s)|(?<![\d.]){_YEAR}(?=[\s?？。]*$)"
    rf"|\b(?:(?:between|from|in|of|for|by|since|during|the|year)\s+)+{_YEAR}(?:\s+(?:to|and|until)\s+{_YEAR})?\b"
    rf"|\b{_YEAR}['’]s\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r"(?:\s*(?:以及|[和与及跟同、，,/]|\band\b)\s*)")
_JOINS_AT_END = re.compile(r"(?:以及|[和与及跟、]|\band\b)\s*$")
_BEFORE = re.compile(r"(?:位于|(?<![现存正所])在|\b(?:in|of|for|from|by|does|do)\s+)$", re.IGNORECASE)
_AFTER = re.compile(r"^(?:[省市区境]?内(?!蒙)|全[省市区]|地区|\s+province\b|\s+city\b)?(?:的|['’]s)?", re.IGNORECASE)
_CITY_IS_MARKET = re.compile(r"市(?=[场民值容面政])")
"""合肥市场 is the market of 合肥, although the name 合肥市 stands in it."""
_KIND = re.compile(
    "|".join(sorted(map(re.escape, KIND_WORDS), key=len, reverse=True)) + r"|全国|[占增长降快慢高低大小]|\bof\b"
)
"""Words that tell which figure is asked for and nothing of what."""
_AFTER_MATTER = re.compile(r"^(?:产业|行业|领域)?的?")
_EMPTY = re.compile(r"[（(]\s*[）)]")
_EDGES = " \t\u3000,，、;；:："
_SAYS_NOTHING = re.compile(
    r"[\W_]|多少|几何?|怎么?样?|如何|什么|情况|哪些?|[是的呢吗有为]|\b(?:what|how|is|are|was|about|the|much|many)\b",
    re.IGNORECASE,
)


def without_region(question: str, region: str) -> str:
    """The question without a province and the places in it; of a group the other provinces stay.

    Empty where the question does not name it or is none without it.

    >>> without_region("江西和合肥新三样出口增速谁高", "安徽"), without_region("京津冀的产值", "河北")
    ('江西新三样出口增速谁高', '北京、天津的产值')
    >>> without_region("位于安徽的光伏企业有哪些？", "安徽"), without_region("安徽怎么样？", "安徽")
    ('光伏企业有哪些？', '')
    """
    places = find_regions(question)
    if not any(region in place.provinces for place in places):
        return ""
    ends = [0, *(place.span.end for place in places)]
    starts = [*(place.span.start for place in places), len(question)]
    between = [question[end:start] for end, start in zip(ends, starts, strict=True)]
    named = [place.span.of(question) for place in places]
    for at, place in enumerate(places):
        if region in place.provinces:
            named[at] = "、".join(province for province in place.provinces if province != region)
            if not named[at]:
                between[at : at + 2] = _closed(between[at], place.span.of(question), between[at + 1])
    rest = "".join(itertools.chain(*itertools.zip_longest(between, named, fillvalue="")))
    left = tuple(province for province in provinces_in(question) if province != region)
    return _asked(rest) if set(provinces_in(rest)) == set(left) else ""


def without_years(question: str) -> str:
    """The question for any year; a year that is only compared with, or stands in a title, stays.

    Empty where the question names no year, names a date of publication too, or is none without it.

    >>> without_years("安徽2021—2023年光伏产量（截至二〇二三年底）是多少"), without_years("安徽光伏营收 2023")
    ('安徽光伏产量是多少', '安徽光伏营收')
    >>> without_years("2024年2月发表的2023年安徽光伏报道"), without_years("安徽光伏产量")
    ('', '')
    """
    if published_in(question)[2] != question:
        return ""
    rest = _asked(_YEARS.sub(_title_stays, question))
    return rest if rest != question.strip() and not years_in(rest) else ""


def without_metric(question: str, metric: str) -> str:
    """The question without the words that name its metric; empty where no matter would be left.

    >>> without_metric("安徽光伏产量占全国多少", "产量"), without_metric("江苏床位占比多少", "床位")
    ('安徽光伏占全国多少', '')
    >>> without_metric("What share of PV glass output does Anhui have?", "output")
    'What share of PV glass does Anhui have?'
    >>> without_metric("安徽光伏GDP增长多少", "gdp")
    '安徽光伏增长多少'
    """
    bounded = rf"(?<![a-z]){re.escape(metric)}(?![a-z])\s*" if metric.isascii() else rf"的?{re.escape(metric)}"
    return _still_about(question, re.sub(bounded, "", question, flags=re.IGNORECASE)) if metric else ""


def without_industry(question: str, industry: str) -> str:
    """The question without the words that tell its industry; empty where no matter would be left.

    >>> without_industry("安徽光伏产量占全国多少", "新能源"), without_industry("安徽光伏怎么样", "新能源")
    ('安徽产量占全国多少', '')
    """
    rest = question
    while industry and topic_in(rest) == industry:
        start = next(at for at in reversed(range(len(rest))) if topic_in(rest[at:]) == industry)
        end = next(at for at in range(start, len(rest) + 1) if topic_in(rest[start:at]) == industry)
        rest = f"{_JOINS_AT_END.sub('', rest[:start])}{_AFTER_MATTER.sub('', rest[end:])}"
    return _still_about(question, rest)


def _still_about(question: str, rest: str) -> str:
    """What is left where it still names a matter, not only a kind of figure."""
    tidy = _asked(rest)
    matter = _YEARS.sub("", tidy)
    for place in reversed(find_regions(matter)):
        matter = matter[: place.span.start] + matter[place.span.end :]
    return tidy if tidy != question.strip() and _SAYS_NOTHING.sub("", _KIND.sub("", matter)) else ""


def _title_stays(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith("《") else ""


def _closed(before: str, name: str, after: str) -> tuple[str, str]:
    """What stood around a name that is taken out, without what tied it in: 和, 位于, 的."""
    if _CITY_IS_MARKET.match(name[-1:] + after[:1]):
        return before, name[-1:] + after
    if _JOINS.fullmatch(before):
        return "", after
    if _JOINS.fullmatch(after):
        return before, ""
    shorter = _JOINS_AT_END.sub("", before)
    if shorter != before:
        return shorter, after
    return _BEFORE.sub("", before), _AFTER.sub("", after)


def _asked(rest: str) -> str:
    """What is left, tidied; empty where it asks nothing."""
    tidy = re.sub(r"\s+(?=[\s?？])", "", _EMPTY.sub("", rest)).strip(_EDGES)
    matter = _YEARS.sub("", tidy)
    for place in reversed(find_regions(matter)):
        matter = matter[: place.span.start] + matter[place.span.end :]
    return tidy if _SAYS_NOTHING.sub("", matter) else ""
