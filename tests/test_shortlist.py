"""The shortlist against BM25 by its definition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regional_qa import retrieval
from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import open_generation
from regional_qa.ports import Tokens
from regional_qa.settings import Settings
from regional_qa.shortlist import K1, B, Shortlist
from tests.fakes import write_corpus

Texts = list[list[int]]


def tokens_of(texts: Texts) -> Tokens:
    ids = np.array([one for text in texts for one in text], dtype=np.uint16)
    return Tokens(ids, np.cumsum([0, *map(len, texts)]).astype(np.int64))


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=8), min_size=2, max_size=12),
    st.dictionaries(st.integers(0, 11), st.integers(1, 5), max_size=5),
)
def test_by_definition(texts: Texts, asked: dict[int, int]) -> None:
    """The best by BM25, whichever of equal ones; tokens that nothing holds count for nothing."""
    usual = max(sum(map(len, texts)) / len(texts), 1.0)
    scores = np.zeros(len(texts))
    for at, text in enumerate(texts):
        for token, weight in asked.items():
            count = text.count(token)
            scores[at] += weight * count / (count + K1 * (1 - B + B * len(text) / usual))
    ids, weights = np.array([*asked], dtype=np.uint32), np.array([*asked.values()], dtype=np.float32)
    best = Shortlist(tokens_of(texts)).best(ids, weights, len(texts) // 2)
    assert best.tolist() == sorted(set(best.tolist()))
    assert sorted(scores[best]) == pytest.approx(sorted(scores)[len(texts) - len(best) :], abs=1e-5)
    assert len(best) == len(texts) // 2


def test_a_narrow_filter_is_searched_by_a_shortlist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds the best of what is allowed and nothing else."""
    texts = {
        f"{region}{at}": f"{region}第{at}号口岸今年开通了班列。" for region in ("安徽", "江西") for at in range(40)
    }
    rebuild(write_corpus(tmp_path / "corpus", **texts), tmp_path / "index", plug(Settings()))
    generation = open_generation(tmp_path / "index", plug(Settings()))
    monkeypatch.setattr(retrieval, "LISTED", 1)
    whole: list[str] = []
    listed: list[str] = []
    for narrow, found in ((0, whole), (len(texts), listed)):
        monkeypatch.setattr(retrieval, "NARROW", narrow)
        found += [hit.article.title for hit in retrieval.search(generation, "第23号口岸", regions=("安徽",))]
    assert whole[0] == listed[0] == "安徽23"
    assert len(listed) == 10
    assert all(title.startswith("安徽") for title in listed)
