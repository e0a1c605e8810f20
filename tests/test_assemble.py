"""The assistant follows the index: a rebuild is seen, a damaged generation is not served."""

from __future__ import annotations

from pathlib import Path

from regional_qa import Settings, open_assistant, rebuild
from tests.fakes import write_corpus


def test_a_rebuild_is_seen_by_the_next_question(tmp_path: Path) -> None:
    """``latest`` is the same assistant until a generation is published, then one over that."""
    settings = Settings(corpus=write_corpus(tmp_path / "corpus", a="安徽光伏产量第一。"), index=tmp_path / "index")
    rebuild(settings)
    first = open_assistant(settings)
    assert first.latest() is first
    write_corpus(tmp_path / "corpus", b="江西出口增长73.5%。")
    rebuild(settings)
    second = first.latest()
    assert (second.generation, dict(second.counts())) == ("gen-000002", {"articles": 2, "passages": 2})
    assert first.search("光伏")[0].article.text == "安徽光伏产量第一。"


def test_a_damaged_generation_is_not_taken_up(tmp_path: Path) -> None:
    """When the new generation is damaged, answers go on coming from a sound one."""
    settings = Settings(corpus=write_corpus(tmp_path / "corpus", a="安徽光伏产量第一。"), index=tmp_path / "index")
    rebuild(settings)
    first = open_assistant(settings)
    write_corpus(tmp_path / "corpus", b="江西出口增长73.5%。")
    rebuild(settings)
    (tmp_path / "index" / "gen-000002" / "passages.db").write_bytes(b"")
    assert first.latest().generation == "gen-000001"
    assert first.latest().search("光伏")
