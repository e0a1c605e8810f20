"""Which articles of a corpus are one text printed in several places (转载), told by their own characters.

Articles that share many of their hashed stretches of characters are compared exactly; only one whose every figure,
place and nearly every other word stands in another one is its reprint. Knows nothing about files or indexes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.knowledge.regions import provinces_in
from regional_qa.reading import Problem
from regional_qa.reading.account import file_of
from regional_qa.reading.cleaning import content_id
from regional_qa.types import Article

SHINGLE_CHARS = 8
_ONE_IN = 16
"""So many of the shingles' hashes are kept to look for candidates."""
_LEAST_SHARED = 0.5
_LEAST_CHARS = 100
"""A shorter text is a reprint only of the same characters."""
_MOST_EDITED_CHARS, _MOST_EDITED_FRACTION = 20, 0.05
_MOST_DAYS = 31
_LEAD_CHARS, _SIGNATURE_CHARS = 60, 40
_CREDIT = re.compile(r"本报|本刊|记者|通讯员|编辑|来源|转自|摘自|[讯电社报据网摄]")
_FIGURE = re.compile(r"[0-9零〇一二三四五六七八九十百千万亿两半倍成%]")
_CREDITS = re.compile(
    r"[一-龥]{0,8}\d{1,2}月\d{1,2}日[电讯]?|[一-龥]{2,6}?(?:日报|晚报|时报|商报|报|社|网|台)|本报讯?|记者|通讯员|编辑"
)
"""Names of papers and datelines: the places and days in them are not what the article tells."""

Codes = NDArray[np.uint32]
"""The Chinese characters, letters, digits and signs of figures of a text, as code points."""


def identified(stream: Iterable[Article | Problem]) -> Iterator[Article | Problem | None]:
    """Every article under an id of its own, in the order given; None for one that its file holds twice.

    A text whose id is taken by the same text, from another file or by another publisher, gets an id after its
    origin. Another text under an id that is taken is a Problem.
    """
    seen: dict[str, tuple[int, bytes]] = {}
    for item in stream:
        if isinstance(item, Problem):
            yield item
            continue
        # Python's hash, drawn anew for each process, takes a third of a digest's time and is never kept
        own = (hash((item.title, item.text)), bytes.fromhex(item.sha256) + file_of(item.origin).encode())
        known = seen.setdefault(item.article_id, own)
        if known is own:
            yield item
        elif known[0] != own[0]:
            reason = f"another article has the id {item.article_id!r}; the first is kept, give this one its own id"
            yield Problem(item.origin, reason)
        else:
            article_id = content_id(item.article_id, own[1].hex())
            again = known == own or article_id in seen
            seen.setdefault(article_id, own)
            yield None if again else replace(item, article_id=article_id)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to find those that may repeat it: its length in characters that count, and some hashes."""

    chars: int
    hashes: NDArray[np.uint64]

    @classmethod
    def of(cls, text: str) -> Self:
        """The sketch of an article's text."""
        codes = codes_of(text)
        hashes = shingles(codes)
        few = np.unique(hashes[hashes % np.uint64(_ONE_IN) == 0])
        return cls(len(codes), few if len(few) else hashes[:1])

    def packed(self) -> bytes:
        """Bytes that ``unpacked`` reads."""
        return self.chars.to_bytes(8, "little") + self.hashes.tobytes()

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """What ``packed`` wrote."""
        return cls(int.from_bytes(packed[:8], "little"), np.frombuffer(packed, dtype=np.uint64, offset=8))


