"""Questions or judged collections in, measures out.

Knows nothing about indexes: whatever answers a question is handed in.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from regional_qa.errors import UsageError
from regional_qa.types import Answer

_IGNORED = re.compile(r"[\s,，.。]")


@dataclass(frozen=True, slots=True)
class Question:
    """One judged question: every group of ``answers`` needs one of its strings in the evidence; none means refuse."""

    question_id: str
    question: str
    answers: tuple[tuple[str, ...], ...]

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
    def correct(self) -> bool:
        """Answered with evidence that holds every group, or rightly refused."""
        if not self.question.answerable:
            return self.answer.status == "abstained"
        return self.answer.status == "answered" and evidence_holds(self.question, self.quotes)

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
    """All outcomes of one question file; shares are from 0 to 1, and 0 where nothing was asked."""

    outcomes: tuple[Outcome, ...]

    @property
    def answerable(self) -> tuple[Outcome, ...]:
        """Outcomes of the questions that the corpus answers."""
        return tuple(outcome for outcome in self.outcomes if outcome.question.answerable)

    @property
    def unanswerable(self) -> tuple[Outcome, ...]:
        """Outcomes of the questions that must be refused."""
        return tuple(outcome for outcome in self.outcomes if not outcome.question.answerable)

    @property
    def evidence_at_1(self) -> float:
        """Share of answerable questions whose quoted evidence holds every answer group; an abstention is a miss."""
        return fmean([outcome.correct for outcome in self.answerable] or [0.0])

    @property
    def refused(self) -> int:
        """How many of the unanswerable questions were refused."""
        return sum(outcome.correct for outcome in self.unanswerable)

    @property
    def mean_evidence_chars(self) -> float:
        """Mean characters quoted, over the answers that quote."""
        return fmean([outcome.evidence_chars for outcome in self.outcomes if outcome.quotes] or [0.0])

    @property
    def max_evidence_chars(self) -> int:
        """Most characters quoted in one answer."""
        return max((outcome.evidence_chars for outcome in self.outcomes), default=0)

    def lines(self) -> list[str]:
        """For people: one line a question, then the summary."""
        rows = [
            f"{'✓' if outcome.correct else '✗'} {outcome.question.question_id} {outcome.question.question} "
            f"[{outcome.answer.status}] {' '.join(outcome.answer.text.split())[:60]}"
            for outcome in self.outcomes
        ]
        return [
            *rows,
            f"evidence@1 {self.evidence_at_1:.3f} ({sum(o.correct for o in self.answerable)} of {len(self.answerable)}), "
            f"refused {self.refused} of {len(self.unanswerable)}, "
            f"evidence {self.mean_evidence_chars:.0f} characters on average, at most {self.max_evidence_chars}",
        ]

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "evidence@1": self.evidence_at_1,
            "answerable": len(self.answerable),
            "refused": self.refused,
            "unanswerable": len(self.unanswerable),
            "mean_evidence_chars": self.mean_evidence_chars,
            "max_evidence_chars": self.max_evidence_chars,
            "questions": [
                {"id": o.question.question_id, "question": o.question.question, "status": o.answer.status,
                 "correct": o.correct, "quotes": list(o.quotes)} for o in self.outcomes
            ],
        }  # fmt: skip


def evaluate(questions: Sequence[Question], ask: Callable[[str], Answer]) -> Report:
    """Ask every question and judge the answers."""
    return Report(tuple(Outcome(question, ask(question.question)) for question in questions))


def evidence_holds(question: Question, quotes: Sequence[str]) -> bool:
    """Whether every answer group has one of its strings in the quotes, after NFKC, without blanks, commas and stops.

    >>> evidence_holds(Question("q", "?", (("1,234 万", "12%"),)), ["共１２３４万。"])
    True
    """
    evidence = _bare("\n".join(quotes))
    return all(any(_bare(string) in evidence for string in group) for group in question.answers)


def read_questions(path: Path) -> list[Question]:
    """The questions of a ``.jsonl`` file, one object a line with ``question`` and ``answers``.

    Raises:
        UsageError: no such file, or a line that is not a question; the message names it.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read ({reason}); give a .jsonl file of questions") from error
    questions = [_question(f"{path}:{number}", line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not questions:
        raise UsageError(f"{path} holds no question; write one object a line with `question` and `answers`")
    return questions


def _question(place: str, line: str) -> Question:
    try:
        row = json.loads(line)
        asked, groups = row["question"], row.get("answers", [])
        if not isinstance(asked, str) or not asked.strip():
            raise TypeError
        answers = tuple(
            tuple(str(string) for string in ([group] if isinstance(group, str) else group)) for group in groups
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(
            f'{place} is not a question; write it as {{"question": "…", "answers": [["…"]]}}, answers empty to refuse'
        ) from error
    return Question(str(row.get("id", place.rpartition(":")[2])), asked, answers)


def ndcg_at_k(ranking: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first ``k``: gain is the grade, discount ``log2(rank + 1)``.

    0 where nothing is relevant. Source: Järvelin and Kekäläinen, TOIS 2002, doi:10.1145/582415.582418,
    with the gain of trec_eval.

    >>> round(ndcg_at_k(["b", "a"], {"a": 1}), 4)
    0.6309
    """
    gained = sum(grades.get(one, 0) / math.log2(rank + 1) for rank, one in enumerate(ranking[:k], start=1))
    ideal = sorted(grades.values(), reverse=True)[:k]
    best = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(ideal, start=1))
    return gained / best if best else 0.0


def read_beir(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """Queries by id, and grades by query id and document id, of a folder in BEIR layout.

    Raises:
        UsageError: the folder lacks a file or a line is not what it should be.
    """
    try:
        rows = [
            json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines() if line
        ]
        queries = {str(row["_id"]): str(row["text"]) for row in rows}
        qrels: dict[str, dict[str, int]] = {}
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            query_id, document_id, grade = line.split("\t")[:3]
            if query_id != "query-id":
                qrels.setdefault(query_id, {})[document_id] = int(grade)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{folder} is no BEIR folder ({error}); it needs queries.jsonl and qrels.tsv") from error
    return queries, qrels


def _bare(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))
