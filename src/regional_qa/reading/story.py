"""A story: an article while it is put together out of the lines of a page. Knows nothing about where one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from regional_qa.knowledge.regions import provinces_in
from regional_qa.reading.lines import Line
from regional_qa.reading.signs import DATE_LINE, Role


@dataclass(slots=True)
class Story:
    """An article while it is put together; ``lines`` are everything below its headline.

    ``heads`` are the lines that the title was made of; ``masthead`` covers all stories of the page.
    """

    title: str = ""
    section: str = ""
    lines: list[Line] = field(default_factory=list)
    announced: bool = False
    closed: bool = False
    heads: Sequence[Line] = ()
    masthead: Sequence[Line] = ()

    def provinces(self) -> tuple[str, ...]:
        """Where it plays: by its headline, else by its first paragraph."""
        return self.named() or provinces_in(next((line.text for line in self.bodies()), ""))

    def named(self) -> tuple[str, ...]:
        """The provinces of its headline, else of its subtitle, else the one of its section."""
        above = takewhile(lambda line: line.role not in (Role.BODY, Role.LEAD), self.lines)
        subtitle = " ".join(line.text for line in above if line.role is Role.SUBTITLE)
        section = provinces_in(self.section)
        return provinces_in(self.title) or provinces_in(subtitle) or (section if len(section) == 1 else ())

    def bodies(self) -> list[Line]:
        """Its lines of body text."""
        return [line for line in self.lines if line.role in (Role.BODY, Role.LEAD)]

    def is_banner(self) -> bool:
        """A heading with at most a byline below it covers the articles that follow."""
        return bool(self.title) and all(line.role in (Role.BYLINE, Role.SUBTITLE, Role.RUNNING) for line in self.lines)

    def is_dated(self) -> bool:
        """Whether a line of it is nothing but a date."""
        return any(DATE_LINE.fullmatch(line.text) for line in self.lines)
