"""Text -> the terms by which it is found: words cut by rjieba, characters, and pairs of characters.

Words weigh what belongs together; pairs find every string, wherever the cutter put its cuts. Knows nothing about indexes.
"""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

import numpy as np
import rjieba
from numpy.typing import NDArray

from regional_qa.knowledge.script import search_key

LONGEST_RUN = 2000
"""Characters handed to the word cutter at once, so that text without breaks stays linear."""
_UNPARTED = (("\u3400", "\u9fff"), ("\uac00", "\ud7a3"), ("\U00020000", "\U0003ffff"))
"""Characters of scripts without blanks between words: Chinese, Korean, rare Chinese."""
_OTHER = re.compile(rf"[^\W{''.join(f'{first}-{last}' for first, last in _UNPARTED)}_]+(?:\.\d+)?%?")
_BLANK = ord(" ")
_IS_UNPARTED = np.zeros(sys.maxunicode + 1, dtype=bool)
for _first, _last in _UNPARTED:
    _IS_UNPARTED[ord(_first) : ord(_last) + 1] = True


class Terms(NamedTuple):
    """What a text is found by, parted by blanks: pairs in passages, single characters in whole articles."""

    words: str
    pairs: str
    characters: str


def cut(text: str) -> list[str]:
    """The words of a text as the index sees them.

    >>> cut("安徽光伏產量佔７３.５％。")
    ['安徽', '光伏', '产量', '占', '73.5%']
    """
    return _words(search_key(text))


def terms_of(text: str) -> Terms:
    """All that a text is found by; numbers and words in other scripts stand whole, before the pairs or characters.

    >>> terms_of("安徽，GDP增7.5%")
    Terms(words='安徽 gdp 增 7.5%', pairs='gdp 7.5% 安徽', characters='安 徽 增')
    """
    key = search_key(text)
    codes = np.frombuffer(key.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    unparted = _IS_UNPARTED[codes]
    others = _OTHER.findall(key)
    long = [word for word in others if len(word) > 1]
    short = [word for word in others if len(word) == 1]
    starts = np.flatnonzero(unparted[:-1] & unparted[1:])
    return Terms(
        " ".join(_words(key)), _parted(long, codes[starts], codes[starts + 1]), _parted(short, codes[unparted])
    )


def _words(key: str) -> list[str]:
    words: list[str] = []
    for start in range(0, len(key), LONGEST_RUN):
        cuts = rjieba.cut(key[start : start + LONGEST_RUN])
        words += [word for word in cuts if word.isalnum() or (len(word) > 1 and any(map(str.isalnum, word)))]
    return words


def _parted(words: list[str], *columns: NDArray[np.uint32]) -> str:
    """Words, and strings that stand in columns of code points, all parted by blanks."""
    strings = np.full((len(columns[0]), len(columns) + 1), _BLANK, dtype=np.uint32)
    for at, column in enumerate(columns):
        strings[:, at] = column
    return " ".join([*words, strings.tobytes().decode("utf-32-le")]).strip()
