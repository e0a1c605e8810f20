"""Every lexical index keeps the promises of ``ports.LexicalIndex``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from regional_qa.backends.lexical_tantivy import TantivyIndex
from regional_qa.errors import IndexDamaged
from regional_qa.ports import LexicalIndex

INDEXES = [TantivyIndex]
BUNDLES = 3
TEXTS = [("", "安徽光伏玻璃产量占全国一半以上"), ("", "江西新三样出口增长73.5%"), ("江苏 养老", "护理型床位占比68%")]


def built(
    kind: type[LexicalIndex],
    folder: Path,
    texts: Sequence[tuple[str, str]],
    articles: Sequence[int],
    bundles: int = BUNDLES,
) -> LexicalIndex:
    """An index of ``texts`` in so many bundles, each of whole articles; the last may be empty."""
    edges = [len(texts) * number // bundles for number in range(bundles)]
    edges = [next((at for at in range(edge, 0, -1) if articles[at] != articles[at - 1]), 0) for edge in edges]
    folders = [folder / f"bundle-{number}" for number in range(bundles + 1)]
    for number, (place, start, stop) in enumerate(
        zip(folders, [*edges, len(texts)], [*edges[1:], len(texts), len(texts)], strict=True)
    ):
        place.mkdir()
        kind.bundle(place, number, [(articles[row], *texts[row]) for row in range(start, stop)])
    (folder / "index").mkdir()
    return kind.join(folder / "index", folders, articles)


@pytest.mark.parametrize("kind", INDEXES)
def test_bundles_make_no_difference(kind: type[LexicalIndex], tmp_path: Path) -> None:
    """The same rows with the very same scores, in the same order, however the passages are bundled."""
    rng = np.random.default_rng(5)
    words = ["光伏", "汽车", "钢铁", "柠檬", "口岸", "卫星", "出口", "增长"]
    texts = [(str(rng.choice(words)), " ".join(rng.choice(words, rng.integers(1, 9)))) for _ in range(300)]
    articles = np.sort(rng.integers(0, 90, 300)).tolist()
    asked = np.array(sorted(set(articles)))
    found = []
    for bundles in (1, 2, 7):
        (tmp_path / str(bundles)).mkdir()
        index = built(kind, tmp_path / str(bundles), texts, articles, bundles)
        scores = [index.whole(f"{word} 出口", asked).tolist() for word in words]
        found.append(([index.search(f"{word} 出口", 40) for word in words], scores))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("kind", INDEXES)
@pytest.mark.parametrize("bundles", [1, 3, 11])
def test_bound_bundles_make_no_difference(kind: type[LexicalIndex], tmp_path: Path, bundles: int) -> None:
    """Bundles that were bound give the rows and scores that they give by themselves, be they few or many."""
    rng = np.random.default_rng(6)
    words = ["光伏", "汽车", "钢铁", "柠檬", "口岸", "卫星", "出口", "增长"]
    texts = [(str(rng.choice(words)), " ".join(rng.choice(words, rng.integers(1, 9)))) for _ in range(300)]
    articles = np.sort(rng.integers(0, 90, 300)).tolist()
    loose = built(kind, tmp_path, texts, articles, bundles)
    folders = [tmp_path / f"bundle-{number}" for number in range(bundles + 1)]
    volumes = [tmp_path / "first", tmp_path / "second"]
    for volume, some in zip(volumes, (folders[:-2], folders[-2:]), strict=True):
        volume.mkdir()
        if some:
            kind.bind(volume, some)
    (tmp_path / "bound").mkdir()
    bound = kind.join(tmp_path / "bound", [one for one in volumes if any(one.iterdir())], articles)
    asked = np.array(sorted(set(articles)))
    for word in words:
        assert bound.search(f"{word} 出口", 300) == loose.search(f"{word} 出口", 300)
        assert bound.whole(f"{word} 出口", asked).tolist() == loose.whole(f"{word} 出口", asked).tolist()


@pytest.mark.parametrize("kind", INDEXES)
def test_of_equal_passages_the_first_are_found(kind: type[LexicalIndex], tmp_path: Path) -> None:
    """In whatever order bundles of one size were bound, and however many are as good as the last."""
    built(kind, tmp_path, [("", "安徽光伏")] * 240, list(range(240)), 8)
    volume = tmp_path / "volume"
    volume.mkdir()
    kind.bind(volume, [tmp_path / f"bundle-{number}" for number in range(8)])
    (tmp_path / "bound").mkdir()
    bound = kind.join(tmp_path / "bound", [volume], list(range(240)))
    assert [row for row, _ in bound.search("安徽光伏", 50)] == list(range(50))
    assert [row for row, _ in bound.search("安徽光伏", 3, np.arange(5, 240, 5))] == [5, 10, 15]


@pytest.mark.parametrize("kind", INDEXES)
def test_scores_are_bm25(kind: type[LexicalIndex], tmp_path: Path) -> None:
    """A word scores as the BM25 formula says (k1 1.2, b 0.75, Robertson and Zaragoza 2009): as a word, and as a whole run."""
    texts = [("", "solar solar solar module"), ("", "solar glass making plant"), ("", "lemon growing area grows")]
    index = built(kind, tmp_path, texts, range(len(texts)))
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = {0: 2 * idf * 3 * 2.2 / (3 + 1.2), 1: 2 * idf * 1 * 2.2 / (1 + 1.2)}  # all three texts are equally long
    hits = index.search("solar", 10)
    assert [row for row, _ in hits] == [0, 1]
    for row, score in hits:
        assert score == pytest.approx(expected[row], rel=0.01)


@pytest.mark.parametrize("kind", INDEXES)
def test_finds_words_figures_and_headlines(kind: type[LexicalIndex], tmp_path: Path) -> None:
    """Traditional and full-width forms find the simplified text; figures and headline words are words too."""
    built(kind, tmp_path, TEXTS, range(len(TEXTS)))
    index = kind.load(tmp_path / "index")
    assert len(index) == 3
    assert index.search("安徽光伏產量", 5)[0][0] == 0
    assert index.search("７３．５％", 5)[0][0] == 1
    assert index.search("养老", 5)[0][0] == 2
    assert index.search("量子通信", 5) == []
    assert index.search('" OR * NEAR(', 5) == []
    assert index.document_frequencies(["光伏", "养老", "量子"]) == [1, 1, 0]


@pytest.mark.parametrize("kind", INDEXES)
def test_every_string_is_found_wherever_words_are_cut(kind: type[LexicalIndex], tmp_path: Path) -> None:
    """A stretch of two characters or more finds its passage first; single characters find nothing by themselves."""
    texts = [
        "晶澳太阳能的光储产业迈上台阶",
        "江苏护理型床位占比提高",
        "黑河自贸片区对外贸易增长",
        "光有储量也不行，产能业已过剩",
    ]
    index = built(kind, tmp_path, [("", text) for text in texts], range(len(texts)))
    for row, text in enumerate(texts):
        run = text.split("，")[0]
        for start in range(len(run) - 3):
            assert index.search(run[start : start + 3], 4)[0][0] == row
    assert index.search("储光", 4) == []


@pytest.mark.parametrize("kind", INDEXES)
@pytest.mark.parametrize("share", [0.01, 0.9])
def test_filter_is_exact(kind: type[LexicalIndex], tmp_path: Path, share: float) -> None:
    """A narrow and a broad filter give the unfiltered ranking with the other rows taken out."""
    rng = np.random.default_rng(3)
    words = ["光伏", "汽车", "钢铁", "柠檬", "口岸", "卫星"]
    index = built(kind, tmp_path, [("", " ".join(rng.choice(words, 8))) for _ in range(400)], range(400))
    allowed = np.sort(rng.choice(400, int(400 * share), replace=False)).astype(np.int64)
    every = [row for row, _ in index.search("光伏 口岸", 400) if row in set(allowed.tolist())]
    assert [row for row, _ in index.search("光伏 口岸", 20, allowed)] == every[:20]


@pytest.mark.parametrize("kind", INDEXES)
def test_damage_is_named(kind: type[LexicalIndex], tmp_path: Path) -> None:
    """A folder that holds no index is a fault with a cure."""
    with pytest.raises(IndexDamaged, match="rebuild"):
        kind.load(tmp_path)


@pytest.mark.parametrize("kind", INDEXES)
def test_scores_of_whole_articles(kind: type[LexicalIndex], tmp_path: Path) -> None:
    """An article scores by all of its passages together; one without any of the words has 0."""
    texts = ["光伏 玻璃 制造", "逆变器 出口 增长", "光伏 出口 下降", "柠檬 种植 面积"]
    index = built(kind, tmp_path, [("", text) for text in texts], [4, 4, 7, 9])
    assert dict(index.search("solar 光伏逆变器", 4)).keys() == {0, 1, 2}
    four, seven, nine = index.whole("光伏逆变器", np.array([4, 7, 9]))
    assert four > seven > nine == 0
    assert index.whole("，", np.array([4])).tolist() == [0.0]
