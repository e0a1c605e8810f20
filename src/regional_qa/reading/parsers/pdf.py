"""A PDF's text layer -> its lines in reading order. The pypdf room.

The order is that of the file, as the typesetter left it; only where it runs across columns line by line is
the page cut along its gutters instead. Knows nothing about articles.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PdfReadError

from regional_qa.reading.parsers import Parsed
from regional_qa.reading.problem import UnreadableError

_FAULTS = (PdfReadError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What pypdf raises over broken files."""
_MAX_PAGES = 2000
_MAX_CHARS = 5_000_000
_TINY_POINTS = 2.0
_HOPS, _HOP_FRACTION, _HOP_CHARS = 3, 0.3, 6
"""A page runs across its columns where so many, and so large a part of its lines, go on to the right."""
_REPEATS = 3
_HEADLINE_SIZE, _HEADLINE_CHARS, _LEVELS = 1.3, 60, 3
_RADICALS = dict(
    zip(
        map(
            ord,
            "⺀⺁⺄⺅⺆⺇⺈⺉⺊⺌⺍⺒⺓⺔⺕⺖⺗⺘⺙⺛⺟⺠⺡⺣⺧⺨⺩⺪⺬⺮⺰⺶⺸⺼⺾⻁⻂⻄⻅⻆⻈⻉⻊⻋⻌⻏⻐⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻯⻰⻳",
        ),
        "冫厂乙亻冂几刀刂卜小小巳幺彑彐忄㣺扌攵旡母民氵灬牛犭王疋礻竹纟羊羊月艹虎衤西见角讠贝足车辶阝钅長长门雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄齐齿竜龙龟",
        strict=True,
    )
)
"""Radicals that fonts of one glyph for both put in place of the character (CJK Radicals Supplement)."""
_PAGE_NUMBER = re.compile(r"[—–\-\s]*(?:第\s*)?\d{1,4}(?:\s*[页/]\s*(?:共?\s*\d{1,4}\s*页?)?)?[—–\-\s]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words on one line; ``x`` to ``right`` and the base line ``y`` in points, from the lower left."""

    x: float
    right: float
    y: float
    size: float
    text: str


def parse(data: bytes) -> Parsed:
    """The lines of every page, an empty line between pages.

    Raises:
        UnreadableError: not a PDF, encrypted, broken, or without a text layer.
    """
    if b"%PDF-" not in data[:1024]:
        raise UnreadableError("not a PDF; is it text or a web page under another name?")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError
        if (count := len(reader.pages)) > _MAX_PAGES:
            raise UnreadableError(f"a PDF of {count} pages, at most {_MAX_PAGES} are read; split it")
        return _read_pages(reader, cut_short=b"%%EOF" not in data[-2048:])
    except UnreadableError:
        raise
    except (DependencyError, FileNotDecryptedError):
        raise UnreadableError("the PDF is encrypted; export it without a password") from None
    except LimitReachedError as fault:
        raise UnreadableError(f"the PDF unpacks to more than is read ({str(fault)[:80]}); save it anew") from None
    except _FAULTS as fault:
        raise UnreadableError(f"the PDF is broken or cut short ({str(fault)[:80]}); save it anew") from None


def _read_pages(reader: pypdf.PdfReader, *, cut_short: bool) -> Parsed:
    pages: list[list[Piece]] = []
    silent: list[int] = []
    broken: list[int] = []
    hidden = chars = 0
    for number, page in enumerate(reader.pages, start=1):
        try:
            pieces = _pieces(page)
        except _FAULTS:
            broken.append(number)
            continue
        kept = [piece for piece in pieces if piece.size >= _TINY_POINTS]
        hidden += sum(len(piece.text) for piece in pieces) - sum(len(piece.text) for piece in kept)
        chars += sum(len(piece.text) for piece in kept)
        if chars > _MAX_CHARS:
            raise UnreadableError(f"more than {_MAX_CHARS // 1_000_000} million characters of text; split the PDF")
        if not kept:
            silent.append(number)
        pages.append(_lines(kept))
    notes = [f"the pages {_few(broken)} are broken and left out"] if broken else []
    if not any(pages):
        raise UnreadableError("the PDF has no text layer (a scan?); let a text recognition go over it first")
    if _is_nonsense("".join(line.text for lines in pages for line in lines)):
        raise UnreadableError("the PDF's fonts do not tell which characters they show; export it anew or as text")
    if silent:
        notes.append(f"the pages {_few(silent)} hold no text (pictures or scans)")
    if hidden:
        notes.append(f"{hidden} characters too small to be seen are left out")
    if cut_short:
        notes.append(f"the PDF is cut short; {len(pages)} pages could be read")
    pages, heads = _without_running_heads(pages)
    if heads:
        notes.append(f"{heads} running heads and page numbers are left out")
    return Parsed(_with_headlines_marked(pages), notes=tuple(notes))


def _pieces(page: Any) -> list[Piece]:
    """The words of a page as the file gives them, one piece for each stretch of a line."""
    pieces: list[Piece] = []
    fresh = True

    def take(text: str, cm: Sequence[float], tm: Sequence[float], _font: Any, size: float) -> None:
        nonlocal fresh
        scale = abs(cm[3] * tm[3] or cm[1] * tm[1] or 1.0)
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        for number, words in enumerate(text.split("\n")):
            fresh = fresh or number > 0
            if not words.strip():
                fresh = fresh or bool(pieces and words and number)
                if words and pieces and not fresh:
                    pieces[-1] = _longer(pieces[-1], words, pieces[-1].right)
                continue
            last = pieces[-1] if pieces else None
            points = scale * abs(size)
            if last is None or fresh or abs(last.y - y) > 0.5 * points or not -points < x - last.right < 2 * points:
                pieces.append(Piece(x, x + _width(words, points), y, points, words))
            else:
                pieces[-1] = _longer(last, words, x + _width(words, points))
            fresh = False

    page.extract_text(visitor_text=take)
    return [Piece(p.x, p.right, p.y, p.size, _characters(p.text)) for p in pieces]


def _longer(piece: Piece, words: str, right: float) -> Piece:
    return Piece(piece.x, max(piece.right, right), piece.y, piece.size, piece.text + words)


def _width(words: str, points: float) -> float:
    return points * sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.5 for char in words)


