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
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SPACED = re.compile(r"(?<=\d)\s+(?=%)")
_BLANKS = re.compile(r"\s+")
KEPT_CHARS = 500
"""Keys of sentences are kept for a while: while one question is answered, the same are asked for ten times."""


def search_key(text: str) -> str:
    """NFKC, lower case, simplified characters, no invisible characters, no separators inside numbers.

    >>> search_key("安徽逆變器產量佔１／３，共 1,234 萬臺，增長 ７３．５ ％")
    '安徽逆变器产量占1/3,共 1234 万台,增长 73.5%'
    """
    return _kept(text) if len(text) <= KEPT_CHARS else _folded(text)


def _folded(text: str) -> str:
    key = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower().replace("\u2044", "/")  # ½ as 1/2
    if not key.isascii():
        key = _simplifier().convert(key)
    key = _SPACED.sub("", _GROUPED.sub("", key))
    return _BLANKS.sub(" ", key).strip()


_kept = functools.lru_cache(maxsize=4096)(_folded)


@functools.cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
