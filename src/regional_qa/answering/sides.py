"""A question after two matters at once (甲的产值和乙的营收分别是多少) -> a question after each; their answers -> one.

Knows nothing about how a matter is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from regional_qa.answering.kinds import names_measure
from regional_qa.answering.wording import say
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.types import Answer, Citation, Scope

_MUCH = "(?:[是为有达到]|增长|下降|提高|减少)*(?:多少|几|百分之几)[^,?]*"
_BOTH, _ASKS = re.compile(f"^(?P<both>.+?)[, ]*(?:分别|各自?)(?P<asks>{_MUCH})"), re.compile(f"{_MUCH}$")
_AND = re.compile("和|与(?!会)|跟|以及|(?<![涉普])及(?!其|时)")
_TIME = re.compile(
    r"(?:到|截至|截止)?(?:\d{4}年(?:\d{1,2}月)?|\d{1,2}月)(?:\d{1,2}日)?(?:[底末初]|[上下]半年|前?[一二三四]季度)?,?"
)
_SHARED = re.compile("(?:的|,)(?P<measure>[^的,]{2,8})$")
_OF_A_MEASURE = re.compile("增|涨|降|目标|占|比重")
"""What is asked of a measure, and so of that of either side: 增加值和营收的增长目标."""
_WHO_HOW = "(?:(?:with|in|at|by|for|to|of) )?(?:how|what|which|when|where|who)\\b"
_NEXT = re.compile(rf"[,;]? and (?={_WHO_HOW})|[,;] (?=(?:how|what)\b)")
"""Where in English the next thing is asked: …, how many villages, and what is the investment."""
_ASKED_FIRST = re.compile(
    rf"{_WHO_HOW}(?: (?:many|much|fast|large|big|long))?(?: (?:is|was|are|were|do|does|did|has|have|had)\b)? ?"
)
LEAST_CHARS = 4
"""Of what stands on either side but the time; 江西和山东 are two places of one matter."""


def sides(question: str) -> tuple[str, ...]:
    """The questions that one asks, each with the time, place and measure that it shares; empty where it asks one.

    >>> sides("到2025年，吉林氢能产业和碳纤维全产业链的产值目标分别是多少？")
    ('到2025年,吉林氢能产业的产值目标是多少', '到2025年,吉林碳纤维全产业链的产值目标是多少')
    >>> sides("江西和山东新三样出口分别增长多少"), sides("工坊2022年和2023年的营收分别是多少")
    ((), ())
    >>> sides("How many trains left Nanchang in 2023, and how fast did that grow?")
    ('how many trains left nanchang in 2023', 'how fast did that grow trains left nanchang in 2023')
    """
    key = search_key(question)
    return _english_sides(key) if key.isascii() else _chinese_sides(key)


def _english_sides(key: str) -> tuple[str, ...]:
    """What comes second often names nothing again, so it is asked with the words of the first."""
    first, *others = _NEXT.split(key.rstrip("? "))
    if not others or not re.match(_WHO_HOW, first):
        return ()
    about = _ASKED_FIRST.sub("", first, count=1)
    if not about.strip():  # when and in which city did …
        return ()
    return (first, *(f"{other} {about}" for other in others))


def _chinese_sides(key: str) -> tuple[str, ...]:
    match = _BOTH.match(key)
    halves = _AND.split(match["both"]) if match else []
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
    for place in reversed(find_regions(half)):
        half = half[: place.span.start] + half[place.span.end :]
    return _TIME.sub("", half).replace("的", "")


def together(question: str, scope: Scope, parts: Sequence[Answer]) -> Answer:
    """The best of each part under its own label, each quotation once; all parts are answered."""
    citations: list[Citation] = []
    lines: list[str] = []
    for part in parts:
        best = part.citations[0]
        if any((best.article_id, best.span) == (one.article_id, one.span) for one in citations):
            continue
        citations.append(replace(best, label=len(citations) + 1))
        side = "" if question.isascii() else _ASKS.sub("", part.question) + say(question, "colon")
        lines.append(f"{side}{best.quote}[{len(citations)}]")
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    text = "\n".join(lines)
    return replace(parts[0], question=question, text=text, citations=tuple(citations), scope=scope, notes=notes)
