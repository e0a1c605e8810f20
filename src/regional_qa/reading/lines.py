"""Newspaper text -> lines with a role each: headline, byline, caption, signature, body.

Looks at a line and its neighbours only; which article a line belongs to is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from regional_qa.reading.cleaning import heading
from regional_qa.reading.signs import CAPTION_START, CREDIT_END, CREDIT_ONLY, Role, is_names, jumps, sign_of
from regional_qa.reading.tracing import Run, Traced, put_together, trace


@dataclass(frozen=True, slots=True)
class Line:
    """``level`` is the number of # before a heading, ``BOLD`` for one between **, 0 without; ``gap`` the empty lines before.

    ``runs`` tell where its text stood on the page.
    """

    text: str
    role: Role = Role.BODY
    level: int = 0
    gap: int = 0
    opens: bool = False
    runs: tuple[Run, ...] = ()

    @property
    def traced(self) -> Traced:
        """Its text with its place on the page."""
        return Traced(self.text, self.runs)


_STRONG = frozenset("。！？!?；;…：:”’」』）)》】.")
_BOLD = re.compile(r"\*\*([^*]+)\*\*|__([^_]+)__")
_INDENT = re.compile(r"\u3000| {2}|\t")
_SPOKEN = re.compile(r"(?:记者|问|答|主持人)[：:]")  # in an interview
_DASHED = re.compile(r"[—－-]{2,}")
_CLAUSE = re.compile(r"[，,；;。]")
_DANGLING = frozenset("的了在和与是把将被从对向及或并以等、，,—-“‘（(《")
_ALONE = frozenset({Role.RUNNING, Role.SUBTITLE, Role.SIGNATURE, Role.BYLINE})
"""Lines of these kinds are never half of a paragraph."""
_MAX_HEADING = 32
BOLD = 7
"""The level of a heading marked by ** alone: below all that # can mark."""


def is_complete(text: str) -> bool:
    """Whether a paragraph may end here.

    >>> is_complete("同比增长5%。"), is_complete("先后诞生”"), is_complete("甘肃省统筹")
    (True, True, False)
    """
    return not text or text[-1] in _STRONG


def to_lines(text: str) -> list[Line]:
    """Every line that holds something, in order, with its role; nothing is left out but ``#`` and ``**`` marks."""
    lines = _with_signs([part for line in _unwrap(trace(text)) for part in _parted(line)])
    titles = {line.text for line in lines if line.level}
    known: list[Line] = []
    body = ""  # the paragraph that a further line would continue
    for i, line in enumerate(lines):
        after = lines[i + 1 : i + 4]
        role = line.role
        if role is Role.HEADING and _DASHED.match(line.text) and known and known[-1].role is Role.HEADING:
            role = Role.SUBTITLE
        elif role is Role.BODY:
            role = _role_among(line, known, body, after, titles)
        if role in (Role.BODY, Role.LEAD):
            body = line.text
        elif role is Role.HEADING:
            body = ""
        known.append(replace(line, role=role))
    return _with_photo_stories(known)


def _unwrap(page: Traced) -> list[Line]:
    """Undo hard wrapping: within a block, a line as wide as its widest that ends mid-sentence goes on in the next."""
    lines: list[Line] = []
    gap = 0
    for empty, block in groupby(page.lines(), key=lambda line: not line.text.strip()):
        if empty:
            gap = len(list(block))
            continue
        raw = list(block)
        pieces = [piece.strip() for piece in raw]
        indents = any(_INDENT.match(piece.text) for piece in raw)
        widest = max(len(piece.text) for piece in pieces)
        joined = [pieces[0]]
        for i, (before, piece) in enumerate(pairwise(pieces), start=1):
            words = before.text
            full = len(words) >= max(0.8 * widest, 12) and not heading(words)[0]
            goes_on = not _INDENT.match(raw[i].text) if indents else not is_complete(words)
            marked = heading(piece.text)[0] or CAPTION_START.match(piece.text)
            alone = not _ALONE.isdisjoint((sign_of(words), sign_of(piece.text)))
            if full and goes_on and not marked and not alone:
                joined[-1] = join(joined[-1], piece)
            else:
                joined.append(piece)
        lines += [Line(piece.text, gap=gap if i == 0 else 0, runs=piece.runs) for i, piece in enumerate(joined)]
    return lines


def _parted(line: Line) -> Iterator[Line]:
    """The line, parted from what sends the reader to another page or back (下转第三版)."""
    edges = sorted({0, len(line.text), *(edge for place in jumps(line.text) for edge in place)})
    for start, stop in pairwise(edges):
        piece = line.traced.part(start, stop).strip()
        if piece.text:
            yield replace(line, text=piece.text, runs=piece.runs, gap=0 if start else line.gap)


