"""Question and sentence -> whether a figure is of that part of what is told that is asked for: of one piece, of some, of
another half of the sentence.

Knows nothing about metrics and times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from regional_qa.answering.understanding import KIND_WORDS, Understanding
from regional_qa.knowledge.firms import firms_in
from regional_qa.knowledge.quantities import Quantity
from regional_qa.knowledge.script import search_key
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
