"""Text -> where the kind of thing that a question asks for stands in it: figures, days, names, places, lists.

Knows nothing about which of them is the answer.
"""

from __future__ import annotations

import re

from regional_qa.answering.understanding import PLAIN, SIZE, THINGS
from regional_qa.knowledge.quantities import find_quantities
from regional_qa.types import Kind, Span

TYPED: frozenset[Kind] = frozenset({"duration", "name", "place"})
"""Kinds that evidence need not plainly hold: what is a name cannot be told for certain."""
# The most common ones alone: in running text a rare surname is nearly always a word.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(
        r"(?:[12]\d{3}|[一二][〇零一二三四五六七八九]{3}|[\d一二三四五六七八九十元]{1,3})\s*年(?!报|级|轻)(?:\s*[\d一二三四五六七八九十]{1,3}\s*月)?"
        r"(?:\s*[\d一二三四五六七八九十]{1,3}\s*[日号])?|[\d一二三四五六七八九十]{1,3}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*[日号])?"
        r"|[\d一二三四五六七八九十]{1,3}\s*[日号](?!报|线|楼)|\d{1,2}世纪|[年月]初[一二三四五六七八九十]|今年|去年|明年|今日|昨日|昨天|明天|日前|上?下?旬"
    ),
    "duration": re.compile(
        r"[\d一二两三四五六七八九十百千半几数]+(?:多|余|\.\d+)?个?(?:半)?(?:小时|分钟|秒|天|日(?!本)|周|星期|月(?!\d)|季度|年(?!\d)|世纪)"
    ),
    "name": re.compile(
        rf"[一-龥]+·[一-龥]+|(?<![一-龥])[{_SURNAMES}][一-龥]{{1,2}}"
        rf"|[{_SURNAMES}][一-龥]{{1,2}}(?=说|表示|介绍|[，,、。（(]|任|当选|率|等)|[“「《][^”」》]{{2,16}}[”」》]"
    ),
    "place": re.compile(
        r"[一-龥]{1,8}?(?:省|市|县|区|州|镇|村|国|岛|洲|港|山|湖|路|街|大学|中心|体育[场馆]|广场|大厦|酒店)"
    ),
    "list": re.compile(r"[^，,。；;：:、]{1,20}(?:、[^，,。；;：:、]{1,20}){2,}"),
}
_CHANGE = re.compile(r"增(?!加值)|[升涨降减]")
_PEOPLE = frozenset({"人", "名", "位", "人次", "岁", "周岁", ""})
_NO_THINGS = frozenset({"级", "次", "天", "小时", "分钟", "届", "期", "线", "倍", "米", "公里"})
_NO_SIZE = frozenset({"个", "项", "条", "次", "批", "届", "期"})
_LIKE_UNITS = (
    {"家", "户", "个"},
    {"人", "名", "位", "人次"},
    {"列", "趟", "班"},
    {"辆", "台"},
    {"座", "所", "个"},
    {"项", "个"},
)


def sought(kind: Kind, text: str, unit: str = "") -> list[Span]:
    """Where a text holds the kind of thing asked for, in the unit asked for; a plain fact can be anywhere.

    >>> text = "2023年床位40万张，占比68%，出口增长5%。"
    >>> [[span.of(text) for span in sought(kind, text)] for kind in ("share", "growth", "count", "date", "list")]
    [['68%'], ['5%'], ['40万张'], ['2023年'], []]
    >>> sought("amount", "每月上门8次", "家"), sought("fact", "每月上门8次"), sought("amount", "围绕两个关键词", "规模")
    ([], [], [])
    """
    if kind in _PATTERNS:
        return [Span(*match.span()) for match in _PATTERNS[kind].finditer(text)]
    if kind in PLAIN:
        return []
    found = find_quantities(text)
    if unit == THINGS:
        found = [one for one in found if one.kind == "count" and one.unit.lstrip("万") not in _PEOPLE | _NO_THINGS]
    elif kind == "amount" and unit == SIZE:
        found = [one for one in found if one.kind == "money" or (one.kind == "count" and one.unit not in _NO_SIZE)]
    elif unit and kind == "amount":
        like = {unit}.union(*(group for group in _LIKE_UNITS if unit in group))
        found = [one for one in found if one.unit.lstrip("万") in like]
    elif kind == "growth":
        found = [one for one in found if one.kind == "growth"] or (found if _CHANGE.search(text) else [])
    elif kind == "multiple":
        found = [one for one in found if re.search("[倍番]", one.span.of(text))]
    elif kind == "amount":
        found = [one for one in found if one.kind != "plain"]
    else:
        found = [one for one in found if one.kind == kind]
    return [one.span for one in found]


def fits_kind(kind: Kind, text: str, unit: str = "") -> bool:
    """Whether a text holds the kind of thing asked for.

    >>> fits_kind("multiple", "出口增长5倍。"), fits_kind("amount", "养老机构2200多家", "家"), fits_kind("share", "增长5%")
    (True, True, False)
    """
    return kind in PLAIN or bool(sought(kind, text, unit))
