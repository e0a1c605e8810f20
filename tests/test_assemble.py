"""The assistant follows the index: a rebuild is seen, a damaged generation is not served."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa import Settings, UsageError, open_assistant, rebuild
from regional_qa.indexing import durable
from tests.fakes import wait_until, write_corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One article."""
    return write_corpus(tmp_path / "corpus", a="安徽光伏产量第一。")


@pytest.fixture
def settings(tmp_path: Path, corpus: Path) -> Settings:
    """Its index."""
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    rebuild(settings)
    return settings


@pytest.mark.fault("D1")
def test_a_rebuild_is_noticed(settings: Settings, corpus: Path) -> None:
    """Within two seconds questions are answered from the new generation; what is held to the old one stays there."""
    assistant = open_assistant(settings)
    held = assistant.latest()
    write_corpus(corpus, b="江西出口增长73.5%。")
    rebuild(settings)
    assert wait_until(lambda: assistant.generation == "gen-000002") < 2
    assert dict(assistant.counts()) == {"articles": 2, "passages": 2}
    assert assistant.ask("江西出口增长多少").generation == "gen-000002"
    assert (held.generation, dict(held.counts())) == ("gen-000001", {"articles": 1, "passages": 1})
    assert held.ask("江西出口增长多少").generation == "gen-000001"
    assert held.latest().generation == "gen-000002"


@pytest.mark.fault("D7")
def test_a_damaged_generation_is_not_taken_up(
    settings: Settings, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers go on and say so, however often it is tried; once it is whole again it is taken up."""
    assistant = open_assistant(settings)
    hidden = settings.index / "hidden"
    publish = durable.publish

    def publish_without_passages(index: Path, building: Path, name: str) -> None:
        (building / "passages.db").rename(hidden)
        publish(index, building, name)

    monkeypatch.setattr(durable, "publish", publish_without_passages)
    write_corpus(corpus, b="江西出口增长73.5%。")
    rebuild(settings)
    wait_until(lambda: "passages.db is missing" in assistant.notice)
    answer = assistant.ask("安徽光伏产量第几")
    assert answer.generation == "gen-000001"
    assert "gen-000001" in answer.notes[-1]
    hidden.rename(settings.index / "gen-000002" / "passages.db")
    wait_until(lambda: assistant.generation == "gen-000002")
    assert assistant.notice == ""
    assert "gen-" not in "".join(assistant.ask("安徽光伏产量第几").notes)


def test_what_is_of_another_kind_is_named(settings: Settings) -> None:
    """One line with the cure, where Python would only miss an attribute."""
    for take in (open_assistant, rebuild):
        with pytest.raises(UsageError, match=r"got '/some/index'; write Settings\.load\(index='/some/index'\)"):
            take("/some/index")  # type: ignore[arg-type]
    assistant = open_assistant(settings)
    with pytest.raises(UsageError, match="metric must be a word"):
        assistant.facts(metric=5)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="previous must be the question"):
        assistant.ask("光伏", previous=None)  # type: ignore[arg-type]


@pytest.mark.fault("D7")
def test_an_index_that_vanishes_goes_on_answering(settings: Settings) -> None:
    """What was opened stays open; the notice tells what is missing."""
    assistant = open_assistant(settings)
    settings.index.rename(settings.index.with_name("elsewhere"))
    wait_until(lambda: "no index" in assistant.notice)
    assert assistant.search("光伏")[0].article.text == "安徽光伏产量第一。"


def test_a_city_limits_to_itself(tmp_path: Path) -> None:
    """Hits name it, facts are of it, and the figure of its province is not given for it."""
    corpus = write_corpus(
        tmp_path / "corpus",
        a="2023年，安徽汽车产量增长7.5%。",
        b="2023年，合肥汽车产量增长9.5%。",
        c="2023年，江西汽车产量增长3.5%。",
        d="2023年，芜湖汽车产量增长5.5%。",
        e="2023年，肥西汽车产量增长8.5%。",
    )
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    rebuild(settings)
    assistant = open_assistant(settings)
    assert [hit.passage.text[6:8] for hit in assistant.search("汽车产量", regions=["合肥"])] == ["合肥"]
    assert {hit.passage.text[6:8] for hit in assistant.search("汽车产量", regions=["合肥", "江西"])} == {"合肥", "江西"}
    assert len(assistant.search("汽车产量", regions=["安徽"])) == 4
    assert {fact.place for fact in assistant.facts(regions=["Hefei"])} == {"合肥", "肥西"}
    assert "9.5%" in assistant.ask("汽车产量增长多少", regions=["合肥"]).text
    assert "9.5%" in assistant.ask("安徽汽车产量增长多少", regions=["合肥"]).text
    assert "8.5%" in assistant.ask("肥西汽车产量增长多少", regions=["合肥"]).text
    assert "8.5%" in assistant.ask("合肥汽车产量增长多少", regions=["肥西"]).text
    for outside in ("芜湖", "江西"):
        stopped = assistant.ask(f"{outside}汽车产量增长多少", regions=["合肥"])
        assert stopped.status == "abstained"
        assert f"问的是{outside}，但范围限定为合肥" in stopped.notes
    assert "3.5%" in assistant.ask("江西汽车产量增长多少", regions=["合肥", "江西"]).text
    either = assistant.ask("汽车产量增长多少", regions=["合肥", "江西"])
    assert either.citations
    assert "7.5%" not in either.text


@pytest.mark.parametrize("name", ["安徽,Atlantis", "张家", "乌兰", "鼓楼区", "火星"])
def test_a_name_of_no_region_or_of_several_is_refused(settings: Settings, name: str) -> None:
    """Nothing is limited to half of what was written."""
    with pytest.raises(UsageError, match="unknown region"):
        open_assistant(settings).search("光伏", regions=[name])
