"""Firms that a question names, from one editable file.

Knows nothing about what is said of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from pathlib import Path

FILE = Path(__file__).with_name("firms.tsv")
LONG = 4
"""From how many characters on a Chinese name is part of no other words: 高通 stands in 提高通行能力, gree in green."""


def firms_in(key: str, words: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """All names of each firm that a text in search form names; short names must be among the words it is cut into.

    >>> firms_in("招行给南宁的工厂贷款多少", ["招行", "南宁"]), firms_in("提高通行能力", ["提高", "通行", "能力"])
    ((('招商银行', '招行', 'cmb'),), ())
    """
    known = _names().items()
    found = (
        names for name, names in known if name in words or (not name.isascii() and name in key and len(name) >= LONG)
    )
    return tuple(dict.fromkeys(found))


def times_named(text: str) -> int:
    """How often a text in Chinese names any of them.

    >>> times_named("华为与比亚迪合作，华为提供芯片")
    3
    """
    return len(_any().findall(text))


@functools.cache
def _any() -> re.Pattern[str]:
    return re.compile(
        "|".join(sorted((re.escape(name) for name in _names() if not name.isascii()), key=len, reverse=True))
    )


@functools.cache
def _names() -> Mapping[str, tuple[str, ...]]:
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {name: tuple(line.split()) for line in lines for name in line.split()}
