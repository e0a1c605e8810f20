"""Text that knows where each of its characters stood in the original. Knows nothing about newspapers or files.

A text is only ever cut, joined and freed of characters; what was put in between (a blank, a new line) has
no place of its own. The original is a decoded file, a field of a record, or what a parser gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from regional_qa.reading.cleaning import INVISIBLE, NEWLINES, SURPLUS_LINES

Run: TypeAlias = tuple[int, int, int]
"""``(start, stop, original)``: ``text[start:stop]`` stood at ``original`` and on, character by character."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A text with its runs, ascending and apart; characters in no run were put in.

    >>> page = trace("甲\\r\\n 乙 ")
    >>> page.text, page.runs
    ('甲\\n 乙', ((0, 2, 0), (2, 4, 3)))
    >>> page.part(3, 4)
    Traced(text='乙', runs=((0, 1, 4),))
    """

    text: str
    runs: tuple[Run, ...] = ()

    def part(self, start: int, stop: int) -> Traced:
        """``text[start:stop]``."""
        runs = (
            (max(a, start) - start, min(b, stop) - start, at + max(start - a, 0))
            for a, b, at in self.runs
            if max(a, start) < min(b, stop)
        )
        return Traced(self.text[start:stop], tuple(runs))

    def strip(self) -> Traced:
        """Without blanks around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, max(len(self.text.rstrip()), start))

    def lines(self) -> Iterator[Traced]:
        """Its lines, without their ends."""
        start = 0
        for line in self.text.split("\n"):
            yield self.part(start, start + len(line))
            start += len(line) + 1

    def without(self, pattern: re.Pattern[str]) -> Traced:
        """Freed of every match."""
        start, kept = 0, []
        for match in pattern.finditer(self.text):
            kept.append(self.part(start, match.start()))
            start = match.end()
        return put_together([*kept, self.part(start, len(self.text))]) if kept else self


def put_together(parts: Iterable[Traced], between: str = "") -> Traced:
    """The parts one after the other; runs that go on in the original become one.

    >>> put_together([Traced("甲", ((0, 1, 0),)), Traced("乙", ((0, 1, 7),))], " ")
    Traced(text='甲 乙', runs=((0, 1, 0), (2, 3, 7)))
    """
    texts: list[str] = []
    runs: list[Run] = []
    length = 0
    for part in parts:
        if texts:
            length += len(between)
        for start, stop, at in part.runs:
            last = runs[-1] if runs else (0, -1, -1)
            if last[1] == length + start and last[2] + last[1] - last[0] == at:
                runs[-1] = (last[0], length + stop, last[2])
            else:
                runs.append((length + start, length + stop, at))
        texts.append(part.text)
        length += len(part.text)
    return Traced(between.join(texts), tuple(runs))


def trace(original: str) -> Traced:
    r"""``cleaning.clean_lines`` of a text, traced: ``\n`` for every line's end, no invisible characters or blanks at ends.

    >>> trace("光\u200b伏 \n")
    Traced(text='光伏\n', runs=((0, 1, 0), (1, 2, 2), (2, 3, 4)))
    """
    parts: list[Traced] = []
    start = 0
    for match in NEWLINES.finditer(original):
        parts += [_line(original, start, match.start()), Traced("\n", ((0, 1, match.start()),))]
        start = match.end()
    return put_together([*parts, _line(original, start, len(original))])


def trace_clean(original: str) -> Traced:
    """``cleaning.clean`` of a text, traced."""
    return trace(original).without(SURPLUS_LINES).strip()


def _line(original: str, start: int, stop: int) -> Traced:
    whole = Traced(original[start:stop], ((0, stop - start, start),) if stop > start else ())
    visible = whole.without(INVISIBLE)
    return visible.part(0, len(visible.text.rstrip()))
