"""Judged questions and collections become exact measures; every expected value here is worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from regional_qa.errors import UsageError
from regional_qa.evaluation import (
    Outcome,
    Question,
    Report,
    evaluate,
    evidence_holds,
    ndcg_at_k,
    read_beir,
    read_questions,
    recall_at_k,
    write_run,
)
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


LOG3, LOG5 = math.log2(3), math.log2(5)


@pytest.mark.parametrize(
    ("ranking", "grades", "k", "value"),
    [
        (["a"], {"a": 1}, 10, 1.0),
        (["b", "a"], {"a": 1}, 10, 1 / LOG3),
        (["b", "a"], {"a": 1}, 1, 0.0),
        (["c", "x", "a", "b"], {"a": 3, "b": 2, "c": 1}, 10, (1 + 3 / 2 + 2 / LOG5) / (3 + 2 / LOG3 + 1 / 2)),
        (["c", "x", "a", "b"], {"a": 3, "b": 2, "c": 1}, 2, 1 / (3 + 2 / LOG3)),
        (["n", "a"], {"a": 1, "n": -1}, 10, 1 / LOG3),
        ([], {"a": 1}, 10, 0.0),
        (["a"], {}, 10, 0.0),
        (["a"], {"a": 0}, 10, 0.0),
    ],
)
def test_ndcg(ranking: list[str], grades: dict[str, int], k: int, value: float) -> None:
    """Gain is the grade, discount log2(rank + 1), ideal cut at k as well."""
    assert ndcg_at_k(ranking, grades, k) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("ranking", "grades", "k", "value"),
    [
        (["a", "x", "b"], {"a": 1, "b": 2, "c": 0}, 3, 1.0),
        (["a", "x", "b"], {"a": 1, "b": 2, "c": 0}, 2, 0.5),
        (["c"], {"a": 1, "c": 0}, 10, 0.0),
        (["a"], {"a": 1, "b": 1, "d": 1}, 1, 1 / 3),
        ([], {"a": 1}, 10, 0.0),
        (["a"], {}, 10, 0.0),
    ],
)
def test_recall(ranking: list[str], grades: dict[str, int], k: int, value: float) -> None:
    """Relevant means a grade above 0; the share is of all relevant documents, also when k is smaller."""
    assert recall_at_k(ranking, grades, k) == value


@pytest.mark.parametrize("measure", [ndcg_at_k, recall_at_k])
def test_rankings_that_cannot_be_judged(measure: object) -> None:
    """A cutoff below 1 and a document ranked twice are faults, also where nothing is relevant."""
    assert callable(measure)
    for grades in ({"a": 1}, {}):
        with pytest.raises(UsageError, match="k is 0"):
            measure(["a"], grades, 0)
        with pytest.raises(UsageError, match="ranked twice"):
            measure(["a", "b", "a"], grades)
    assert measure(["a", "a"], {"a": 1}, 1) == 1.0


def test_beir_is_read(tmp_path: Path) -> None:
    """Ids are text, the header is passed over, grade 0 is kept, U+2028 does not part a line."""
    write(
        tmp_path / "queries.jsonl",
        '{"_id": "q1", "text": "安徽", "answers": []}\n{"_id": 2, "text": "一\u2028二"}\n',
    )
    write(tmp_path / "qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n\n2\td1\t1\r\n")
    assert read_beir(tmp_path) == ({"q1": "安徽", "2": "一\u2028二"}, {"q1": {"d1": 2, "d2": 0}, "2": {"d1": 1}})


def test_a_broken_beir_folder_is_named(tmp_path: Path) -> None:
    """The file, and the line where there is one, stand in the message."""
    with pytest.raises(UsageError, match=r"queries\.jsonl cannot be read"):
        read_beir(tmp_path)
    write(tmp_path / "queries.jsonl", '{"_id": "q1", "text": "安徽"}\n')
    with pytest.raises(UsageError, match=r"qrels\.tsv cannot be read"):
        read_beir(tmp_path)
    for line in ("q1\td1", "q1\td1\tx", "q1 d1 1", "q1\td1\t1\t1"):
        write(tmp_path / "qrels.tsv", f"query-id\tcorpus-id\tscore\n{line}\n")
        with pytest.raises(UsageError, match=r"qrels\.tsv:2 is not query id, document id and whole grade"):
            read_beir(tmp_path)
    for line in ('{"_id": "q1"}', "[]", "{", '{"_id": "q1", "text": null}'):
        write(tmp_path / "queries.jsonl", f"\n{line}\n")
        with pytest.raises(UsageError, match=r"queries\.jsonl:2 is not a query"):
            read_beir(tmp_path)


def test_a_run_is_written(tmp_path: Path) -> None:
    """Best first, ranks from 1 for each query, ties by the greater id, scores exact; no line for an empty query."""
    run = {"q2": {"b": 0.5, "a": 0.5, "c": 2.0}, "q0": {}, "q1": {"a": -1, "b": 1 / 3}}
    write_run(tmp_path / "run.trec", run, "fused")
    assert (tmp_path / "run.trec").read_bytes().decode() == (
        "q2 Q0 c 1 2.0 fused\nq2 Q0 b 2 0.5 fused\nq2 Q0 a 3 0.5 fused\n"
        "q1 Q0 b 1 0.3333333333333333 fused\nq1 Q0 a 2 -1.0 fused\n"
    )


@pytest.mark.parametrize(
    ("run", "tag", "cause"),
    [
        ({"q 1": {"a": 1.0}}, "t", "without blanks"),
        ({"q1": {"a\n": 1.0}}, "t", "without blanks"),
        ({"q1": {"": 1.0}}, "t", "without blanks"),
        ({"q1": {"a": 1.0}}, "my tag", "without blanks"),
        ({"q1": {"a": math.nan}}, "t", "q1 scores a with nan"),
    ],
)
def test_a_run_that_others_could_not_read(
    tmp_path: Path, run: dict[str, dict[str, float]], tag: str, cause: str
) -> None:
    """Blanks and scores that are no numbers are refused before anything is written."""
    with pytest.raises(UsageError, match=cause):
        write_run(tmp_path / "run.trec", run, tag)
    assert not (tmp_path / "run.trec").exists()


def test_a_run_without_a_place(tmp_path: Path) -> None:
    """A folder that is not there is named."""
    with pytest.raises(UsageError, match=r"run\.trec cannot be written \(No such file or directory\)"):
        write_run(tmp_path / "none" / "run.trec", {"q1": {"a": 1.0}}, "t")
