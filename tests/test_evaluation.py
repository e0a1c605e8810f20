"""Judged questions become exact measures; every expected value here is worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa.errors import UsageError
from regional_qa.evaluation import Outcome, Question, Report, evaluate, evidence_holds, read_questions
from regional_qa.types import Answer, Citation, Span, Status

SHARE = Question("q1", "安徽逆变器产量占全国多少", ("安徽",), (("1/3", "三分之一"),), ("002.txt",))
BOTH = Question("q2", "江西和山东谁高", ("江西", "山东"), (("73.5%",), ("47.3%",)))
NONE = Question("q3", "西藏旅游收入")


def answer(*quotes: str, status: Status = "answered", question: str = "") -> Answer:
    citations = tuple(
        Citation(label, "a", "题", "报", None, (), "", Span(0, len(quote)), quote)
        for label, quote in enumerate(quotes, start=1)
    )
    text = "".join(f"{quote}[{label}]" for label, quote in enumerate(quotes, start=1))
    return Answer(question, text, status, citations)


ABSTAINED = answer(status="abstained")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def test_questions_are_read_whole(tmp_path: Path) -> None:
    """Every field arrives; id, regions and articles may be missing; blank lines, a BOM and CRLF do not matter."""
    path = write(
        tmp_path / "q.jsonl",
        '\ufeff{"id": "q1", "question": "安徽逆变器产量占全国多少", "type": "number", "regions": ["安徽"], '
        '"answers": [["1/3", "三分之一"]], "articles": ["002.txt"]}\r\n\r\n'
        '{"question": "西藏旅游收入", "answers": []}\n{"id": 7, "question": "一\u2028二", "answers": []}',
    )
    assert read_questions(path) == [SHARE, Question("3", "西藏旅游收入"), Question("7", "一\u2028二")]
    assert [question.answerable for question in read_questions(path)] == [True, False, False]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "is not a question"),
        ("[]", "is not a question"),
        ("5", "is not a question"),
        ('{"answers": []}', "has no `question`"),
        ('{"question": "光伏"}', "has no `answers`"),
        ('{"question": 5, "answers": []}', "`question` and `id` must be text"),
        ('{"question": " ", "answers": []}', "`question` and `id` must be text"),
        ('{"question": "光伏", "id": null, "answers": []}', "`question` and `id` must be text"),
        ('{"question": "光伏", "answers": "1/3"}', "`answers` a list of lists"),
        ('{"question": "光伏", "answers": ["1/3"]}', "each group of `answers` must be a list of text"),
        ('{"question": "光伏", "answers": [[3]]}', "each group of `answers` must be a list of text"),
        ('{"question": "光伏", "answers": [[]]}', "a group of `answers` is empty"),
        ('{"question": "光伏", "answers": [["。"]]}', "holds a blank text"),
        ('{"question": "光伏", "answers": [], "regions": "安徽"}', "`regions` must be a list of text"),
        ('{"question": "光伏", "answers": [], "articles": [1]}', "`articles` must be a list of text"),
        ("[" * 100_000, "is not a question"),
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str, cause: str) -> None:
    """One line that names file, line, cause and the shape to write."""
    path = write(tmp_path / "q.jsonl", f'{{"question": "光伏", "answers": []}}\n\n{line}\n')
    with pytest.raises(UsageError) as fault:
        read_questions(path)
    message = str(fault.value)
    assert message.startswith(f"{path}:3 ")
    assert cause in message
    assert message.endswith("`answers` [] where the corpus does not say")
    assert "\n" not in message


def test_files_without_questions_are_refused(tmp_path: Path) -> None:
    """Missing, a folder, not UTF-8, or empty: the message says which and what to give."""
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(UsageError, match=r"; give a file of UTF-8 text"):
            read_questions(path)
    (tmp_path / "gb.jsonl").write_bytes("光伏".encode("gb18030"))
    with pytest.raises(UsageError, match=r"gb\.jsonl cannot be read \(it is not UTF-8 text\)"):
        read_questions(tmp_path / "gb.jsonl")
    with pytest.raises(UsageError, match="holds no question; write one a line"):
        read_questions(write(tmp_path / "empty.jsonl", "\n  \n"))
    with pytest.raises(UsageError, match="holds no question whose answer is told; write one a line"):
        read_questions(write(tmp_path / "open.jsonl", '{"question": "光伏产量多少", "answers": null}\n'))


@pytest.mark.parametrize(
    ("wanted", "quotes", "holds"),
    [
        ([["1/3"]], ["占全国的1/3。"], True),
        ([["1/3", "三分之一"]], ["占全国三分之一"], True),
        ([["1/3"]], ["占全国的1/4"], False),
        ([["73.5%"], ["47.3%"]], ["增长73.5%", "增长47.3%"], True),
        ([["73.5%"], ["47.3%"]], ["增长73.5%"], False),
        ([["2967.4亿元"]], ["２９６７．４ 亿\n元"], True),
        ([["1,234 万"]], ["共1234万"], True),
        ([["甲,乙"]], ["甲，乙"], True),
        ([["甲、乙"]], ["甲乙"], False),
        ([["1.45倍"]], ["145倍"], True),
        ([["甲"]], [], False),
        ([], [], True),
    ],
)
def test_evidence_holds(wanted: list[list[str]], quotes: list[str], holds: bool) -> None:
    """One string of every group, width, blanks, commas and stops aside; the enumeration comma stays."""
    question = Question("q", "?", answers=tuple(map(tuple, wanted)))
    assert evidence_holds(question, quotes) is holds


@pytest.mark.parametrize(
    ("question", "given", "correct"),
    [
        (SHARE, answer("占全国1/3"), True),
        (SHARE, answer("占全国1/4"), False),
        (SHARE, ABSTAINED, False),
        (NONE, ABSTAINED, True),
        (NONE, answer("旅游收入5元"), False),
    ],
)
def test_an_outcome_is_correct(question: Question, given: Answer, correct: bool) -> None:
    """Evidence for what can be answered, an abstention for what cannot."""
    assert Outcome(question, given).correct is correct


def test_a_report_counts() -> None:
    """Two answerable with one hit, two unanswerable with one refused, lengths over what was answered."""
    last = Question("q4", "浙江GDP")
    asked = {
        SHARE.question: answer("占全国1/3", "共\n六个字"),
        BOTH.question: ABSTAINED,
        NONE.question: ABSTAINED,
        last.question: answer("一" * 70),
    }
    report = evaluate([SHARE, BOTH, NONE, last], asked.__getitem__)
    assert [outcome.correct for outcome in report.outcomes] == [True, False, True, False]
    assert [outcome.evidence_chars for outcome in report.outcomes] == [11, 0, 0, 70]
    assert (report.n_answerable, report.n_unanswerable, report.held, report.refused) == (2, 2, 1, 1)
    assert (report.evidence_at_1, report.mean_evidence_chars, report.max_evidence_chars) == (0.5, 40.5, 70)
    assert report.lines() == [
        "✓ q1 安徽逆变器产量占全国多少 [answered] 占全国1/3 共 六个字",
        "✗ q2 江西和山东谁高 [abstained]",
        "✓ q3 西藏旅游收入 [abstained]",
        f"✗ q4 浙江GDP [answered] {'一' * 60}",
        "evidence@1 0.500 (1 of 2), refused 1 of 2, evidence 40 characters on average, at most 70",
    ]
    record = report.to_json()
    questions = record.pop("questions")
    assert record == {
        "evidence@1": 0.5,
        "answerable": 2,
        "refused": 1,
        "unanswerable": 2,
        "mean_evidence_chars": 40.5,
        "max_evidence_chars": 70,
    }
    assert isinstance(questions, list)
    assert questions[0] == {
        "id": "q1",
        "question": "安徽逆变器产量占全国多少",
        "status": "answered",
        "correct": True,
        "quotes": ["占全国1/3", "共\n六个字"],
    }


def test_measures_over_nothing_are_zero() -> None:
    """No questions, only answerable ones unanswered, only unanswerable ones refused: never a division by zero."""
    empty = Report(())
    assert (empty.evidence_at_1, empty.refused, empty.mean_evidence_chars, empty.max_evidence_chars) == (0, 0, 0, 0)
    assert empty.lines() == ["evidence@1 0.000 (0 of 0), refused 0 of 0, evidence 0 characters on average, at most 0"]
    silent = evaluate([SHARE], lambda _: ABSTAINED)
    assert (silent.evidence_at_1, silent.n_unanswerable, silent.mean_evidence_chars) == (0, 0, 0)
    refused = evaluate([NONE], lambda _: ABSTAINED)
    assert (refused.evidence_at_1, refused.n_answerable, refused.refused) == (0, 0, 1)


def test_a_fault_of_the_assistant_is_not_swallowed() -> None:
    """What cannot be asked ends the evaluation instead of counting as a miss."""

    def ask(question: str) -> Answer:
        raise UsageError(f"cannot ask {question}")

    with pytest.raises(UsageError, match="cannot ask 西藏旅游收入"):
        evaluate([NONE], ask)
