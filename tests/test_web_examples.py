"""The questions a page begins with are answered by its index, whichever that is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regional_qa.assistant import Assistant
from regional_qa.errors import IndexMissing, StoreUnavailable
from regional_qa.indexing.build import rebuild
from regional_qa.types import Answer
from regional_qa.web.by_generation import ByGeneration
from regional_qa.web.chat import offered
from regional_qa.web.desk import Desk
from regional_qa.web.examples import Examples, examples
from regional_qa.web.texts import EXAMPLES
from tests.fakes import fake_parts, write_corpus
from tests.web.fake_assistant import FakeAssistant

ELSEWHERE = "2023年，海南天然橡胶产量占全国产量的一半以上。\n\n2024年，贵州茶叶出口额同比增长12.5%。\n\n山里下了雪。"


@pytest.fixture
def over(tmp_path: Path) -> Callable[..., Assistant]:
    """An assistant over a true index of these articles."""

    def built(**articles: str) -> Assistant:
        rebuild(write_corpus(tmp_path / "corpus", **articles), tmp_path / "index", fake_parts())
        return Assistant(tmp_path / "index", fake_parts())

    return built


def test_the_fixed_ones_that_are_answered_stay() -> None:
    """In the visitor's language and in their order; the others are left out."""
    found = examples(FakeAssistant())
    assert found["zh"] == [EXAMPLES[0], EXAMPLES[3]]
    assert found["en"] == [EXAMPLES[0].english, EXAMPLES[3].english]


def test_another_index_offers_what_its_own_figures_tell(over: Callable[..., Assistant]) -> None:
    """The latest first, each of them answered."""
    assistant = over(elsewhere=ELSEWHERE)
    found = examples(assistant)
    assert found["zh"] == found["en"] == ["贵州2024年茶叶出口额增长多少", "海南2023年天然橡胶产量占全国多少"]
    assert all(assistant.ask(question).status == "answered" for question in found["zh"])


def test_an_index_without_figures_offers_none(over: Callable[..., Assistant]) -> None:
    """Rather than a question that it does not answer."""
    assert examples(over(snow="山里下了雪。")) == {"zh": [], "en": []}


def test_a_page_does_not_wait_for_them() -> None:
    """They are there once they have been tried; a new generation is tried anew."""
    go = threading.Event()

    class Slow(FakeAssistant):
        def ask(self, question: str, **limits: Any) -> Answer:
            go.wait(10)
            return super().ask(question, **limits)

    assistant = Slow()
    desk, tried = Desk(lambda: assistant), ByGeneration[Examples]("examples")
    assert offered(desk, tried, 0.05) == {}
    go.set()
    assert offered(desk, tried, 10)["zh"]
    assistant.generation = "gen-000002"
    go.clear()
    assert offered(desk, tried, 0.05) == {}
    go.set()


@pytest.mark.parametrize("fault", [IndexMissing("none"), StoreUnavailable("away"), RuntimeError("unforeseen")])
def test_without_them_the_page_opens_all_the_same(fault: Exception) -> None:
    """Whatever went wrong."""

    class Failing(FakeAssistant):
        def ask(self, question: str, **limits: Any) -> Answer:
            raise fault

    assert offered(Desk(Failing), ByGeneration("examples"), 10) == {}
