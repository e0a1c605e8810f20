"""Each payload in every field and every address of every page and file, without a browser: no tag, no attribute is its own."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from regional_qa.records import write_facts_csv
from regional_qa.types import Answer, Article, Citation, Fact, Hit, Passage, Reprint, Scope, Span, Stretch
from regional_qa.web.cards import answer_html, fault_html, following_html, noted_html, question_html
from regional_qa.web.conversation import Conversation, Turn
from regional_qa.web.coverage import Coverage, Covered
from regional_qa.web.coverage_page import ArticlesAsked, coverage_page, list_page
from regional_qa.web.desk import FactsAsked, Filters
from regional_qa.web.export import figures_file, file_html, markdown_file
from regional_qa.web.fact_page import fact_page
from regional_qa.web.index_state import IndexState, Stale, Trouble
from regional_qa.web.language import Language
from regional_qa.web.pages import article_page, fault_page, missing_page
from regional_qa.web.render import seen
from regional_qa.web.status_page import status_page
from tests.web.hostile import PAYLOADS

LIVE = [
    *PAYLOADS.values(),
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "-1+1",
    "\t=1",
    "\r=1",
    "\n=1",
    "  \n# 题\n\n> 引\n\n---\n\n    码",
]
OURS = set(
    "html head meta link title body nav main article header aside section h1 h2 p a ul ol li dl dt dd table caption thead tbody "
    "tr th td form label span input button mark q pre b strong details summary div".split()
)
NAMES = set(
    "lang charset name content rel href class id title type action method value placeholder maxlength autocomplete hidden scope "
    "aria-label aria-current aria-sort data-label role tabindex start target open download".split()
)


class Held(HTMLParser):
    """What is in a page: its tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def article(words: str) -> Article:
    """An article of which every field says the same."""
    text = f"前文。{words}占全国的1/3。"
    reprint = Reprint(words, words, words, date(2024, 1, 2), words)
    return Article(words, words, text, words, date(2024, 1, 1), (words,), words, words, words, words,
                   (Stretch(Span(0, len(text)), 0),), ("published", "regions"), (reprint,))  # fmt: skip


def answered(words: str) -> Answer:
    """An answer that quotes it, worded by a model that says it too."""
    one = article(words)
    span = Span(3, len(one.text))
    quote = span.of(one.text)
    cited = Citation(
        1, words, words, words, None, (words,), words, span, quote, words, (), (), one.reprints, (Span(4, 5),)
    )
    scope = Scope((words, "安徽"), (2023,), "share", words, words)
    return Answer(words, f"{quote}[1]", "answered", (cited,), scope, (words,), (), words, f"{words}[1][7]")


def fact(words: str) -> Fact:
    """A figure of it."""
    span = Span(0, len(words))
    return Fact(
        words, span, span, words, (words,), words, words, words, words, 1.0, None, words, words, words, (2023,), words
    )


def talk(words: str) -> Conversation:
    """A conversation about it."""
    return Conversation().add(Turn(1, words, words, words, words, answered(words)))


def pages(words: str, language: Language) -> Iterator[str]:
    """Every page and every message, all of it foreign."""
    one, found = article(words), answered(words)
    hit = Hit(Passage(words, words, Span(0, len(one.text)), one.text, (words,)), one, 1, 1.0)
    abstained = replace(found, status="abstained", text=words, citations=(), phrased="", closest=(hit, hit))
    coverage = Coverage(
        (Covered(words, words, (words,), (words,)),), (words,), (words,), {(words, words): 1}, {words: 1}
    )
    asked = FactsAsked(words, words, words, words, words)
    state = IndexState(words, words, words, 1.0, 1, 1, 1, 1, (Trouble(words, words, lost=True), Trouble(words, words, lost=False)),
                       Stale(1, 1, 1, (words,)))  # fmt: skip
    yield article_page(one, "3", "6", language=language)
    yield article_page(one, words, words, words, raw=one.text, language=language)
    yield missing_page(words, language)
    yield fault_page(words, words, language)
    yield fact_page(asked, [fact(words)], lambda _: one, language=language)
    yield fact_page(asked, [], lambda _: one, words, language)
    yield coverage_page(coverage, language)
    yield list_page(ArticlesAsked(words, words, words, words), coverage, lambda _: one, language)
    yield status_page(state, words, language)
    yield status_page(IndexState(fault=words), words, language)
    for answer in (found, abstained):
        yield answer_html(answer, f"{words}？", Filters((words,)), lambda _: one, language)
    yield question_html(words) + fault_html(words, 1, language) + noted_html(words) + following_html([words], language)
    yield file_html(f"{words}.md", words)


@pytest.mark.fault("G1", "G2", "G8")
@pytest.mark.parametrize("words", LIVE)
def test_only_our_markup_is_in_a_page(words: str) -> None:
    """In both languages: our tags, our attributes, links to our own pages; the text literal on each of them."""
    for language in ("zh", "en"):
        for page in pages(words, language):
            held = Held(page)
            assert {tag for tag, _ in held.tags} <= OURS
            assert {name for _, names in held.tags for name in names} <= NAMES
            for tag, names in held.tags:
                assert names.get("type", "") in ("", "button", "hidden")
                assert names.get("action", "/facts") == "/facts"
                for address in (names.get("href", "/"), names.get("src", "/")):
                    assert re.match(r"/(?!/)|#|data:,", address), (tag, address)
            assert _plain(seen(words[:60])) in _plain(held.text)


def _plain(text: str) -> str:
    """A text with one blank for each stretch of what cannot be seen."""
    return re.sub(r"[\s\ufffd]+", " ", text).strip()


@pytest.mark.fault("G1", "G4")
@pytest.mark.parametrize("words", LIVE)
def test_a_saved_conversation_is_only_text(words: str) -> None:
    """Markdown shows every sign as it was: our headings, quotations and footnotes, and not one link, picture or tag more."""
    kept = markdown_file(talk(words), date(2026, 11, 21), "zh")
    flat = list(_flat(MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(kept)))
    assert {token.type for token in flat} <= {
        "heading_open", "heading_close", "inline", "text", "blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close",
        "softbreak", "hardbreak", "text_special",
    }  # fmt: skip
    assert " ".join(words.split()) in " ".join("".join(token.content for token in flat if not token.children).split())


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


@pytest.mark.fault("G1")
@pytest.mark.parametrize("words", LIVE)
def test_no_cell_of_a_saved_table_is_reckoned_with(words: str) -> None:
    """Of the figures of a talk and of the fact table: a cell that a spreadsheet would take for a formula begins with '."""
    table = io.StringIO()
    write_facts_csv(table, [(fact(words), article(words))])
    for kept in (table.getvalue(), figures_file(talk(words), lambda _: article(words)).removeprefix("\ufeff")):
        rows = list(csv.reader(io.StringIO(kept, newline="")))
        assert len({len(row) for row in rows}) == 1
        for cell in rows[1]:
            assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell) or re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell), cell
            assert html.unescape(words) != cell or not words.startswith(tuple("=+-@"))
