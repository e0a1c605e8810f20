"""Answers are quotations about the asked region and year, or an abstention with its reason."""

from __future__ import annotations

import pytest

from regional_qa.answering.answer import answer
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.areas import Area
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.sentences import cut_sentences
from regional_qa.types import Article
from tests.fakes import indexed

CORPUS = {
    "anhui": "title: 安徽光储产业再上台阶\nregions: [安徽]\n---\n"
    "2023年，安徽光伏制造业实现营业收入2967.4亿元，同比增长50.9%。光伏玻璃产量占全国总产量的一半以上。",
    "many": "title: 各地新春第一会\n---\n2023年，山东省“新三样”出口同比增长47.3%。\n\n"
    "湖南以招商引资为主题召开大会，与广东协同建设园区12个。\n\n长三角区域进出口总值超16万亿元。",
    "jiangxi": "title: 江西外贸\nregions: [江西]\n---\n数据显示，2023年江西“新三样”产品出口额增长73.5%。",
    "part": "title: 四川宜宾外贸\n---\n上半年，宜宾进出口总值69.2亿元。",
    "firms": "title: 安徽龙头企业\nregions: [安徽]\n---\n安徽依托国轩高科等企业取得成果。\n\n2023年，全行业营业收入超2500亿元。",
    "city": "title: 江西工业\nregions: [江西]\n---\n赣州稀土企业忙。江西工业生产恢复，全省工业增加值同比增长5.4%。",
    "task": "title: 甘肃培训\nregions: [甘肃]\n---\n甘肃职业技能培训任务是40万人次。甘肃开展职业技能培训47.75万人次。",
    "part-of": "title: 甘肃劳务\nregions: [甘肃]\n---\n甘肃输转的富余劳动力中，脱贫劳动力199.9万人。甘肃输转富余劳动力523.2万人。",
    "plan": "title: 吉林氢能\nregions: [吉林]\n---\n到2025年，氢能产业产值达100亿元。到2030年，氢能产业产值将达300亿元。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("answering"), CORPUS)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("安徽光伏玻璃产量占全国多少", "一半以上"),
        ("安徽2023年光伏制造业营业收入是多少", "2967.4亿元"),
        ("吉林2030年氢能产业产值目标是多少", "300亿元"),
        ("吉林2025年氢能产业产值目标是多少", "100亿元"),
        ("山东新三样出口增长多少", "47.3%"),
        ("長三角進出口總值是多少", "16万亿元"),
        ("甘肃职业技能培训多少人次", "47.75万"),
        ("甘肃职业技能培训的任务是多少人次", "40万人次"),
        ("甘肃输转劳动力多少人", "523.2万"),
        ("江西工业增加值增长多少", "5.4%"),
        ("安徽光伏玻璃产量超过全国一半吗？", "一半以上"),
    ],
)
def test_answers_are_quoted(generation: Generation, question: str, expected: str) -> None:
    """The quoted sentence holds the figure, and stands in the article at the cited span."""
    given = answer(generation, question)
    assert given.status == "answered"
    (citation,) = given.citations
    assert expected in citation.quote
    assert citation.span.of(generation.passages.article(citation.article_id).text) == citation.quote
    assert f"[{citation.label}]" in given.text


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("江西光伏玻璃产量占全国多少", "江西"),
        ("西藏2023年旅游收入是多少", "西藏"),
        ("安徽2021年光伏制造业营业收入是多少", "2023年"),
        ("广东建设园区多少个", "广东"),
        ("上海进出口总值是多少", "上海"),
        ("量子计算机卖了多少台", "没有"),
        ("安徽是不是有量子计算机企业", "没有写到"),
        ("安徽风电产量占全国多少", "没有写到"),
        ("安徽半导体营业收入多少", "没有写到"),
        ("赣州工业增加值增长多少", "赣州"),
        ("test", "No report"),
        ("100", "没有"),
        ("安徽", "写明"),
        ("那江西呢？", "写明"),
    ],
)
def test_abstains_with_a_reason(generation: Generation, question: str, reason: str) -> None:
    """Another province, another year, a group's figure or an unknown matter never answers."""
    given = answer(generation, question)
    assert given.status == "abstained"
    assert not given.citations
    assert reason in "".join(given.notes)
    assert "[1]" not in given.text


