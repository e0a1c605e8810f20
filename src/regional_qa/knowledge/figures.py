"""Text -> numbers with what belongs to them: percent signs, 倍, units; two that make a range are one.

Knows nothing about the words around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from regional_qa.knowledge import qualifiers, units
from regional_qa.knowledge.numerals import ARABIC, HAN, TIMES, WIDTH, han_number, read_number
from regional_qa.types import Span

_N, _H = "[一二两三四五六七八九]", "[一二两三四五六七八九十百千万]"
_UNIT = rf"(?:{units.PATTERN})(?:[/每](?:{units.PATTERN}))?(?![年月])"
_NOT_TENTHS = "(?![为立功本不员果长都就分熟品效绩群片势链型])"
_SHARE = rf"百分之{HAN}|{_H}+分之{_H}+|{_N}{{1,2}}成半?{_NOT_TENTHS}|一半|过半|近半(?![年个小天数月日])|半数"
_REST = r"[0-9０-９]{1,4}(?:[.．][0-9０-９]+)?"
_MORE = rf"(?:(?<=亿){_REST}[十百千]?万|(?<=[万亿]){_REST}(?:[百千](?![瓦克米伏])|(?={_UNIT})))[余多]?"
"""Digits behind a scale that say the rest of a number, where a smaller scale or a unit follows: 1亿2000万, 5万3000人."""
_ARABIC = (
    rf"(?<![A-Za-z0-9０-９.．])(?<![A-Za-z]-)(?P<arabic>{ARABIC})(?:\s*(?P<mark>[%％‰]|个?百分点)|\s*[/／]\s*(?P<under>[0-9０-９]+)"
    rf"|成(?P<tenths>半?){_NOT_TENTHS}|(?P<times>{TIMES})(?P<more>{_MORE})?(?P<tail>[余多]?倍|[ \u3000]?{_UNIT})?)"
)
_FIGURE = re.compile(
    r"(?=[+\-－−±0-9０-９数几上一二两三四五六七八九十百千万亿半过近翻])"
    rf"(?:(?P<share>{_SHARE})|{_ARABIC}|(?P<vague>[数几]余?倍)|翻了?(?P<doubled>[一二两三四]?)番"
    rf"|(?P<han>{HAN})(?P<hantail>余?多?倍|个?百分点|{_UNIT})?){qualifiers.AFTER}?"
)
_SMALL = re.compile(rf"[两三四五六七八九十](?:{units.SMALL})|二人(?![转世])")
_SCALED = re.compile(r"[十百千万亿]|[一二两三四五六七八][二三四五六七八九]")
_BARE = re.compile(r"[数几上]?[一二两三四五六七八九].*[万亿][余多]?|[数几上][十百千]*[万亿][余多]?")
_NAME_BEFORE = re.compile(r"[A-Za-z][ -]$|《$")
_NAME_AFTER = re.compile(r"\s?[A-Za-z]|[号版时年月日代期届路楼院后前强环维师团连式型·、.．)）〕】:：/／0-9０-９x×]")
_RANGE = re.compile(r"\s*(?:[-－—–~～至到]|——)\s*")
_VOID = frozenset("瓦克米伏元")
"""What follows a bare 千 or 百 that is part of a word: 千瓦, 百米, 万元."""
_NEVER_HAN = frozenset("级届期回站线国片节度")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what belongs to it: ``how`` is ratio, points, times, doubled, amount or plain.

    ``number`` are its numerals as worded, empty for a range; ``scale`` what 万 or 亿 made of them; ``after``
    what is said right behind it (以上).
    """

    span: Span
    number: str
    how: str
    low: float | None
    high: float | None
    unit: str = ""
    scale: float = 1
    after: str = ""


def find_figures(text: str) -> list[Figure]:
    """The figures of a text, left to right, ranges joined.

    >>> [(figure.low, figure.high, figure.unit) for figure in find_figures("10%~20%，3至5亿元，五六百家")]
    [(0.1, 0.2, ''), (300000000.0, 500000000.0, '元'), (500.0, 600.0, '家')]
    """
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        figure = _arabic(text, match) if match["arabic"] else _han(text, match)
        if figure is None:
            continue
        if found and _is_range(text, found[-1], figure):
            found[-1] = _range(found[-1], figure)
        else:
            found.append(figure)
    return found


def _arabic(text: str, match: re.Match[str]) -> Figure | None:
    """A figure in digits; None where they are a name or a place in an order."""
    number, span, after = match["arabic"], Span(*match.span()), match["after"] or ""
    value, _ = read_number(number) or (0.0, 0.0)
    if mark := match["mark"]:
        how = "points" if "点" in mark else "ratio"
        value = read_ratio(number, 1000 if mark == "‰" else 100)
        return Figure(span, number, how, value, value, after=after)
    if match["under"]:
        under = float(match["under"].translate(WIDTH))
        return Figure(span, number, "ratio", value / under, value / under, after=after) if value < under else None
    if match["tenths"] is not None:
        value = value / 10 + (0.05 if match["tenths"] else 0)
        return Figure(span, number, "ratio", value, value, after=after)
    times, tail = match["times"] or "", (match["tail"] or "").strip()
    low, _ = read_number(number + times) or (value, value)
    scale = low / value if value else 1
    if more := match["more"] or "":
        times, (low, _) = times + more, read_number(number + times + more) or (low, low)
    if text.endswith("第", 0, span.start):
        follows = text[span.end : span.end + 1]
        if tail not in ("位", "名", "") or (not tail and "一" <= follows <= "龥"):
            return None
        return Figure(Span(span.start - 1, span.end), number, "amount", low, low, tail, after=after)
    if tail.endswith("倍"):
        return Figure(span, number + times + tail[:-1], "times", low, low, after=after)
    if tail:
        return Figure(span, number + times, "amount", low, low, _unit(tail), scale, after)
    if _is_name(text, span, number, times):
        return None
    return Figure(span, number + times, "amount" if scale > 1 else "plain", low, low, "", scale, after)


