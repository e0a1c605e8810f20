"""A question in traditional characters -> the same in the words that the mainland's papers use, from one editable file.

Knows nothing about what is asked.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from regional_qa.knowledge.script import simplified

FILE = Path(__file__).with_name("taiwan.tsv")


def mainland(question: str) -> str:
    """A question in traditional characters in simplified ones, with the mainland's words for Taiwan's; any other as it is.

    >>> mainland("寧波徵才活動有多少職缺"), mainland("孩子成长的烦恼")
    ('宁波招聘活动有多少岗位', '孩子成长的烦恼')
    """
    plain = simplified(question)
    return plain if plain == question else _theirs().sub(lambda match: _words()[match[0]], plain)


@functools.cache
def _theirs() -> re.Pattern[str]:
    """The longest first: 直播主 before 直播; what is followed by the mainland's own longer word stays: 农产品."""
    words = sorted(_words(), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) + _unless_longer(word) for word in words))


def _unless_longer(word: str) -> str:
    ours = _words()[word]
    return f"(?!{re.escape(ours[len(word) :])})" if ours.startswith(word) else ""


@functools.cache
def _words() -> Mapping[str, str]:
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return dict(line.split("\t", 1) for line in lines)
