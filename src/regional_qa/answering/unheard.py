"""Question -> a name in it that nothing in the corpus bears: an invented firm, a misspelt county.

What stands for it by likeness (another city of the province, another railway) would be an answer about something else.
Knows nothing about evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from regional_qa.answering.understanding import Understanding
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import synonyms
from regional_qa.ports import TokenEmbedder

_BEARS = (
    "[市县区镇乡村湾港湖山河江岛]|集团|公司|银行|大学|学院|医院|电站|铁路|高铁|高速|机场|大桥|水库|园区|产业园|景区|码头|口岸|协会"
    "|博览会|论坛|大会|峰会"
)
"""What has a name right before it."""
_LANDMARKS = "港湾湖山河江岛"
"""Endings that a text may put elsewhere: 小漠港 is told as 小漠国际物流港."""
_BETWEEN = r"[^\s的在是为了着和与及或有给替帮把让也都就从被向对多少几谁哪,。?]{0,8}?"
_DOING = re.compile("^[搞做办去来到弄建开种养卖买送](?=..)")
"""What people say before a name without a pause: 搞兴村."""
PASSAGES = 10
"""Passages in which a name is looked for that is no word of the index; they hold most of its characters in pairs."""


def unheard(generation: Generation, asked: Understanding) -> str:
    """The first name of the question that no passage has; empty where there is none.

    A word of the index, of the model or of the synonyms is no such name, but where it stands as a place that no list has (安徽省瓦罗市).
    """
    key = "".join(search_key(asked.question).split())
    elsewhere = "".join(search_key(_without(asked.question, asked.places)).split())
    for term in asked.terms:
        if len(term) < 2 or term.isascii() or term.endswith(("着", "过", "给")):
            continue
        place = any(f"{whole}{term}" in key for whole in ("省", "自治区")) and re.search(
            rf"(?:省|自治区){re.escape(term)}[市县区镇乡村](?![长委民场政级内外域])", key
        )
        if not place and (
            synonyms(term) or generation.lexical.document_frequencies([term])[0] or _is_word(generation, term)
        ):
            continue
        named = re.search(
            f"{re.escape(term)}(?:(?<={_BEARS.split('|')[0]})|(?P<more>{_BETWEEN})(?:{_BEARS}))",
            key if place else elsewhere,
        )
        bare = named and not place and (named["more"] or named[0][-1] in _LANDMARKS)
        name = term if bare else named[0] if named else ""
        if name and not any(_is_told(generation, one) for one in {name, _DOING.sub("", name)}):
            return term
    return ""


def _without(question: str, places: Sequence[Mention]) -> str:
    """The question with its regions put as question marks: 首日无锡高新区 has no name with 首日 in it."""
    left = list(question)
    for place in places:
        left[place.span.start : place.span.end] = "?" * (place.span.end - place.span.start)
    return "".join(left)


def _is_word(generation: Generation, term: str) -> bool:
    """Whether the model has a vector for a term as it stands, which it has for words that are used often (超市)."""
    model = generation.embedder
    return isinstance(model, TokenEmbedder) and len(model.tokenize([term]).ids) == 1


def _is_told(generation: Generation, name: str) -> bool:
    """Whether any passage has the name letter for letter."""
    rows = [row for row, _ in generation.lexical.search(name, PASSAGES)]
    return any(
        name in search_key(f"{article.title} {passage.text}") for passage, article in generation.passages.get(rows)
    )