def _is_name(text: str, span: Span, number: str, times: str) -> bool:
    """Whether digits without a unit are a year, a code or part of a name: 2024, 600519, 3号, iPhone 15."""
    if _NAME_BEFORE.search(text, max(span.start - 2, 0), span.start) or (
        not times and _NAME_AFTER.match(text, span.end)
    ):
        return True
    plain = number.translate(WIDTH)
    return not times and plain.isdigit() and (len(plain) > 6 or plain.startswith("0") or 1900 <= int(plain) <= 2100)


def _han(text: str, match: re.Match[str]) -> Figure | None:
    """A figure in Chinese numerals; None where they are part of a word."""
    span, after = Span(*match.span()), match["after"] or ""
    low: float | None
    high: float | None
    if share := match["share"]:
        number = {"过半": "上", "近半": "近"}.get(share, share)
        return Figure(span, number, "ratio", *_han_share(share), after=after)
    if match["vague"]:
        return Figure(span, match["vague"], "times", None, None, after=after)
    if match["doubled"] is not None:
        value = 2.0 ** int(han_number(match["doubled"] or "一")) - 1
        return Figure(span, "", "doubled", value, value, after=after)
    number, tail = match["han"], match["hantail"] or ""
    low, high = read_number(number) or (None, None)
    if tail.endswith("倍"):
        return Figure(span, number + tail[:-1], "times", low, high, after=after)
    if tail.endswith("百分点"):
        return Figure(span, number, "points", low and low / 100, high and high / 100, after=after)
    unit = _unit(tail)
    if not _counts(text, span, number, unit):
        return None
    return Figure(span, number, "amount", low, high, unit, after=after)


def _counts(text: str, span: Span, number: str, unit: str) -> bool:
    """Whether Chinese numerals with this unit, or without one, are a quantity rather than part of a word."""
    if not unit:
        return _BARE.fullmatch(number) is not None and not text.startswith(("年", "载", "一", "分"), span.end)
    if unit in _NEVER_HAN and not (unit in "度级" and number[-1] in "万亿"):
        return False
    if len(number) == 1 and number in "百千万亿" and unit in _VOID:
        return unit == "元" and qualifiers.BEFORE.search(text, max(span.start - 4, 0), span.start) is not None
    return _SCALED.search(number) is not None or _SMALL.match(text, span.start) is not None


def _han_share(wording: str) -> tuple[float, float]:
    if "半" in wording and "成" not in wording:
        return 0.5, 0.5
    if "成" in wording:
        low, high = (float(han_number(char)) / 10 for char in (wording[0], wording.rstrip("成半")[-1]))
        extra = 0.05 if wording.endswith("半") else 0
        return low + extra, high + extra
    under, _, over = wording.partition("分之")
    low, high = read_number(over) or (0.0, 0.0)
    whole = float(han_number(under))
    return low / whole, high / whole


def read_ratio(number: str, whole: int) -> float:
    """A percentage as an exact fraction: 10.1 of 100 is 0.101.

    >>> read_ratio("10.1", 100)
    0.101
    """
    return float(Decimal(number.translate(WIDTH).replace(",", "").replace("±", "")) / whole)


def _unit(tail: str) -> str:
    """The unit of 个小时 is 小时; 个月 stays, for 月 is a month of the year."""
    tail = tail.strip()
    return tail[1:] if tail.startswith("个") and tail[1:] in ("小时", "百分点", "基点", "班次", "批次") else tail


def _is_range(text: str, first: Figure, second: Figure) -> bool:
    """Whether 至 or a dash makes one range of two figures; the second may have taken the dash for its sign."""
    if second.how != first.how and first.how != "plain":
        return False
    if first.unit not in ("", second.unit) or first.after:
        return False
    between = text[first.span.end : second.span.start]
    return _RANGE.fullmatch(between) is not None if between else text[second.span.start] in "-－"


def _range(first: Figure, second: Figure) -> Figure:
    """One figure from the low end of the first to the second: 3000—5000元, 10-20%, 3至5亿元."""
    low, high = first.low, second.high
    if low is not None and high is not None:
        high = abs(high) if low >= 0 else high
        if first.how == "plain" and second.how in ("ratio", "points"):
            low = low / 100
        elif first.how == "plain" and low * second.scale <= high:
            low = low * second.scale
    return replace(second, span=Span(first.span.start, second.span.end), number="", low=low, high=high)
