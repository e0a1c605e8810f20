"""A generation is published whole or not at all, and damage is named."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from regional_qa.assemble import plug
from regional_qa.chunking import cut_article
from regional_qa.errors import CorpusError, IndexBusy, IndexDamaged, IndexFault, IndexMismatch, IndexMissing, UsageError
from regional_qa.indexing import durable
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.check import check
from regional_qa.indexing.generation import open_generation
from regional_qa.indexing.study import locate
from regional_qa.indexing.tokens import TokenStore, write_tokens
from regional_qa.ports import Tokens
from regional_qa.retrieval import FUSION, search
from regional_qa.settings import Settings
from regional_qa.types import Article
from tests.fakes import fake_parts, write_corpus

ARTICLES = {
    "anhui": "title: 安徽光储产业\nregions: [安徽]\n---\n光伏玻璃产量占全国一半以上。",
    "gansu": "title: 甘肃就业\nregions: [甘肃]\n---\n输转劳动力523.2万人。",
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    rebuild(write_corpus(tmp_path / "corpus", **ARTICLES), tmp_path / "index", fake_parts())
    return tmp_path / "index"


def test_round_trip(index: Path) -> None:
    """What was read comes back, with every span exact."""
    generation = open_generation(index, fake_parts())
    assert generation.manifest.articles == generation.passages.articles == 2
    pairs = generation.passages.get(range(len(generation.passages)))
    assert {article.title for _, article in pairs} == {"安徽光储产业", "甘肃就业"}
    assert all(passage.span.of(article.text) == passage.text for passage, article in pairs)


def test_rebuild_is_repeatable(index: Path, tmp_path: Path) -> None:
    """The same corpus gives the same ids and vectors in the next generation."""
    before = open_generation(index, fake_parts())
    rebuild(tmp_path / "corpus", index, fake_parts())
    after = open_generation(index, fake_parts())
    assert (before.manifest.generation, after.manifest.generation) == ("gen-000001", "gen-000002")
    assert before.passages.get([0, 1]) == after.passages.get([0, 1])
    assert before.manifest.files["vectors.faiss"] == after.manifest.files["vectors.faiss"]


def test_two_generations_are_kept(index: Path, tmp_path: Path) -> None:
    """Old generations go, the one to fall back to stays."""
    for _ in range(3):
        rebuild(tmp_path / "corpus", index, fake_parts())
    assert durable.generations(index) == ["gen-000004", "gen-000003"]


@pytest.mark.parametrize("fault", ["flip", "cut", "delete", "add"])
def test_damage_is_refused_and_the_older_served(index: Path, tmp_path: Path, fault: str) -> None:
    """A changed, cut, missing or additional file is named; the generation before answers, and says so."""
    rebuild(tmp_path / "corpus", index, fake_parts())
    file = index / "gen-000002" / "passages.db"
    content = file.read_bytes()
    if fault == "flip":
        file.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    elif fault == "cut":
        file.write_bytes(content[:-1])
    elif fault == "delete":
        file.unlink()
    else:
        (file.parent / "stray").write_bytes(b"x")
    generation = open_generation(index, fake_parts())
    assert generation.manifest.generation == "gen-000001"
    assert ("stray" if fault == "add" else "passages.db") in generation.notice


def test_all_damaged(index: Path) -> None:
    """Without a sound generation the fault names the file."""
    (index / "gen-000001" / "vectors.faiss").write_bytes(b"nonsense")
    with pytest.raises(IndexDamaged, match=r"vectors\.faiss"):
        open_generation(index, fake_parts())


@pytest.mark.parametrize("content", ["", "garbage", "../../etc x", "gen-000001", "gen-٠٠٠٠٠١ x", "\0" * 1000])
def test_bad_pointer(index: Path, content: str) -> None:
    """A pointer that names nothing sound falls back to what verifies, and never leaves the folder."""
    (index / "CURRENT").write_text(content, encoding="utf-8")
    generation = open_generation(index, fake_parts())
    assert generation.manifest.generation == "gen-000001"
    assert generation.notice


def test_a_manifest_that_was_not_published_is_refused(index: Path) -> None:
    """Neither served nor called sound, though its own digests hold."""
    manifest = index / "gen-000001" / "MANIFEST"
    manifest.write_text(manifest.read_text(encoding="utf-8") + " ", encoding="utf-8")
    for act in (open_generation, check):
        with pytest.raises(IndexDamaged, match="has changed since it was published"):
            act(index, fake_parts())


def test_a_foreign_older_generation_hides_no_damage(index: Path, tmp_path: Path) -> None:
    """The fault told is the newest generation's, not that an older one has another model."""
    rebuild(tmp_path / "corpus", index, fake_parts(fingerprint="bigrams-2"))
    (index / "gen-000002" / "vectors.faiss").write_bytes(b"nonsense")
    with pytest.raises(IndexDamaged, match=r"gen-000002.*vectors\.faiss"):
        open_generation(index, fake_parts(fingerprint="bigrams-2"))


