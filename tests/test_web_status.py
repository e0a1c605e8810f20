"""The state of an index, told from its folder, and the page of it: what answers, what was lost, what changed, what is built."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from regional_qa.indexing.build import rebuild
from regional_qa.indexing.durable import sole_writer
from regional_qa.web.index_state import Building, IndexState, Stale, Trouble, index_state
from regional_qa.web.status_page import SHOWN, status_page
from tests.fakes import fake_parts, write_corpus

HOSTILE = '"><script>alert(1)</script><img src=x>\n\u202e'


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of two articles and one file that cannot be read."""
    corpus = write_corpus(tmp_path / "corpus", anhui="光伏玻璃产量占全国一半以上。", gansu="输转劳动力523.2万人。")
    (corpus / "scan.pdf").write_bytes(b"no pdf")
    rebuild(corpus, tmp_path / "index", fake_parts())
    return tmp_path / "index"


def test_the_state_of_a_fresh_index(index: Path) -> None:
    """Counts and model of the manifest, problems of the report, and nothing has changed."""
    state = index_state(index)
    assert (state.generation, state.articles, state.embedder, state.fault) == ("gen-000001", 2, "bigrams", "")
    assert [trouble.origin for trouble in state.troubles if trouble.lost] == ["scan.pdf"]
    assert state.stale == Stale(0, 0, 0, ())
    assert state.building is None


def test_what_changed_since_is_named(index: Path, tmp_path: Path) -> None:
    """New, changed and gone files; what no rebuild would read is not among them."""
    corpus = tmp_path / "corpus"
    (corpus / "new.md").write_text("新的一篇。", encoding="utf-8")
    (corpus / ".hidden.md").write_text("x", encoding="utf-8")
    (corpus / "picture.png").write_bytes(b"x")
    (corpus / "README.md").write_text("x", encoding="utf-8")
    later = time.time() + 60
    os.utime(corpus / "gansu.md", (later, later))
    (corpus / "anhui.md").unlink()
    assert index_state(index).stale == Stale(1, 1, 1, ("new.md", "gansu.md", "anhui.md"))
    assert "新增 1、修改 1、删除 1" in status_page(index_state(index), "gen-000001", "zh")
    corpus.rename(tmp_path / "elsewhere")
    assert index_state(index).stale is None


def test_a_rebuild_beside_is_seen(index: Path) -> None:
    """As long as its lock is held; what a killed one left behind is no rebuild. The page looks again by itself."""
    leftover = index / "gen-000002.tmp"
    leftover.mkdir()
    (leftover / "passages.db").write_bytes(b"x" * 2048)
    assert index_state(index).building is None
    with sole_writer(index):
        state = index_state(index)
        assert state.building is not None
        assert (state.building.stage, state.building.written) == ("read", 2048)
        (leftover / "lexical").mkdir()
        assert index_state(index).building == replace(state.building, stage="index")
        page = status_page(state, "gen-000001", "en")
        assert "A rebuild is running: reading" in page
        assert '<meta http-equiv="refresh"' in page
    assert '<meta http-equiv="refresh"' not in status_page(index_state(index), "gen-000001", "en")


@pytest.mark.parametrize("damage", ["missing", "pointer", "manifest", "other", "report"])
def test_whatever_is_found_is_told(index: Path, damage: str) -> None:
    """No index, a broken one, one of another version: one line with the cure, never an exception."""
    manifest = index / "gen-000001" / "MANIFEST"
    if damage == "missing":
        index = index / "nowhere"
    elif damage == "pointer":
        (index / "CURRENT").write_text("../../etc", encoding="ascii")
    elif damage == "manifest":
        manifest.write_text("{", encoding="utf-8")
    elif damage == "other":
        manifest.write_text(json.dumps({"format": 99, "files": []}), encoding="utf-8")
    else:
        (index / "gen-000001" / "report.jsonl").write_text("[]\n", encoding="utf-8")
    state = index_state(index)
    assert "run `regional-qa" in state.fault
    assert state.fault.count("\n") == 0
    assert "现在不能回答" in status_page(state, "", "zh")


def test_an_older_generation_that_answers_is_told(index: Path) -> None:
    """So that nobody takes yesterday's index for today's."""
    assert "gen&#45;000000" in status_page(index_state(index), "gen-000000", "en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_names_are_inert(language: str) -> None:
    """From a file's name, a reason, a model's name, a fault; and long lists are cut."""
    troubles = (Trouble(HOSTILE, HOSTILE, True),) * (SHOWN + 5)
    state = IndexState(
        HOSTILE, HOSTILE, HOSTILE, 0.99, 1, 1, 1, 1, troubles, Stale(1, 0, 0, (HOSTILE,)), Building("read", 1, 1)
    )
    for page in (status_page(state, HOSTILE, language), status_page(replace(state, fault=HOSTILE), HOSTILE, language)):  # type: ignore[arg-type]
        body = page.partition("<body>")[2]
        for tag in ("<script", "<img", "\u202e", "\n"):
            assert tag not in body
    assert status_page(state, "", language).count("<tr>") <= SHOWN + 4  # type: ignore[arg-type]
