"""Text -> the quantities it names: where, of which kind, how much, in which unit.

Knows nothing about what is measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from regional_qa.types import Span

_ABOUT = r"(?:将近|近|大约|约|超过|超出|超|逾|达到|接近|不足|不到|至少|最多|上)?"
_AFTER = r"(?:以上|左右|以内|以下|上下)?"
_NUMBER = r"[+\-－±]?(?:[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?)"
_HAN = r"(?:[一二两三四五六七八九十百千万亿半几数]+)"
_TIMES = r"(?:[十百千万亿]+|余|多|[ \u3000](?=[万亿])){0,3}"
_UNITS = (
    "平方公里|平方米|立方米|公里|千米|厘米|毫米|千伏安|千伏|千瓦时|千瓦|兆瓦时|兆瓦|吉瓦时|吉瓦|标准箱|标箱|摄氏度|周岁|百分点|人次|架次|台次|车次|小时|分钟|公顷|公斤|千克|美元|欧元|日元|港元|"
    "元|亩|吨|斤|米|度|户|家|名|位|人|个|颗|辆|艘|架|台|套|列|班|趟|张|件|枚|座|条|项|种|类|只|头|株|棵|箱|袋|包|份|笔|单|场|次|组|对|所|处|间|栋|批|岁|"
    "天|周|级|部|篇|首|块|片|支|节|车(?![间型企站道])|村|镇|县|市|省|国|届|期|回|站|线|GWh|MWh|kWh|GW|MW|kW|km|TEU|℃"
)
_QUANTITY = re.compile(
    rf"(?P<share>{_ABOUT}(?:{_NUMBER}\s*[%％‰]|[0-9０-９]+\s*[/／]\s*[0-9０-９]+|{_HAN}分之{_HAN}|{_NUMBER}\s*个?百分点"
    rf"|[一二两三四五六七八九](?:成半?)(?!为|立|功|本|不|员|果|长|都|就|分|熟|品|效|绩|群|片|势|链)|一半|过半|半数|百分之{_HAN}){_AFTER})"
    rf"|(?P<multiple>{_ABOUT}(?:{_NUMBER}|{_HAN})余?多?倍{_AFTER}|翻了?[一两二三四]?番)"
    rf"|(?P<money>{_ABOUT}{_NUMBER}{_TIMES}(?:美元|欧元|日元|港元|元){_AFTER}|{_ABOUT}[一二三四五六七八九十百千]+(?:亿|万亿)元?级?{_AFTER})"
    rf"|(?P<count>{_ABOUT}{_NUMBER}{_TIMES}(?:{_UNITS}){_AFTER}(?!年|月)|第{_NUMBER}位?|{_ABOUT}{_NUMBER}(?:余|多)?(?:万亿|亿|万)(?:余|多)?{_AFTER}"
    rf"|{_ABOUT}[一二两三四五六七八九十百千上数几]*[十百千万](?:余|多)?(?:{_UNITS}){_AFTER})"
    rf"|(?P<plain>(?<![A-Za-z0-9０-９.]){_ABOUT}{_NUMBER}(?![0-9０-９年月.．/／:：A-Za-z]|日(?!报)|[-—–~～至]\d){_AFTER})"
)
_D = "[0-9０-９]"
_TO = r"\s*[-—–~～至]\s*"
_DATE = re.compile(
    rf"(?<![0-9０-９.])(?:{_D}{{4}}[-/.]{_D}{{1,2}}[-/.]{_D}{{1,2}}(?!{_D})|{_D}{{4}}{_TO}{_D}{{4}}年?"
    rf"|(?:{_D}{{1,4}}{_TO})?{_D}{{1,4}}(?:多|余)?\s*年(?:{_D}{{1,2}}\s*月)?(?:{_D}{{1,2}}\s*日)?"
    rf"|(?:{_D}{{1,2}}(?:{_TO}|、))?{_D}{{1,2}}\s*(?:月(?:{_D}{{1,2}}\s*日)?|日(?!报))"
    rf"|{_D}{{1,2}}[:：]{_D}{{2}}|{_D}{{1,2}}时(?:{_D}{{1,2}}分(?!之))?)"
)
_IDIOM = re.compile("千家万户|万家灯火|千村万户|[百千]家争鸣|千家百户|万户千家")
_WIDTH = str.maketrans("０１２３４５６７８９．，／％", "0123456789.,/%")
_SCALE = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGIT = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity as worded: ``kind`` is share, multiple, money, count or plain (a number without a unit).

    ``value`` is a fraction for a share, else in ``unit``; None where the wording gives no number.
    """

    span: Span
    kind: str
    value: float | None
    unit: str