def join(before: Traced, after: Traced) -> Traced:
    """Two halves of one paragraph; Latin words keep a space between them.

    >>> join(Traced("甘肃省统筹"), Traced("推进")).text, join(Traced("supply"), Traced("chain")).text
    ('甘肃省统筹推进', 'supply chain')
    """
    last, first = before.text[-1:], after.text[:1]
    latin = last.isascii() and last.isalpha() and first.isascii() and first.isalpha()
    return put_together([before, after], " " if latin else "")


def _with_signs(lines: Sequence[Line]) -> list[Line]:
    """Roles that the line alone proves; the lines of one caption become one."""
    signed: list[Line] = []
    for line in lines:
        last = signed[-1] if signed else None
        if last and last.role is Role.CAPTION and not line.gap and not CREDIT_END.search(last.text):
            whole = join(last.traced, line.traced)
            signed[-1] = replace(last, text=whole.text, runs=whole.runs)
        else:
            signed.append(_with_sign(line))
    return signed


def _with_sign(line: Line) -> Line:
    text = line.text
    level, words = heading(text)
    if bold := _BOLD.fullmatch(words):
        words = (bold[1] or bold[2]).strip()
        level = level or BOLD
    if words and level:
        start = text.index(words)
        line = replace(line, text=words, runs=line.traced.part(start, start + len(words)).runs)
    role = sign_of(line.text)
    if words and ((level and level != BOLD) or (level == BOLD and role is Role.BODY and _can_head(words))):
        return replace(line, role=Role.HEADING, level=level)
    return replace(line, role=role)


def _role_among(line: Line, known: Sequence[Line], body: str, after: Sequence[Line], titles: set[str]) -> Role:
    """The role of a line without a sign of its own, from what stands around it."""
    text = line.text
    before = next((other.role for other in reversed(known) if other.role is not Role.CAPTION), None)
    following = next((other.role for other in after if other.role is not Role.CAPTION), None)
    if before is Role.HEADING and _DASHED.match(text) and len(text) <= 60:
        return Role.SUBTITLE
    if text in titles:
        return Role.HEADING
    if is_names(text) and is_complete(body):
        if before in (Role.HEADING, Role.SUBTITLE):
            return Role.BYLINE
        if before is Role.BODY and (
            following is not Role.BODY or after[0].role is Role.CAPTION or _can_head(after[0].text)
        ):
            return Role.SIGNATURE
    if not _can_head(text):
        return Role.BODY
    announced = following in (Role.BYLINE, Role.LEAD) or (following is Role.BODY and _names_follow(after))
    begins = not known and (not after or after[0].gap > 0)
    plain = may_head(text) and is_complete(body)
    return Role.HEADING if announced or begins or plain else Role.BODY


def _names_follow(after: Sequence[Line]) -> bool:
    first = next(line for line in after if line.role is not Role.CAPTION)
    return is_names(first.text)


def may_head(text: str) -> bool:
    """Whether a line without marks has the shape of a headline.

    >>> may_head("大同：一盘黄花菜端上世界餐桌"), may_head("收入提高，生活改善")
    (True, False)
    """
    return _can_head(text) and not _CLAUSE.search(text) and text[-1] not in _DANGLING and len(text) <= _MAX_HEADING


def _can_head(text: str) -> bool:
    """Short, with Chinese in it, closed quotes and no end of a sentence."""
    closed = all(text.count(left) == text.count(right) for left, right in ("“”", "《》", "（）", "()", "「」"))
    ends = text[-1] in "。；;…：:，,、." or _SPOKEN.match(text) or "|" in text
    return 2 <= len(text) <= _MAX_HEADING + 10 and closed and not ends and bool(re.search(r"[一-龥]", text))


def _with_photo_stories(lines: Sequence[Line]) -> list[Line]:
    """A photographer's line alone closes a photo story: it is caption back to its block's or the picture's gap."""
    roles = [line.role for line in lines]
    for i, line in enumerate(lines):
        if line.role is not Role.CAPTION or not CREDIT_ONLY.fullmatch(line.text):
            continue
        start = i
        apart = 2 if line.gap else 1
        while start and i - start < 3 and roles[start - 1] is Role.BODY and lines[start].gap < apart:
            start -= 1
        if lines[start].gap >= apart or CAPTION_START.match(lines[start].text):
            roles[start:i] = [Role.CAPTION] * (i - start)
    return [replace(line, role=role) for line, role in zip(lines, roles, strict=True)]
