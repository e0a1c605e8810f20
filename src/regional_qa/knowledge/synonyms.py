"""Words that say the same of a figure or a matter, from one editable file.

Knows nothing about questions or passages.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from regional_qa.knowledge.script import search_key

_SUM = re.compile("(?:总?额|总值|总量|(?<=口)值)$")
FILE = Path(__file__).with_name("synonyms.tsv")


def synonyms(word: str) -> tuple[str, ...]:
    """The other words of the groups a word stands in, in search form.

    >>> "增长" in synonyms("增速"), synonyms("春天"), "出售" in synonyms("卖"), "卖" in synonyms("出售")
    (True, (), True, False)
    """
    return _groups().get(word, ())


def joined(key: str) -> str:
    """A text in search form, in which the English names of the file that have several words are one, without plural.

    >>> joined("output of private companies in free trade zones")
    'output of private-company in free-trade-zone'
    """
    return _names_of_words().sub(lambda match: re.sub("ies$", "y", re.sub("[ -]+", "-", match[1])), key)


@functools.lru_cache(maxsize=4096)
def names_figure(word: str) -> bool:
    """Whether a word names a figure, such as 产量 or GDP, that evidence cannot do without.

    >>> names_figure("gdp"), names_figure("汽车产量"), names_figure("企业")
    (True, True, False)
    """
    return word in _figures() or word.endswith(tuple(name for name in _figures() if not name.isascii()))


def names_metric(text: str, metric: str) -> bool:
    """Whether a text names a metric or a synonym; 进出口 is neither 进口 nor 出口.

    >>> names_metric("地区生产总值增长5%", "gdp"), names_metric("进出口增长5%", "出口")
    (True, False)
    """
    key = search_key(text)
    if metric in ("出口", "进口"):
        key = key.replace("进出口", " ")
    return any(word in key for word in (metric, *synonyms(metric)))


def names_another(text: str, metric: str) -> bool:
    """Whether a text names metrics, and this one is none of them.

    >>> names_another("啤酒业务收入29亿元", "gdp"), names_another("进出口9亿元", "进出口额"), names_another("约9亿元", "gdp")
    (True, False, False)
    """
    named = [name for name in _figures() if not name.isascii() and name in text]
    return bool(named) and not names_metric(text, metric) and not any(alike(name, metric) for name in named)


def alike(metric: str, other: str) -> bool:
    """Whether two metrics are worded alike, or are synonyms.

    >>> alike("GDP", "地区生产总值"), alike("进出口额", "进出口总值"), alike("出口", "进出口总值"), alike("产值", "产量")
    (True, True, False, False)
    """
    one, two = (_SUM.sub("", search_key(name)) or name for name in (metric, other))
    if ("进出口" in one) != ("进出口" in two):
        return False
    return one in two or two in one or search_key(other) in synonyms(search_key(metric))


@functools.cache
def _figures() -> frozenset[str]:
    return frozenset(word for marked, _, group in _lines() if marked for word in group)


@functools.cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    others: dict[str, list[str]] = {}
    for _, asked, group in _lines():
        for word in (*asked, *group):
            others.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(dict.fromkeys(group)) for word, group in others.items()}


@functools.cache
def _names_of_words() -> re.Pattern[str]:
    names = sorted((word for word in _groups() if word.isascii() and "-" in word), key=len, reverse=True)
    spelled = "|".join(re.sub("y$", "(?:y|ies)", re.escape(name).replace(r"\-", "[ -]+")) for name in names)
    return re.compile(rf"(?<![\w-])({spelled})s?(?![\w-])", re.ASCII)


def _lines() -> list[tuple[bool, list[str], list[str]]]:
    """Each group: whether it names a figure, the words that people only ask with, and the others."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    parted = [(line.startswith("!"), *search_key(line.removeprefix("!")).rpartition(">")) for line in lines]
    return [(marked, asked.split(), told.split()) for marked, asked, _, told in parted]
