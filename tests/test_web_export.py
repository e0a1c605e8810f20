"""A conversation as files: footnotes that count on, foreign text as written, figures a row each."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from regional_qa.errors import UsageError
from regional_qa.types import Article, Span
from regional_qa.web.conversation import Conversation, Turn
from regional_qa.web.export import figures_file, file_html, markdown_file
from tests.web.fake_assistant import FakeAssistant

DAY = date(2026, 11, 21)
ARTICLE = FakeAssistant().article


def talk(*questions: str) -> Conversation:
    """A conversation of these questions."""
    kept = Conversation()
    for number, question in enumerate(questions, start=1):
        kept = kept.add(Turn(number, question, "", "", "", FakeAssistant().ask(question)))
    return kept


def test_footnotes_count_on_through_the_conversation() -> None:
    """Question, quotation, reason of an abstention, and each source once at the end."""
    assert markdown_file(talk("安徽光伏", "海南", "江西光伏"), DAY, "zh") == (
        "# 区域新闻问答 2026-11-21\n\n"
        "## 安徽光伏\n\n> 安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。[^1]\n\n"
        "## 海南\n\n语料中没有找到\n\n没有写到所问内容的报道\n\n"
        "## 江西光伏\n\n> 2023年，江西光伏产量占全国的一成。[^2]\n\n"
        "[^1]: 《安徽光储产业集群》，regional-qa 编写（据人民日报《各地发力》编写，非原文），2024-02-23，第 19–52 字\n\n"
        "[^2]: 《江西光伏》，江西日报，2023-11-02，第 0–19 字\n"
    )


def test_foreign_text_is_no_markup_in_the_file() -> None:
    """Every sign that Markdown or HTML reads is escaped, in the quotation and in the footnote."""
    kept = markdown_file(talk("敌意<script>"), DAY, "en")
    for markup in ("<script", "<img", "![", "~~", "$$", "\n```"):
        assert markup not in kept
    assert not re.search(r"(?<!\\)\[(?!\^)", kept)


def test_figures_have_a_row_each() -> None:
    """With the whole citation; a cell that looks like a formula stays text; abstentions have none."""
    rows = figures(talk("安徽光伏", "海南"))
    assert [(row["question"], row["figure"], row["value"], row["regions"]) for row in rows] == [
        ("安徽光伏", "一半以上", "0.5", "安徽"), ("安徽光伏", "1/3", str(1 / 3), "安徽"),
    ]  # fmt: skip
    assert all(row["quote"].startswith("安徽光伏玻璃") and row["article_id"] == "anhui" for row in rows)
    assert figures(talk("=1+1安徽"))[0]["question"] == "'=1+1安徽"


def test_figures_have_the_labels_of_the_footnotes() -> None:
    """They count on through the conversation."""
    kept = talk("安徽光伏", "海南", "江西光伏")
    assert [(row["label"], row["title"]) for row in figures(kept)] == [
        ("1", "安徽光储产业集群"), ("1", "安徽光储产业集群"), ("2", "江西光伏"),
    ]  # fmt: skip
    assert "[^2]: 《江西光伏》" in markdown_file(kept, DAY, "zh")


def test_figures_say_what_they_are_of() -> None:
    """As the fact table does; nothing where it does not know, or where the article has left the index."""
    first, second = figures(talk("安徽光伏"))
    assert [first[name] for name in ("place", "industry", "metric", "years")] == ["安徽", "光伏玻璃", "产量", "2023"]
    assert second["industry"] == "逆变器"
    assert all(not row["metric"] for row in figures(talk("安徽光伏"), no_article))


def test_a_rank_is_no_figure() -> None:
    """第6位 counts nothing."""
    answer = FakeAssistant().ask("江西光伏")
    quote = "居全国第6位，12家。"
    cited = replace(answer.citations[0], span=Span(0, len(quote)), quote=quote, marks=())
    ranked = replace(answer, text=f"{quote}[1]", citations=(cited,))
    kept = Conversation((Turn(1, "", "", "", "", ranked),), 1)
    assert [row["figure"] for row in figures(kept)] == ["12家"]


def figures(kept: Conversation, article: Callable[[str], Article] = ARTICLE) -> list[dict[str, str]]:
    """The rows of the file."""
    return list(csv.DictReader(io.StringIO(figures_file(kept, article).removeprefix("\ufeff"))))


def no_article(article_id: str) -> Article:
    """As after a rebuild that removed it."""
    raise UsageError(article_id)


def test_a_file_in_the_page_is_text() -> None:
    """It comes out as it went in, the byte-order mark too, and nothing in it is markup."""
    kept = file_html("a<b>.md", "\ufeff<script>x</script>\n二")
    assert "<script" not in kept
    assert html.unescape(kept.partition("<pre>")[2].removesuffix("</pre></div>")) == "\ufeff<script>x</script>\n二"
