"""Several articles: what they agree on, where they differ, which figure is newer, which place has more."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa.answering.answer import answer
from regional_qa.indexing.generation import Generation
from tests.fakes import indexed

CORPUS = {
    "first": "title: 浙江外贸\nregions: [浙江]\npublished: 2024-01-20\n---\n2023年，浙江省进出口总值4.9万亿元，同比增长4.6%。",
    "again": "title: 浙江开放\nregions: [浙江]\npublished: 2024-02-01\n---\n浙江持续扩大开放，2023年浙江省进出口总值达4.9万亿元。",
    "other": "title: 福建外贸\nregions: [福建]\npublished: 2024-01-18\n---\n2023年，福建省进出口总值1.97万亿元。",
    "differs": "title: 福建开放\nregions: [福建]\npublished: 2024-02-03\n---\n福建敢拼会赢，2023年福建省进出口总值2.1万亿元。",
    "old": "title: 湖北工业\nregions: [湖北]\npublished: 2023-01-18\n---\n2022年，湖北省规模以上工业增加值增长7.0%。",
    "new": "title: 湖北工业\nregions: [湖北]\npublished: 2024-01-19\n---\n2023年，湖北省规模以上工业增加值增长5.6%。",
    "south": "title: 湖南工业\nregions: [湖南]\npublished: 2024-01-20\n---\n2023年，湖南省规模以上工业增加值增长5.1%。",
    "half": "title: 江西工业\nregions: [江西]\npublished: 2023-08-01\n---\n2023年上半年，江西省规模以上工业增加值增长4.0%。",
    "west": "title: 四川工业\nregions: [四川]\npublished: 2024-01-20\n---\n2023年，四川省规模以上工业增加值增长6.1%。",
    "show": "title: 海口车展\nregions: [海南]\n---\n海口车展定于5月1日开幕。",
    "fair": "title: 海口车展延期\nregions: [海南]\n---\n海口车展将于6月8日开幕。",
    "list": "title: 安徽产业\nregions: [安徽]\n---\n安徽首位产业包括新能源汽车、光伏储能、先进材料、智能家电。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("sources"), CORPUS)


def test_articles_that_say_the_same_are_cited_together(generation: Generation) -> None:
    """Two articles with the same figure are two citations of one answer, without a word of conflict."""
    given = answer(generation, "浙江2023年进出口总值是多少")
    assert len(given.citations) == 2
    assert all("4.9万亿元" in citation.quote for citation in given.citations)
    assert not given.notes


def test_a_figure_goes_by_another_name(generation: Generation) -> None:
    """Also where its growth is asked for, which stands behind its sum, and its name is all that the question says."""
    assert "增长4.6%" in answer(generation, "2023年浙江外贸增长多少").text


def test_articles_that_differ_are_shown_side_by_side(generation: Generation) -> None:
    """Two figures for the same metric, place and year are both quoted, and the answer says that they differ."""
    given = answer(generation, "福建2023年进出口总值是多少")
    quotes = "".join(citation.quote for citation in given.citations)
    assert "1.97万亿元" in quotes
    assert "2.1万亿元" in quotes
    assert any(note.startswith("各报道的数字不一致") for note in given.notes)


def test_days_that_differ_are_shown_side_by_side(generation: Generation) -> None:
    """Articles that give other days for the same do not say the same."""
    given = answer(generation, "海口车展哪天开幕")
    assert {citation.quote for citation in given.citations} == {"海口车展定于5月1日开幕。", "海口车展将于6月8日开幕。"}
    assert any(note.startswith("各报道的日期不一致") and "5月1日" in note and "6月8日" in note for note in given.notes)


def test_the_newest_figure_comes_first(generation: Generation) -> None:
    """Where no year is asked for, the newest figure answers, and the older one is told as one of another time."""
    given = answer(generation, "湖北规模以上工业增加值增长多少")
    assert "5.6%" in given.citations[0].quote
    assert any("7.0%（2022年）" in note for note in given.notes)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("2023年湖北和湖南规模以上工业增加值增速谁高", "湖北（5.6%）高于湖南（5.1%）"),
        ("湖南和江西规模以上工业增加值增速谁高", "口径不一致，无法比较：时期不同（2023年、2023年上半年）"),
        ("2023年湖南、四川和湖北规模以上工业增加值增速比较", "由高到低：四川（6.1%）、湖北（5.6%）、湖南（5.1%）"),
        ("湖南、四川和江西规模以上工业增加值增速比较", "口径不一致，无法比较：时期不同（2023年、2023年上半年）"),
        ("湖北 VS 湖南 2023年规模以上工业增加值增速", "湖北（5.6%）高于湖南（5.1%）"),
        ("2023年规模以上工业增加值增速 湖北/湖南", "湖北（5.6%）高于湖南（5.1%）"),
        ("湖北和西藏规模以上工业增加值增速谁高", ""),
    ],
)
def test_a_verdict_needs_figures_of_the_same(generation: Generation, question: str, verdict: str) -> None:
    """One cell is cited for each place; which has more is said only where metric, period and basis agree."""
    given = answer(generation, question)
    last = given.text.splitlines()[-1]
    assert verdict in last if verdict else last.endswith("]")
    assert len({citation.regions for citation in given.citations}) == len(given.citations)


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("浙江2023年进出口总值是多少", ["4.9万亿元"]),
        ("浙江2023年进出口增长多少", ["4.6%"]),
        ("安徽首位产业包括哪些", ["安徽首位产业包括新能源汽车、光伏储能、先进材料、智能家电"]),
    ],
)
def test_the_answers_own_words_are_marked(generation: Generation, question: str, marked: list[str]) -> None:
    """The figure, or the whole list, lies inside the quotation at its exact place."""
    citation = answer(generation, question).citations[0]
    text = generation.passages.article(citation.article_id).text
    assert [mark.of(text) for mark in citation.marks] == marked


def test_what_else_there_is_leaves_out_what_was_told(generation: Generation) -> None:
    """还有哪些 asks the question before once more, without the sentences that answered it."""
    before = answer(generation, "湖北规模以上工业增加值增长多少")
    after = answer(generation, "还有哪些？", previous="湖北规模以上工业增加值增长多少")
    assert after.question == before.question
    assert not {one.quote for one in after.citations} & {one.quote for one in before.citations}


def test_own_words_follow_the_language_of_the_question(generation: Generation) -> None:
    """An English question is refused in English."""
    given = answer(generation, "How many spaceships did Tibet build?")
    assert given.text == "Not found in the corpus"
    assert all(note.isascii() or "西藏" in note for note in given.notes)


TIMES = {
    "quarter": "title: 山西经济\nregions: [山西]\npublished: 2023-07-21\n---\n与一季度、去年相比，山西上半年工业投资增速有升有降。"
    "今年一季度，山西工业投资增长5.0%，去年全年，山西工业投资增长4.4%。",
    "beer": "title: 重庆啤酒\nregions: [重庆]\npublished: 2023-08-16\n---\n重庆GDP稳步增长。今年1-6月，重庆啤酒高档产品实现业务收入29.31亿元。",
    "half": "title: 山西投资\nregions: [山西]\npublished: 2023-08-07\n---\n上半年，山西房地产投资下降4.7%，低于全国平均水平（7.9%）。",
}


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("山西今年上半年工业投资增长多少", ""),
        ("山西今年一季度工业投资增长多少", "5.0%"),
        ("山西2022年工业投资增长多少", "4.4%"),
        ("山西今年上半年房地产投资下降多少", "4.7%"),
        ("山西2022年上半年房地产投资下降多少", ""),
        ("山西2023年上半年房地产投资下降了多少", "4.7%"),
        ("重庆今年上半年GDP是多少", ""),
    ],
)
def test_a_figure_is_of_the_metric_and_time_asked_for(tmp_path: Path, question: str, quoted: str) -> None:
    """A figure of a quarter, the year before, the whole country or another metric is none; 上半年 is that of the report."""
    generation = indexed(tmp_path, TIMES)
    given = answer(generation, question)
    marked = {
        mark.of(generation.passages.article(one.article_id).text) for one in given.citations for mark in one.marks
    }
    assert marked == ({quoted} if quoted else set())
    assert given.status == ("answered" if quoted else "abstained")
