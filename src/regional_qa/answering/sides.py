"""A question after several things at once (甲的产值和乙的营收分别是多少) -> a question after each; their answers -> one.

Knows nothing about how a matter is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from regional_qa.answering.kinds import names_measure
from regional_qa.answering.wording import listed, say
from regional_qa.knowledge.asking import matter
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.types import Answer, Citation, Scope, Span

_MUCH = "(?:[是为有达到]|增长|下降|提高|减少)*(?:多少|几|百分之几)[^,?]*"
_BOTH, _ASKS = re.compile(f"^(?P<both>.+?)[, ]*(?:分别|各自?)(?P<asks>{_MUCH})"), re.compile(f"{_MUCH}$")
_WHICH_IS_MORE = re.compile(
    "^(?P<both>.+?)(?:谁|哪一?[个边种项类])的?(?P<how>(?:增长|下降|上涨|增|降|涨)?)得?[更最]?[多快高大猛少慢低小]{1,2}[?]?$"
)
"""What asks which of two things of one place is more."""
_AND = re.compile("和|与(?!会)|跟|以及|(?<![涉普])及(?!其|时)")
_TIME = re.compile(
    r"(?:到|截至|截止)?(?:\d{4}年(?:\d{1,2}月)?|\d{1,2}月)(?:\d{1,2}日)?(?:[底末初]|[上下]半年|前?[一二三四]季度)?,?"
)
_SHARED = re.compile("(?:的|,)(?P<measure>[^的,]{2,8})$")
_OF_A_MEASURE = re.compile("增|涨|降|目标|占|比重")
"""What is asked of a measure, and so of that of either side: 增加值和营收的增长目标."""
_WHO_HOW = "(?:(?:with|in|at|by|for|to|of) )?(?:how|what|which|when|where|who)\\b"
_SHARE = r"(?:the )?(?:[\w-]+ )?(?:share|proportion|percentage)\b"
_NEXT = re.compile(rf"[,;]? and (?={_WHO_HOW}|{_SHARE})|[,;] (?=(?:how|what)\b)|[?] (?={_WHO_HOW})")
"""Where in English the next thing is asked: …, how many villages, and what is the investment, and share of …."""
_ASKED_FIRST = re.compile(
    rf"{_WHO_HOW}(?: (?:many|much|fast|large|big|long))?(?: (?:is|was|are|were|do|does|did|has|have|had)\b)? ?"
)
_ASKING = re.compile("多少|(?<!十)几(?!乎|年来)|哪|谁|什么|何[时地处]|百分之几|(?<![许很众诸繁])多[大高长远重久]")
_COMPARED_FIRST = re.compile("[,?]?(?:谁|哪一?[个省市边])[^,?]*[,?]*$")
"""What is asked of both together before each is asked for: 谁增长得快，各增长多少."""
_NOT_BY_TURNS = re.compile(
    "分别|各[增是有为占达多几]|谁|更[高低大小多少快慢]|相比|对比|比较|[高低大小多少快慢差]多少|还是|还有"
)
"""What compares, or asks of two things at once."""
_OTHER_TIME = re.compile(r"\d{2,4}年|[今去前明后]年|\d{1,2}月|前?[一二三四]季度|[上下]半年|\b(?:19|20)\d\d\b")
"""What is asked of another time, or of another place, is asked without that of the first."""
LEAST_CHARS = 4
"""Of what stands on either side but the time; 江西和山东 are two places of one matter."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The questions that one asks, each by itself; none where it asks one. ``one_matter`` says that all are asked of the same."""

    questions: tuple[str, ...] = ()
    one_matter: bool = False


def sides(question: str) -> Sides:
    """The questions that one asks, each with the time, place and measure that it shares.

    >>> sides("到2025年，吉林氢能产业和碳纤维全产业链的产值目标分别是多少？").questions
    ('到2025年,吉林氢能产业的产值目标是多少', '到2025年,吉林碳纤维全产业链的产值目标是多少')
    >>> sides("江西和山东新三样出口分别增长多少").questions, sides("工坊2022年和2023年的营收分别是多少").questions
    ((), ())
    >>> sides("How many trains left Nanchang in 2023, and how fast did that grow?").questions
    ('how many trains left nanchang in 2023', 'how fast did that grow trains left nanchang in 2023')
    >>> sides("南宁有几家企业拿到贷款？金额多少？")
    Sides(questions=('南宁有几家企业拿到贷款', '南宁有 企业拿到贷款,金额多少'), one_matter=True)
    """
    key = search_key(question)
    if key.isascii():
        return Sides(_english_sides(key), one_matter=True)
    return Sides(by_turns, one_matter=True) if (by_turns := _by_turns(key)) else Sides(_chinese_sides(key))


