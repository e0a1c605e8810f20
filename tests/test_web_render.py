"""What comes from articles and people reaches a page only escaped, marked at the right place and cut."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

import pytest

from regional_qa.answering.phrasing import Step
from regional_qa.errors import UsageError
from regional_qa.types import Answer, Article, Citation, Reprint, Scope, Span
from regional_qa.web import coverage_page, status_page, texts
from regional_qa.web.cards import answer_html, footnotes, worded_html
from regional_qa.web.desk import Filters
from regional_qa.web.pages import article_page, fault_page
from regional_qa.web.render import SHOWN_CHARS, cut, escape, excerpt, mark, place_url, seal, with_labels
from tests.web.fake_assistant import ANHUI, HOSTILE, FakeAssistant

AWKWARD = (
    "<a href='x'>&amp; *b* _i_ `c` ~~d~~ $$e$$ | # [x](y) ![i](j) \\ http://e.example www.e.example a@b.c 1. - + {}"
)


def test_escape_leaves_no_character_that_html_or_markdown_reads() -> None:
    """Nothing but letters, digits and character references is left; a browser shows the text as written."""
    safe = escape(AWKWARD + "\n\n\tx")
    assert html.unescape(safe) == AWKWARD + "\n\n\tx"
    assert set(safe) - set("&#;") <= {c for c in safe if c.isalnum() or c == " "}


@pytest.mark.parametrize("unseen", ["\x00", "\r", "\u202e", "\u200b", "\ufeff", "\U000e0041", "\ud800"])
def test_escape_replaces_what_cannot_be_seen_one_for_one(unseen: str) -> None:
    """Controls, direction overrides and tag characters are shown as replaced; offsets stay."""
    assert escape(f"一{unseen}二") == "一\N{REPLACEMENT CHARACTER}二"


def test_mark_escapes_inside_and_outside() -> None:
    """Each span is marked, and nothing in or around it is markup."""
    assert mark("<一>二<三>", [Span(0, 3), Span(4, 5)]) == "<mark>&#60;一&#62;</mark>二<mark>&#60;</mark>三&#62;"


def test_excerpt_keeps_whole_sentences_of_the_paragraph() -> None:
    """The quote is marked with its neighbours; what is left out is shown by an ellipsis; other paragraphs stay out."""
    text = "题。\n" + "甲" * 100 + "。前一句。要引的。后一句。" + "乙" * 300 + "\n尾"
    start = text.index("要引的。")
    assert excerpt(text, Span(start, start + 4)) == "…前一句。<mark>要引的。</mark>后一句。…"


def test_wording_of_a_model_is_marked_linked_and_escaped() -> None:
    """It stands below the quotation, says whose it is, its labels lead to the quoted place, and its text is inert."""
    asked = FakeAssistant().ask("安徽光伏产量占全国多少")
    step = Step(asked, ("占三分之一<b>[1]。又[7]", "", "", "增长[1]。", ""), ("注<i>",))
    wording = worded_html(step, "zh")
    shown = answer_html(asked, asked.question, Filters(), FakeAssistant().article, wording=wording)
    place = place_url(ANHUI.article_id, asked.citations[0].span, asked.citations[0].quote)
    assert shown.index('class="rq-text"') < shown.index("由语言模型根据引文改写") < shown.index('class="rq-card')
    assert (
        f'占三分之一&#60;b&#62;<a class="rq-label" href="{place}" target="_blank" rel="noopener">1</a>。又&#91;7&#93;'
        in shown
    )
    assert shown.count("数字与地区相符") == 2
    assert shown.index("2句与引文对不上，已删去") < shown.index("增长") < shown.index("一句与引文对不上，已删去")
    assert "<i>" not in shown
    assert "\n" not in wording
    assert "rq-phrased" not in answer_html(asked, asked.question, Filters(), FakeAssistant().article)


def test_wording_speaks_the_language_of_the_page() -> None:
    """What is on its way, what is proven, what was struck and what never came, in English."""
    step = Step(FakeAssistant().ask("安徽光伏产量占全国多少"), ("One third [1].", ""), is_last=False)
    for told in (
        "Worded by a language model",
        "numbers and regions match",
        "other words were not checked",
        "One sentence did not match",
        "is writing",
        ">name<",
    ):
        assert told in worded_html(step, "en", "name")
    assert "was not finished" in worded_html(step, "en")
    assert worded_html(replace(step, sentences=(), notes=("why",), is_last=True), "en") == '<p class="rq-note">why</p>'


def test_regions_and_metrics_as_an_english_reader_knows_them() -> None:
    """In chips, limits, cards and the buttons that narrow them; in Chinese they stay Chinese."""
    assistant = FakeAssistant()
    limited = Filters(("安徽", "江西"))
    asked = replace(assistant.ask("海南的飞机GDP"), scope=Scope(("海南",), metric="gdp"))
    page = {
        language: re.sub("<.*?>", " ", html.unescape(answer_html(asked, asked.question, limited, assistant.article, language)))
        for language in ("zh", "en")
    }  # fmt: skip
    for told in ("Hainan", "metric: GDP", "limited to Anhui, Jiangxi", "Show only  Anhui  Jiangxi"):
        assert told in page["en"]
    assert "安徽、江西" in page["zh"]
    assert "指标 GDP" in page["zh"]


def test_no_english_number_has_a_plural_of_one() -> None:
    """The number stands behind its noun."""
    told = [text.english for text in vars(texts).values() if isinstance(text, texts.Text)]
    told += [text.english for module in (coverage_page, status_page) for text in module._TEXTS.values()]
    plural = re.compile(r"\{(?:count|articles|passages)\} [a-z]*s\b")
    assert [text for text in told if plural.search(text)] == [texts.ALL_STRUCK.english, texts.TOO_LONG_TO_SHOW.english]


@pytest.mark.fault("G3")
def test_excerpt_and_cut_are_bounded() -> None:
    """A quote of any length shows at most the limit."""
    text = "长" * 10_000
    assert excerpt(text, Span(0, 10_000)).count("长") == SHOWN_CHARS
    assert cut(text).count("长") == SHOWN_CHARS


@pytest.mark.fault("G6")
def test_labels_inside_a_quotation_stay_text() -> None:
    """A passage cannot forge a label: only ours, after the quotation, become links."""
    shown = with_labels("伪[1]造[7][1]\n又见[1]", [(1, "伪[1]造[7]")], lambda label: f"<a>{label}</a>")
    assert shown == "<p><q>伪&#91;1&#93;造&#91;7&#93;</q><a>1</a></p><p>又见<a>1</a></p>"


def test_a_label_of_no_citation_is_no_link() -> None:
    """An invented label is shown as text."""
    assert with_labels("说[9]", [], str) == "<p>说&#91;9&#93;</p>"


def test_place_url_holds_any_article_id() -> None:
    """An id from a corpus cannot leave its attribute or its path."""
    place = "/article/%22%3E%3Cx%3E%2F..%2F%3F%23?s=1&amp;e=2&amp;q=2d711642#mark"
    assert place_url('"><x>/../?#', Span(1, 2), "x") == place


def test_an_old_link_marks_nothing_in_an_article_that_has_changed() -> None:
    """Where other words stand at the place than when it was linked, the page says so."""
    sealed = seal(ANHUI.text[0:4])
    assert '<mark id="mark">' in article_page(ANHUI, "0", "4", sealed)
    changed = article_page(replace(ANHUI, text=f"更正：{ANHUI.text}"), "0", "4", sealed)
    assert "<mark" not in changed
    assert "对不上" in changed


def test_the_article_page_marks_the_place() -> None:
    """The cited words are marked once, under the anchor the link names; the credit is told."""
    start = ANHUI.text.index("安徽光伏玻璃")
    page = article_page(ANHUI, str(start), str(start + 6))
    assert page.count('<mark id="mark">安徽光伏玻璃</mark>') == 1
    assert "据人民日报《各地发力》编写，非原文" in page
    assert "2024&#45;02&#45;23" in page


@pytest.mark.parametrize(
    ("start", "end"), [("9", "3"), ("-1", "3"), ("x", "y"), ("0", "999999"), ("", "3"), ("1" * 5000, "2"), ("²", "³")]
)
def test_a_bad_place_leaves_the_page_unmarked_and_says_so(start: str, end: str) -> None:
    """An address that was cut or forged still shows the article."""
    page = article_page(ANHUI, start, end)
    assert "<mark" not in page
    assert "链接里的位置与这篇文章对不上" in page


def test_a_span_over_several_paragraphs_has_one_anchor() -> None:
    """Every paragraph of the span is marked, the first carries the anchor."""
    page = article_page(Article("a", "题", "一二\n\n三四"), "1", "5")
    assert '<p>一<mark id="mark">二</mark></p><p><mark>三</mark>四</p>' in page


def test_reprints_are_linked_and_inert() -> None:
    """Card and page name the other places of the same text; an inferred day and region say so."""
    again = Reprint('"><x>', "题", "<b>乙报</b>", date(2024, 1, 2), "x.txt")
    article = replace(ANHUI, reprints=(again,), inferred=("published", "regions"))
    assistant = FakeAssistant()
    answer = assistant.ask("安徽光伏产量占全国多少")
    page = article_page(article)
    for shown in (page, answer_html(answer, answer.question, Filters(), lambda _: article)):
        assert 'href="/article/%22%3E%3Cx%3E"' in shown
        assert "乙报" in shown
        assert "<b>" not in shown
        assert "2024&#45;02&#45;23（据正文）" in shown
    assert "安徽（据正文）" in page


def test_a_card_says_why_it_matched() -> None:
    """Region, year, words and what was asked for, in plain words; a nearest passage too."""
    assistant, question = FakeAssistant(), "安徽2023年光伏产量占全国多少"
    shown = html.unescape(answer_html(assistant.ask(question), question, Filters(), assistant.article))
    assert "为何命中：地区 安徽 · 词语 光伏、产量占全国 · 所问 一半以上、1/3" in shown
    shown = html.unescape(answer_html(assistant.ask("海南的组件"), "海南的组件", Filters(), assistant.article, "en"))
    assert "Why: words 组件" in shown
    assert "Why: close in meaning" in shown


def test_cards_can_be_narrowed_where_they_differ() -> None:
    """A button for each region and year of several cards; none where there is nothing to choose."""
    assistant = FakeAssistant()
    shown = html.unescape(answer_html(assistant.ask("海南"), "海南", Filters(), assistant.article))
    assert re.findall(r'rq-only-(\w+)">(.*?)<', shown) == [
        ("where", "安徽"),
        ("where", "江西"),
        ("when", "2024"),
        ("when", "2023"),
    ]
    assert "rq-only" not in answer_html(assistant.ask("江西"), "江西", Filters(), assistant.article)


def test_hostile_articles_are_inert_on_every_page() -> None:
    """No tag, script, image or form of an article becomes one of ours."""
    answer = FakeAssistant().ask("敌意")
    pages = [
        article_page(HOSTILE, "0", "5"),
        fault_page("x", HOSTILE.text),
        answer_html(answer, "<img>", Filters(("<script>",)), FakeAssistant().article),
    ]
    for page in pages:
        body = page.partition("<body>")[2] or page
        for tag in ("<img", "<script", "<iframe", "<form", "<input", "<style", "<svg"):
            assert tag not in body
        assert "\n" not in body


def test_an_answer_shows_labels_scope_and_marked_source() -> None:
    """Quotation, label, what was understood, and the passage with the quote marked."""
    assistant = FakeAssistant()
    shown = answer_html(assistant.ask("安徽光伏产量占全国多少"), "安徽光伏产量占全国多少", Filters(), assistant.article)
    assert "<mark>安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1&#47;3。</mark>" in shown
    assert "占全国总产量的<mark>一半以上</mark>，逆变器产量占全国的<mark>1&#47;3</mark>。</q>" in shown
    assert [name for name, _ in chips(shown)] == ["安徽", "数据期 2023", "占比"]
    assert '<a class="rq-facts-link" href="/facts?region=%E5%AE%89%E5%BE%BD"' in shown
    assert '<a class="rq-label" href="/article/anhui?s=' in shown
    assert "按上一问补全为" not in shown


def chips(shown: str) -> list[tuple[str, str]]:
    """Each chip of an answer: its words, and the question its button asks."""
    found = re.findall(r'<li class="rq-chip">(.*?)</li>', shown)
    asked = [re.search(r'<span class="rq-instead" hidden>(.*?)</span>', chip) for chip in found]
    return [
        (html.unescape(chip.partition("<")[0]), html.unescape(one[1]) if one else "")
        for chip, one in zip(found, asked, strict=True)
    ]


def test_a_chip_asks_without_its_limit() -> None:
    """Region and years can be taken out where the question names them and still asks without them; each button is named."""
    assistant = FakeAssistant()
    question = "安徽2023年光伏产量占全国多少"
    shown = answer_html(assistant.ask(question), question, Filters(("安徽",)), assistant.article)
    assert chips(shown) == [
        ("安徽", "2023年光伏产量占全国多少"), ("数据期 2023", "安徽光伏产量占全国多少"), ("占比", ""), ("已限定：安徽", ""),
    ]  # fmt: skip
    assert "去掉“安徽”再问" in shown
    shown = answer_html(assistant.ask("安徽"), "安徽", Filters(), assistant.article)
    assert chips(shown) == [("安徽", ""), ("数据期 2023", ""), ("占比", "")]


def test_metric_and_industry_are_chips() -> None:
    """In the reader's language, each with the question without it; what is empty has none."""
    assistant, question = FakeAssistant(), "安徽光伏产量占全国多少"
    answer = replace(assistant.ask(question), scope=Scope(metric="产量", industry="新能源"))
    assert chips(answer_html(answer, question, Filters(), assistant.article)) == [
        ("指标 产量", "安徽光伏占全国多少"), ("产业 新能源", "安徽产量占全国多少"),
    ]  # fmt: skip
    shown = answer_html(answer, question, Filters(), assistant.article, "en")
    assert [name for name, _ in chips(shown)] == ["metric: 产量", "industry: 新能源"]


