"""The numbers for Prometheus: right, in its format, and without a word of a visitor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from regional_qa.errors import IndexMissing, PhrasingError, UsageError
from regional_qa.indexing.build import rebuild
from regional_qa.web.desk import Assistant, Desk
from regional_qa.web.meter import CONTENT_TYPE, Meter
from regional_qa.web.turns import Turns
from tests.fakes import fake_parts, finish, write_corpus
from tests.web.fake_assistant import FakeAssistant


def numbers(meter: Meter) -> Mapping[str, float]:
    """Every sample by its name and labels."""
    lines = [line for line in meter.page().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def metered(desk: Desk, index: Path = Path("no-such-index")) -> Meter:
    """A meter that watches this desk."""
    meter = Meter(desk, index)
    desk.watch(meter.timed)
    return meter


def test_searches_and_answers_are_counted_by_what_became_of_them() -> None:
    """Asked through an assistant that is held to one generation, too; what is only tried is no question."""
    desk = Desk(FakeAssistant)
    meter = metered(desk)
    assistant = desk.assistant().latest()
    assistant.search("光伏", k=1)
    assistant.ask("安徽光伏")
    assistant.ask("海南的飞机")
    assistant.ask("安徽光伏", worded=False)
    with pytest.raises(UsageError):
        assistant.ask(" ")
    found = numbers(meter)
    assert {name: found[f'regional_qa_questions_total{{outcome="{name}"}}'] for name in
            ("answered", "abstained", "failed", "refused")} == {"answered": 1, "abstained": 1, "failed": 0, "refused": 1}  # fmt: skip
    assert {name: found[f'regional_qa_operation_seconds_count{{operation="{name}"}}'] for name in
            ("search", "ask", "suggest")} == {"search": 1, "ask": 3, "suggest": 1}  # fmt: skip


def test_a_fault_while_answering_is_a_failure() -> None:
    """And is raised as it was."""

    class Broken(FakeAssistant):
        def ask(self, question: str, **limits: Any) -> Any:
            raise PhrasingError("no", "没有")

    desk = Desk(Broken)
    meter = metered(desk)
    with pytest.raises(PhrasingError):
        desk.assistant().ask("安徽")
    assert numbers(meter)['regional_qa_questions_total{outcome="failed"}'] == 1


def test_the_generation_and_its_age(tmp_path: Path) -> None:
    """Of the generation that answers; without an index only that there is none."""
    rebuild(write_corpus(tmp_path / "corpus", anhui="光伏玻璃产量占全国一半以上。"), tmp_path / "index", fake_parts())
    found = numbers(Meter(Desk(FakeAssistant), tmp_path / "index"))
    assert found['regional_qa_index_info{generation="gen-000001"}'] == found["regional_qa_ready"] == 1
    assert (found["regional_qa_index_articles"], found["regional_qa_degraded"]) == (3, 0)
    assert 0 <= found["regional_qa_index_age_seconds"] < 100

    def missing() -> Assistant:
        raise IndexMissing("there is no index")

    none = numbers(Meter(Desk(missing), tmp_path))
    assert none["regional_qa_ready"] == 0
    assert "regional_qa_index_articles" not in none
    assert "regional_qa_index_age_seconds" not in numbers(Meter(Desk(FakeAssistant), tmp_path / "nowhere"))


def test_refusals_for_being_busy_are_counted() -> None:
    """By the turns themselves."""

    async def nothing(*_: Any) -> None:
        pass

    async def send(message: Any) -> None:
        pass

    turns = Turns(nothing, at_once=1, waiting=-1)
    meter = Meter(Desk(FakeAssistant), Path("index"))
    meter.turns(turns)
    finish(turns({"type": "http", "method": "POST", "path": "/mcp", "headers": []}, nothing, send))  # type: ignore[arg-type]
    found = numbers(meter)
    assert (found["regional_qa_busy_total"], found["regional_qa_requests_under_way"]) == (1, 0)


def test_requests_and_the_format() -> None:
    """Names are of the allowed shape, each family has its help, and the process is there on Linux."""
    meter = Meter(Desk(FakeAssistant), Path("index"))
    meter.visit("GET", "/facts", 200)
    found = numbers(meter)
    assert found['regional_qa_requests_total{method="GET",route="/facts",status="200"}'] == 1
    assert all(re.fullmatch(r"[a-z_]+(\{.*\})?", name) for name in found)
    assert CONTENT_TYPE.startswith("text/plain; version=")
    if Path("/proc/self/stat").exists():
        assert found["process_resident_memory_bytes"] > 1e6
