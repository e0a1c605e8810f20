"""What is offered to be asked next is answered by the corpus, in other words than before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from regional_qa.types import Hit, Scope
from regional_qa.web.chat import _following, take_turn
from regional_qa.web.conversation import Conversation
from regional_qa.web.desk import Desk, Filters
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


def test_what_comes_too_late_is_not_shown() -> None:
    """Who has asked again meanwhile is offered nothing for the answer before."""
    goes_on = False

    class Slow(FakeAssistant):
        def search(self, query: str, **limits: Any) -> list[Hit]:
            if goes_on:
                desk.waits("visitor", 2)
            return super().search(query, **limits)

    desk = Desk(Slow)
    talk = take_turn(desk, Conversation(), "安徽光伏产量占全国多少", ("", "", ""))
    assert "江西光伏产量占全国多少" in _following(desk, talk, ("", "", ""), "zh", "visitor")
    goes_on = True
    assert _following(desk, talk, ("", "", ""), "zh", "visitor") == ""
