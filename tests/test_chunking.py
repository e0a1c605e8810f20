"""Passages are exact stretches of their article, and nothing but blanks falls between them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regional_qa.chunking import SIZE_CHARS, cut_article, length
from regional_qa.types import Article

AWKWARD = [
    "",
    " \n ",
    "甲",
    "。",
    "”。",
    "😀" * 700,
    "重复的段落。\n\n" * 60,
    "没有句号" * 200,
    "ＡＢＣ１２３％" * 90,
    "a. b. c " * 200,
]


def require_exact(text: str) -> None:
    passages = cut_article(Article("a", "", text))
    end = 0
    for passage in passages:
        assert passage.span.of(text) == passage.text
        assert 0 < length(passage.text) <= SIZE_CHARS
        assert not text[end : passage.span.start].strip()
        end = passage.span.end
    assert not text[end:].strip()


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts(text: str) -> None:
    """Empty, blank, repeated, endless and emoji texts lose nothing."""
    require_exact(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="甲乙丙。！？；，、”’）\n .;a1😀", max_size=1500))
def test_any_text(text: str) -> None:
    """The promise holds for random texts of words, stops, closing quotes and blanks."""
    require_exact(text)


def test_closing_quotes_stay_with_their_sentence() -> None:
    """No passage starts with the quotation mark that ends the sentence before."""
    text = "“光伏产量第一，而且还在增长，企业很有信心。”" * 40
    assert all(not passage.text.startswith("”") for passage in cut_article(Article("a", "", text)))


def test_ids_are_stable_and_distinct() -> None:
    """The same article gives the same ids; repeated text gets different ones."""
    article = Article("a", "", "同样的句子。" * 200)
    ids = [passage.passage_id for passage in cut_article(article)]
    assert ids == [passage.passage_id for passage in cut_article(article)]
    assert len(set(ids)) == len(ids) > 1
