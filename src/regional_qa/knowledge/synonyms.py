"""Words that say the same of a figure or a matter, from one editable file.

Knows nothing about questions or passages.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from regional_qa.knowledge.script import search_key

FILE = Path(__file__).with_name("synonyms.tsv")


def synonyms(word: str) -> tuple[str, ...]:
    """The other words of the groups a word stands in, in search form.

    >>> "增长" in synonyms("增速"), synonyms("春天")
    (True, ())
    """
    return _groups().get(word, ())


@functools.lru_cache(maxsize=4096)
def names_figure(word: str) -> bool:
    """Whether a word names a figure, such as 产量 or GDP, that evidence cannot do without.

    >>> names_figure("gdp"), names_figure("汽车产量"), names_figure("企业")
    (True, True, False)
    """
    return word in _figures() or word.endswith(tuple(name for name in _figures() if not name.isascii()))


@functools.cache
def _figures() -> frozenset[str]:
    return frozenset(word for marked, group in _lines() if marked for word in group)


@functools.cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    others: dict[str, list[str]] = {}
    for _, group in _lines():
        for word in group:
            others.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(dict.fromkeys(group)) for word, group in others.items()}


def _lines() -> list[tuple[bool, list[str]]]:
    """Each group, and whether it names a figure."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(line.startswith("!"), search_key(line.removeprefix("!")).split()) for line in lines]
