"""Index -> questions to begin with, all of which it answers: of the fixed ones, then of what its own figures tell.

Knows nothing about pages.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from regional_qa.types import Fact
from regional_qa.web.desk import Assistant
from regional_qa.web.language import Language
from regional_qa.web.suggestions import places_of
from regional_qa.web.texts import EXAMPLES

Examples: TypeAlias = Mapping[Language, Sequence[str]]

TRIED = 40
"""Figures of which a question is tried at most; one takes some 60 ms in a large index."""
LONGEST = 40
"""Characters of a question made of a figure; a longer one is no example."""
_RATES = ("率", "比", "比重", "份额")


def examples(assistant: Assistant) -> Examples:
    """As many as there are fixed ones, where the index answers so many; those made of figures are Chinese."""
    languages: tuple[Language, ...] = ("zh", "en")
    found = {language: _fixed(assistant, language) for language in languages}
    if any(len(told) < len(EXAMPLES) for told in found.values()):
        for fact in itertools.islice(_varied(assistant.facts()), TRIED):
            reply = assistant.ask(question_of(fact), worded=False)
            if not any(
                one.article_id == fact.article_id
                and one.span.start <= fact.figure.start
                and fact.figure.end <= one.span.end
                for one in reply.citations
            ):
                continue
            for told in found.values():
                if len(told) < len(EXAMPLES):
                    told.setdefault(places_of(reply), reply.question)
    return {language: list(told.values()) for language, told in found.items()}


def question_of(fact: Fact) -> str:
    """The question that a figure answers.

    >>> from regional_qa.facts import find_facts
    >>> from regional_qa.types import Article
    >>> text = "2023年，安徽光伏玻璃产量占全国产量的一半以上。2023年，江西锂电池出口额同比下降12.5%。"
    >>> [question_of(fact) for fact in find_facts(Article("a", "", text))]
    ['安徽2023年光伏玻璃产量占全国多少', '江西2023年锂电池出口额下降多少']
    """
    year = f"{fact.years[0]}年" if len(fact.years) == 1 else ""
    matter = fact.industry if fact.industry in fact.quote else ""  # else it is only the name of a topic
    return f"{fact.place}{year}{matter}{fact.metric}{_asking(fact)}"


def _asking(fact: Fact) -> str:
    if fact.kind == "growth":
        return "下降多少" if fact.value < 0 else "增长多少"
    if fact.kind == "share" and not fact.metric.endswith(_RATES):
        return "占全国多少" if "全国" in fact.basis else "占比是多少"
    return "是多少"


def _fixed(assistant: Assistant, language: Language) -> dict[frozenset[tuple[str, int]], str]:
    """The fixed ones that are answered, by what they cite."""
    replies = [assistant.ask(example.to(language), worded=False) for example in EXAMPLES]
    return {places_of(reply): reply.question for reply in replies if reply.status == "answered"}


def _varied(facts: Iterable[Fact]) -> Iterator[Fact]:
    """The figures of all places by turns, the latest years first."""
    places = defaultdict[str, list[Fact]](list)
    for fact in sorted(facts, key=lambda fact: -max(fact.years, default=0)):
        if len(question_of(fact)) <= LONGEST:
            places[fact.place].append(fact)
    for turn in itertools.zip_longest(*places.values()):
        yield from (fact for fact in turn if fact)
