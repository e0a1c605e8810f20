"""Judged questions in, measures of the answers out.

Knows nothing about indexes: whatever answers a question is handed in.
"""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from regional_qa.errors import UsageError
from regional_qa.evaluation.files import lines_of
from regional_qa.types import Answer

_IGNORED = re.compile(r"[\s,，.。]")
_SHAPE = '{"question": "…", "answers": [["…"]]}, `answers` [] where the corpus does not say'


@dataclass(frozen=True, slots=True)
class Question:
    """One judged question: every group of ``answers`` needs one of its strings in the evidence; none means refuse.

    ``previous`` is the question before, where this one follows it up.
    """

    question_id: str
    question: str
    regions: tuple[str, ...] = ()
    answers: tuple[tuple[str, ...], ...] = ()
    articles: tuple[str, ...] = ()
    previous: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the corpus holds the answer."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question with the answer it got."""

    question: Question
    answer: Answer

    @property
    def answered(self) -> bool:
        """Whether anything was answered, rightly or not."""
        return self.answer.status == "answered"

    @property
    def correct(self) -> bool:
        """Answered with evidence that holds every group, or rightly refused."""
        if not self.question.answerable:
            return self.answer.status == "abstained"
        return self.answered and evidence_holds(self.question, self.quotes)

    @property
    def quotes(self) -> tuple[str, ...]:
        """What the answer quotes."""
        return tuple(citation.quote for citation in self.answer.citations)

    @property
    def evidence_chars(self) -> int:
        """Characters quoted."""
        return sum(map(len, self.quotes))


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes of one question file; shares are from 0 to 1.

    A measure over nothing is 0: read ``evidence_at_1`` beside ``n_answerable``, ``refused`` beside ``n_unanswerable``.
    """

    outcomes: tuple[Outcome, ...]

    @property
    def n_answerable(self) -> int:
        """How many questions the corpus answers."""
        return sum(outcome.question.answerable for outcome in self.outcomes)

    @property
    def n_unanswerable(self) -> int:
        """How many questions must be refused."""
        return len(self.outcomes) - self.n_answerable

    @property
    def held(self) -> int:
        """How many answerable questions got evidence that holds every answer group; an abstention is a miss."""
        return sum(outcome.correct for outcome in self.outcomes if outcome.question.answerable)

    @property
    def evidence_at_1(self) -> float:
        """``held`` as a share of the answerable questions; 0 without any."""
        return self.held / self.n_answerable if self.n_answerable else 0.0

    @property
    def refused(self) -> int:
        """How many of the unanswerable questions were refused, of ``n_unanswerable``."""
        return sum(outcome.correct for outcome in self.outcomes if not outcome.question.answerable)

    @property
    def mean_evidence_chars(self) -> float:
        """Mean characters quoted over everything answered, rightly or not; 0 when nothing was."""
        return fmean([outcome.evidence_chars for outcome in self.outcomes if outcome.answered] or [0])

    @property
    def max_evidence_chars(self) -> int:
        """Most characters quoted in one answer; 0 when nothing was answered."""
        return max((outcome.evidence_chars for outcome in self.outcomes if outcome.answered), default=0)

    def lines(self) -> list[str]:
        """For people: one line a question, then the summary."""
        rows = (
            f"{'✓' if o.correct else '✗'} {o.question.question_id} {o.question.question} "
            f"[{o.answer.status}] {' '.join(o.quotes)[:60]}"
            for o in self.outcomes
        )
        return [
            *(" ".join(row.split()) for row in rows),
            f"evidence@1 {self.evidence_at_1:.3f} ({self.held} of {self.n_answerable}), "
            f"refused {self.refused} of {self.n_unanswerable}, "
            f"evidence {self.mean_evidence_chars:.0f} characters on average, at most {self.max_evidence_chars}",
        ]

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "evidence@1": self.evidence_at_1,
            "answerable": self.n_answerable,
            "refused": self.refused,
            "unanswerable": self.n_unanswerable,
            "mean_evidence_chars": self.mean_evidence_chars,
            "max_evidence_chars": self.max_evidence_chars,
            "questions": [
                {"id": o.question.question_id, "question": o.question.question, "status": o.answer.status,
                 "correct": o.correct, "quotes": list(o.quotes)} for o in self.outcomes
            ],
        }  # fmt: skip


def evaluate(questions: Sequence[Question], ask: Callable[..., Answer]) -> Report:
    """Ask every question, in order, and judge the answers; ``ask`` gets ``previous`` too where a question has it.

    Raises:
        UsageError: a question that cannot be asked; the message names it. What else ``ask`` raises goes through.
    """
    outcomes = []
    for question in questions:
        try:
            outcomes.append(Outcome(question, ask(question.question, **_follows(question))))
        except UsageError as fault:
            raise UsageError(f"question {question.question_id}: {fault}") from fault
    return Report(tuple(outcomes))


def _follows(question: Question) -> dict[str, str]:
    return {"previous": question.previous} if question.previous else {}


def evidence_holds(question: Question, quotes: Sequence[str]) -> bool:
    """Whether every answer group has one of its strings in the quotes, after NFKC, without blanks, commas and stops.

    The stops include the decimal point, so 1.45 and 145 are alike. Without answer groups it always holds.

    >>> evidence_holds(Question("q", "?", answers=(("1,234 万", "12%"),)), ["共１２３４万。"])
    True
    """
    evidence = _bare("\n".join(quotes))
    return all(any(_bare(string) in evidence for string in group) for group in question.answers)


def read_questions(path: Path) -> list[Question]:
    """The questions of a ``.jsonl`` file, one object a line with ``question`` and ``answers``.

    ``regions``, ``articles`` and ``previous`` may be left out; a question without ``id`` is called by its line number.
    A line whose ``answers`` is null is a complaint that tells nothing right, and is left out.

    Raises:
        UsageError: no such file, no question in it, or a line that is not a question; the message names it.
    """
    lines = list(lines_of(path))
    questions = [_question(place, line) for place, line in lines if not _is_open(line)]
    if not questions:
        lacking = " whose answer is told" if lines else ""
        raise UsageError(f"{path} holds no question{lacking}; write one a line as {_SHAPE}")
    return questions


def _question(place: str, line: str) -> Question:
    try:
        row = json.loads(line)
        asked, groups, name = row["question"], row["answers"], row.get("id", int(place.rpartition(":")[2]))
        if not (isinstance(asked, str) and asked.strip() and isinstance(name, str | int) and isinstance(groups, list)):
            raise TypeError("`question` and `id` must be text, `answers` a list of lists")
        answers = tuple(_strings(group, "each group of `answers`") for group in groups)
        if not all(group and all(map(_bare, group)) for group in answers):  # a blank text would stand in any evidence
            raise ValueError("a group of `answers` is empty or holds a blank text")
        regions, articles = (_strings(row.get(key, []), f"`{key}`") for key in ("regions", "articles"))
        previous = row.get("previous", "")
        if not isinstance(previous, str):
            raise TypeError("`previous` must be text")
    except KeyError as error:
        raise UsageError(f"{place} has no `{error.args[0]}`; write the line as {_SHAPE}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{place} is not a question ({error}); write the line as {_SHAPE}") from error
    return Question(str(name), asked, regions, answers, articles, previous)


def _is_open(line: str) -> bool:
    with contextlib.suppress(ValueError, RecursionError):
        row = json.loads(line)
        return isinstance(row, dict) and row.get("answers", ()) is None
    return False


def _strings(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} must be a list of text")
    return tuple(value)


def _bare(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))
