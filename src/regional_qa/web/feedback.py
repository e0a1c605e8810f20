"""What people say of answers -> lines of a file that ``regional-qa evaluate`` reads.

Knows nothing about pages.
"""

from __future__ import annotations

import errno
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from regional_qa.errors import UsageError
from regional_qa.indexing import durable
from regional_qa.knowledge.sentence_spans import sentence_spans
from regional_qa.web import texts
from regional_qa.web.conversation import Turn
from regional_qa.web.language import Language
from regional_qa.web.render import seen

FILE = "feedback.jsonl"
"""Its name in the index folder, beside the generations; no rebuild touches it."""
LARGEST_FILE = 16 * 1024 * 1024
LONGEST_PASSAGE, LONGEST_QUESTION = 2000, 500
"""In characters."""
NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One person's word on one answer; ``reason`` is a key of ``texts.REASONS`` and ``passage`` what should stand there.

    What is none of the reasons, and what is over-long, is left out.
    """

    good: bool
    reason: str = ""
    passage: str = ""

    @classmethod
    def read(cls, good: bool, reason: object, passage: object) -> Verdict:
        """A verdict from what a page sent."""
        known = reason if isinstance(reason, str) and reason in texts.REASONS else ""
        return cls(good, "" if good else known, "" if good else _line(passage, LONGEST_PASSAGE))


def feedback_line(turn: Turn, verdict: Verdict, now: datetime) -> str:
    """The verdict as one line of JSON: a judged question where it tells what is right, else ``answers`` is null.

    Right are the quotations of a good answer, any sentence of the passage that should stand there, or nothing at all.
    """
    answer = turn.answer
    row: dict[str, Any] = {
        "id": f"feedback-{now.isoformat(timespec='microseconds')}",
        "question": _line(turn.asked, LONGEST_QUESTION),
        "answers": _right(turn, verdict),
        "verdict": "good" if verdict.good else "bad",
        "reason": verdict.reason,
        "status": answer.status if answer else "fault",
        "quotes": [_line(citation.quote, LONGEST_PASSAGE) for citation in answer.citations] if answer else [],
        "articles": [citation.article_id for citation in answer.citations] if answer else [],
        "generation": answer.generation if answer else "",
    }
    if turn.previous:
        row["previous"] = _line(turn.previous, LONGEST_QUESTION)
    return json.dumps(row, ensure_ascii=False)


def append(file: Path, line: str, language: Language = "zh") -> None:
    """Add a line and force it to disk; whole or not at all, whoever else writes.

    Raises:
        UsageError: the file is full or cannot be written.
    """
    try:
        durable.append(file, f"{line}\n".encode(errors="replace"), LARGEST_FILE)
    except OSError as error:
        told = texts.FEEDBACK_FULL if error.errno == errno.EFBIG else texts.FEEDBACK_LOST
        raise UsageError(told.to(language)) from error


def _right(turn: Turn, verdict: Verdict) -> list[list[str]] | None:
    answer = turn.answer
    if verdict.good and answer:
        return [[_line(citation.quote, LONGEST_PASSAGE)] for citation in answer.citations]
    sentences = [span.of(verdict.passage) for span in sentence_spans(verdict.passage)]
    if telling := [sentence for sentence in sentences if any(map(str.isalnum, sentence))]:
        return [telling]
    return [] if verdict.reason == NO_ANSWER else None


def _line(text: object, limit: int) -> str:
    """Text from outside as one line of characters that can be seen."""
    return " ".join(seen(text[:limit]).split()) if isinstance(text, str) else ""
