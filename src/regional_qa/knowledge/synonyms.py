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


@functools.cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    others: dict[str, list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        group = [] if line.startswith("#") else search_key(line).split()
        for word in group:
            others.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(dict.fromkeys(group)) for word, group in others.items()}
