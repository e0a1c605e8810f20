"""Questions after two matters at once."""

from __future__ import annotations

import pytest

from regional_qa.answering.answer import answer
from regional_qa.answering.candidates import candidates
from regional_qa.answering.sides import sides
from regional_qa.answering.understanding import understand
from regional_qa.answering.unheard import unheard
from regional_qa.indexing.generation import Generation
from regional_qa.retrieval import search
from tests.fakes import indexed

CORPUS = {
    "glass": "title: 玻璃\nregions: [安徽]\npublished: 2024-02-04\n---\n2023年，安徽光伏玻璃产值达到300亿元。高新区的厂房很新。",
    "lemon": "title: 柠檬\nregions: [重庆]\npublished: 2024-02-04\n---\n2023年，重庆柠檬产业产值达到100亿元。果园很大。",
    "loans": "title: 融资\nregions: [广西]\npublished: 2024-02-04\n---\n南宁共有46家企业获得17.3亿元贷款。南宁的大桥很长。",
    "games": "title: 动车\nregions: [浙江, 吉林]\npublished: 2024-02-04\n---\n杭州亚运会期间，智能动车组飞驰在城市之间。这组列车产自长春轨道客车公司。",
    "parks": "title: 名单\nregions: [安徽]\npublished: 2024-02-04\n---\n首批试点园区名单包括安徽10个园区。第三批试点园区名单包括安徽4个园区。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("sides"), CORPUS)


def test_each_side_has_its_quotation(generation: Generation) -> None:
    """Two questions, two sentences, each under what it answers; the whole question is what was asked."""
    question = "2023年安徽光伏玻璃和重庆柠檬产业的产值分别是多少？"
    found = answer(generation, question)
    assert (found.question, found.scope.regions) == (question, ("安徽", "重庆"))
    assert [citation.title for citation in found.citations] == ["玻璃", "柠檬"]
    assert [citation.label for citation in found.citations] == [1, 2]
    assert found.text.splitlines()[0].startswith("2023年安徽光伏玻璃的产值：2023年")


def test_one_figure_is_not_that_of_two_things(generation: Generation) -> None:
    """Where both sides would quote the same figure, it is quoted under neither."""
    found = answer(generation, "2023年安徽光伏玻璃产值和光伏玻璃的总产值哪个大")
    assert [line.startswith("2023年，") for line in found.text.splitlines()] == [True]


def test_a_side_that_is_not_told_is_not_made_up(generation: Generation) -> None:
    """What is told of one side does not stand for both."""
    found = answer(generation, "2023年安徽光伏玻璃和江苏养老床位的产值分别是多少？")
    assert [citation.title for citation in found.citations] in ([], ["玻璃"])
    assert any("江苏" in note for note in found.notes)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("南宁有几家企业拿到贷款？金额合计多少？", ("南宁有几家企业拿到贷款", "南宁有 企业拿到贷款,金额合计多少")),
        ("南宁有几家企业获得贷款，贷款是多少", ("南宁有几家企业获得贷款", "南宁有 企业获得贷款,贷款是多少")),
        ("到2025年，产量多少，占全国多少", ("到2025年,产量多少", "到2025年,产量,占全国多少")),
        ("江西和山东出口增速谁高，高多少", ()),
        ("江西和山东谁增长得快，各增长多少", ()),
        ("备货量：甲仓多少件，全区企业多少件", ("备货量:甲仓多少件", "备货量,全区企业多少件")),
        ("产销量要超过多少辆？自主品牌占比呢？", ("产销量要超过多少辆", "产销量要超过 辆,自主品牌占比呢")),
        ("安徽产量多少？江西呢？", ()),
        ("有多少家企业，还有哪些", ()),
        ("哪家公司造的，说说看", ()),
        ("安徽有多少家企业，江苏有多少家", ("安徽有多少家企业", "有 家企业,江苏有多少家")),
        ("2022年产量多少，2023年产量多少", ("2022年产量多少", "产量,2023年产量多少")),
        ("2022年有多少，2023年有多少", ("2022年有多少", "有,2023年有多少")),
    ],
)
def test_clauses_that_ask_in_turn(question: str, parts: tuple[str, ...]) -> None:
    """Each is asked of what the first one tells of; comparisons and what asks once are left whole."""
    assert sides(question).questions == parts


def test_one_sentence_may_tell_all_that_is_asked_in_turn(generation: Generation) -> None:
    """What is quoted for one part stands for the other where it is the best there is and has a figure for it."""
    found = answer(generation, "南宁有几家企业获得贷款？资金合计多少？")
    assert [citation.quote for citation in found.citations] == ["南宁共有46家企业获得17.3亿元贷款。"]
    assert answer(generation, "南宁的大桥有几家施工？大桥有几座？").status == "abstained"


def test_what_is_counted_is_what_must_be_named(generation: Generation) -> None:
    """Not the name of a figure that stands behind it: 几家企业拿到贷款 is asked of firms."""
    found = answer(generation, "南宁有几家企业拿到贷款")
    assert [citation.quote for citation in found.citations] == ["南宁共有46家企业获得17.3亿元贷款。"]


def test_an_event_is_told_of_by_the_next_sentence_too(generation: Generation) -> None:
    """It may name another place than the one in the event's name."""
    asked = understand("杭州亚运会的智能动车组产自哪家公司", generation.lexical.terms)
    found = candidates(generation, asked, search(generation, asked.question, regions=("浙江",)), asked.places)
    assert "这组列车产自长春轨道客车公司。" in [one.sentence.text for one in found]


@pytest.mark.parametrize(
    "question",
    ["安徽光伏产业和江苏光伏产业的产值分别是多少，谁高", "江西和山东新三样出口分别增长多少", "工坊2022年和2023年的营收分别是多少", "与会代表和记者一共多少人", "甲和乙和丙的产值分别是多少"],
)  # fmt: skip
def test_questions_of_one_matter_are_left_whole(question: str) -> None:
    """Places, years and more than two things are not taken apart here."""
    assert sides(question).questions == ()


def test_one_batch_does_not_answer_for_another(generation: Generation) -> None:
    """第二批 is neither 首批 nor 第三批."""
    assert answer(generation, "第二批试点园区名单包括安徽多少个园区").status == "abstained"
    found = answer(generation, "第三批试点园区名单包括安徽多少个园区")
    assert [citation.quote for citation in found.citations] == ["第三批试点园区名单包括安徽4个园区。"]


@pytest.mark.parametrize(
    ("question", "name"),
    [("安徽省瓦罗市有多少企业", "瓦罗"), ("开工首日安徽高新区签了多少项目", ""), ("哪条铁路最长", "")],
)
def test_only_names_are_unheard_of(generation: Generation, question: str, name: str) -> None:
    """What stands before a region, and a word of asking, are no names that the corpus lacks."""
    assert unheard(generation, understand(question, generation.lexical.terms)) == name