def _by_turns(key: str) -> tuple[str, ...]:
    """Clauses that each ask something of what the first one tells of; those that ask nothing stay with the next."""
    clauses = [clause for clause in re.split("[?;,、]", key) if clause.strip()]
    asking = [at for at, clause in enumerate(clauses) if _ASKING.search(clause) or _asks_on(clause)]
    if len(asking) < 2 or asking[-1] != len(clauses) - 1 or _NOT_BY_TURNS.search(key):
        return ()
    first, *others = (",".join(clauses[before + 1 : at + 1]) for before, at in zip((-1, *asking), asking, strict=False))
    about = first[: first.find(":")] if ":" in first else first
    shared = [_as_asked_of(other, matter(about).strip(" ,")) for other in others]
    return (first, *(f"{one},{other}" for one, other in zip(shared, others, strict=True))) if all(shared) else ()


def _asks_on(clause: str) -> bool:
    """Whether a clause asks after something more by its name alone (自主品牌占比呢); 江西呢 asks the same of another place."""
    return clause.endswith("呢") and not find_regions(clause) and not _OTHER_TIME.search(clause)


def _as_asked_of(other: str, about: str) -> str:
    """What the first question is about, without its time or place where the other has its own."""
    if _OTHER_TIME.search(other):
        about = _OTHER_TIME.sub("", _TIME.sub("", about))
    return (_placeless(about) if find_regions(other) else about).strip(" ,")


def _placeless(half: str) -> str:
    for place in reversed(find_regions(half)):
        half = half[: place.span.start] + re.sub("^(?:自治区|[省市县])", "", half[place.span.end :])
    return half.strip(" ,")


def _english_sides(key: str) -> tuple[str, ...]:
    """What comes second often names nothing again, so it is asked with the words of the first.

    >>> _english_sides("how many beds did anhui build in 2022, and how many did jiangsu build in 2023")
    ('how many beds did anhui build in 2022', 'how many did jiangsu build in 2023 beds did  build in')
    """
    first, *others = _NEXT.split(key.rstrip("? "))
    if not others:
        return ()
    about = _ASKED_FIRST.sub("", first, count=1)
    if not about.strip():  # when and in which city did …
        return ()
    return (first, *(f"{other} {_as_asked_of(other, about)}" for other in others))


def _of_each(key: str) -> str:
    """A question for which of two things of one place is more as one for the figure of each.

    >>> _of_each("黑河大豆进口和机械出口哪一个增长得多?"), _of_each("安徽和江西谁增长得快")
    ('黑河大豆进口和机械出口分别增长多少', '安徽和江西谁增长得快')
    """
    match = _WHICH_IS_MORE.match(key)
    if match is None or len(find_regions(key)) > 1:
        return key
    how = match["how"]
    return f"{match['both'].rstrip(' ,')}分别{how or '是'}多少"


def _chinese_sides(key: str) -> tuple[str, ...]:
    match = _BOTH.match(_of_each(key))
    halves = _AND.split(_COMPARED_FIRST.sub("", match["both"])) if match else []
    if match is None or len(halves) != 2:
        return ()
    one, other = (half.strip(" ,") for half in halves)
    time = _TIME.search(one)
    left = len(one) - (len(time[0]) if time else 0)
    if min(left, len(other)) < LEAST_CHARS or _TIME.match(other) or _bare(one) in _bare(other):
        return ()
    shared = _SHARED.search(other)
    if shared and (not names_measure(one) or _OF_A_MEASURE.match(shared["measure"])):
        one = f"{one}的{shared['measure']}"
    place = next((place for place in find_regions(one) if place.span.start <= (time.end() if time else 0)), None)
    if place and not find_regions(other):
        other = one[place.span.start : place.span.end] + other
    if time and not re.search("[年月]", other):
        other = time[0] + other
    return tuple(f"{half}{match['asks']}" for half in (one, re.sub(",(?=[^,]{2,8}$)", "", other)))


def _bare(half: str) -> str:
    """What is asked after, without time and places: 安徽光伏产业和江苏光伏产业 are places to be compared."""
    return _TIME.sub("", _placeless(half)).replace("的", "")


def together(question: str, scope: Scope, parts: Sequence[Answer]) -> Answer:
    """The best of each part under its own label, each quotation once, be it of several parts."""
    best: dict[tuple[str, Span], Citation] = {}
    named: dict[tuple[str, Span], list[str]] = {}
    for part in parts:
        place = part.citations[0].article_id, part.citations[0].span
        best.setdefault(place, replace(part.citations[0], label=len(best) + 1))
        named.setdefault(place, []).append(_ASKS.sub("", part.question))
    each = _BOTH.match(_of_each(search_key(question)))
    lines = [
        (listed(question, named[place]) + say(question, "colon") if each else "") + f"{one.quote}[{one.label}]"
        for place, one in best.items()
    ]
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return replace(
        parts[0], question=question, text="\n".join(lines), citations=tuple(best.values()), scope=scope, notes=notes
    )
