"""The five newspaper files as they came: every headline found, every line kept, no sentence left broken."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from regional_qa.reading import read_corpus
from regional_qa.types import Article

SHARED = Path(__file__).parents[2].parent / "shared"
FILES = SHARED / "articles"
EXPECTED = SHARED / "eval" / "newspaper_articles.jsonl"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the newspaper files of ../shared are not here")

CAPTION_SIGN = re.compile(r"[▲▼]|摄(?:（[^）]*）)?$")


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    items = list(read_corpus(FILES))
    assert all(isinstance(item, Article) for item in items), items
    return [item for item in items if isinstance(item, Article)]


def plain(text: str) -> str:
    """Without blanks, punctuation in one width."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def expected() -> list[dict[str, str]]:
    if not EXPECTED.is_file():
        return []
    return [json.loads(line) for line in EXPECTED.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["headline"] or "(no headline)")
def test_every_known_article_is_found_once_and_whole(articles: list[Article], row: dict[str, str]) -> None:
    """The headline is exact, and both marker strings stand in its article and in no other."""
    signs = [plain(row["contains_near_start"]), plain(row["contains_near_end"])]
    inside = [a for a in articles if a.origin == row["file"] and all(sign in plain(a.text) for sign in signs)]
    assert [plain(article.title) for article in inside] == [plain(row["headline"])]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["headline"] or "(no headline)")
def test_regions_are_those_the_article_tells_of(articles: list[Article], row: dict[str, str]) -> None:
    """From the headline, or from what the sentences start from where it names none."""
    (article,) = [a for a in articles if a.origin == row["file"] and plain(row["contains_near_start"]) in plain(a.text)]
    assert set(article.regions) == set(row["regions"])


def test_every_line_of_the_files_is_kept_in_one_piece(articles: list[Article]) -> None:
    """Each line stands unbroken in a title, a section or a text of its own file."""
    for path in sorted(FILES.glob("*.txt")):
        kept = [
            "".join(part.split())
            for article in articles
            if article.origin == path.name
            for part in (article.title, article.section, article.text)
        ]
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            piece = "".join(line.lstrip("#").split())
            assert any(piece in part for part in kept), line
        lost = Counter("".join(text.split()).replace("#", "")) - Counter("".join(kept))
        assert not lost


def test_no_caption_stands_in_a_sentence(articles: list[Article]) -> None:
    """Whatever shows the sign of a caption is a paragraph of its own."""
    for article in articles:
        for paragraph in article.text.split("\n\n"):
            if CAPTION_SIGN.search(paragraph):
                assert len(paragraph) < 120, paragraph


@pytest.mark.parametrize(
    "sentence",
    [
        "甘肃省统筹推进“省外输出、省内拓岗”",
        "一批先进光伏和新型储能领域的创新成果先后诞生，多次刷新世界纪录。",
        "严格落实耕地保护政策。坚决打起耕地保护的主体责任",
        "数交会,探索“跨境电商+市场采购贸易”",
        "中车长客不断取得重要突破",
        "做好“双向开放、惠通四方”的大文章。",
    ],
)
def test_sentences_broken_by_columns_are_whole(articles: list[Article], sentence: str) -> None:
    """Read by eye in the files: sentences that go on in another column or on another page."""
    assert sum(sentence in article.text for article in articles) == 1


def test_publishers_are_those_the_pages_state(articles: list[Article]) -> None:
    """Reprinted or reported by; 本报 without a name stays unknown, and no date is invented."""
    named = {plain(article.title): article.publisher for article in articles if article.publisher}
    assert Counter(named.values()) == Counter(
        ["人民日报", "吉林日报", "吉林日报", "黑河日报", "内蒙古日报", "宁夏日报", "南宁日报", "海关总署网"]
    )
    assert all(article.published is None for article in articles)
