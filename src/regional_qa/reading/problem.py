"""What could not be read, told so that a person can mend it. Knows nothing about how it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that could not be read. ``origin`` is the file, relative to the corpus, with ``:line`` where known.

    ``lost`` is False where the article was read all the same, only without a detail.
    """

    origin: str
    reason: str
    lost: bool = True


class UnreadableError(ValueError):
    """A text or record that cannot be used; the message is the reason a Problem gives, ``line`` counts from 1."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line

    def at(self, origin: str) -> Problem:
        """The Problem this is, in the file ``origin``.

        >>> UnreadableError("no text", line=3).at("a.md").origin
        'a.md:3'
        """
        return Problem(f"{origin}:{self.line}" if self.line else origin, str(self))
