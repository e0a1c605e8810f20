"""The form of a text that is only compared, never shown: one width, one case, one script.

Knows nothing about words or fields.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2069\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_GROUPED = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
"""Begins with the comma itself, for which alone a search is ten times quicker than for a place behind a digit."""
_SPACED = re.compile(r"(?<=\d) +(?=%)")
_WIDE = tuple(zip("，：；！？（）％～０１２３４５６７８９…", [*",:;!?()%~0123456789", "..."], strict=True))
"""What most texts hold that is not in the form of NFKC; without it they need no more than to be looked at."""
_TRADITIONAL = re.compile("[萬億個輛噸畝戶張項臺條場顆幾兩餘減點過滿額產業總經濟長]")
"""Some of which stand in any traditional text that tells a figure."""
KEPT_CHARS = 500
"""Keys of sentences are kept for a while: while one question is answered, the same are asked for ten times."""


def search_key(text: str) -> str:
    """NFKC, lower case, simplified characters, no invisible characters, no separators inside numbers.

    >>> search_key("安徽逆變器產量佔１／３，共 1,234 萬臺，增長 ７３．５ ％")
    '安徽逆变器产量占1/3,共 1234 万台,增长 73.5%'
    """
    return _kept(text) if len(text) <= KEPT_CHARS else _folded(text)


def simplified(text: str) -> str:
    """The same in simplified characters.

    >>> simplified("產量")
    '产量'
    """
    return text if text.isascii() else str(_simplifier().convert(text))


def by_character(text: str) -> str:
    """A text in simplified characters, each where it stood, so that places in one are places in the other.

    >>> by_character("出口總額3萬億元")
    '出口总额3万亿元'
    """
    if not _TRADITIONAL.search(text):
        return text
    told = simplified(text)
    return told if len(told) == len(text) else text


def _folded(text: str) -> str:
    key = _INVISIBLE.sub("", text)
    for wide, narrow in _WIDE:
        key = key.replace(wide, narrow)
    key = unicodedata.normalize("NFKC", key).lower().replace("\u2044", "/")  # ½ as 1/2
    key = " ".join(_GROUPED.sub("", simplified(key)).split())
    return _SPACED.sub("", key) if "%" in key else key


_kept = functools.lru_cache(maxsize=4096)(_folded)


@functools.cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