def test_a_chip_of_a_hostile_question_is_inert() -> None:
    """The question in a button's keeping is text; so are a filter's words."""
    assistant = FakeAssistant()
    question = "安徽</span><img src=x onerror=alert(1)>2023年产量"
    shown = answer_html(assistant.ask(question), question, Filters(("<script>",)), assistant.article)
    assert "<img" not in shown
    assert "<script" not in shown
    assert chips(shown)[1][1] == "安徽</span><img src=x onerror=alert(1)>产量"


def test_an_abstention_shows_reason_and_nearest_passages_without_labels() -> None:
    """Nothing that looks like a citation."""
    assistant = FakeAssistant()
    shown = answer_html(assistant.ask("海南"), "海南", Filters(), assistant.article)
    assert "语料中没有找到" in shown
    assert "没有写到所问内容的报道" in shown
    assert "最接近的段落" in shown
    assert "rq-label" not in shown
    assert "rq-copy" not in shown
    assert "<mark>" not in shown


def test_footnotes_name_the_source() -> None:
    """What is copied can be quoted as it is."""
    citation = Citation(1, "a", "题", "报", date(2024, 1, 2), (), "", Span(0, 1), "句")
    assert footnotes(Answer("问", "句[1]", "answered", (citation,))) == "句[1]\n\n[1] 《题》，报，2024-01-02"


def test_filters_read_what_people_type() -> None:
    """Separators of both scripts, empty fields, and dates."""
    assert Filters.read("安徽，江西、 京津冀;安徽", "2024-01-31", " ") == Filters(
        ("安徽", "江西", "京津冀"), date(2024, 1, 31), None
    )


@pytest.mark.parametrize(
    ("since", "until"),
    [("2024-1-31", ""), ("20240131", ""), ("2024-02-30", ""), ("昨天", ""), ("2024-02-01", "2024-01-01")],
)
def test_filters_refuse_dates_that_cannot_be(since: str, until: str) -> None:
    """One line says how to write it."""
    with pytest.raises(UsageError) as fault:
        Filters.read("", since, until)
    assert "\n" not in str(fault.value)


def test_an_abstention_says_that_nothing_was_found_or_what_it_says_instead() -> None:
    """The one in the language of the page, the other as it was said."""
    assert texts.nothing("语料中没有找到", "en") == "Not found in the corpus"
    assert texts.nothing("Not found in the corpus", "zh") == "语料中没有找到"
    assert texts.nothing("最接近的列在下面", "zh") == "最接近的列在下面"
