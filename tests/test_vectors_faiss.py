"""What only the store over faiss promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest

from regional_qa.backends import vectors_faiss
from regional_qa.backends.vectors_faiss import COARSE_FILE, FaissVectors, coarse
from regional_qa.ports import HalfVectors

DIM = 24


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> HalfVectors:
    """Enough unit rows for a coarse index, some of them twice."""
    monkeypatch.setattr(vectors_faiss, "MANY", 600)
    monkeypatch.setattr(coarse, "_LEARNED", 400)
    drawn = np.random.default_rng(5).normal(size=(800, DIM))
    drawn[700:] = drawn[:100]
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float16)


def written(rows: HalfVectors, folder: Path, cache: Path | None) -> bytes:
    """The coarse index of the rows, as it is saved."""
    folder.mkdir()
    FaissVectors.build(rows, cache).save(folder)
    return (folder / COARSE_FILE).read_bytes()


def test_one_core_in_every_thread() -> None:
    """faiss counts cores by thread: a server's threads and the one that builds must be told, too."""
    rows = np.eye(4, dtype=np.float32)

    def cores_after() -> tuple[int, int]:
        store = FaissVectors.build(rows)
        built = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(3)
        store.search(rows[0], 2)
        return built, faiss.omp_get_max_threads()

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(cores_after).result() == (1, 1)


def test_what_is_kept_changes_nothing(rows: HalfVectors, tmp_path: Path) -> None:
    """With the codes of other rows at hand the index is the one that is made without, byte for byte."""
    cache = tmp_path / "cache"
    cache.mkdir()
    changed = np.concatenate([rows[:40], rows[43:90], -rows[90:93], rows[93:]])
    expected = {"a": written(rows, tmp_path / "1", None), "b": written(changed, tmp_path / "2", None)}
    assert expected["a"] != expected["b"]
    for at, (name, some) in enumerate([("a", rows), ("a", rows), ("b", changed), ("a", rows), ("b", changed[::1])]):
        assert written(some, tmp_path / f"3{at}", cache) == expected[name]
    np.testing.assert_array_equal(FaissVectors.load(tmp_path / "34").search(rows[5].astype(np.float32), 1)[0][0], 5)


def test_the_order_of_rows_does_not_matter_to_what_is_learned(rows: HalfVectors, tmp_path: Path) -> None:
    """Rows are known again wherever they stand."""
    FaissVectors.build(rows, tmp_path)
    kept = (tmp_path / "codes").read_bytes()
    FaissVectors.build(rows[::-1], tmp_path)
    assert (tmp_path / "codes").read_bytes() == kept


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "longer", "folder"])
def test_damage_to_what_is_kept_is_seen(rows: HalfVectors, tmp_path: Path, damage: str) -> None:
    """It is worked out anew; a folder in its place, where nothing can be kept, is an error that names it."""
    cache = tmp_path / "cache"
    cache.mkdir()
    expected = written(rows, tmp_path / "1", cache)
    file = cache / "codes"
    content = bytearray(file.read_bytes())
    whole = bytes(content)
    content[len(content) // 2] ^= 4
    file.unlink()
    if damage == "folder":
        file.mkdir()
        with pytest.raises(OSError, match="codes"):
            FaissVectors.build(rows, cache)
        return
    file.write_bytes({"flip": bytes(content), "cut": whole[:-9], "empty": b"", "longer": whole + b"\0"}[damage])
    assert written(rows, tmp_path / "2", cache) == expected
    assert file.read_bytes() == whole


def test_few_different_rows_are_enough(rows: HalfVectors) -> None:
    """A corpus that says one thing over and over is still searched."""
    store = FaissVectors.build(np.repeat(rows[:3], 300, axis=0))
    assert [row // 300 for row, _ in store.search(rows[1].astype(np.float32), 5)] == [1] * 5