def _characters(text: str) -> str:
    """Characters instead of the radicals that look the same; nothing else is folded.

    >>> _characters("⾸⻚⼯⼚ ⻓江，１")
    '首页工厂 长江，１'
    """
    return "".join(
        unicodedata.normalize("NFKC", char) if "\u2f00" <= char <= "\u2fd5" else char
        for char in text.translate(_RADICALS)
    )


def _lines(pieces: Sequence[Piece]) -> list[Piece]:
    if _runs_across(pieces):
        pieces = list(_by_columns(pieces))
    lines: list[Piece] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last and abs(last.y - piece.y) <= 0.5 * piece.size and piece.x >= last.right:
            lines[-1] = _longer(last, f" {piece.text.strip()}", piece.right)
        else:
            lines.append(replace(piece, text=piece.text.strip()))
    return lines


def _with_headlines_marked(pages: Sequence[Sequence[Piece]]) -> str:
    """The text of the pages; lines in larger letters than the rest are marked by ``#``, the largest as level 1."""
    letters = Counter(round(line.size) for lines in pages for line in lines for _ in line.text)
    body = letters.most_common(1)[0][0]
    sizes = sorted((size for size in letters if size >= _HEADLINE_SIZE * body), reverse=True)
    marks = {size: "#" * min(level, _LEVELS) + " " for level, size in enumerate(sizes, start=1)}
    texts = []
    for lines in pages:
        marked: list[str] = []
        last: Piece | None = None
        for line in lines:
            mark = marks.get(round(line.size), "") if len(line.text) <= _HEADLINE_CHARS else ""
            below = last is not None and last.size == line.size and 0 < last.y - line.y < 2 * line.size
            if mark and below and marked[-1].startswith(mark):
                marked[-1] += line.text  # a headline of two lines
            else:
                marked.append(mark + line.text)
            last = line
        texts.append("\n".join(marked))
    return "\n\n".join(filter(None, texts))


def _runs_across(pieces: Sequence[Piece]) -> bool:
    """Whether the file goes from column to column on one line, before it goes down; a table's short cells do not count."""
    hops = sum(
        abs(before.y - after.y) <= 0.5 * after.size
        and after.x - before.right >= after.size
        and min(len(before.text), len(after.text)) >= _HOP_CHARS
        for before, after in pairwise(pieces)
    )
    rows = len({round(piece.y) for piece in pieces})
    return hops >= _HOPS and hops >= _HOP_FRACTION * rows


def _by_columns(pieces: Sequence[Piece]) -> Iterable[Piece]:
    """Recursively: left of a gutter before right of it, else above a gap before below it."""
    waiting = [list(pieces)]
    while waiting:
        part = waiting.pop()
        halves = _cut(part, lambda p: (p.x, p.right), 0.8) or _cut(part, lambda p: (-p.y - p.size, -p.y), 0.0)
        if halves:
            waiting += reversed(halves)
        else:
            yield from sorted(part, key=lambda p: (-p.y, p.x))


def _cut(pieces: Sequence[Piece], reach: Any, least: float) -> tuple[list[Piece], list[Piece]] | None:
    """The pieces before and after the widest empty strip; ``least`` is how wide it must be, in sizes of the words."""
    ordered = sorted(pieces, key=reach)
    widest, at, end = least * min((piece.size for piece in pieces), default=0.0), 0, float("-inf")
    for number, piece in enumerate(ordered):
        start, stop = reach(piece)
        if number and start - end > widest:
            widest, at = start - end, number
        end = max(end, stop)
    return (ordered[:at], ordered[at:]) if at else None


def _without_running_heads(pages: Sequence[list[Piece]]) -> tuple[list[list[Piece]], int]:
    """Without page numbers, and without first or last lines that stand on three pages or more but for their digits."""
    edges = Counter(pattern for lines in pages for pattern in {_pattern(line) for line in (*lines[:1], *lines[-1:])})
    kept, left_out = [], 0
    for lines in pages:
        start, stop = 0, len(lines)
        while start < stop and _is_running(lines[start], edges):
            start += 1
        while start < stop and _is_running(lines[stop - 1], edges):
            stop -= 1
        left_out += len(lines) - (stop - start)
        kept.append(lines[start:stop])
    return (kept, left_out) if any(kept) else (list(pages), 0)


def _is_running(line: Piece, edges: Mapping[str, int]) -> bool:
    return _PAGE_NUMBER.fullmatch(line.text) is not None or edges.get(_pattern(line), 0) >= _REPEATS


def _pattern(line: Piece) -> str:
    return re.sub(r"[\d\s]+", "", line.text) or line.text


def _is_nonsense(text: str) -> bool:
    """Mostly controls, private use or replacement characters."""
    odd = sum(unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs") or char == "\ufffd" for char in text)
    return odd > 0.3 * max(len(text), 1)


def _few(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:10])) + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
