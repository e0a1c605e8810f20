"""Text -> the terms by which it is found: words cut by rjieba, characters, and pairs of characters.

Words weigh what belongs together; pairs find every string, wherever the cutter put its cuts. Knows nothing about indexes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import rjieba

from regional_qa.knowledge.script import search_key

LONGEST_RUN = 2000
"""Characters handed to the word cutter at once, so that text without breaks stays linear."""
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff_]+(?:\.\d+)?%?")


def cut(text: str) -> list[str]:
    """The words of a text as the index sees them.

    >>> cut("安徽光伏產量佔７３.５％。")
    ['安徽', '光伏', '产量', '占', '73.5%']
    """
    return _words(search_key(text))


def pairs(text: str) -> list[str]:
    """The characters of a text and their pairs; other words as they are.

    >>> pairs("安徽，GDP增7.5%")
    ['安', '徽', '安徽', 'gdp', '增', '7.5%']
    """
    return [term for single, several in _runs(search_key(text)) for term in (*single, *several)]


def _words(key: str) -> list[str]:
    words: list[str] = []
    for start in range(0, len(key), LONGEST_RUN):
        cuts = rjieba.cut(key[start : start + LONGEST_RUN])
        words += [word for word in cuts if word.isalnum() or any(map(str.isalnum, word))]
    return words


def _runs(key: str) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Of each run without a break what is one character long, and the pairs or the word."""
    for run in _RUN.findall(key):
        if len(run) == 1:
            yield run, ()
        elif run[0] < "\u3400":
            yield (), (run,)
        else:
            yield run, [*map(operator.add, run, run[1:])]


class Terms(NamedTuple):
    """What a text is found by, parted by blanks: pairs in passages, single characters in whole articles."""

    words: str
    pairs: str
    characters: str


def terms_of(text: str) -> Terms:
    """All of them at once."""
    key = search_key(text)
    characters: list[str] = []
    pairs: list[str] = []
    for single, several in _runs(key):
        characters += single
        pairs += several
    return Terms(" ".join(_words(key)), " ".join(pairs), " ".join(characters))
