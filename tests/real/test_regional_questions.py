"""The judged questions over the five newspaper files: exact quotations, enough answers, few words."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa import Assistant, Settings, open_assistant, rebuild
from regional_qa.evaluation import evaluate, read_questions
from tests.milvus import MilvusServer

SHARED = Path(__file__).parents[2].parent / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside the project")
QUESTIONS = SHARED / "eval" / "regional_questions.jsonl"
OURS = Path(__file__).with_name("questions.jsonl")
"""The questions the answering rules were developed with: 82 with an answer in the five files, 25 without."""
PARAPHRASED = Path(__file__).with_name("paraphrased.jsonl")
"""Questions by another hand, in words the files do not use: 60 with an answer, 30 without."""

MORE = Path(__file__).with_name("more_questions.jsonl")
"""By two more hands that had not seen the tool: 130 with an answer, 24 of them as people talk, 28 in English; 36 without."""
OTHERS = Path(__file__).with_name("other_questions.jsonl")
"""By three more: 209 with an answer, 65 of them in other words, 40 in English; 41 without."""
LAST = Path(__file__).with_name("last_questions.jsonl")
"""By three more: 156 with an answer, 46 of them as people talk, 18 in English; 24 without."""

BLIND = Path(__file__).with_name("blind_questions.jsonl")
"""By five more: 258 with an answer, 68 of them in everyday words, 28 in English, 28 comparisons; 42 without."""

TRAPS = Path(__file__).with_name("traps.jsonl")
"""By two more: 130 questions asked in good faith that a sentence of the files only seems to answer."""
NOT_TOLD = Path(__file__).with_name("not_told.jsonl")
"""Fifty questions after another company, product, city or year than the files tell of."""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    settings = Settings(corpus=SHARED / "articles", index=tmp_path_factory.mktemp("index"))
    rebuild(settings)
    return open_assistant(settings)


def test_every_citation_is_exact(assistant: Assistant) -> None:
    """Each quotation is its span of its article, and each label in the text has its citation."""
    for question in read_questions(QUESTIONS):
        answer = assistant.ask(question.question)
        for citation in answer.citations:
            assert citation.span.of(assistant.article(citation.article_id).text) == citation.quote
            assert f"{citation.quote}[{citation.label}]" in answer.text


def test_answers_and_refusals(assistant: Assistant) -> None:
    """Evidence@1 at least 0.80, at least 3 of 4 refused, quotations short."""
    report = evaluate(read_questions(QUESTIONS), assistant.ask)
    assert report.evidence_at_1 >= 0.80, "\n".join(report.lines())
    assert report.refused >= 3
    assert report.max_evidence_chars <= 300
    assert report.mean_evidence_chars <= 130


def test_the_questions_we_developed_with(assistant: Assistant) -> None:
    """What once was answered stays answered, and nothing is answered that the files do not say."""
    report = evaluate(read_questions(OURS), assistant.ask)
    assert report.evidence_at_1 >= 0.95, "\n".join(report.lines())
    assert report.refused == 25


def test_the_paraphrased_questions(assistant: Assistant) -> None:
    """Three of four are answered in other words than the files use, and nothing is answered that they do not say."""
    report = evaluate(read_questions(PARAPHRASED), assistant.ask)
    assert report.evidence_at_1 >= 0.75, "\n".join(report.lines())
    assert report.refused >= 29


def test_questions_by_others(assistant: Assistant) -> None:
    """Four of five are answered rightly, a sixth of which is worded as people talk, and few that only look answerable."""
    report = evaluate(read_questions(MORE), assistant.ask)
    assert report.evidence_at_1 >= 0.83, "\n".join(report.lines())
    assert report.refused >= 34


def test_questions_by_three_more(assistant: Assistant) -> None:
    """Six of seven are answered rightly, a third of which is in other words, and few that only look answerable."""
    report = evaluate(read_questions(OTHERS), assistant.ask)
    assert report.evidence_at_1 >= 0.86, "\n".join(report.lines())
    assert report.refused >= 37


def test_questions_by_the_last_three(assistant: Assistant) -> None:
    """Four of five are answered rightly, a third of which is worded as people talk, and none that only look answerable."""
    report = evaluate(read_questions(LAST), assistant.ask)
    assert report.evidence_at_1 >= 0.78, "\n".join(report.lines())
    assert report.refused >= 23


def test_questions_by_five_more(assistant: Assistant) -> None:
    """Four of five are answered rightly, a quarter of which is in everyday words, and few that only look answerable."""
    report = evaluate(read_questions(BLIND), assistant.ask)
    assert report.evidence_at_1 >= 0.79, "\n".join(report.lines())
    assert report.refused >= 34


def test_what_only_seems_to_be_answered(assistant: Assistant) -> None:
    """Seven of eight traps are seen: another period, part, metric or thing than is told, or one detail more."""
    report = evaluate(read_questions(TRAPS), assistant.ask)
    assert report.refused >= 114, "\n".join(report.lines())


def test_the_figure_of_another_is_no_answer(assistant: Assistant) -> None:
    """比亚迪's output is not 一汽's, nor 风电's share the share of 光伏."""
    report = evaluate(read_questions(NOT_TOLD), assistant.ask)
    assert report.refused == 50, "\n".join(report.lines())


@pytest.mark.parametrize("kind", ["lite", "real"])
def test_milvus_answers_as_faiss(
    assistant: Assistant, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The same evidence for every question, by Milvus Lite and by a real server."""
    server: MilvusServer = request.getfixturevalue(kind)
    settings = Settings(corpus=SHARED / "articles", index=tmp_path / "index", store="milvus", milvus_uri=server.uri)
    rebuild(settings)
    served = open_assistant(settings)
    for questions in (read_questions(QUESTIONS), read_questions(PARAPHRASED)):
        ours, theirs = (evaluate(questions, one.ask) for one in (assistant, served))
        assert ours.evidence_at_1 == theirs.evidence_at_1
        assert ours.lines() == theirs.lines()
    judged = evaluate(read_questions(QUESTIONS), served.ask)
    assert (judged.held, judged.refused) == (judged.n_answerable, judged.n_unanswerable) == (21, 4)
