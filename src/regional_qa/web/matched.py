"""Question and passage -> why the passage was found, in plain words.

Knows nothing about pages, scores or how a passage is searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from regional_qa.knowledge.asking import matter
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.regions import find_regions, provinces_in
from regional_qa.knowledge.script import search_key
from regional_qa.web import texts
from regional_qa.web.language import Language

_WORD = re.compile(r"[a-z0-9][a-z0-9.%'-]+|[^\W_a-z]+")
_YEAR = re.compile(r"\d{4}\s*年?[底末初]?")
_EDGES = "的了是在和与及或有为占到将从于以"
_MOST_WORDS = 6


def why_matched(
    question: str, text: str, regions: Sequence[str] = (), own: Sequence[str] = (), language: Language = "zh"
) -> str:
    """What a passage has in common with a question; ``own`` are the answer's own words in it.

    >>> why_matched("安徽2023年光伏产量占全国多少", "2023年，安徽的光伏玻璃产量占全国的1/3", ["安徽"], ["1/3"])
    '为何命中：地区 安徽 · 年份 2023 · 词语 光伏、产量占全国 · 所问 1/3'
    >>> why_matched("How many beds are there", "机构床位有40万张", language="en")
    'Why: close in meaning'
    """
    asked = provinces_in(question)
    joined = texts.REGION_SEPARATOR.to(language)
    words = shared_words(question, text)
    parts = [
        (texts.WHY_REGION, [texts.regions([region], language) for region in asked if region in regions]),
        (texts.WHY_YEAR, [str(year) for year in years_in(question) if str(year) in text]),
        (texts.WHY_WORDS, words),
        (texts.WHY_OWN, own),
    ]
    told = [f"{name.to(language)} {joined.join(said)}" for name, said in parts if said]
    if not words:
        told.append(texts.WHY_MEANING.to(language))
    return texts.WHY.to(language).format(reasons=" · ".join(told))


def shared_words(question: str, text: str) -> list[str]:
    """The question's words that stand in the text, without regions, years and what only asks; at most six.

    >>> shared_words("安徽光伏產量佔全國多少？", "光伏玻璃产量占全国的1/3")
    ['光伏', '产量占全国']
    >>> shared_words("江西的GDP增速", "gdp增长5%"), shared_words("", "无")
    (['gdp'], [])
    """
    asked, searched = _bare(matter(question)), search_key(text)
    found: list[str] = []
    for piece in _WORD.findall(asked):
        if piece.isascii():
            found += [piece] if piece in searched else []
            continue
        start = 0
        while start < len(piece):
            end = start
            while end < len(piece) and piece[start : end + 1] in searched:
                end += 1
            word = piece[start:end].strip(_EDGES)
            found += [word] if len(word) > 1 else []
            start = max(end, start + 1)
    return list(dict.fromkeys(found))[:_MOST_WORDS]


def _bare(question: str) -> str:
    for place in reversed(find_regions(question)):
        question = f"{question[: place.span.start]} {question[place.span.end :]}"
    return search_key(_YEAR.sub(" ", question))
