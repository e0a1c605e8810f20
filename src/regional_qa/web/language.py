"""Which of the two languages a reader wants, by what the browser says. Knows nothing about what is said."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]
Pair: TypeAlias = tuple[str, str]
"""The same words in Chinese and in English."""
_WISH = re.compile(r"\s*(zh|en)\b[\w-]*\s*(?:;\s*q=(\d(?:\.\d{1,3})?))?\s*", re.IGNORECASE)


def preferred(accept: str) -> Language:
    """The language of an Accept-Language header; Chinese where it names neither.

    >>> preferred("en-US,en;q=0.9"), preferred("zh-CN,en;q=0.8"), preferred("en;q=0.5, zh;q=0.9"), preferred("fr")
    ('en', 'zh', 'zh', 'zh')
    """
    wishes = [
        (float(wish[2] or 1), wish[1].lower()) for part in accept[:500].split(",") if (wish := _WISH.fullmatch(part))
    ]
    best = max((weight for weight, _ in wishes), default=0.0)
    first = next((name for weight, name in wishes if weight == best > 0), "zh")
    return "en" if first == "en" else "zh"


def said(pair: Pair, language: Language) -> str:
    """The words in one language.

    >>> said(("覆盖", "Coverage"), "en")
    'Coverage'
    """
    return pair[language == "en"]
