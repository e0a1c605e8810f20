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

FRESH = Path(__file__).with_name("fresh_questions.jsonl")
"""By three more: 180 with an answer, 34 of them in everyday words, 24 comparisons, 15 in English; 30 without."""

LATER = Path(__file__).with_name("later_questions.jsonl")
"""By two more: 158 with an answer, 32 of them in everyday words, 20 comparisons, 18 in English; 22 without."""

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


@pytest.mark.parametrize(
    ("questions", "evidence", "refused"),
    [
        (OURS, 0.95, 25),
        (PARAPHRASED, 0.86, 30),
        (MORE, 0.83, 36),
        (OTHERS, 0.9, 39),
        (LAST, 0.79, 24),
        (BLIND, 0.79, 34),
        (FRESH, 0.82, 26),
        (LATER, 0.77, 20),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_our_own_questions(assistant: Assistant, questions: Path, evidence: float, refused: int) -> None:
    """What once was answered stays answered, and little is answered that the files do not say."""
    report = evaluate(read_questions(questions), assistant.ask)
    assert report.evidence_at_1 >= evidence, "\n".join(report.lines())
    assert report.refused >= refused, "\n".join(report.lines())


@pytest.mark.parametrize(("questions", "refused"), [(NOT_TOLD, 50), (TRAPS, 114)], ids=["not_told", "traps"])
def test_what_only_seems_to_be_answered(assistant: Assistant, questions: Path, refused: int) -> None:
    """Another company, product, period, part or metric than is told, or one detail more, is no answer."""
    report = evaluate(read_questions(questions), assistant.ask)
    assert report.refused >= refused, "\n".join(report.lines())


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
