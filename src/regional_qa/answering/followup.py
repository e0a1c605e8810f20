"""Follow-up -> full question: 那江西呢？ takes over what was asked before and changes the region or the year.

Rules only; a question that stands by itself is left as it is.
"""

from __future__ import annotations

import re

from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.synonyms import names_figure

_AND_THERE = re.compile(
    "(?P<first>.*(?:多少|几|百分之).*?)[,，?？；;]\\s*那?么?(?P<other>[^,，?？；;]{2,10}?)呢[?？]?$"
)
"""What asks of one place first, and then: 山东呢."""
_FOLLOW_UP = re.compile(
    r"^\s*(?:那么?|还有|换成|如果是)?[\s,，]*(?P<what>.{1,16}?)(?:[的又]?呢|怎么样|如何|的话)?(?:[，,]?\s*[又则]?[有是](?:多少|几)[个家人项名]?)?[\s?？。]*$"
)
_MORE = re.compile(
    r"^\s*(?:那么?)?(?:还有(?:什么|哪些|哪[个家位项]|谁|呢|吗|别的|其他的?)|(?:别的|其他的?)(?:呢|还有吗))[\s?？。吗呢]*$"
)
_YEAR = re.compile(r"([12]\d{3})\s*年")
_YEARS = re.compile(r"[12]\d{3}\s*年(?:\s*[、和与及至到-]\s*[12]\d{3}\s*年)*")
_IT = re.compile(
    r"^\s*(?:那么?|而)?[\s,，]*(?:[它他她]们?|[该这](?:家|个|座|项)?(?:公司|企业|银行|集团|机构|城市|项目|园区|大学|行|市|省|县|人))(?=.{2})"
)
_SUBJECT = re.compile(
    r"^(?P<name>(?:(?!什么|多少|哪|谁|几|何时)[^的，,？?]){2,24}?)(?:的|在|[今去前明]年|[12]\d{3}年|[上下]半年|第?[一二三四]季度|前[\d一二三四五六七八九十]+个?月|截[至止]"
    r"|[共有是占达将]|计划|预计|什么|多少|哪|谁|几|何时)"
)
"""What a question begins with, up to the first word of time, of having or of asking."""
_LONGEST_FIGURE = 6


def asks_more(question: str, previous: str) -> bool:
    """Whether a question only asks for what else there is.

    >>> asks_more("还有哪些？", "安徽有哪些光伏企业"), asks_more("还有哪些？", ""), asks_more("江西还有哪些？", "安徽")
    (True, False, False)
    """
    return bool(previous and _MORE.match(question))


def complete(question: str, previous: str) -> str:
    """The question in full, given the one before it.

    >>> complete("那江西呢？", "安徽2023年光伏产量占全国多少")
    '江西2023年光伏产量占全国多少'
    >>> complete("浙江呢，有几个？", "江苏有几个自贸片区")
    '浙江有几个自贸片区'
    >>> complete("2022年呢", "安徽2023年光伏产量占全国多少"), complete("2021年和2022年呢", "安徽2023年光伏产量占全国多少")
    ('安徽2022年光伏产量占全国多少', '安徽2021年和2022年光伏产量占全国多少')
    >>> complete("那全国呢？", "安徽2023年光伏产量多少")
    '全国2023年光伏产量多少'
    >>> complete("还有哪些？", "安徽有哪些光伏企业")
    '安徽有哪些光伏企业'
    >>> complete("江西的财政收入是多少", "安徽光伏产量占全国多少")
    '江西的财政收入是多少'
    >>> complete("那它的总资产有多少？", "成都银行今年上半年净利润是多少？")
    '成都银行的总资产有多少？'
    """
    if asks_more(question, previous):
        return previous
    if (it := _IT.match(question)) and (subject := _subject(previous)):
        return f"{subject}{question[it.end() :]}"
    match = _FOLLOW_UP.match(question)
    if not previous or match is None:
        return question
    what = match["what"].strip()
    if what == "全国":
        return _with_region(previous, what)
    places, years = find_regions(what), _YEAR.findall(what)
    left = _YEAR.sub("", what)
    for place in reversed(find_regions(left)):
        left = left[: place.span.start] + left[place.span.end :]
    if left.strip(" 的在,，、和与省市区县") or not (places or years):
        return question
    completed = previous
    if places:
        completed = _with_region(completed, "、".join(what[place.span.start : place.span.end] for place in places))
    if years:
        asked = "和".join(f"{year}年" for year in years)
        completed = _YEARS.sub(asked, completed) if _YEARS.search(completed) else f"{completed}（{asked}）"
    return completed


def of_both(question: str) -> str:
    """A question that asks the same of another place at its end as one that asks it of both.

    >>> of_both("江西2023年出口增长百分之几，山东呢？"), of_both("江西出口多少，占比呢？")
    ('江西和山东2023年出口增长百分之几', '江西出口多少，占比呢？')
    """
    match = _AND_THERE.match(question)
    places, others = (find_regions(match[name]) for name in ("first", "other")) if match else ([], [])
    if match is None or len(places) != 1 or len(others) != 1 or match["other"].strip("省市县区") != others[0].name:
        return question
    first = match["first"]
    return _with_region(first, f"{places[0].span.of(first)}和{others[0].name}")


def _subject(question: str) -> str:
    """What a question is about, without the figure it asks for; empty where that cannot be told.

    >>> _subject("安徽光伏产量占全国多少"), _subject("哪家银行率先迈上万亿级台阶？")
    ('安徽光伏', '')
    """
    match = _SUBJECT.match(question)
    name = match["name"].strip() if match else ""
    figures = (name[-size:] for size in range(2, min(_LONGEST_FIGURE, len(name) - 2) + 1))
    figure = next((figure for figure in figures if names_figure(figure)), "")
    return name.removesuffix(figure).rstrip("净总")


def _with_region(question: str, region: str) -> str:
    """The question with its first region exchanged and the others taken out; put in front where it has none."""
    places = find_regions(question)
    if not places:
        return f"{region}{question}"
    for place in reversed(places[1:]):
        question = question[: place.span.start].rstrip("和与、") + question[place.span.end :]
    first = places[0].span
    return question[: first.start] + region + question[first.end :]
