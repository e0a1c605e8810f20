"""Text -> the regions of China it names, and the province each belongs to.

Provinces, prefectures, counties, groups of provinces, abbreviations where they are safe, English and
traditional forms. Knows nothing about articles or questions.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from regional_qa.errors import UsageError
from regional_qa.knowledge.place_names import (
    ABBREVIATIONS,
    AMBIGUOUS,
    CONTEXTS,
    ENGLISH,
    GROUPS,
    PROVINCES,
    TRADITIONAL,
)
from regional_qa.knowledge.region_names import LATIN, english, names, spellings, starts, writing
from regional_qa.types import Span

__all__ = [
    "GROUPS",
    "PROVINCES",
    "Mention",
    "find_regions",
    "is_region",
    "provinces_in",
    "resolve",
]

_AFTER = re.compile(
    r"(?:师范|理工|工业|工程|工商|交通|科技|农业|林业|财经|政法|医科|中医药|外国语|邮电|航空航天|海洋|民族|体育|音乐)*(?:大学|学院)"
    r"|日报|晚报|晨报|时报|商报|银行|卫视|[东西南北中]?(?:路(?![网径线桥段由演况面透])|大街|大道)"
    r"|电气(?![化自设火改])|建工(?![程])"
    r"|(?<=[^省市州]和县)[里级域]|[河江](?:流域|[上中下]游|[干支]流|两岸|沿岸|畔|源头)"
)
"""What turns a place's name into the name of something else: 吉林大学, 南京东路, 上海电气, 东辽河上游."""
_ABBREVIATED = re.compile(f"[{''.join(ABBREVIATIONS)}]")
_SUFFIX = re.compile(
    "(?:双城|特别合作|自贸|自由贸易试验|高新|经济|技术|产业|开发|壮族|回族|维吾尔|藏族|蒙古族|土家族|苗族|彝族|[各和与、]|自治|特别行政|地|新|片|经济|城市群?|省|市|县|区|州|盟|旗|圈|带|[’']|province|city|county|district|region|municipality|autonomous|of|\\s)*",
    re.IGNORECASE,
)
"""What a name may have beside it and be no other: 广西壮族自治区, Anhui Province."""
_EDGE = re.compile(r"东北[部角方向风侧偏亚虎约\d]|[海河湖江山][东西南北][岸麓侧坡缘]")
_WITHIN = re.compile(
    r"[黄淮运漳洛渭海]河[南北东西源]|大同江|[长珠赣湘闽]江[西北东南]|[黄渤东南]海[南北]|[太阳庭]湖[南北]|[国省境市区县]内[江乡]"
    r"|[皖豫鄂湘赣鲁冀晋陕黔滇闽桂苏浙粤华远]东北"
)
"""What reads like a name after the character before it: 黄河南岸, 东海南部, 皖东北, 国内江苏."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A region named in a text: where, its plain name, and the provinces it lies in or stands for."""

    span: Span
    name: str
    provinces: tuple[str, ...]


def find_regions(text: str, around: Sequence[str] = ()) -> list[Mention]:
    """The regions a text names, from left to right, the longest name first; overlapping names are one mention.

    A name that several provinces have is settled by another mention beside it, or by the provinces that are told of
    ``around`` the text, or left out.

    >>> [(m.name, m.provinces) for m in find_regions("合肥市的企业在赣投资，Anhui leads")]
    [('合肥', ('安徽',)), ('江西', ('江西',)), ('安徽', ('安徽',))]
    >>> find_regions("吉林大学与南京路的商家"), find_regions("宝山区"), find_regions("宝山区", ["上海"])[0].provinces
    ([], [], ('上海',))
    """
    found = [*_by_name(text), *_by_context(text), *_by_english(text)]
    mentions: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.span.start, -m.span.end)):
        if not mentions or mention.span.start >= mentions[-1].span.end:
            mentions.append(mention)
    sure = {mention.provinces[0] for mention in mentions if len(mention.provinces) == 1} or set(around)
    return [settled for mention in mentions if (settled := _settle(mention, sure)) is not None]


def provinces_in(text: str) -> tuple[str, ...]:
    """The provinces of all mentions, in order, without repeats.

    >>> provinces_in("江西和山东，以及京津冀")
    ('江西', '山东', '北京', '天津', '河北')
    """
    return tuple(dict.fromkeys(province for mention in find_regions(text) for province in mention.provinces))


def is_region(text: str) -> bool:
    """Whether a text is the name of a place and nothing else: 云南省, 湖北宜昌.

    >>> is_region("湖北·宜昌市"), is_region("宜昌港")
    (True, False)
    """
    named = sum(mention.span.end - mention.span.start for mention in find_regions(text))
    rest = re.sub(r"[\s·•]|(?<=.)[省市县区州旗盟]$", "", text)
    return named > 0 and len(rest) <= named