def test_a_pipe_for_a_pointer_keeps_nobody_waiting(index: Path) -> None:
    """It is no pointer; what verifies is served."""
    (index / "CURRENT").unlink()
    os.mkfifo(index / "CURRENT")
    assert open_generation(index, fake_parts()).notice


def test_corpus_and_index_lie_apart(tmp_path: Path) -> None:
    """An index inside its corpus would be read as articles; a corpus inside the index might be swept away."""
    corpus = write_corpus(tmp_path / "corpus", one="title: 题\n---\n一篇。")
    for inner in (corpus / "index", corpus, tmp_path):
        with pytest.raises(UsageError, match="lie in one another"):
            rebuild(corpus, inner, fake_parts())


def test_an_index_that_is_a_file_is_named(tmp_path: Path) -> None:
    """Reading and writing both say so."""
    corpus = write_corpus(tmp_path / "corpus", one="title: 题\n---\n一篇。")
    (tmp_path / "index").write_text("x", encoding="utf-8")
    with pytest.raises(IndexFault, match="is a file"):
        rebuild(corpus, tmp_path / "index", fake_parts())
    with pytest.raises(IndexMissing, match="choose a folder"):
        open_generation(tmp_path / "index", fake_parts())


def test_nothing_built(tmp_path: Path) -> None:
    """No index is its own fault, with the command that builds one."""
    with pytest.raises(IndexMissing, match="rebuild"):
        open_generation(tmp_path, fake_parts())


def test_mismatch_is_refused(index: Path) -> None:
    """Another model or a newer format is refused with the cure, never searched."""
    with pytest.raises(IndexMismatch, match="rebuild"):
        open_generation(index, fake_parts(fingerprint="bigrams-2"))
    manifest = index / "gen-000001" / "MANIFEST"
    manifest.write_text(json.dumps(json.loads(manifest.read_text(encoding="utf-8")) | {"format": 99}), encoding="utf-8")
    (index / "CURRENT").write_text(f"gen-000001 {durable.digest(manifest)}\n", encoding="ascii")
    with pytest.raises(IndexMismatch, match="format 99"):
        open_generation(index, fake_parts())