def find_quantities(text: str) -> list[Quantity]:
    """The quantities of a text, left to right; years, dates and idioms (千家万户) are none.

    >>> [(q.span.of("近1/4，增长1.45倍，2023年108颗"), q.kind) for q in find_quantities("近1/4，增长1.45倍，2023年108颗")]
    [('近1/4', 'share'), ('1.45倍', 'multiple'), ('108颗', 'count')]
    >>> [(q.value, q.unit) for q in find_quantities("2967.4亿元，一半以上，三分之一")]
    [(296740000000.0, '元'), (0.5, ''), (0.3333333333333333, '')]
    """
    masked = text
    for nothing_counted in (_DATE, _IDIOM):
        masked = nothing_counted.sub(lambda match: "\x00" * len(match[0]), masked)
    found = []
    for match in _QUANTITY.finditer(masked):
        kind = str(match.lastgroup)
        wording = match[0].translate(_WIDTH)
        found.append(Quantity(Span(*match.span()), kind, _value(kind, wording), _unit(kind, wording)))
    return found


def _value(kind: str, wording: str) -> float | None:
    if "半" in wording and kind == "share":
        return 0.5 if "成" not in wording else _DIGIT[next(c for c in wording if c in _DIGIT)] / 10 + 0.05
    if fraction := re.search(r"(\d+)\s*/\s*(\d+)", wording):
        return int(fraction[1]) / int(fraction[2]) if int(fraction[2]) else None
    if parts := re.search(r"([一二两三四五六七八九十百千万]+)分之([一二两三四五六七八九十百千万]+)", wording):
        return _han(parts[2]) / _han(parts[1])
    if kind == "share" and "成" in wording:
        return _DIGIT[next(c for c in wording if c in _DIGIT)] / 10
    number = re.search(r"\d[\d,]*(?:\.\d+)?", wording)
    if number is None:
        return _han_value(wording)
    value = Decimal(number[0].replace(",", ""))  # decimal, so that 3.22万 is 32200 and nothing beside it
    if kind == "share":
        return float(value / (1000 if "‰" in wording else 100))
    unit = _unit(kind, wording)
    scales = wording[number.end() : wording.rindex(unit) if unit else None].replace(" ", "")  # 千 of 千瓦 is no scale
    for scale in scales:
        if scale in _SCALE:
            value *= _SCALE[scale]
        elif scale not in "余多":
            break
    return float(value)


def _han_value(wording: str) -> float | None:
    """The number of 上百家 or 三百余人; None for 几十, 数百 and 三四十, which name none."""
    numeral = re.search(r"[一二两三四五六七八九十百千万亿]+", wording)
    if numeral is None or re.search(r"[几数半]|[一二两三四五六七八九]{2}", wording):
        return None
    return _han(numeral[0])


def _han(numeral: str) -> float:
    """三 -> 3, 十 -> 10, 二十五 -> 25, 一百二十万 -> 1200000, 万亿 -> 10 ** 12."""
    total, section, digit = 0, 0, 0
    for char in numeral:
        if char in _DIGIT:
            digit = _DIGIT[char]
            continue
        scale = _SCALE[char]
        if scale < 10_000:
            section += max(digit, 1) * scale
        elif section + digit or not total:
            total += max(section + digit, 1) * scale
            section = 0
        else:
            total *= scale
        digit = 0
    return float(total + section + digit)


def _unit(kind: str, wording: str) -> str:
    if kind in ("share", "multiple", "plain"):
        return ""
    unit = re.search(rf"(?:{_UNITS})(?={_AFTER}$)", wording)
    return unit[0] if unit else ""
