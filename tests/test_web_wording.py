"""A wording comes line by line below an answer that stands; it is begun once, and whoever leaves stops it."""

from __future__ import annotations

import gc
import re
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from regional_qa.web.chat import take_turn
from regional_qa.web.conversation import Conversation
from regional_qa.web.desk import Desk
from regional_qa.web.routes import own_pages
from regional_qa.web.wording import Wording
from tests.web.fake_assistant import FakeAssistant

SAID = ("安徽占1/3[1]。", "江西<img src=x onerror=alert(1)>占99%[1]。", "安徽很好[1]。")
QUESTION = "安徽光伏产量占全国多少"


class Speaks:
    """A model that says three sentences, the second of them wrong; knows whether it was stopped."""

    stopped = False
    asked = 0

    def phrase(self, question: str, quotations: Sequence[str]) -> Generator[str, None, None]:
        self.asked += 1
        try:
            yield from SAID
        except GeneratorExit:
            self.stopped = True
            raise


@pytest.fixture
def model() -> Speaks:
    return Speaks()


@pytest.fixture
def desk(model: Speaks) -> Desk:
    return Desk(lambda: FakeAssistant(model))


def asked(desk: Desk) -> tuple[Conversation, Wording]:
    """A conversation of one turn whose wording is still to come."""
    talk = take_turn(desk, Conversation(), QUESTION, ("", "", ""))
    assert talk.turns[0].wording is not None
    return talk, talk.turns[0].wording


def test_the_quotations_stand_before_the_model_is_asked(desk: Desk, model: Speaks) -> None:
    """The reply has them and the place for the wording; nobody was asked yet."""
    talk, wording = asked(desk)
    assert model.asked == 0
    reply = talk.turns[0].reply
    assert reply.index("一半以上") < reply.index("语言模型正在改写")
    assert f'<span class="rq-wording" hidden>{wording.name}</span>' in reply


def test_each_line_is_all_there_is_to_show(desk: Desk) -> None:
    """Proven sentences appear, a struck one is only told of, markup never comes through; the last line is the reply's."""
    talk, wording = asked(desk)
    lines = list(wording.lines())
    assert [line.count("数字与地区相符") for line in lines] == [1, 1, 2]
    assert [line.count("一句与引文对不上，已删去") for line in lines] == [0, 1, 1]
    assert ["正在改写" in line for line in lines] == [True, True, False]
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    shown = re.sub('<span class="rq-wording".*?</span>', "", "".join(lines))  # without the ticket, drawn at random
    assert "99" not in shown
    assert "<img" not in "".join(lines)
    settled = talk.settled().turns[0]
    assert lines[-1].strip() in settled.reply
    assert settled.reply.count("rq-phrased") == 1
    assert settled.wording is None


def test_whoever_comes_second_gets_the_end(desk: Desk, model: Speaks) -> None:
    """The model is asked once; what was proven is there."""
    _, wording = asked(desk)
    lines = list(wording.lines())
    assert list(wording.lines()) == lines[-1:]
    assert model.asked == 1


def test_whoever_leaves_stops_the_model(desk: Desk, model: Speaks) -> None:
    """What was proven so far is kept, and that there was to be more is told."""
    talk, wording = asked(desk)
    lines = wording.lines()
    next(lines)
    del lines
    gc.collect()
    assert model.stopped
    for shown in (*wording.lines(), talk.settled().turns[0].reply):
        assert shown.count("数字与地区相符") == 1
        assert "改写没有写完" in shown
        assert "正在改写" not in shown


def test_a_wording_that_nobody_fetched_is_closed_by_the_next_question(desk: Desk, model: Speaks) -> None:
    """Its place says so, and it cannot be begun any more."""
    talk, wording = asked(desk)
    reply = talk.settled().turns[0].reply
    assert "改写没有写完" in reply
    assert wording.name not in reply
    assert "改写没有写完" in "".join(wording.lines())
    assert model.asked == 0


def test_its_address_knows_only_names_that_are_waited_for(desk: Desk) -> None:
    """Lines for a name, 404 for any other, also once the conversation is forgotten."""
    talk, wording = asked(desk)
    client = TestClient(own_pages(desk, Path("index")))
    assert client.post("/wording", json={"name": "guess"}).status_code == 404
    assert client.post("/wording", json={"name": 7}).status_code == 422
    reply = client.post("/wording", json={"name": wording.name})
    assert reply.text.count("\n") == 3
    assert reply.headers["content-type"].startswith("text/plain")
    name = wording.name
    del talk, wording
    gc.collect()
    assert client.post("/wording", json={"name": name}).status_code == 404


def test_without_a_model_nothing_is_to_come() -> None:
    """And an abstention is never worded."""
    without = take_turn(Desk(FakeAssistant), Conversation(), QUESTION, ("", "", ""))
    abstained = take_turn(Desk(lambda: FakeAssistant(Speaks())), Conversation(), "海南的飞机产量", ("", "", ""))
    for talk in (without, abstained):
        assert talk.turns[0].wording is None
        assert "rq-phrased" not in talk.turns[0].reply
