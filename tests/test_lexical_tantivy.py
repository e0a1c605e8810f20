"""What the lexical index leaves out to be quick, and that the ways of searching under a filter agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from regional_qa.backends import lexical_tantivy
from regional_qa.backends.lexical_tantivy import TantivyIndex

TEXTS = [f"报道 光伏 {'逆变器' if row % 10 == 0 else '组件'} 第{row}号" for row in range(200)]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TantivyIndex:
    """Two hundred passages that all hold 报道 and 光伏, one in ten 逆变器; small enough to be searched in full."""
    monkeypatch.setattr(lexical_tantivy, "MANY", 100)
    (tmp_path / "bundle").mkdir()
    TantivyIndex.bundle(tmp_path / "bundle", 0, [(row, "", text) for row, text in enumerate(TEXTS)])
    (tmp_path / "index").mkdir()
    return TantivyIndex.join(tmp_path / "index", [tmp_path / "bundle"], range(len(TEXTS)))


def test_a_common_term_is_not_looked_up_beside_rarer_ones(index: TantivyIndex) -> None:
    """Scores are those of the rarer ones, and nothing else is found; alone, or beside unknown words, it is looked up."""
    assert index.search("光伏逆变器", 200) == index.search("逆变器", 200)
    assert len(index.search("光伏逆变器", 200)) == 20
    assert len(index.search("光伏", 200)) == len(index.search("光伏 柠檬", 200)) == 200
    assert index.whole("光伏 柠檬", np.arange(200)).min() > 0


@pytest.mark.parametrize("share", [2, 5, 50])
def test_a_filter_finds_the_same_by_every_way(index: TantivyIndex, monkeypatch: pytest.MonkeyPatch, share: int) -> None:
    """Looking for the allowed rows, by one query or by many, and dropping the others."""
    allowed = np.arange(0, 200, share)
    found = []
    for fraction, few in ((0.0, 0), (1.0, 0), (1.0, 1000)):
        monkeypatch.setattr(lexical_tantivy, "EXACT_SET", fraction)
        monkeypatch.setattr(lexical_tantivy, "FEW_PLACES", few)
        found.append(index.search("光伏逆变器 第80号", 7, allowed))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == min(7, 200 // share)
    assert {row for row, _ in found[0]} <= set(allowed.tolist())