class Sketches:
    """The sketches of a corpus, to find the articles that may be reprints; rows count up from 0."""

    def __init__(self) -> None:
        self._hashes: list[NDArray[np.uint64]] = []
        self._files: list[str] = []
        self._chars: list[int] = []
        self._days: list[date] = []

    def add(self, article: Article, sketch: Sketch) -> None:
        """Keep the next article's sketch."""
        self._hashes.append(sketch.hashes)
        self._files.append(file_of(article.origin))
        self._chars.append(sketch.chars)
        self._days.append(article.published or date.max)

    def reprints(self, repeats: Callable[[int, int], bool]) -> dict[int, int]:
        """Row of a reprint -> row of the article it repeats; ``repeats`` says so of a candidate and a longer one."""
        near: dict[int, list[int]] = {}
        for one, other in self._candidates():
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
        order = sorted(near, key=lambda row: (-(self._chars[row] // 50), self._days[row], row))
        place = {row: number for number, row in enumerate(order)}
        found: dict[int, int] = {}
        for row in order:
            wholes = {found.get(other, other) for other in near[row] if place[other] < place[row]}
            kept = (other for other in sorted(wholes, key=place.__getitem__) if self._files[other] != self._files[row])
            whole = next((other for other in kept if repeats(row, other)), None)
            if whole is not None:
                found[row] = whole
        return found

    def _candidates(self) -> Iterator[tuple[int, int]]:
        """Pairs of rows of different files that share at least half of the hashes of the one that has fewer."""
        counts = np.array([len(hashes) for hashes in self._hashes], dtype=np.int64)
        if not counts.sum():
            return
        files = np.unique(np.array(self._files), return_inverse=True)[1]
        # Numbers are sorted ten times as fast as their places, so the row takes the place of the last bits of its hash.
        bits = np.uint64(len(counts).bit_length())
        rows = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
        both = np.concatenate(self._hashes) >> bits << bits | rows
        both.sort()
        hashes, rows = both >> bits, (both & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
        place = np.arange(len(hashes))
        begins = np.concatenate([[True], hashes[1:] != hashes[:-1]])
        first = np.maximum.accumulate(np.where(begins, place, 0))
        # Each row is paired with the first of its group and with its neighbour: linear also where all share a phrase.
        near = place[~begins]
        far = near[near - 1 != first[near]]
        one = np.concatenate([rows[near - 1], rows[first[far]]])
        other = np.concatenate([rows[near], rows[far]])
        apart = files[one] != files[other]
        pairs, shared = np.unique(one[apart] << 32 | other[apart], return_counts=True)
        one, other = pairs >> 32, pairs & 0xFFFFFFFF
        enough = shared >= _LEAST_SHARED * np.minimum(counts[one], counts[other])
        yield from zip(one[enough].tolist(), other[enough].tolist(), strict=True)


def is_reprint(part: Article, whole: Article) -> bool:
    """Whether ``part`` says nothing that ``whole`` does not, but for its credits and a few words without a figure or place.

    >>> whole = Article("a", "", "安徽光伏玻璃产量占全国一半以上，逆变器产量占三分之一。" * 5)
    >>> part = Article("b", "", whole.text.replace("一半", "六成"))
    >>> is_reprint(whole, whole), is_reprint(part, whole)
    (True, False)
    """
    days = abs((part.published - whole.published).days) if part.published and whole.published else 0
    if days > _MOST_DAYS or (part.regions and whole.regions and set(part.regions) != set(whole.regions)):
        return False
    codes, others = codes_of(part.text), codes_of(whole.text)
    if len(codes) < _LEAST_CHARS:
        return bool(np.array_equal(codes, others)) and len(codes) > 0
    words = codes.tobytes().decode("utf-32-le")
    edited = 0
    for start, stop in _runs_not_in(codes, others):
        credit = _is_credit(words, start, stop)
        edited += 0 if credit else stop - start
        said = _CREDITS.sub("", words[start:stop]) if credit else words[max(start - 1, 0) : stop + 1]
        if _FIGURE.search(said) or provinces_in(said):
            return False
    return edited <= max(_MOST_EDITED_CHARS, _MOST_EDITED_FRACTION * len(words))


def codes_of(text: str) -> Codes:
    """What a reprint keeps: no blanks and punctuation but in figures, one width.

    >>> codes_of("光伏，９．９％．").tobytes().decode("utf-32-le")
    '光伏9.9%'
    """
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).copy()
    wide = (codes >= 0xFF01) & (codes <= 0xFF5E)
    codes[wide] -= np.uint32(0xFEE0)
    kept = _KEPT[np.minimum(codes, np.uint32(len(_KEPT) - 1))]
    digit = np.concatenate([[False], (codes >= ord("0")) & (codes <= ord("9")), [False]])
    figures: Codes = codes[kept | ((codes == ord(".")) & digit[:-2] & digit[2:])]
    return figures


_KEPT = np.zeros(0x10000, dtype=bool)
_KEPT[0x3400:0xA000] = True
_KEPT[-1] = True  # everything beyond the first plane
_KEPT[[ord(char) for char in "0123456789%/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz〇"]] = True


def shingles(codes: Codes) -> NDArray[np.uint64]:
    """(n - 7,) hashes of every 8 characters; one of a shorter text, none of an empty one."""
    if not len(codes):
        return np.empty(0, dtype=np.uint64)
    if len(codes) < SHINGLE_CHARS:
        codes = np.pad(codes, (0, SHINGLE_CHARS - len(codes)))
    count = len(codes) - SHINGLE_CHARS + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for i in range(SHINGLE_CHARS):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[i : i + count]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    return hashes ^ (hashes >> np.uint64(32))


def _runs_not_in(codes: Codes, others: Codes) -> list[tuple[int, int]]:
    """The stretches of ``codes`` that no shingle of ``others`` covers."""
    known = np.isin(shingles(codes), shingles(others))
    edges = np.zeros(len(codes) + 1, dtype=np.int64)
    starts = np.flatnonzero(known)
    np.add.at(edges, starts, 1)
    np.add.at(edges, starts + SHINGLE_CHARS, -1)
    bare = np.concatenate([[False], np.cumsum(edges[:-1]) == 0, [False]])
    turns = np.flatnonzero(bare[1:] != bare[:-1])
    return list(zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True))


def _is_credit(words: str, start: int, stop: int) -> bool:
    """Names a reporter, paper or editor, at the beginning or end."""
    at_edge = stop <= _LEAD_CHARS or start >= len(words) - _SIGNATURE_CHARS
    return at_edge and _CREDIT.search(words[start:stop]) is not None
