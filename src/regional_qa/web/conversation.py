"""What was asked and answered in one visit, kept on the server so that no client can forge it.

Knows nothing about how an answer is found or shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from regional_qa.types import Answer
from regional_qa.web.wording import Wording

KEPT_TURNS = 30
"""Turns of one conversation that stay on the page; 2000 characters a passage keep it light."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its reply. ``number`` counts from 1 and stays when older turns are dropped.

    ``shown`` is the question as HTML and ``reply`` the answer's; ``previous`` is the full question before it, and
    ``answer`` is None where a fault came back. ``wording`` is what a language model may still be saying below the reply.
    """

    number: int
    asked: str
    previous: str
    shown: str
    reply: str
    answer: Answer | None = None
    wording: Wording | None = None

    def settled(self) -> Turn:
        """The turn when nothing more is to come; a language model that still speaks has been stopped by the page."""
        return replace(self, reply=self.wording.settled(self.reply), wording=None) if self.wording else self


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns in order; ``count`` is how many there ever were."""

    turns: tuple[Turn, ...] = ()
    count: int = 0

    @property
    def previous(self) -> str:
        """The last full question, which completes a follow-up; a fault keeps the thread of the talk."""
        if not self.turns:
            return ""
        last = self.turns[-1]
        return last.answer.question if last.answer else last.previous

    def messages(self) -> list[dict[str, str]]:
        """The messages as Gradio's chatbot takes them."""
        return [
            {"role": role, "content": content}
            for turn in self.turns
            for role, content in (("user", turn.shown), ("assistant", turn.reply))
        ]

    def add(self, turn: Turn) -> Conversation:
        """The conversation one turn longer; what is only shown of an answer (whole articles) is not kept in memory."""
        kept = replace(turn, answer=replace(turn.answer, closest=())) if turn.answer else turn
        return Conversation((*self.turns, kept)[-KEPT_TURNS:], turn.number)

    def settled(self) -> Conversation:
        """The conversation with every turn settled."""
        return Conversation(tuple(turn.settled() for turn in self.turns), self.count)

    def without_last(self) -> Conversation:
        """The conversation before its last turn, which is asked anew."""
        return Conversation(self.turns[:-1], self.count)

    def turn(self, number: int) -> Turn | None:
        """The turn of this number, where it is still kept."""
        return next((turn for turn in self.turns if turn.number == number), None)
