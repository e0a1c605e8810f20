"""Words that say the same of a figure or a matter, from one editable file.

Knows nothing about questions or passages.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from regional_qa.knowledge.script import search_key

_PHRASE, _BETWEEN = re.compile(r"(?<![\w-])[a-z']+(?:[ -]+[a-z']+)+(?![\w-])", re.ASCII), re.compile("([ -]+)")
"""English words that follow each other, and what stands between two."""
_SUM = re.compile("(?:总?额|总值|总量|(?<=口)值)$")
FILE = Path(__file__).with_name("synonyms.tsv")


def synonyms(word: str) -> tuple[str, ...]:
    """The other words of the groups a word stands in, in search form.

    >>> "增长" in synonyms("增速"), synonyms("春天"), "出售" in synonyms("卖"), "卖" in synonyms("出售")
    (True, (), True, False)
    """
    return _groups().get(word, ())


def says(word: str, key: str) -> bool:
    """Whether a text in search form has a word, or a synonym of it.

    >>> says("增速", "同比增长5%"), says("增速", "达5%")
    (True, False)
    """
    return any(one in key for one in (word, *synonyms(word)))


def joined(key: str) -> str:
    """A text in search form, in which the English names of the file that have several words are one, without plural.

    >>> joined("output of private companies in free trade zones")
    'output of private-company in free-trade-zone'
    """
    return _PHRASE.sub(lambda match: _joined(match[0]), key)


def _joined(phrase: str) -> str:
    """English words, of which the longest names first are made one each."""
    words = _BETWEEN.split(phrase)  # every other one is what stands between
    found: list[str] = []
    while words:
        for end in range(min(2 * _most_words(), len(words) + 1) - 1, 2, -2):
            name = "-".join(words[:end:2])
            singular = (name, re.sub("ies$", "y", name), name.removesuffix("s"))
            if known := next((one for one in singular if one in _groups()), ""):
                found += [known, *words[end : end + 1]]
                del words[: end + 1]
                break
        else:
            found += words[:2]
            del words[:2]
    return "".join(found)


@functools.lru_cache(maxsize=4096)
def names_figure(word: str) -> bool:
    """Whether a word names a figure, such as 产量 or GDP, that evidence cannot do without.

    >>> names_figure("gdp"), names_figure("汽车产量"), names_figure("企业")
    (True, True, False)
    """
    return word in _figures() or word.endswith(tuple(name for name in _figures() if not name.isascii()))


@functools.lru_cache(maxsize=4096)
def figure_in(word: str) -> str:
    """The name of a figure that a word ends with; empty where it ends with none.

    >>> figure_in("汽车产量"), figure_in("产量"), figure_in("企业")
    ('产量', '产量', '')
    """
    ends = (name for name in _figures() if not name.isascii() and word.endswith(name))
    return word if word in _figures() else max(ends, key=len, default="")


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


def _figures() -> frozenset[str]:
    return _read()[0]


def _groups() -> Mapping[str, tuple[str, ...]]:
    return _read()[1]


@functools.cache
def _most_words() -> int:
    return max(word.count("-") + 1 for word in _groups() if word.isascii())


@functools.cache
def _read() -> tuple[frozenset[str], Mapping[str, tuple[str, ...]]]:
    """The names of figures, and of each word the others of its groups; what stands before > is one of nobody's."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    keys = search_key(" | ".join(lines)).split(" | ")  # all at once takes a third of the time
    figures: set[str] = set()
    others: dict[str, dict[str, None]] = {}
    for key in keys:
        asked, _, told = key.removeprefix("!").rpartition(">")
        group = [sys.intern(word) for word in told.split()]  # most words stand in several groups
        figures.update(group if key.startswith("!") else ())
        for word in (*asked.split(), *group):
            others.setdefault(word, {}).update(dict.fromkeys(group))
    return frozenset(figures), {word: tuple(one for one in group if one != word) for word, group in others.items()}
