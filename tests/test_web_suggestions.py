"""What is offered to be asked next is answered by the corpus, in other words than before."""

from __future__ import annotations

from dataclasses import replace

from regional_qa.types import Scope
from regional_qa.web.desk import Filters
from regional_qa.web.suggestions import MORE, candidates, follow_ups
from tests.web.fake_assistant import FakeAssistant


def test_other_regions_of_the_articles_are_offered() -> None:
    """The one asked about is not, nor one that no article tells of."""
    assistant = FakeAssistant()
    assert follow_ups(assistant, assistant.ask("安徽光伏产量占全国多少"), Filters()) == ["江西光伏产量占全国多少"]


def test_what_has_no_answer_is_not_offered() -> None:
    """A limit that leaves nothing leaves no question either; a fault offers none."""
    assistant = FakeAssistant()
    answer = assistant.ask("安徽光伏产量占全国多少")
    assert follow_ups(assistant, answer, Filters(("安徽",))) == []
    assert follow_ups(assistant, replace(answer, question=" "), Filters()) == []


def test_regions_and_years_by_turns() -> None:
    """A list may have more; years only where one was asked; a question of two regions is not turned to a third."""
    assistant = FakeAssistant()
    hits = assistant.search("光伏")
    answer = replace(assistant.ask("安徽2022年有哪些光伏企业"), scope=Scope(("安徽",), (2022,), "list"))
    assert candidates(answer, hits) == [MORE, "江西2022年有哪些光伏企业", "安徽2023年有哪些光伏企业"]
    both = replace(assistant.ask("安徽和江西光伏产量"), scope=Scope(("安徽", "江西")))
    assert candidates(both, hits) == []
