"""What only the stores on Milvus promise, and that an index on Milvus answers as one on disk does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from regional_qa import Settings, open_assistant, rebuild
from regional_qa.cli import main
from regional_qa.errors import IndexMismatch, UsageError
from tests.fakes import write_corpus
from tests.milvus import MilvusServer, require_client

ARTICLES = {
    "anhui": "title: 安徽光储产业\nregions: [安徽]\npublished: 2024-01-05\n---\n2023年，安徽光伏玻璃产量占全国一半以上。",
    "jiangsu": "title: 江苏养老\nregions: [江苏]\npublished: 2024-03-05\n---\n江苏护理型床位占比68%。",
    "gansu": "title: 甘肃就业\nregions: [甘肃]\n---\n甘肃输转劳动力523.2万人。",
}


@pytest.mark.parametrize("kind", ["lite", "real"])
def test_answers_are_those_of_the_other_store(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The same hits with the same scores, with and without filters, and the same answers."""
    server: MilvusServer = request.getfixturevalue(kind)
    corpus = write_corpus(tmp_path / "corpus", **ARTICLES)
    plain = Settings(corpus=corpus, index=tmp_path / "faiss")
    served = Settings(corpus=corpus, index=tmp_path / "milvus", store="milvus", milvus_uri=server.uri)
    for settings in (plain, served):
        rebuild(settings)
    one, other = open_assistant(plain), open_assistant(served)
    for asked in ("光伏玻璃产量", "劳动力", "elderly care beds", "产量 占比"):
        for regions in ((), ("安徽", "甘肃")):
            ours, theirs = (of.search(asked, regions=regions) for of in (one, other))
            assert [hit.passage for hit in ours] == [hit.passage for hit in theirs]
            np.testing.assert_allclose([hit.score for hit in ours], [hit.score for hit in theirs], atol=1e-3)
    asked = "安徽光伏玻璃产量占全国多少"
    assert one.ask(asked).citations == other.ask(asked).citations


def test_an_index_is_opened_with_the_store_it_was_built_with(lite: MilvusServer, tmp_path: Path) -> None:
    """Otherwise the option is named; a rebuild changes the store, although nothing else changed."""
    plain = Settings(corpus=write_corpus(tmp_path / "corpus", **ARTICLES), index=tmp_path / "index")
    rebuild(plain)
    served = Settings(corpus=plain.corpus, index=plain.index, store="milvus", milvus_uri=lite.uri)
    with pytest.raises(IndexMismatch, match="--store"):
        open_assistant(served)
    assert rebuild(served).generation == "gen-000002"
    with pytest.raises(IndexMismatch, match="--store"):
        open_assistant(plain)
    assert rebuild(served).generation == "gen-000002"
    assert rebuild(plain).generation == "gen-000003"


def test_the_commands(lite: MilvusServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """rebuild, check, search and ask take the store as they take any setting; the file that tells of it is covered."""
    corpus, index = write_corpus(tmp_path / "corpus", **ARTICLES), tmp_path / "index"
    store = ["--index", str(index), "--store", "milvus", "--uri", lite.uri]
    assert main(["rebuild", "--corpus", str(corpus), *store]) == 0
    assert main(["check", *store]) == 0
    assert main(["search", "光伏", *store]) == 0
    assert main(["ask", "江苏护理型床位占比多少", *store]) == 0
    assert "68%" in capsys.readouterr().out
    file = index / "gen-000001" / "vectors.milvus.json"
    told = json.loads(file.read_bytes())
    assert (told["uri"], told["rows"], told["dim"]) == (lite.uri, 3, 576)
    file.write_text(json.dumps(told | {"rows": 4}), encoding="utf-8")
    assert main(["check", *store]) == 1
    assert "fault: vectors.milvus.json has" in capsys.readouterr().out


def test_a_graph_finds_enough_and_filters_hold(
    real: MilvusServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are many rows; one that misses too much is given up for a look at every vector."""
    from regional_qa.backends.vectors_milvus import Milvus, making

    monkeypatch.setattr(making, "MANY", 5000)
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(200, 32))[rng.integers(0, 200, 6000)] + rng.normal(scale=0.3, size=(6000, 32))
    passages = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    stores = Milvus(real.uri, "", tmp_path / "index")
    for least, exact in ((0.97, False), (1.1, True)):
        monkeypatch.setattr(making, "LEAST_RECALL", least)
        stores.build(passages).save(tmp_path)
        store = stores.load(tmp_path)
        assert store.recall >= 0.97
        assert (json.loads((tmp_path / "vectors.milvus.json").read_bytes())["breadth"] == 0) == exact
        found = 0
        for query in passages[::200]:
            cosines = passages @ query
            hits = store.search(query, 10)
            found += len({row for row, _ in hits} & set(np.argsort(-cosines)[:10].tolist()))
            some = rng.choice(6000, 300, replace=False)
            np.testing.assert_allclose(store.cosines(query, some), cosines[some], atol=1e-3)
            narrow = np.sort(rng.choice(6000, 60, replace=False))
            best = narrow[np.argsort(-cosines[narrow])[:10]].tolist()
            assert len({row for row, _ in store.search(query, 10, narrow)} & set(best)) >= 9
        assert found >= 0.95 * 300


def test_without_the_client(tmp_path: Path) -> None:
    """The extra is named in one line; nothing is built."""
    code = "import sys; sys.modules['pymilvus'] = None; from regional_qa.cli import main; sys.exit(main(sys.argv[1:]))"
    words = [
        "rebuild",
        "--corpus",
        str(write_corpus(tmp_path / "corpus", **ARTICLES)),
        "--index",
        str(tmp_path / "index"),
    ]
    words += ["--store", "milvus", "--uri", "http://127.0.0.1:9"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "pip install -c constraints.txt -e '.[milvus]'" in done.stderr
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    "flags",
    [
        {"store": "qdrant"},
        {"store": "milvus"},
        {"store": "milvus", "milvus_uri": "127.0.0.1:19530"},
        {"store": "milvus", "milvus_uri": "http://root:secret@127.0.0.1:19530"},
        {"store": "milvus", "milvus_uri": "http://127.0.0.1:19530", "milvus_token": "with blank"},
        {"milvus_uri": 3},
    ],
)
def test_settings_that_cannot_be_used(flags: dict[str, str]) -> None:
    """They are named; an address with a secret in it is not shown."""
    with pytest.raises(UsageError) as fault:
        Settings(**flags)  # type: ignore[arg-type]
    assert "secret" not in str(fault.value)


def test_the_token_comes_from_the_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never shown, and a file that holds it is refused."""
    monkeypatch.setenv("REGIONAL_QA_MILVUS_TOKEN", "root:hunter22")
    loaded = Settings.load(tmp_path / "none", store="milvus", milvus_uri="https://milvus.example:443/news")
    assert loaded.milvus_token == "root:hunter22"
    assert "hunter22" not in repr(loaded)
    file = tmp_path / "regional-qa.toml"
    file.write_text('milvus_token = "root:hunter22"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="REGIONAL_QA_MILVUS_TOKEN"):
        Settings.load(file)


def test_importing_the_client_changes_nothing_else() -> None:
    """Its log is silent, since its faults are told by us; the root logger is as it was."""
    require_client()
    code = (
        "import logging; before = logging.getLogger().handlers[:]; import regional_qa.backends.vectors_milvus; "
        "assert logging.getLogger().handlers == before; assert not logging.getLogger('pymilvus').isEnabledFor(50)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