def resolve(name: str) -> tuple[str, ...]:
    """The provinces of a region as a user writes it: 安徽, 安徽省, 皖, Anhui, 合肥, 京津冀.

    Raises:
        UsageError: no such region, or several; the message suggests what to write.
    """
    plain = name.strip()
    if plain in ABBREVIATIONS:
        return (ABBREVIATIONS[plain],)
    if named := find_regions(plain):
        rest = plain
        for mention in reversed(named):
            rest = rest[: mention.span.start] + rest[mention.span.end :]
        if _SUFFIX.fullmatch(rest):
            return provinces_in(plain)
    folded = plain.translate(TRADITIONAL)
    if shared := [provinces[0] for _, provinces in names().get(folded, ())] if folded not in AMBIGUOUS else []:
        several = "、".join(shared)
        raise UsageError(
            f"unknown region {name!r}: there is one in {several}; put the province before it: {shared[0]}{folded}",
            f"“{name}”不止一处，{several}都有；请在前面写上省份，例如：{shared[0]}{folded}",
        )
    if len(folded) > 1:
        begun = {full: places[0][1] for full, places in names().items() if full.startswith(folded) and len(places) == 1}
        if len(set(begun.values())) == 1:
            return next(iter(begun.values()))
    near = "、".join(_near(folded))
    raise UsageError(
        f"unknown region {name!r}; "
        + (f"did you mean {near}?" if near else "write a province, city, county or group such as 安徽, 合肥, 京津冀"),
        f"没有“{name}”这个地区，" + (f"是不是{near}？" if near else "请写省、市、县或区域，例如：安徽、合肥、京津冀"),
    )


def _near(name: str) -> list[str]:
    """The nearest provinces and groups, else the nearest of all names."""
    known = [written for written, places in names().items() if places]
    near = difflib.get_close_matches(name, [*PROVINCES, *GROUPS], n=3, cutoff=0.5)
    return near or difflib.get_close_matches(name, known, n=3, cutoff=0.6)


def _settle(mention: Mention, sure: set[str]) -> Mention | None:
    """The mention itself, or with its province chosen where its name stands for places in several."""
    if mention.provinces:
        return mention
    fitting = [provinces for _, provinces in names()[mention.name] if provinces[0] in sure]
    return Mention(mention.span, mention.name, fitting[0]) if len(fitting) == 1 else None


def _by_name(text: str) -> Iterator[Mention]:
    written, starting = writing()
    folded = text.translate(TRADITIONAL) if written.search(text) else text
    known, named = starts(), names()
    end = 0
    here: tuple[str, ...] = ()
    for match in starting.finditer(folded):
        at = match.start()
        if at < end:
            continue
        for length in known.get(folded[at : at + 2], ()):
            stop = at + length
            places = named.get(folded[at:stop])
            if places is None or len(folded) < stop:
                continue
            beside = at == end > 0
            if not places:
                end, here = stop, ()
            elif not _means_else(folded, at, stop, beside):
                name, provinces = places[0] if len(places) == 1 else (folded[at:stop], ())
                if folded[at:stop] in AMBIGUOUS:
                    name, provinces = next((place for place in places if beside and place[1] == here), ("", ()))
                    if not name:
                        continue
                end, here = stop, provinces
                yield Mention(Span(at, stop), name, provinces)
            break


def _means_else(text: str, at: int, stop: int, beside: bool) -> bool:
    """Whether ``text[at:stop]`` is part of another name, or a direction; ``beside`` follows a region's name."""
    if _AFTER.match(text, stop) or _EDGE.match(text, at):
        return True
    if beside:
        return text[at:stop] == "东北"
    return at > 0 and _WITHIN.match(text, at - 1) is not None


def _by_context(text: str) -> Iterator[Mention]:
    end = 0
    for letter in _ABBREVIATED.finditer(text):
        match = CONTEXTS.match(text, letter.start()) if letter.start() >= end else None
        if match is None:
            continue
        end = match.end()
        for at in range(match.start(), end):
            if text[at] in ABBREVIATIONS:
                province = ABBREVIATIONS[text[at]]
                yield Mention(Span(at, at + 1), province, (province,))


def _by_english(text: str) -> Iterator[Mention]:
    words = {word.lower() for word in LATIN.findall(text)}
    if not words:
        return
    pattern, firsts = english()
    named: list[tuple[tuple[int, int], str]] = []
    if not firsts.isdisjoint(words):
        named += (
            (match.span(), ENGLISH[" ".join(match[0].lower().replace("’", "'").split())])
            for match in pattern.finditer(text)
        )
    if spelled := words & spellings().keys():
        named += (
            (match.span(), spellings()[match[0].lower()])
            for match in LATIN.finditer(text)
            if match[0].lower() in spelled and (match[0][0].isupper() or text.isascii())
        )
    for span, name in named:
        provinces = GROUPS[name] if name in GROUPS else next(iter(names()[name]))[1]
        yield Mention(Span(*span), name, provinces)
