"""An article beside its file: what is shown is what it was made of, and nothing but a text of the corpus is ever opened."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from regional_qa.types import Span
from regional_qa.web.original import MAX_BYTES, original, pieces, windows
from regional_qa.web.pages import article_page
from tests.web.fake_assistant import ANHUI, PAPER, PAPER_FILE

BROKEN = "去年竹产业的产值达到一百九十亿元"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with the page."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "page.txt").write_text(PAPER_FILE, encoding="utf-8")
    return tmp_path / "corpus"


def place_of(words: str) -> Span:
    """Where words stand in the article."""
    start = PAPER.text.index(words)
    return Span(start, start + len(words))


def test_the_page_is_shown_as_it_stands(corpus: Path) -> None:
    """A sentence that the page breaks is marked in both its parts, in the order of the file."""
    raw = original(corpus, PAPER)
    assert raw == PAPER_FILE
    span = place_of(BROKEN)
    (window,) = windows(raw, PAPER, span)
    found = list(pieces(raw, window, PAPER, span))
    assert "".join(piece.text for piece in found) == window.of(raw)
    assert [piece.text for piece in found if piece.cited] == ["去年竹产业的产", "值达到一百九十亿元"]
    assert all(piece.own for piece in found if piece.cited)
    assert "\n\n" in [piece.text for piece in found if not piece.own]


@pytest.mark.parametrize("coding", ["utf-8-sig", "gb18030"])
def test_other_codings_are_read_as_at_the_rebuild(corpus: Path, coding: str) -> None:
    """The places are those of the decoded text."""
    (corpus / "page.txt").write_bytes(PAPER_FILE.encode(coding))
    assert original(corpus, PAPER) == PAPER_FILE


def test_a_file_that_changed_is_not_shown(corpus: Path) -> None:
    """Better none than one that the article was not made of."""
    (corpus / "page.txt").write_text(PAPER_FILE.replace("八十七万亩", "九十七万亩"), encoding="utf-8")
    assert original(corpus, PAPER) is None
    (corpus / "page.txt").unlink()
    assert original(corpus, PAPER) is None


@pytest.mark.parametrize(
    "origin",
    ["../secret.txt", "/etc/hostname.txt", "link.txt", "inside/page.txt", "pipe.txt", "", "a\0b.txt", "page.txt/x.txt"],
)
def test_nothing_but_a_text_of_the_corpus_is_opened(corpus: Path, origin: str) -> None:
    """Whatever an index may name: no way out of the folder, by a link neither, and nothing hangs."""
    (corpus.parent / "secret.txt").write_text(PAPER_FILE, encoding="utf-8")
    (corpus / "link.txt").symlink_to(corpus.parent / "secret.txt")
    (corpus / "inside").symlink_to(corpus.parent)
    os.mkfifo(corpus / "pipe.txt")
    assert original(corpus, replace(PAPER, origin=origin)) is None


def test_large_files_and_other_formats_are_left(corpus: Path) -> None:
    """Only a parser knows the text of a PDF; a page has no five megabytes."""
    (corpus / "page.txt").write_text(PAPER_FILE + "长" * MAX_BYTES, encoding="utf-8")
    assert original(corpus, PAPER) is None
    assert original(corpus, replace(PAPER, origin="page.pdf")) is None
    assert original(corpus, ANHUI) is None


def test_a_long_file_is_shown_around_the_quotation() -> None:
    """Lines of a page before and after, not all of it; a line without end is cut."""
    raw = "前文。\n" * 1000 + PAPER_FILE + "后文。\n" * 1000
    moved = replace(PAPER, layout=tuple(replace(one, original=one.original + 4000) for one in PAPER.layout))
    (window,) = windows(raw, moved, place_of(BROKEN))
    assert 300 < window.end - window.start < 800
    assert raw[window.start - 1] == "\n"
    endless = "前" * 4000 + PAPER_FILE + "后" * 9000
    (window,) = windows(endless, moved, place_of(BROKEN))
    assert window.end - window.start < 2000


def test_the_file_on_the_page_is_inert() -> None:
    """What a scan has in it shows as written; without a file there is no second column."""
    span = place_of(BROKEN)
    page = article_page(PAPER, str(span.start), str(span.end), raw=PAPER_FILE)
    beside = page.partition("<aside")[2]
    assert beside.count("<mark>") == 2
    assert "<img" not in page
    assert "&#60;img src&#61;x" in beside
    assert "<aside" not in article_page(PAPER)
    assert "As it stands in the file" in article_page(PAPER, raw=PAPER_FILE, language="en")
