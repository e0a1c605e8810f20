"""Every vector store keeps the promises of ``ports.VectorStore``, held against plain numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from regional_qa.backends.vectors_faiss import FaissVectors
from regional_qa.errors import IndexDamaged, IndexMismatch, ModelError
from regional_qa.ports import Vectors, VectorStores


def unit_rows(count: int, dim: int = 16, seed: int = 7) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_agrees_with_brute_force(stores: VectorStores, tmp_path: Path) -> None:
    """Rows and cosines are those numpy gives, before and after a round trip to disk."""
    passages, queries = unit_rows(200), unit_rows(5, seed=8)
    exact = queries @ passages.T  # (5, 200), cosine
    built = stores.build(passages)
    built.save(tmp_path)
    for store in (built, stores.load(tmp_path)):
        assert len(store) == 200
        for query, cosines in zip(queries, exact, strict=True):
            best = np.argsort(-cosines)[:10]
            hits = store.search(query, 10)
            assert [row for row, _ in hits] == best.tolist()
            np.testing.assert_allclose([cosine for _, cosine in hits], cosines[best], atol=1e-3)
            np.testing.assert_allclose(store.cosines(query, [3, 199]), cosines[[3, 199]], atol=1e-3)


def test_filter_is_exact(stores: VectorStores) -> None:
    """Under a filter the best of the allowed rows come back, and nothing else."""
    passages, query = unit_rows(300), unit_rows(1, seed=9)[0]
    allowed = np.arange(5, 300, 7, dtype=np.int64)
    best = sorted(allowed.tolist(), key=lambda row: -float(passages[row] @ query))[:10]
    assert [row for row, _ in stores.build(passages).search(query, 10, allowed)] == best


@pytest.mark.fault("F6q")
def test_never_pads(stores: VectorStores) -> None:
    """More asked for than there is gives what there is, never row -1."""
    store, query = stores.build(unit_rows(3)), unit_rows(1)[0]
    assert {row for row, _ in store.search(query, 50)} == {0, 1, 2}
    assert store.search(query, 50, np.array([], dtype=np.int64)) == []
    assert [row for row, _ in store.search(query, 50, np.array([2], dtype=np.int64))] == [2]


@pytest.mark.fault("F7q")
def test_refuses_what_does_not_fit(stores: VectorStores, tmp_path: Path) -> None:
    """A wrong dimension, NaN and a damaged file are faults with a cure, not crashes."""
    store = stores.build(unit_rows(3))
    with pytest.raises(ModelError, match="rebuild"):
        store.search(np.zeros(5, dtype=np.float32), 1)
    with pytest.raises(ModelError):
        store.search(np.full(16, np.nan, dtype=np.float32), 1)
    with pytest.raises(ModelError):
        stores.build(np.full((2, 4), np.nan, dtype=np.float32))
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(IndexMismatch, match="--store"):
        stores.load(folder)
    store.save(folder)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(IndexDamaged, match="rebuild"):
        stores.load(folder)


def test_many_rows_are_found_as_well(stores: VectorStores, tmp_path: Path) -> None:
    """Where a coarse look comes first, hardly a near row is missed, filters hold and cosines are near."""
    rng = np.random.default_rng(3)
    centres = unit_rows(500, 128, seed=4)
    rows = centres[rng.integers(0, 500, 24_000)] + rng.normal(scale=0.06, size=(24_000, 128))
    passages = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    stores.build(passages).save(tmp_path)
    store = stores.load(tmp_path)
    assert stores is not FaissVectors or len([*tmp_path.iterdir()]) == 2
    broad = np.arange(0, 24_000, 3, dtype=np.int64)
    narrow = np.arange(0, 24_000, 300, dtype=np.int64)
    found = 0
    for query in passages[::600]:
        cosines = passages @ query
        best = set(np.argsort(-cosines)[:10].tolist())
        hits = store.search(query, 10)
        found += len(best.intersection(row for row, _ in hits))
        np.testing.assert_allclose(
            [cosine for _, cosine in hits], cosines[[row for row, _ in hits]], atol=5e-3
        )  # a byte a number
        assert {row for row, _ in store.search(query, 10, broad)} <= set(broad.tolist())
        exact = narrow[np.argsort(-cosines[narrow])[:10]].tolist()
        assert len(set(exact).intersection(row for row, _ in store.search(query, 10, narrow))) >= 9
    assert found >= 0.97 * 10 * len(passages[::600])


def test_a_coarse_index_that_misses_too_much_is_not_kept(tmp_path: Path) -> None:
    """Rows without any structure are beyond four bits; they are searched one by one."""
    rows = unit_rows(20_000, 2)
    FaissVectors.build(rows).save(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.faiss"]
