"""Which of the two languages a visitor reads: chosen by hand, else the browser's.

Knows nothing about what the pages say.
"""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie
from typing import Literal

Language = Literal["zh", "en"]
COOKIE = "regional-qa-language"
"""The choice by hand; chat.js writes it."""
_PREFERENCE = re.compile(r"\s*([A-Za-z]+)(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


def language_of(cookies: str, accepted: str) -> Language:
    """The language for a request with these headers; Chinese, the articles' own, where neither tells.

    >>> language_of("", "en-GB,en;q=0.9,zh;q=0.2"), language_of("regional-qa-language=zh", "en"), language_of("", "")
    ('en', 'zh', 'zh')
    >>> language_of("", "fr-FR,fr;q=0.9"), language_of("", "de, zh-TW;q=0.8, en;q=0.7"), language_of("", "*")
    ('en', 'zh', 'zh')
    """
    chosen = _chosen(cookies)
    if chosen in ("zh", "en"):
        return "en" if chosen == "en" else "zh"
    wishes = [match for part in accepted[:1000].split(",") if (match := _PREFERENCE.fullmatch(part))]
    ranked = sorted(wishes, key=lambda wish: -float(wish[2] or 1))
    read = [wish[1].lower() for wish in ranked if wish[2] is None or float(wish[2]) > 0]
    known = next((name for name in read if name in ("zh", "en")), "")
    # who reads neither gets further with English
    return "en" if known == "en" or (read and not known) else "zh"


def _chosen(cookies: str) -> str:
    try:
        jar = SimpleCookie(cookies)
    except CookieError:
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""
