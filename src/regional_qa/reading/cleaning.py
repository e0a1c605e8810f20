"""The one place that normalises text; offsets count characters of what leaves here.

Width is never folded: what a reader sees stays what the newspaper printed. Knows nothing about files.
"""

from __future__ import annotations

import hashlib
import re

NEWLINES = re.compile("\r\n?|[\n\v\f\x85\u2028\u2029]")
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]")
SURPLUS_LINES = re.compile(r"(?<=\n\n)\n+")


def clean_lines(text: str) -> str:
    r"""Newlines become ``\n``; invisible characters and trailing blanks go; empty lines stay.

    >>> clean_lines("光伏\u200b占比\ufeff５０％ \r\n\n\n完")
    '光伏占比５０％\n\n\n完'
    """
    lines = INVISIBLE.sub("", NEWLINES.sub("\n", text)).split("\n")
    return "\n".join(map(str.rstrip, lines))


def clean(text: str) -> str:
    r"""``clean_lines`` with at most one empty line between paragraphs and none around the text.

    >>> clean("\n\n甲 \n\n\n\n乙\n")
    '甲\n\n乙'
    """
    return SURPLUS_LINES.sub("", clean_lines(text)).strip()


def unseen_letters(text: str) -> str:
    """Tells how many tag characters, which spell words for machines alone, ``clean`` takes out of a text; empty for none.

    >>> unseen_letters("光伏"), unseen_letters("光\U000e0041伏")
    ('', '1 letters that nobody can see (tag characters) are left out')
    """
    count = len(_TAGS.findall(text))
    return f"{count} letters that nobody can see (tag characters) are left out" if count else ""


def heading(line: str) -> tuple[int, str]:
    """How many ``#`` mark the line as a Markdown heading (0: none), and its words.

    >>> heading("## 学 C# ##"), heading("#话题#")
    ((2, '学 C#'), (0, '#话题#'))
    """
    line = line.strip()
    words = line.lstrip("#")
    level = len(line) - len(words)
    if not 1 <= level <= 6 or not words[:1].isspace():
        return 0, line
    closed = words.rstrip("#")
    return level, (closed if closed[-1:].isspace() else words).strip()


def one_line(text: str) -> str:
    r"""``clean`` text on a single line, every stretch of blanks one space.

    >>> one_line(" 甲\n 乙 ")
    '甲 乙'
    """
    return " ".join(clean_lines(text).split()) if text else ""


def storable(name: str) -> str:
    r"""A file name that can be written as UTF-8 and shown on one line.

    >>> storable("a\udcff\n.txt")
    'a\ufffd\ufffd.txt'
    """
    shown = "".join(char if char.isprintable() else "\ufffd" for char in name)
    return shown.encode("utf-8", "replace").decode("utf-8")


def content_id(title: str, text: str) -> str:
    """16 hex digits that depend on what is read and not on where it lay.

    >>> content_id("题", "文") == content_id("题", "文") != content_id("", "题文")
    True
    """
    return hashlib.sha256(f"{title}\x00{text}".encode()).hexdigest()[:16]
