"""Every character that is kept knows where it stood in the original."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regional_qa.reading import read_corpus
from regional_qa.reading.cleaning import clean, clean_lines
from regional_qa.reading.markdown import read_markdown
from regional_qa.reading.newspaper import read_newspaper
from regional_qa.reading.tracing import Traced, put_together, trace, trace_clean
from regional_qa.types import Article, Span

SHARED = Path(__file__).parents[1].parent / "shared"
PIECES = st.sampled_from(
    ["## 安徽：光储", "本报记者 王明", "▼合肥的车间。新华社记者 李明摄", "甘肃省统筹", "推进就业。", "（记者 高慧）", "supply", "chain",
     "2024年2月23日", "\u200b", "\ufeff", "\r\n", "\n", "\n\n\n", "\r", "\x85", " ", "\u3000", "# ", "---\n", "title: 题\n", "完。"]
)  # fmt: skip
PAGES = st.lists(PIECES, max_size=40).map("".join)


def kept_is_same(text: str, runs: tuple[tuple[int, int, int], ...], original: str) -> None:
    """Each run is the original's characters, a line's end whatever it was written as."""
    end = 0
    for start, stop, at in runs:
        assert end <= start < stop <= len(text)
        assert text[start:stop] == clean_lines(f"{original[at : at + stop - start]}.")[:-1]
        end = stop


@given(PAGES)
def test_tracing_changes_nothing(page: str) -> None:
    """Traced or not, the cleaned text is the same, and nothing but what cleaning puts in is without a place."""
    for traced, plain in ((trace(page), clean_lines(page)), (trace_clean(page), clean(page))):
        assert traced.text == plain
        assert sum(stop - start for start, stop, _ in traced.runs) == len(plain)
        kept_is_same(traced.text, traced.runs, page)


@given(PAGES, st.integers(0, 30), st.integers(0, 30))
def test_parts_and_wholes_keep_their_places(page: str, start: int, length: int) -> None:
    """Cutting a text and putting it together again gives what it was."""
    whole = trace(page)
    cut = min(start, len(whole.text)), min(start + length, len(whole.text))
    parts = [whole.part(0, cut[0]), whole.part(*cut), whole.part(cut[1], len(whole.text))]
    assert put_together(parts) == whole
    assert put_together(whole.lines(), "\n").text == whole.text


def check_layout(article: Article, original: str) -> None:
    runs = tuple((one.span.start, one.span.end, one.original) for one in article.layout)
    kept_is_same(article.text, runs, original)
    covered = {place for start, stop, _ in runs for place in range(start, stop)}
    missing = {char for place, char in enumerate(article.text) if place not in covered}
    assert not runs or missing <= {"\n", " "}


@given(PAGES)
def test_an_article_of_a_page_knows_its_places(page: str) -> None:
    """Headings, captions, joined sentences: only what joins paragraphs has no place of its own."""
    page += "完。"  # an empty page never comes so far
    for item in (*read_newspaper(page, "a.txt"), *read_markdown(page, "a.md")):
        if isinstance(item, Article) and item.text:
            check_layout(item, page)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside the project")
def test_the_newspaper_files_know_their_places() -> None:
    """All five, every article; captions, bylines and signatures are told apart from the text."""
    roles = set()
    for path in sorted((SHARED / "articles").glob("*.txt")):
        original = path.read_bytes().decode("utf-8")
        for article in read_corpus(path):
            assert isinstance(article, Article)
            assert article.layout
            check_layout(article, original)
            roles |= {stretch.role for stretch in article.layout}
    assert roles >= {"body", "byline", "caption", "signature"}


def test_a_quotation_is_found_in_the_file() -> None:
    """A sentence broken by a caption stands in two places there."""
    page = "## 甘肃就业\n\n本报记者 赵梅\n\n2023年以来，为了促进就业，甘肃省统筹\n\n▼车间。新华社记者 李明摄\n\n推进就业。\n"
    (article,) = (item for item in read_newspaper(page, "a.txt") if isinstance(item, Article))
    start = article.text.index("甘肃省统筹推进就业。")
    places = article.in_original(Span(start, start + 10))
    assert [place.of(page) for place in places] == ["甘肃省统筹", "推进就业。"]


def test_a_record_that_stands_as_it_is_needs_no_layout() -> None:
    """Most records do."""
    assert trace_clean("安徽\n光伏") == Traced("安徽\n光伏", ((0, 5, 0),))
