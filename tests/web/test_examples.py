"""The questions the page offers are answered by the corpus that ships, with the model that ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa.assemble import open_assistant, rebuild
from regional_qa.assistant import Assistant
from regional_qa.settings import Settings
from regional_qa.web.texts import EXAMPLES

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Over a fresh index of ``corpus/``."""
    settings = Settings(corpus=CORPUS, index=tmp_path_factory.mktemp("examples") / "index")
    rebuild(settings)
    return open_assistant(settings)


@pytest.mark.parametrize("question", [*EXAMPLES, *(example.english for example in EXAMPLES)])
def test_an_example_is_answered(assistant: Assistant, question: str) -> None:
    """A visitor's first click must not end in 没有找到."""
    answer = assistant.ask(question)
    assert answer.status == "answered"
    assert answer.citations
