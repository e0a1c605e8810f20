"""What a question asks of all of something is not answered by a part of it; a name nobody bears is said to be none."""

from __future__ import annotations

import pytest

from regional_qa.answering.answer import answer
from regional_qa.answering.understanding import understand
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.sentences import cut_sentences
from regional_qa.types import Article
from tests.fakes import indexed

CORPUS = {
    "goods": "title: 浙江外贸\nregions: [浙江]\npublished: 2023-07-20\n---\n上半年，浙江机电产品出口7926.3亿元，增长7.8%，拉动出口增长3.4个百分点。",
    "partners": "title: 江苏外贸\nregions: [江苏]\npublished: 2023-07-20\n---\n上半年，江苏对欧盟、东盟分别进出口4003.8亿元、3824.2亿元，分别增长1.1%、0.1%。",
    "firms": "title: 福建民企\nregions: [福建]\npublished: 2023-07-20\n---\n上半年福建民营企业进出口明显增长，进出口1.08万亿元，增长6.8%。",
    "trains": "title: 合肥班列\nregions: [安徽]\npublished: 2023-07-20\n---\n上半年，安徽开行班列594列、同比增长32.59%，带动安徽省进出口增长26.8%。",
    "bound": "title: 百强区\nregions: [山东]\npublished: 2023-07-20\n---\n山东榜单要求上半年一般公共预算收入>20亿元。",
    "shop": "title: 西安展馆\nregions: [陕西]\npublished: 2023-08-08\n---\n西安展馆开放以来，日均接待游客100人次。",
    "district": "title: 渝中消费\nregions: [重庆]\npublished: 2023-08-08\n---\n重庆加快发展。今年上半年，全区社会消费品零售总额645.7亿元。",
    "quarter": "title: 平谷经济\nregions: [北京]\npublished: 2023-08-08\n---\n北京市平谷区消费回暖。上半年，全区进出口总额75.4亿元。",
    "province": "title: 吉林消费\npublished: 2023-08-04\n---\n上半年，全省社会消费品零售总额1972.58亿元。",
    "abroad": "title: 经常账户\npublished: 2023-08-14\n---\n俄罗斯前七个月出口增长12%。",
    "doctors": "title: 最美医生\nregions: [河南]\npublished: 2023-08-19\n---\n"
    "郑州讯(记者 王红)河南一名医生入选“最美医生”。其中，河南中医药大学丁樱，儿科主任医师。",
    "games": "title: 湖北运动会\nregions: [湖北]\npublished: 2023-08-16\n---\n湖北运动会由体育局、教育局、枝江市政府承办。湖北运动会设田径、游泳、篮球和足球大项。",
    "sectors": "title: 滁州经济\nregions: [安徽]\n---\n滁州第一产业增加值301.5亿元，增长3.7%；第二产业增加值1808亿元，增长7.7%，工业连续17个月增长。",
    "digital": "title: 青岛数字经济\nregions: [山东]\n---\n青岛数字经济核心产业增加值565亿元，为数字经济增添动能。青岛数字经济增加值9180亿元。",
    "travel": "title: 内蒙古巴士\nregions: [内蒙古]\npublished: 2023-07-31\n---\n内蒙古跨境巴士首日一趟运送28名旅客。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("whole"), CORPUS)


@pytest.mark.parametrize(
    "question",
    [
        "浙江上半年出口增速是多少",
        "江苏上半年进出口增长多少",
        "福建上半年进出口增长多少",
        "山东上半年一般公共预算收入多少",
        "西安接待游客多少人次",
        "全国上半年社会消费品零售总额是多少",
        "中国前七个月出口增长多少",
    ],
)
def test_a_part_does_not_answer_for_the_whole(generation: Generation, question: str) -> None:
    """Some goods, partners or firms, a condition, a day, a province or another country is not what is asked for."""
    given = answer(generation, question)
    assert given.status == "abstained", given.text


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("浙江上半年机电产品出口增长多少", "7.8%"),
        ("江苏上半年对欧盟进出口多少亿元", "4003.8亿元"),
        ("福建民营企业上半年进出口增长多少", "6.8%"),
        ("安徽上半年进出口增长多少", "26.8%"),
        ("西安日均接待游客多少人次", "100人次"),
    ],
)
def test_a_part_that_is_asked_for_answers(generation: Generation, question: str, quoted: str) -> None:
    """The same figures answer where the question names what they are of."""
    given = answer(generation, question)
    text = "".join(
        mark.of(generation.passages.article(one.article_id).text) for one in given.citations for mark in one.marks
    )
    assert quoted in text, given.text


def test_a_district_that_is_not_named_is_said_to_be_a_part(generation: Generation) -> None:
    """全区 in a municipality is one of its districts."""
    given = answer(generation, "重庆上半年社会消费品零售总额是多少")
    assert any("不是重庆全境" in note for note in given.notes)


def test_all_of_a_district_is_the_district(generation: Generation) -> None:
    """全区 is all of a province only where that is an autonomous region."""
    assert "75.4亿元" in answer(generation, "平谷区上半年进出口总额是多少").text
    assert any("全区" in note or "平谷" in note for note in answer(generation, "北京上半年进出口总额是多少").notes)


def test_a_city_is_a_part_though_its_province_is_named() -> None:
    """全市 is not all of 广东, whoever reckoned the figure."""
    text = "深圳市统计局发布，根据广东省统一核算结果，上半年全市生产总值16297.60亿元。"
    (sentence,) = cut_sentences(Article("a", "", text, regions=("广东",)))
    (province,) = find_regions("广东")
    assert sentence.only_part_of(province) == "深圳"


