"""A number as written, in digits or Chinese numerals -> its value, exact.

Knows nothing about units, or about where in a text a number stands.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

WIDTH = str.maketrans("０１２３４５６７８９．，／％－−", "0123456789.,/%--")
ARABIC = r"[+\-－−±]?[0-9０-９]+(?:[,，][0-9０-９]{3}(?![0-9０-９]))*(?:[.．][0-9０-９]+)?"
_SCALES = "(?:[十百万亿]|千(?![瓦克米伏]))"
"""千 of 千瓦 is no scale."""
HAN = (
    rf"(?:[数几]|(?<![以之加晚网线])上(?=[百千万亿]))?(?:[一二两三四五六七八九]|{_SCALES})(?:[〇零一二两三四五六七八九]|{_SCALES})*"
    rf"(?:点[〇零一二三四五六七八九]+{_SCALES}*)?(?:[余多来几](?!家庭)[万亿]*)?"
)
TIMES = rf"(?:[ \u3000]?[余多来几]?[ \u3000]?(?=[十百千万亿余多]){_SCALES}*[余多]?)?"
"""What may follow digits: 80多万, 2000余, 3200 亿."""
SCALE = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PARTS = re.compile(r"([+-]?\d+(?:\.\d+)?)([十百千万亿]*)")
_LOOSE = re.compile(r"[余多来几上\s]")
_PAIR = re.compile(
    r"(?P<head>[一二三四五六七八九]?十)?(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])(?P<rest>.*)"
)


def read_number(wording: str) -> tuple[float, float] | None:
    """Lowest and highest value of a number: the same but for 五六百; None where it names none, as 几十.

    >>> read_number("1,688.5"), read_number("80多万"), read_number("三千八百亿"), read_number("一点二亿")
    ((1688.5, 1688.5), (800000.0, 800000.0), (380000000000.0, 380000000000.0), (120000000.0, 120000000.0))
    >>> read_number("五六百"), read_number("几十"), read_number("十几"), read_number("1亿2000万")
    ((500.0, 600.0), None, None, (120000000.0, 120000000.0))
    """
    plain = wording.translate(WIDTH)
    if re.search(r"[数几]", plain):
        return None
    plain = _LOOSE.sub("", plain).replace(",", "").replace("±", "")
    if parts := _PARTS.findall(plain):  # decimal, so that 3.22万 is 32200 and nothing beside it
        value = sum(Decimal(digits) * math.prod(SCALE[scale] for scale in scales) for digits, scales in parts)
        return float(value), float(value)
    if (pair := _PAIR.fullmatch(plain)) and DIGIT[pair["high"]] == DIGIT[pair["low"]] + 1:
        head = pair["head"] or ""
        return float(han_number(head + pair["low"] + pair["rest"])), float(
            han_number(head + pair["high"] + pair["rest"])
        )
    value = han_number(plain)
    return float(value), float(value)


def han_number(numeral: str) -> Decimal:
    """The value of a Chinese numeral.

    >>> [int(han_number(one)) for one in ("三", "十", "二十五", "一百二十万", "万亿", "一百零八", "一万五", "一万二千亿")]
    [3, 10, 25, 1200000, 1000000000000, 108, 15000, 1200000000000]
    >>> han_number("七十三点五")
    Decimal('73.5')
    """
    if "点" in numeral:
        whole, _, rest = numeral.partition("点")
        digits = re.match(r"[〇零一二三四五六七八九]*", rest)
        decimals = digits[0] if digits else ""
        value = han_number(whole) + Decimal("0." + "".join(str(DIGIT[char]) for char in decimals))
        return value * math.prod(SCALE[char] for char in rest[len(decimals) :])
    total, section, digit, last = 0, 0, 0, 0
    for char in numeral:
        if char in DIGIT:
            digit = DIGIT[char]
            last = 0 if digit == 0 else last  # 一百零五 is 105, 一百五 is 150
            continue
        scale = SCALE[char]
        if scale < 10_000:
            section += max(digit, 1) * scale
        elif total < scale or not section + digit:  # 一万二千亿 is 12,000 times 亿
            total, section = max(total + section + digit, 1) * scale, 0
        else:
            total, section = total + (section + digit) * scale, 0
        digit, last = 0, scale
    return Decimal(total + section + digit * (last // 10 if last > 10 else 1))
