"""Bytes -> text, or a reason why not: UTF-8, UTF-16 with its mark, GB18030.

A strict cascade turns a UTF-8 file with one bad byte into nonsense, and Big5 decodes as GB18030 without
an error, so both are decided by counting. Knows nothing about files or articles.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from regional_qa.reading.problem import UnreadableError

_BAD, _MORE = "\udc00", "\udc01"
"""Stand for the first and the further bytes of an unreadable sequence: no codec yields lone surrogates."""
_MARKED = re.compile("[\udc00\udc01]+")
_MAGIC = (
    (b"PK\x03\x04", "a zip archive (docx, xlsx and epub are zip too)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
    (b"Rar!", "a rar archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
)
_NUL_FRACTION = 0.01
_NONSENSE_FRACTION = 0.55  # measured: GB18030 at most 0.48 (traditional script), Big5 at least 0.60, a page each
_SAMPLE_CHARS = 20_000
_TRADITIONAL_FRACTION = 0.35
_MOST_SUSPECTS = 50
_CROWD, _CROWD_CHARS, _STEPS_BACK = 5, 20, 8
"""So many rare characters in so short a stretch show wrong pairs; the bad byte stands a few characters before."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _BAD + _MORE * (error.end - error.start - 1), error.end


codecs.register_error("regional_qa.mark", _mark)


def decode(data: bytes) -> tuple[str, int]:
    """The text, unreadable stretches as U+FFFD, and how many bytes were unreadable.

    Raises:
        UnreadableError: empty, an archive or picture, binary, or an encoding that is not read.

    >>> decode("安徽".encode("gb18030")), decode("光伏产量居全国第一".encode()[:-1])
    (('安徽', 0), ('光伏产量居全国第\ufffd', 2))
    """
    if not data.strip():
        raise UnreadableError("the file is empty")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _unmark(data.decode("utf-16", "regional_qa.mark"))
    refuse_binary(data)
    text = data.decode("utf-8-sig", "regional_qa.mark")
    bad = text.count(_BAD)
    if bad and _multibyte_chars(text) <= 5 * bad:
        text = data.decode("gb18030", "regional_qa.mark")
        nonsense = _nonsense_fraction(text)
        if nonsense > _NONSENSE_FRACTION:
            raise UnreadableError("neither UTF-8 nor GB18030 (perhaps Big5, UTF-16 or binary); save it as UTF-8")
        if _BAD in text or 0 < nonsense < _TRADITIONAL_FRACTION:
            text = _in_step(data)
    return _unmark(text)


def _in_step(data: bytes) -> str:
    """GB18030 line by line (no character holds a line's end), the first suspect ones mended."""
    lines, suspects = [], 0
    for line in data.split(b"\n"):
        text = line.decode("gb18030", "regional_qa.mark")
        crowds = _crowds(_rare_places(text)) if suspects < _MOST_SUSPECTS and len(line) <= _SAMPLE_CHARS else []
        suspects += bool(crowds)
        lines.append(_put_in_step(line, text, crowds))
    return "\n".join(lines)


def _crowds(rare: Sequence[int]) -> list[int]:
    """The places from which rare characters stand close together."""
    return [first for first, last in zip(rare, rare[_CROWD - 1 :], strict=False) if last - first <= _CROWD_CHARS]


def _put_in_step(line: bytes, text: str, crowds: Sequence[int]) -> str:
    """A line, put in step again where one bad byte made pairs of the wrong halves.

    The pairs behind such a byte are often rare characters; leaving it out makes them common ones.
    """
    for first in crowds[:_CROWD]:
        start = len(text[: max(first - _STEPS_BACK, 0)].encode("gb18030", "replace"))
        tries = (
            line[:at].decode("gb18030", "regional_qa.mark")
            + _BAD
            + line[at + 1 :].decode("gb18030", "regional_qa.mark")
            for at in range(start, min(start + 4 * _STEPS_BACK, len(line)))
        )
        best = min(tries, key=lambda one: len(_rare_places(one)), default=text)
        if len(_rare_places(text)) - len(_rare_places(best)) >= _CROWD:
            return best
    return text


def _rare_places(text: str) -> list[int]:
    return [place for place, char in enumerate(text[:_SAMPLE_CHARS]) if char > "\x7f" and _is_rare(char)]


def refuse_binary(data: bytes) -> None:
    """Look at the beginning of a file that should be 8-bit text.

    Raises:
        UnreadableError: it is an archive, a picture, a program or full of NUL bytes.
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise UnreadableError(f"this is {kind}, not text; unpack or export it as text first")
    if data.count(0) > len(data) * _NUL_FRACTION:
        raise UnreadableError("binary data or UTF-16; save it as UTF-8")


def _unmark(text: str) -> tuple[str, int]:
    unreadable = text.count(_BAD) + text.count(_MORE)
    return (_MARKED.sub("\ufffd", text) if unreadable else text), unreadable


def _multibyte_chars(text: str) -> int:
    return sum(char > "\x7f" for char in text) - text.count(_BAD) - text.count(_MORE)


def _nonsense_fraction(text: str) -> float:
    """Share of characters beyond ASCII that a simplified newspaper hardly uses, and of controls."""
    seen = [char for char in text[:_SAMPLE_CHARS] if char > "\x7f" or (char < " " and char not in "\t\n\r\f\v")]
    return sum(map(_is_rare, seen)) / max(len(seen), 1)


def _is_rare(char: str) -> bool:
    """Not among the 3,755 common characters of GB2312, its punctuation and its full-width forms.

    >>> [_is_rare(char) for char in "省，％騷\ue000"]
    [False, False, False, True, True]
    """
    try:
        row = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return True
    return not (0xB0 <= row <= 0xD7 or row in (0xA1, 0xA3))
