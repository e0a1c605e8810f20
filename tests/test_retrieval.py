"""Search fuses words and meaning, and its filters are exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from regional_qa.answering.answer import answer
from regional_qa.errors import UsageError
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.retrieval import FUSION, Fusion, fuse, search
from tests.fakes import fake_parts, write_corpus

CORPUS = {
    "a": "title: 安徽光伏\nregions: [安徽]\npublished: 2024-02-01\n---\n光伏玻璃产量占全国一半以上。",
    "b": "title: 江西光伏\nregions: [江西]\npublished: 2023-06-01\n---\n光伏新能源集群正在打造。",
    "c": "title: 江苏养老\nregions: [江苏]\n---\n护理型床位占比68%。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder: Path = tmp_path_factory.mktemp("retrieval")
    rebuild(write_corpus(folder / "corpus", **CORPUS), folder / "index", fake_parts())
    return open_generation(folder / "index", fake_parts())


def titles(generation: Generation, query: str, **options: object) -> list[str]:
    return [hit.article.title for hit in search(generation, query, **options)]  # type: ignore[arg-type]


def test_ranks_and_scores(generation: Generation) -> None:
    """Ranks count from 1, scores fall, and the parts of the score are told."""
    hits = search(generation, "光伏玻璃产量")
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert hits[0].article.title == "安徽光伏"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].why["lexical"] > 0
    assert len(search(generation, "光伏", k=2)) == 2


def test_filters(generation: Generation) -> None:
    """Regions and dates exclude; unknown dates pass; several regions are alternatives."""
    assert titles(generation, "光伏", regions=("江西",)) == ["江西光伏"]
    assert set(titles(generation, "光伏", regions=("江西", "江苏"))) == {"江西光伏", "江苏养老"}
    assert set(titles(generation, "光伏", since=date(2024, 1, 1))) == {"安徽光伏", "江苏养老"}
    assert set(titles(generation, "光伏", until=date(2023, 12, 31))) == {"江西光伏", "江苏养老"}
    assert titles(generation, "光伏", regions=("西藏",)) == []


def test_a_named_region_lifts_without_excluding(generation: Generation) -> None:
    """The region in the question comes first, the others stay findable."""
    found = titles(generation, "江西光伏产量")
    assert found[0] == "江西光伏"
    assert "安徽光伏" in found


def test_a_year_in_the_question_is_no_publication_filter(generation: Generation) -> None:
    """An article of 2024 may tell of 2023."""
    assert "安徽光伏" in titles(generation, "2023年安徽光伏产量")


def test_a_day_of_publication_in_the_question_filters(generation: Generation) -> None:
    """Only words such as 发表 make a date one of publication."""
    assert set(titles(generation, "2023年发表的光伏新闻")) == {"江西光伏", "江苏养老"}
    assert set(titles(generation, "光伏新闻，报道于2024年2月")) == {"安徽光伏", "江苏养老"}
    assert set(titles(generation, "2023年以前报道的光伏")) == {"江苏养老"}


def test_days_of_the_question_and_of_the_caller_both_hold(generation: Generation) -> None:
    """The caller's limit is not lifted by what the question says; where they have no day in common nothing is found."""
    wide = search(generation, "2023年发表的光伏新闻", since=date(2000, 1, 1))
    assert {hit.article.title for hit in wide} == {"江西光伏", "江苏养老"}
    assert search(generation, "2023年发表的光伏新闻", since=date(2024, 1, 1)) == []
    crossed = answer(generation, "2023年发表的江西光伏新闻说了什么", since=date(2024, 1, 1))
    assert crossed.status == "abstained"
    assert crossed.notes[0] == "所限的发表日期与问题里的发表时间没有交集"


@pytest.mark.parametrize(
    ("query", "k"), [("", 1), ("！？", 1), ("字" * 501, 1), ("光伏", 0), ("光伏", 101), ("光伏", -1)]
)
def test_limits(generation: Generation, query: str, k: int) -> None:
    """What cannot be searched is refused."""
    with pytest.raises(UsageError):
        search(generation, query, k=k)


def test_fuse_by_hand() -> None:
    """Standardised scores are averaged by weight; of unknown words only the vectors count; equal scores give 0."""
    scores = {"lexical": np.array([3.0, 1.0, 2.0]), "dense": np.array([0.1, 0.3, 0.2])}
    unit, (lexical, dense) = np.sqrt(1.5), FUSION.weights(["lexical", "dense"], 1.0)
    apart = unit * (lexical - dense)
    assert fuse(scores, 1.0) == pytest.approx([apart, -apart, 0], abs=1e-6)
    assert fuse(scores, 0.0) == pytest.approx([-unit, unit, 0], abs=1e-6)
    assert fuse({"lexical": np.ones(2), "dense": np.zeros(2)}, 1.0).tolist() == [0, 0]


def test_weights_follow_what_the_index_knows() -> None:
    """Those of unknown words below the lower bound, of known words above the upper one, in between a mixture."""
    fusion = Fusion({"lexical": 3.0, "dense": 1.0}, {"lexical": 0.0, "dense": 2.0}, 0.2, 0.7)
    assert [fusion.weights(["lexical", "dense"], known).tolist() for known in (0.1, 0.45, 0.9)] == [
        [0.0, 1.0],
        pytest.approx([0.5, 0.5]),
        [0.75, 0.25],
    ]


def test_vectors_stand_in_for_words_that_a_model_does_not_have() -> None:
    """The weight of a score that is missing falls to the cosine of the vectors."""
    fusion = Fusion({"lexical": 1.0, "dense": 1.0, "late": 2.0}, {"lexical": 0.0, "dense": 1.0, "late": 1.0}, 0.2, 0.7)
    assert fusion.weights(["lexical", "dense"], 1.0).tolist() == [0.25, 0.75]


class Backwards:
    """Finds the passage best that was thought worst."""

    name = "backwards"

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float64]:
        self.read = list(texts)
        return np.arange(len(texts), dtype=np.float64)


def test_a_reranker_has_the_last_word_on_the_best_passages(generation: Generation) -> None:
    """What it reads is ordered by its scores, which are told; scores still fall with the rank."""
    plain = search(generation, "光伏产量", k=5)
    reranker = Backwards()
    again = search(replace(generation, reranker=reranker), "光伏产量", k=5)
    assert [hit.passage.passage_id for hit in again] == [hit.passage.passage_id for hit in reversed(plain)]
    assert reranker.read == [hit.passage.text for hit in plain]
    assert [hit.score for hit in again] == sorted((hit.score for hit in again), reverse=True)
    assert again[0].why["reranker"] == len(plain) - 1
