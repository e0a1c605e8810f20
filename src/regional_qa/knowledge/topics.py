"""Headline and text -> what an article is about, by the words of a file that anyone may edit.

Knows nothing about articles' places or about how topics are shown.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("topics.tsv")
_MOST = 3
_LEAST_WORDS = 3
_HEADLINE_WEIGHT = 3


def topics_of(title: str, text: str) -> tuple[str, ...]:
    """At most three topics, the one most spoken of first; a word of the headline counts as three.

    >>> topics_of("安徽光储产业不断迈上新台阶", "光伏玻璃、储能电池和逆变器的企业，去年贷款增长。光伏产量居全国前列。")
    ('新能源',)
    """
    words, topics = _words()
    said = Counter(topics[word] for word in words.findall(text))
    said.update(topics[word] for word in words.findall(title) for _ in range(_HEADLINE_WEIGHT))
    return tuple(topic for topic, count in said.most_common(_MOST) if count >= _LEAST_WORDS)


def topic_in(text: str) -> str:
    """The topic of the last telling word of a short text, empty where there is none.

    >>> topic_in("全省机器人"), topic_in("全省")
    ('先进制造', '')
    """
    words, topics = _words()
    return next((topics[word] for word in reversed(words.findall(text))), "")


@functools.cache
def _words() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """The pattern of all words, the longest first, and the topic of each."""
    topics: dict[str, str] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        name, _, words = line.partition("\t")
        if not line.startswith("#"):
            topics |= dict.fromkeys(words.split(), name)
    longest_first = sorted(topics, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), topics