def test_failed_rebuild_leaves_the_old_one(index: Path, tmp_path: Path) -> None:
    """An empty corpus is refused, the old index answers, and nothing half-built stays."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError):
        rebuild(tmp_path / "empty", index, fake_parts())
    assert open_generation(index, fake_parts()).manifest.generation == "gen-000001"
    assert not list(index.glob("*.tmp"))


def test_one_writer(index: Path, tmp_path: Path) -> None:
    """A second rebuild is told who holds the index."""
    with durable.sole_writer(index), pytest.raises(IndexBusy, match="process"):
        rebuild(tmp_path / "corpus", index, fake_parts())


def test_whoever_looks_stops_no_writer(index: Path) -> None:
    """A rebuild waits for the moment that it takes to look whether there is one."""
    with (index / durable.LOCK).open("rb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        look_away = threading.Timer(0.2, looking.close)
        look_away.start()
        with durable.sole_writer(index):
            assert durable.is_being_written(index)
        look_away.join()
    assert not durable.is_being_written(index)


def test_reprints_are_folded_and_kept(tmp_path: Path) -> None:
    """An article in two files is searched once, opens from both, and names the other; repeats in one file count once."""
    story = "安徽光伏玻璃产量占全国产量的一半以上。逆变器产量占1/3。" * 6
    corpus = write_corpus(
        tmp_path / "corpus",
        one=f"title: 光储\npublisher: 甲报\n---\n{story}",
        two=f"title: 光储产业\npublisher: 乙报\n---\n{story}（转自《甲报》）",
    )
    (corpus / "x.jsonl").write_text(
        '{"text": "甲。"}\n{"text": "甲。"}\n{"_id": "a", "text": "乙。"}\n{"_id": "a", "text": "丙。"}\n',
        encoding="utf-8",
    )
    report = rebuild(corpus, tmp_path / "index", fake_parts())
    assert (report.articles, report.repeated, len(report.reprints)) == (3, 1, 1)
    assert [problem.origin for problem in report.problems] == ["x.jsonl:4"]
    passages = open_generation(tmp_path / "index", fake_parts()).passages
    ((origin, part, whole),) = report.reprints
    assert [(r.publisher, r.origin) for r in passages.article(whole).reprints] == [
        (passages.article(part).publisher, origin)
    ]
    assert passages.article(part).text.startswith("安徽光伏玻璃")
    assert len({passage.article_id for passage, _ in passages.get(range(len(passages)))}) == passages.articles == 3
    assert check(tmp_path / "index", fake_parts()).faults == ()


def test_check_tells_an_edit_from_a_new_article(tmp_path: Path) -> None:
    """By its file and its number there, for the text is the name of an article that has no other."""
    corpus = write_corpus(tmp_path / "corpus", one="甘肃稳就业。", two="云南边贸热闹。", three="浙江出口增长。")
    records = ["安徽光伏产量第一。", "江西出口增长。", "山东港口繁忙。"]

    def write(texts: list[str]) -> None:
        lines = (json.dumps({"text": text}, ensure_ascii=False) for text in texts)
        (corpus / "x.jsonl").write_text("\n".join(lines), encoding="utf-8")

    write(records)
    rebuild(corpus, tmp_path / "index", fake_parts())
    write_corpus(corpus, one="甘肃稳就业，促增收。")
    (corpus / "two.md").unlink()
    write([*records[1:], "河南粮食丰收。"])
    (fault,) = check(tmp_path / "index", fake_parts()).faults
    assert "1 new, 1 changed, 2 gone" in fault
    write([records[0], "江西出口大增。", records[2]])
    (fault,) = check(tmp_path / "index", fake_parts()).faults
    assert "0 new, 2 changed, 1 gone" in fault


def test_passages_know_their_regions() -> None:
    """A passage is about the regions it names, its article's, and the last named before it."""
    article = Article("a", "各地新亮点", "山东出口增长。" + "港口繁忙。" * 60 + "湖南招商。")
    passages = locate(article, cut_article(article))
    assert [passage.regions for passage in passages] == [("山东",), ("湖南", "山东")]


def test_tokens_are_kept_row_by_row(tmp_path: Path) -> None:
    """What is taken is what was put in, in the order asked for, empty rows too; a damaged file is named."""
    write_tokens(tmp_path, Tokens(np.array([5, 6, 7, 1 << 17], dtype=np.uint32), np.array([0, 2, 2, 3, 4])))
    store = TokenStore.load(tmp_path)
    assert store is not None
    assert len(store) == 4
    taken = store.take([3, 0, 1])
    assert (taken.ids.tolist(), taken.starts.tolist()) == ([1 << 17, 5, 6], [0, 1, 3, 3])
    assert TokenStore.load(tmp_path / "elsewhere") is None
    os.truncate(tmp_path / "tokens.npy", (tmp_path / "tokens.npy").stat().st_size - 1)
    with pytest.raises(IndexDamaged, match="cut short"):
        store.take([3])
    (tmp_path / "tokens.npy").write_bytes(b"\x93NUMPY broken")
    with pytest.raises(IndexDamaged, match="rebuild"):
        TokenStore.load(tmp_path)


def test_an_index_by_the_bundled_model_holds_its_tokens(tmp_path: Path) -> None:
    """Search tells how near the words are, in the passage and in the whole article."""
    corpus = write_corpus(tmp_path / "corpus", a="安徽光伏玻璃产量占全国一半以上。", b="江苏护理型床位占比68%。")
    rebuild(corpus, tmp_path / "index", plug(Settings()))
    generation = open_generation(tmp_path / "index", plug(Settings()))
    (best, other) = search(generation, "光伏玻璃的产量")
    assert best.article.title == "a"
    assert set(best.why) == set(FUSION.known)
    assert best.why["article_late"] > other.why["article_late"]
