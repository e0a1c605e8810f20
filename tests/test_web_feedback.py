"""What people say of answers is kept line by line, bounded and clean, and can be evaluated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regional_qa.errors import UsageError
from regional_qa.evaluation import evaluate, read_questions
from regional_qa.web import feedback
from regional_qa.web.conversation import Turn
from regional_qa.web.feedback import LONGEST_PASSAGE, Verdict, append, feedback_line
from tests.web.fake_assistant import FakeAssistant

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


def turn(question: str, previous: str = "") -> Turn:
    """One turn of a talk with the fake assistant."""
    return Turn(1, question, previous, "", "", FakeAssistant().ask(question, previous=previous))


def test_what_is_told_can_be_evaluated(tmp_path: Path) -> None:
    """A good answer, a right refusal, a passage that should stand there, a wrong answer to be refused; a bare 👎 is left out."""
    file = tmp_path / "feedback.jsonl"
    for told, verdict in (
        (turn("安徽光伏"), Verdict(True)),
        (turn("海南的飞机"), Verdict(True)),
        (turn("那江西呢", "安徽光伏"), Verdict(False, "figure", "江西光伏产量占全国的一成。另一句。")),
        (turn("安徽的飞机"), Verdict(False, "no_answer")),
        (turn("安徽的火车"), Verdict(False, "beside")),
        (turn("安徽的轮船"), Verdict(False, "", "。。")),
    ):
        append(file, feedback_line(told, verdict, NOW))
    questions = read_questions(file)
    assert [one.question for one in questions] == ["安徽光伏", "海南的飞机", "那江西呢", "安徽的飞机"]
    assert questions[2].answers == (("江西光伏产量占全国的一成。", "另一句。"),)
    assert questions[2].previous == "安徽光伏"
    report = evaluate(questions, FakeAssistant().ask)
    assert [outcome.correct for outcome in report.outcomes] == [True, True, True, False]


def test_a_line_is_one_line_of_seen_characters(tmp_path: Path) -> None:
    """Line ends of every kind, controls, overrides and lone surrogates do no harm; lengths are bounded."""
    file = tmp_path / "feedback.jsonl"
    verdict = Verdict.read(False, "figure", "一\n二\u2028三\u202e\x00四\ud800" + "长" * 5000)
    append(file, feedback_line(replace(turn("安徽"), asked="安徽\r\n" * 600), verdict, NOW))
    row = json.loads(file.read_text(encoding="utf-8"))
    assert file.read_text(encoding="utf-8").count("\n") == 1
    assert row["answers"][0][0].startswith("一 二 三\ufffd\ufffd四\ufffd长")
    assert sum(map(len, row["answers"][0])) <= LONGEST_PASSAGE
    assert len(row["question"]) <= 500


@pytest.mark.parametrize("reason", ["rm -rf", None, 3, ["figure"], {}])
def test_an_unknown_reason_is_left_out(reason: object) -> None:
    """The file holds our words only."""
    assert Verdict.read(False, reason, None) == Verdict(False)


def test_a_full_file_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in it stays; the person is told."""
    file = tmp_path / "feedback.jsonl"
    monkeypatch.setattr(feedback, "LARGEST_FILE", 30)
    append(file, "x" * 20)
    with pytest.raises(UsageError, match="已满"):
        append(file, "x" * 20)
    assert file.read_text(encoding="utf-8") == "x" * 20 + "\n"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A missing folder and a link to elsewhere."""
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for file in (tmp_path / "none" / "feedback.jsonl", tmp_path / "link", tmp_path):
        with pytest.raises(UsageError, match="cannot be written"):
            append(file, "x", "en")
    assert (tmp_path / "elsewhere").read_text() == "kept"
