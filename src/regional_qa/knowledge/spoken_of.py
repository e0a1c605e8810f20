"""A text and the regions it names -> which of them it speaks of, and which it only deals with or places something in.

Knows nothing about articles or questions.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from regional_qa.knowledge.regions import PROVINCES, Mention, find_regions

_NOT_SUBJECT = re.compile(r"(?:[与同跟向赴从由往至比较对占]|来自|[前走]往|走进|奔赴|远销|[开销卖发运送走]到)$")
_HOLDS = re.compile(
    r"省|市|州|盟|地区|自治州|自治区|"
    r"(?:[^，,。；;、：:与和及同向对较比从至到\d]{0,10}(?:[级都]市|城市|[强大小]县|省会|首府|[古名小]城|重镇))?"
)
"""What stands between a place and another that lies in it: 江苏省最年轻的地级市宿迁."""
_OPENS = re.compile(r"(?:^|[，,；;：:])(?:其中|同期|而|另外|此外)?\s*$")
_ITS_FIGURE = re.compile(r"(?!口岸|海关|关区|机场|港|站)[^，,。；;：:]*\d(?![\d.\s]*[年月日])")
"""A clause that begins with a place and gives a figure of it: 中部地区投资下降1.9%，西部地区投资下降0.3%."""
_LEANS_ON = re.compile(r"(?:^|[，,。；;：:“])(?:依[靠托]|借助|通过|凭借|随着|根据|按照|继|与)[^，,。；;]*$")
"""A clause that only says by what means something is done; of whom it is said stands behind."""
_PARTNER = re.compile("[与同跟]$")
MOST_SUFFIX = 3
"""Characters between two places set side by side: 重庆全市和石柱."""
_JOINED = frozenset({"", "、", "和", "与", "及", "以及", "，", ","})
_SUFFIXES = ("市", "新区")
"""What one name of a place may have and another leave out; 荆州区 and 长沙县 are parts of a city of that name."""


def subjects(text: str, own: Sequence[Mention]) -> tuple[Mention, ...]:
    """The regions a sentence speaks of: the first one named, and those joined to it by 、 or 和.

    One that is only dealt with (与山东、天津协作, 从浙江) is no subject, nor is what is joined to it.
    """
    found: list[Mention] = []
    passed = -1
    last: tuple[str, ...] = ()
    for mention in own:
        start, end = mention.span.start, mention.span.end
        between = text[passed:start] if passed >= 0 else None
        joined = between in _JOINED or (between is not None and holds(between) and mention.provinces == last)
        leans = _NOT_SUBJECT.search(text[max(start - 2, 0) : start]) or _LEANS_ON.search(text[:start])
        if not found and (leans or joined) and start > 0:
            passed, last = end, mention.provinces
            continue
        if found and not joined:
            break
        found.append(mention)
        passed, last = end, mention.provinces
    return tuple(found)


def heads(text: str, own: Sequence[Mention]) -> tuple[Mention, ...]:
    """The regions that a clause with a figure begins with, one clause after the other.

    >>> text = "东部增长5%，中部地区下降1.9%，东北地区下降1.8%，高于山东"
    >>> [mention.name for mention in heads(text, find_regions(text))]
    ['中部地区', '东北地区']
    """
    return tuple(
        one
        for one in own
        if _OPENS.search(text[max(one.span.start - 4, 0) : one.span.start])
        and _ITS_FIGURE.match(text, one.span.end) is not None
    )


def holds(between: str) -> bool:
    """Whether of two places the first is only where the second lies, by what stands between them.

    >>> holds("省"), holds("最年轻的地级市"), holds("与")
    (True, True, False)
    """
    return _HOLDS.fullmatch(between) is not None


def is_dealt_with(text: str, mention: Mention) -> bool:
    """Whether a place is only dealt with or compared with: 占浙江省的六分之一."""
    return mention.span.start > 0 and _NOT_SUBJECT.search(text[: mention.span.start][-2:]) is not None


def partners(text: str, named: Sequence[Mention]) -> tuple[Mention, ...]:
    """The regions with which another one named before does something, and those joined to them.

    >>> questions = "江苏有多少台仪器与安徽、上海共享", "江苏与安徽共享多少台仪器"
    >>> [[place.name for place in partners(question, find_regions(question))] for question in questions]
    [['安徽', '上海'], []]
    """
    found: list[Mention] = []
    for before, mention in itertools.pairwise(named):
        between = text[before.span.end : mention.span.start]
        if between in _JOINED:
            found += [mention] if before in found else []
        elif _PARTNER.search(between) and len(between) > MOST_SUFFIX:
            found.append(mention)
    return tuple(found)


def regions_told_of(text: str) -> tuple[str, ...]:
    """The provinces that sentences of a text speak of, in order, without repeats; groups are left out.

    Where half of those sentences speak of one province, another with less than a quarter of its sentences is
    mentioned by the way.

    >>> regions_told_of("山东省出口增长。与浙江协作。上海、安徽也在部署。")
    ('山东', '上海', '安徽')
    """
    told: Counter[str] = Counter()
    for sentence in re.split(r"[。！？；\n]", text):
        about = (mention.provinces for mention in subjects(sentence, find_regions(sentence)))
        told.update(list(dict.fromkeys(provinces[0] for provinces in about if len(provinces) == 1)))
    most = max(told.values(), default=0)
    least = most / 4 if 2 * most >= told.total() else 0
    return tuple(province for province, count in told.items() if count >= least)


def fits(place: Mention, mentions: tuple[Mention, ...]) -> bool:
    """Whether one of the mentions is the place, or a part of it where it is a whole province."""
    same = (mention for mention in mentions if mention.provinces == place.provinces)
    if len(place.provinces) > 1 or place.name in PROVINCES:
        return any(same)
    return any(_is_same(mention.name, place.name) for mention in same)


def _is_same(one: str, other: str) -> bool:
    """Whether two names are of one place: 浦东 and 浦东新区, 万宁 and 万宁市.

    >>> _is_same("浦东", "浦东新区"), _is_same("吉林市", "吉林"), _is_same("荆州", "荆州区")
    (True, False, False)
    """
    short, long = sorted((one, other), key=len)
    return one == other or (short not in PROVINCES and long.startswith(short) and long[len(short) :] in _SUFFIXES)