def test_comparison_has_a_cell_for_each_region(generation: Generation) -> None:
    """Two regions, two citations, each under its own region's name."""
    given = answer(generation, "江西和山东新三样出口增速谁高")
    assert [("73.5%" in c.quote, "47.3%" in c.quote) for c in given.citations] == [(True, False), (False, True)]
    assert given.text.startswith("江西：")


def test_follow_up_takes_over_the_question(generation: Generation) -> None:
    """那江西呢？ asks the same of another region, and the completed question is told."""
    given = answer(generation, "那江西呢？", previous="山东新三样出口增长多少")
    assert given.question == "江西新三样出口增长多少"
    assert "73.5%" in given.citations[0].quote


def test_chosen_region_wins(generation: Generation) -> None:
    """A region given by the caller filters the evidence."""
    assert "47.3%" in answer(generation, "新三样出口增长多少", area=Area.of(["山东"])).text
    assert "73.5%" in answer(generation, "新三样出口增长多少", area=Area.of(["江西"])).text
    other = answer(generation, "江西新三样出口增长多少", area=Area.of(["山东"]))
    assert other.status == "abstained"
    assert "江西" in other.notes[0]


def test_regions_side_by_side_are_answered_each(generation: Generation) -> None:
    """江西和山东 … 增长多少 is two questions, and a region without an answer is named."""
    assert len(answer(generation, "江西和山东新三样出口增长多少").citations) == 2
    half = answer(generation, "江西和湖南新三样出口增长多少")
    assert len(half.citations) == 1
    assert "湖南" in "".join(half.notes)


@pytest.mark.parametrize(
    ("text", "regions", "place", "about"),
    [
        ("河北省进出口增长4.9%。", ("上海", "河北"), "上海", False),
        ("进出口增长4.9%。", ("上海", "河北"), "上海", False),
        ("进出口增长4.9%。", ("上海",), "上海", True),
        ("国内生产总值593034亿元。", ("内蒙古",), "内蒙古", False),
        ("拉动我国出口增长1.8个百分点。", ("北京",), "北京", False),
        ("产量占全国的一半。", ("安徽",), "安徽", True),
        ("产品远销甘肃、广东等地，年销售额400万元。", (), "广东", False),
        ("与山东、天津协同，16.5万人就业。", ("甘肃",), "甘肃", True),
        ("与山东、天津协同，16.5万人就业。", ("甘肃",), "天津", False),
        ("长三角进出口增长5.6%。", (), "上海", False),
        ("潼南柠檬种植面积32万亩。", (), "重庆", True),
        ("重庆柠檬种植面积80万亩。", (), "潼南", False),
        ("云南落地率70%；黑龙江签约172个。", (), "黑龙江", False),
    ],
)
def test_whom_a_sentence_is_about(text: str, regions: tuple[str, ...], place: str, about: bool) -> None:
    """A sentence speaks of what it starts from, else of its article's one region; a part counts for its province."""
    sentence = cut_sentences(Article("a", "", text, regions=regions))[0]
    assert sentence.is_about(tuple(find_regions(place))) is about


def test_a_part_is_named_as_such(generation: Generation) -> None:
    """A city's figure may answer for its province, and the answer says that it is the city's."""
    given = answer(generation, "四川进出口总值是多少")
    assert given.citations
    assert any("宜宾" in note and "四川" in note for note in given.notes)


def test_a_company_is_not_its_trade(generation: Generation) -> None:
    """The revenue of all does not answer for one company."""
    assert answer(generation, "国轩高科2023年营业收入是多少").status == "abstained"


def test_sentences_inherit_regions() -> None:
    """A sentence without a region speaks of the last one a sentence started from, or of its article's."""
    article = Article("a", "各地", "山东出口增长。港口繁忙。与浙江协作。湖南招商。")
    assert [sentence.regions for sentence in cut_sentences(article)] == [("山东",), ("山东",), ("浙江",), ("湖南",)]