def test_a_province_that_only_says_where_a_city_lies_is_not_spoken_of() -> None:
    """黑龙江省黑河市 is 黑河, but what is said of it and of all the province is of both."""
    (province,) = find_regions("黑龙江")
    texts = (
        "黑龙江省黑河市大豆面积1800万亩。",
        "黑龙江大豆面积7000万亩，黑河大豆面积1800万亩。",
        "黑龙江省黑河市会议指出，全省大豆面积7000万亩。",
    )
    parts = [cut_sentences(Article("a", "", text))[0].only_part_of(province) for text in texts]
    assert parts == ["黑河", "", ""]


def test_what_is_named_after_a_place_must_be_told_of(generation: Generation) -> None:
    """Another opening in 西安 is not that of its motor show."""
    assert answer(generation, "西安车展什么时候开放").status == "abstained"


@pytest.mark.parametrize("name", ["临渊", "青禾湾", "展馆"])
def test_a_name_that_nothing_bears_is_told(generation: Generation, name: str) -> None:
    """An invented place is not answered for by its province."""
    asked = {
        "临渊": "浙江省临渊市上半年出口增长多少",
        "展馆": "浙江省展馆市上半年出口增长多少",
        "青禾湾": "浙江青禾湾博览会上半年机电产品出口增长多少",
    }[name]
    given = answer(generation, asked)
    assert given.status == "abstained"
    assert given.notes == (f"语料中没有提到“{name}”",)


def test_a_name_left_out_is_quoted_from_the_sentence_beside(generation: Generation) -> None:
    """Who it is stands in the next sentence; the reporter is nobody who was asked for."""
    (citation,) = answer(generation, "河南入选“最美医生”的是谁").citations
    assert "丁樱" in citation.quote


def test_a_list_has_as_many_things_as_are_asked_for(generation: Generation) -> None:
    """哪四个 is not answered by a list of three."""
    (citation,) = answer(generation, "湖北运动会设了哪四个大项").citations
    assert "田径、游泳、篮球和足球" in citation.quote


def test_what_is_counted_may_go_by_another_name(generation: Generation) -> None:
    """乘客 are 旅客; what stands behind the asking word is what is counted."""
    (citation,) = answer(generation, "内蒙古跨境巴士一趟拉了多少乘客").citations
    assert "28名旅客" in citation.quote


@pytest.mark.parametrize(
    ("question", "kind", "unit"),
    [
        ("典型案例里武汉占了多少席", "amount", "席"),
        ("设了哪四个大项", "list", ""),
        ("普洱和惠州谁接待的游客多", "amount", ""),
        ("入选的医生是谁", "name", "人"),
        ("香港首季本地生产总值增速", "growth", ""),
    ],
)
def test_what_is_asked_for(question: str, kind: str, unit: str) -> None:
    """Seats are counted and no share; who has more asks for figures."""
    asked = understand(question, lambda text: [text])
    assert (asked.scope.kind, asked.unit) == (kind, unit)


@pytest.mark.parametrize(
    ("question", "national"),
    [("今年上半年中国光伏产品出口多少", True), ("前7个月全国出口多少", True), ("湖北占全国多少", False)],
)
def test_the_whole_country(question: str, national: bool) -> None:
    """The time may stand before the country."""
    assert understand(question, lambda text: [text]).national == national


UNDATED = {
    **{
        f"dated{n}": f"title: 山西快讯{n}\nregions: [山西]\npublished: 2023-07-{n}\n---\n山西第{n}场活动举行。"
        for n in range(10, 20)
    },
    "undated": "title: 山西经济\nregions: [山西]\n---\n上半年，山西地区生产总值11688.56亿元。",
    "games": "title: 代表团\n---\n成都大运会开幕在即。中国代表团选派王小明担任旗手。",
    "jobs": "title: 宁夏稳就业\nregions: [宁夏]\npublished: 2023-07-20\n---\n宁夏城镇稳就业有力。惠及登记失业青年2232人。",
}


@pytest.fixture(scope="module")
def mostly_dated(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("undated"), UNDATED)


def test_an_undated_article_may_be_of_the_usual_year(mostly_dated: Generation) -> None:
    """With a note that the year could not be checked; of another year it is not."""
    given = answer(mostly_dated, "山西2023年上半年地区生产总值是多少")
    assert "11688.56亿元" in given.text
    assert any("未能核对是否为2023年" in note for note in given.notes)
    assert answer(mostly_dated, "山西2016年上半年地区生产总值是多少").status == "abstained"


def test_what_is_named_after_a_place_need_not_be_told_with_it(mostly_dated: Generation) -> None:
    """成都 in 成都大运会 is part of a name."""
    assert "王小明" in answer(mostly_dated, "成都大运会中国代表团选派谁担任旗手").text


def test_what_is_measured_is_named_in_the_sentence_itself(mostly_dated: Generation) -> None:
    """A headline on jobs does not make those without one the new jobs."""
    assert answer(mostly_dated, "宁夏城镇新增就业多少人").status == "abstained"


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("滁州第二产业增加值是多少", "1808亿元"),
        ("滁州第二产业增加值增长多少", "7.7%"),
        ("滁州第一产业增加值增长多少", "3.7%"),
        ("青岛数字经济增加值是多少", "9180亿元"),
    ],
)
def test_the_figure_marked_is_that_of_what_is_asked(generation: Generation, question: str, marked: str) -> None:
    """Of several in a sentence, or in two, the one of the metric and the subject that the question names."""
    cited = answer(generation, question).citations[0]
    assert [cited.quote[mark.start - cited.span.start : mark.end - cited.span.start] for mark in cited.marks] == [
        marked
    ]
