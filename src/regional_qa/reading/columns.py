"""Columns that a scan ran together, put back where the text proves it. Knows nothing about articles' contents.

The proof: k headings of one level, each with the beginning of its text, and after them k stretches that
each end with a reporter's name in brackets. The n-th stretch then continues the n-th heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from regional_qa.reading.lines import Line, is_complete, may_head
from regional_qa.reading.signs import Role

MAX_COLUMNS = 6
_REACH = 100  # lines back from the first signature in which the headings are looked for


def stitch(lines: Sequence[Line]) -> list[Line]:
    """The lines in reading order; each stitched heading is marked as the beginning of an article."""
    signed = [i for i, line in enumerate(lines) if _is_signed(line)]
    for first in range(len(signed)):
        for count in range(min(len(signed) - first, MAX_COLUMNS), 1, -1):
            ends = signed[first : first + count]
            starts = _heads(lines, ends[0], count) or _unmarked_heads(lines, ends[0], count)
            if starts and not any(line.role is Role.HEADING for line in lines[ends[0] : ends[-1]]):
                return [*lines[: starts[0]], *_in_turn(lines, starts, ends), *stitch(lines[ends[-1] + 1 :])]
    return list(lines)


def _is_signed(line: Line) -> bool:
    return line.role is Role.SIGNATURE and re.search(r"记者|通讯员", line.text) is not None


def _heads(lines: Sequence[Line], end: int, count: int) -> list[int]:
    """The last ``count`` headings before ``end``, where they are of one level, unsigned and one breaks off."""
    starts = [i for i in range(max(0, end - _REACH), end) if lines[i].role is Role.HEADING][-count:]
    if len(starts) < count or len({lines[i].level for i in starts}) > 1 or not lines[starts[0]].level:
        return []
    between = lines[starts[0] : end]
    breaks = any(not is_complete(lines[i - 1].text) for i in starts[1:])
    return starts if breaks and all(line.role in (Role.HEADING, Role.BODY, Role.CAPTION) for line in between) else []


def _unmarked_heads(lines: Sequence[Line], end: int, count: int) -> list[int]:
    """The last ``count`` lines before ``end`` with a headline's shape, each but the first after a sentence that breaks off."""
    reach = range(max(1, end - _REACH), end - 1)
    pairs = ((lines[i - 1], lines[i]) for i in reach)
    broken = [i for i, (before, line) in zip(reach, pairs, strict=True) if _parts(before, line)]
    first = next((i for i in range(min(broken, default=0) - 1, -1, -1) if lines[i].role is Role.HEADING), None)
    if first is None or len(broken) != count - 1 or any(line.level for line in lines[first:end]):
        return []
    plain = all(line.role in (Role.HEADING, Role.BODY, Role.CAPTION) for line in lines[first:end])
    return [first, *broken] if plain else []


def _parts(before: Line, line: Line) -> bool:
    bodies = before.role is Role.BODY and line.role is Role.BODY
    return bodies and line.gap > 0 and may_head(line.text) and not is_complete(before.text)


def _in_turn(lines: Sequence[Line], starts: Sequence[int], ends: Sequence[int]) -> list[Line]:
    """The last heading's beginning runs on to its first line that breaks off; then come the signed stretches."""
    last = starts[-1]
    turn = next(
        (i + 1 for i in range(last + 1, ends[0]) if lines[i].role is Role.BODY and not is_complete(lines[i].text)), None
    )
    if turn is None:
        return list(lines[starts[0] : ends[-1] + 1])
    heads = [lines[start:stop] for start, stop in zip(starts, [*starts[1:], turn], strict=True)]
    tails = [
        lines[start:stop] for start, stop in zip([turn, *(i + 1 for i in ends)], [i + 1 for i in ends], strict=False)
    ]
    ordered: list[Line] = []
    for head, tail in zip(heads, tails, strict=True):
        ordered += [replace(head[0], role=Role.HEADING, opens=True), *head[1:], *tail]
    return ordered
