"""Question -> a name in it that nothing in the corpus bears: an invented firm, a misspelt county.

What stands for it by likeness (another city of the province, another railway) would be an answer about something else.
Knows nothing about evidence.
"""

from __future__ import annotations

import re

from regional_qa.answering.understanding import Understanding
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.script import search_key

_BEARS = (
    "[市县区镇乡村湾港湖山河江岛]|集团|公司|银行|大学|学院|医院|电站|铁路|高铁|高速|机场|大桥|水库|园区|产业园|景区|码头|口岸|协会"
    "|博览会|论坛|大会|峰会"
)
"""What has a name right before it."""
_BETWEEN = r"[^\s的在是为了和与及或有多少几谁哪,。?]{0,8}?"
PASSAGES = 10
"""Passages in which a name is looked for that is no word of the index; they hold most of its characters in pairs."""


def unheard(generation: Generation, asked: Understanding) -> str:
    """The first name of the question that no passage has; empty where there is none.

    A word of the index is no such name, but where it stands as a place that no list has (安徽省瓦罗市).
    """
    key = "".join(search_key(asked.question).split())
    for term in asked.terms:
        if len(term) < 2 or term.isascii():
            continue
        place = any(f"{whole}{term}" in key for whole in ("省", "自治区")) and re.search(
            rf"(?:省|自治区){re.escape(term)}[市县区镇乡村](?![长委民场政级内外域])", key
        )
        if not place and generation.lexical.document_frequencies([term])[0]:
            continue
        named = re.search(f"{re.escape(term)}(?:(?<={_BEARS.split('|')[0]})|{_BETWEEN}(?:{_BEARS}))", key)
        if named and not _is_told(generation, named[0]):
            return term
    return ""


def _is_told(generation: Generation, name: str) -> bool:
    """Whether any passage has the name letter for letter."""
    rows = [row for row, _ in generation.lexical.search(name, PASSAGES)]
    return any(
        name in search_key(f"{article.title} {passage.text}") for passage, article in generation.passages.get(rows)
    )
