"""Question and sentence -> whether a figure is of that part of what is told that is asked for: of one piece, of some, of
another place or half of the sentence.

Knows nothing about metrics and times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from regional_qa.answering.understanding import KIND_WORDS, Understanding
from regional_qa.knowledge.firms import firms_in
from regional_qa.knowledge.place_names import PROVINCES
from regional_qa.knowledge.quantities import Quantity
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.spoken_of import fits, heads
from regional_qa.knowledge.synonyms import says
from regional_qa.types import Span

CLAUSE = re.compile(r"[，,；;：:。！？!?\n]")
"""What parts clauses."""
SPENT = re.compile("投资|投入|投了|[斥耗出]资")
"""What asks for money that is put in."""
_OF_ONE = re.compile(
    "[一每](?P<unit>公斤|千克|斤|吨|亩|平方米|平米|度|千瓦时|台|辆|套|颗|只|头|株|棵|瓶|箱|块|件|张|双|幅)(?!式|站|钱)"
)
"""What a price is asked of: 一斤卖多少钱."""
_PART_OF = re.compile(
    "(?:其中|当中|(?:企业|人员|成果|产品|项目|机构|劳动力|岗位|家庭|学生|工人|员工)[中里]),?(?P<part>[一-龥a-z]{2,10}?)(?:的|领域|行业|方面|占|有|类)*[?]"
)
"""What asks for a part of what is counted."""
_SEMICOLON = re.compile("[;；]")
_CLASS = re.compile("的?(?:级|企业|产业|园区|集群|项目)[^，,。；;]{0,4}[\\d一二三四五六七八九十]")
"""What stands behind a sum that only says which ones are counted."""
PART_MARGIN = 1
"""How many words more of the question a later part of a sentence must say to have the figure to itself."""
FIRM_WORDS = 3
"""How many words a firm's name counts for there."""


def clause_before(before: str) -> str:
    """What stands before a figure in its own clause."""
    return CLAUSE.split(before)[-1]


def is_of_one(asked: Understanding, text: str, figure: Quantity) -> bool:
    """Whether a sum is told for each, where the price of one is asked for: 一斤卖多少钱."""
    one = _OF_ONE.search(asked.rest) if asked.scope.kind == "money" and not SPENT.search(asked.rest) else None
    if one is None:
        return True
    unit = re.escape(one["unit"])
    return re.search(rf"[每一/]{unit}|{unit}均|[单均]价", f"{search_key(text)}{figure.unit}") is not None


def is_of_the_part(asked: Understanding, text: str, figure: Span) -> bool:
    """Whether a figure's clause names the part asked for of what is told: 企业中，光电信息领域的有多少家."""
    part = _PART_OF.search(asked.rest)
    terms = [term for term in asked.terms if part and term in part["part"] and len(term) > 1]
    clause = search_key(clause_before(text[: figure.start]) + CLAUSE.split(text[figure.start :])[0])
    return not terms or any(says(term, clause) for term in terms)


def parts_said(asked: Understanding, text: str) -> list[int]:
    """How many of the question's words each part of a sentence says, from one semicolon to the next."""
    telling = [term for term in asked.terms if term not in KIND_WORDS and len(term) > 1]
    parts = [search_key(part) for part in _SEMICOLON.split(text)]
    if len(parts) == 1:
        return [0]
    firms = firms_in(search_key(asked.question), asked.terms)
    return [
        sum(says(term, part) for term in telling)
        + FIRM_WORDS * sum(any(name in part for name in names) for names in firms)
        for part in parts
    ]


def is_before_what_is_asked(said: Sequence[int], before: str) -> bool:
    """Whether a figure stands in a part of its sentence that is over before most of what is asked is said."""
    at = len(_SEMICOLON.findall(before))
    return any(later > sum(said[: at + 1]) + PART_MARGIN for later in said[at + 1 :])


def is_a_class(text: str, figure: Quantity) -> bool:
    """Whether a sum only says which ones are counted behind it: 贸易额超亿元企业18家."""
    return figure.kind == "money" and bool(figure.approximation) and _CLASS.match(text, figure.span.end) is not None


def is_of_its_province(asked: Understanding, text: str, at: int) -> bool:
    """Whether of the city asked about only the province is named before a figure at ``at``, and itself behind it."""
    cities = [place for place in asked.places if place.name in text[at:] and len(place.provinces) == 1]
    cities = [place for place in cities if place.name not in PROVINCES]
    named = find_regions(text[:at]) if cities and len(cities) == len(asked.places) else []
    of_province = any(one.name in PROVINCES and one.provinces == place.provinces for one in named for place in cities)
    return of_province and not any(one.name not in PROVINCES for one in named)


def is_of_another_place(asked: Understanding, text: str, at: int) -> bool:
    """Whether the clauses of a sentence tell of several places, and that of a figure at ``at`` of none asked about."""
    told = heads(text, find_regions(text)) if asked.places else ()
    before = tuple(one for one in told if one.span.start < at)
    return bool(before) and len(told) > 1 and not any(fits(place, before[-1:]) for place in asked.places)
