"""Foreign formats -> text: one file for each library. Runs only in the child process of ``reading.worker``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document says: its text, with an empty line between paragraphs where the format knows them.

    ``published`` is as the document writes it; ``notes`` tell what was left out.
    """

    text: str
    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()
