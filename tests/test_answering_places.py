"""Where and when a sentence speaks of that says neither itself: by its article, its lead, its day."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa.answering.answer import answer
from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.sentences import cut_sentences
from regional_qa.settings import Settings
from regional_qa.types import Article
from tests.fakes import indexed, write_corpus

CORPUS = {
    "race": "regions: [内蒙古]\n---\n车王争霸赛在锡林郭勒盟锡林浩特市开赛，千余车手参赛。此次赛道全长1.55公里，由矿坑改造。",
    "towns": "regions: [湖北]\n---\n恩施的脐橙很甜。宜昌的柑橘也很甜。柑橘示范带面积1450亩。",
    "union": "regions: [上海]\n---\n近年来，宝山区总工会推进改革。区总工会开展建材对接会12场，邀请企业参观。",
    "rain": "regions: [吉林]\ndate: 2023-08-14\n---\n7月以来，吉林多地降雨。截至目前，省农业农村厅派出农技人员2.47万人次。7月，全省新修泵站31座。",
    "firm": "regions: [浙江]\n---\n宁波某集团2023年上半年公告，预期录得本集团净利润不低于5.6亿元。某集团食堂很好。",
    "growth": "regions: [云南]\n---\n昆明2022年录得7.6%的经济增长率。昆明四季如春。",
    "chair": "regions: [河北]\ndate: 2023-07-20\n---\n2月14日，邯郸瑞丰集团任命张三接任总裁。7月18日，邯郸瑞丰集团任命李四接任总裁。",
    "homes": "regions: [甘肃]\n---\n兰州中碳大厦迎来一批机构集中入驻。入驻兰州中碳大厦的机构是双碳中心、气候中心和水利研究院。",
    "market": "regions: [重庆, 山东]\n---\n依靠寿光销售平台，开州蔬菜走向全国，日均销售量达8000斤。到2027年，将在开州建成标准蔬菜基地10万亩，年产蔬菜40万吨，实现年产值40亿元。",
    "district": "regions: [辽宁]\n---\n沈阳市铁西区外贸向好。上半年，全市外贸进出口总额678.4亿元。铁西区公园很多。",
    "garden": "regions: [甘肃]\n---\n陇西灵芝长得好。甘肃国林药业公司负责人说：我们园区年产值2000余万元。",
    "abroad": "regions: [福建]\n---\n福建企业在印度尼西亚建立渔业基地，养殖面积1.63万公顷。",
    "roof": "regions: [青海]\n---\n西宁屋顶光伏项目开工，建设规模2100KW。西宁新设外资企业832户。",
    "towers": "regions: [吉林]\n---\n长春力争建成灯塔工厂两家：一汽红旗工厂、长客制造工厂。长春的冬天很长。",
    "firms": "regions: [陕西]\n---\n西安支持宝鸡建设钛谷、铜川建设铝都。榆林的大枣由陕北红枣加工厂收购。",
    "coast": "regions: [浙江]\n---\n义乌外资企业很多。目前，该市共有外资企业8836户，占浙江省的六分之一。",
    "pudong": "regions: [上海]\n---\n浦东推进数转汇品牌活动。数转汇品牌活动共有16场。",
    "bonus": "regions: [台湾]\ndate: 2023-08-01\n---\n新竹联发科今年上半年分红75亿元，为去年下半年分红的66折。",
    "study": "regions: [湖南]\n---\n永州江永县工商联开展活动。组织人士赴郴州市汝城县廉溪书院开展理想信念教育。",
    "clauses": "regions: [贵州, 西藏]\n---\n西南各地不同。分地区看，四川大豆产量增长5.9%，贵州下降1.9%，西藏增长0.3%，拉萨、林芝、昌都都种大豆。",
    "poorest": "regions: [江苏]\n---\n上半年江苏实现地区生产总值6万亿元。江苏最年轻的地级市宿迁上半年实现地区生产总值1920.57亿元。",
    "ports": "regions: [新疆]\n---\n霍尔果斯铁路很忙。其中，公路口岸货运量超70万吨，同比增长97.5%，成为新疆外贸的新亮点。",
    "works": "regions: [宁夏]\n---\n上半年，宁夏规模以上工业增加值增长14.2%。银川能源工业增加值增长3%。截至目前，吴忠完成筛查人数6000余人。",
    "corps": "regions: [新疆]\n---\n新疆的西部计划今年开始。兵团共招募来自全国各地的志愿者2431名。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("places"), CORPUS)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("锡林浩特车王争霸赛的赛道全长多少公里", "1.55公里"),
        ("锡林郭勒车王争霸赛的赛道全长多少公里", "1.55公里"),
        ("呼和浩特车王争霸赛的赛道全长多少公里", ""),
        ("恩施柑橘示范带面积多少亩", ""),
        ("湖北柑橘示范带面积多少亩", "1450亩"),
        ("上海宝山区总工会开展建材对接会多少场", "12场"),
        ("黑龙江宝山区总工会开展建材对接会多少场", ""),
        ("2023年8月吉林省农业农村厅派出农技人员多少人次", "2.47万人次"),
        ("2023年8月吉林新修泵站多少座", ""),
        ("新疆西部计划招募志愿者多少名", "2431名"),
        ("宁波某集团2023H1净利润不低于多少", "5.6亿元"),
        ("宁波某集团2023Q3净利润不低于多少", ""),
        ("昆明2022年经济增长率多少", "7.6%"),
        ("2023年7月谁接任邯郸瑞丰集团总裁", "李四"),
        ("哪些机构入驻兰州中碳大厦", "气候中心"),
        ("开州蔬菜日均销售量多少", "8000斤"),
        ("昆明2022年经济增长率多少，西宁呢", "昆明：昆明2022年录得7.6%"),
        ("开州蔬菜一天卖多少斤", "8000斤"),
        ("开州标准蔬菜基地到2027年的面积、产量和产值分别是多少", "40亿元"),
        ("沈阳市铁西区上半年外贸进出口总额多少", ""),
        ("陇西灵芝园区年产值多少钱", "2000余万元"),
        ("福建企业在印尼建的渔业基地养殖面积多少公顷", "1.63万公顷"),
        ("西宁屋顶光伏项目建设规模多少千瓦", "2100KW"),
        ("西宁一共有多少户外资企业", ""),
        ("西宁新设外资企业多少户", "832户"),
        ("西宁设了多少户外资企业", "832户"),
        ("长春已经建成的灯塔工厂有哪些", ""),
        ("长春要建成的灯塔工厂有哪些", "一汽红旗工厂"),
        ("西安支持宝鸡、铜川分别建设什么", "铝都"),
        ("榆林的大枣是哪家公司收购的", "陕北红枣加工厂"),
        ("义乌共有外资企业多少户", "8836户"),
        ("浙江共有外资企业多少户", "8836户"),
        ("浦东新区数转汇品牌活动共有多少场", "16场"),
        ("新竹联发科2023年上半年分红多少", "75亿元"),
        ("贵州大豆产量下降多少", "1.9%"),
        ("西藏大豆产量增长多少", "0.3%"),
        ("霍尔果斯公路口岸货运量增长多少", "97.5%"),
        ("宁夏规模以上工业增加值是多少", "14.2%"),
        ("银川规模以上工业增加值增长多少", ""),
        ("吴忠目前筛查人数是多少", "6000余人"),
        ("永州江永县工商联组织人士去哪个县开展理想信念教育", "汝城县"),
    ],
)
def test_what_its_article_says_of_a_sentence(generation: Generation, question: str, told: str) -> None:
    """The one city of the lead is that of the article; of two it is neither; 目前 is the month of publication."""
    found = answer(generation, question)
    assert (told in found.text) if told else not found.citations, found.text


def test_a_name_of_several_provinces_is_settled_by_the_article() -> None:
    """宝山区 lies in Shanghai and in Heilongjiang."""
    assert not find_regions("宝山区总工会")
    article = Article("a", "", "宝山区总工会推进改革。", regions=("上海",))
    assert [mention.provinces for mention in cut_sentences(article)[0].own] == [("上海",)]


@pytest.mark.parametrize(("region", "told"), [("湖南", True), ("湖北", False)])
def test_a_name_belongs_to_where_its_article_is_from(region: str, told: bool, tmp_path: Path) -> None:
    """长沙盈峰环境 is told of as 盈峰环境 in a report from Hunan; in one from Hubei it may be another."""
    text = f"regions: [{region}]\n---\n我国环卫车越来越多。盈峰环境在运营环卫车4200台。"
    parts = plug(Settings())
    rebuild(write_corpus(tmp_path / "corpus", one=text), tmp_path / "index", parts)
    found = answer(open_generation(tmp_path / "index", parts), "长沙盈峰环境在运营环卫车多少台")
    assert bool(found.citations) is told, found.notes


def test_where_somebody_goes_is_not_of_whom_is_told() -> None:
    """先后奔赴深圳 says nothing of 深圳."""
    article = Article("a", "枣庄招商", "先后奔赴深圳、上海招商18次。", regions=("山东",))
    place = find_regions("深圳")
    assert not cut_sentences(article)[0].is_about(tuple(place))


def test_the_figure_of_a_clause_is_that_of_its_place(generation: Generation) -> None:
    """It is marked and compared, and no other of the sentence."""
    cited = answer(generation, "贵州大豆产量下降多少").citations[0]
    assert [cited.quote[mark.start - cited.span.start : mark.end - cited.span.start] for mark in cited.marks] == [
        "1.9%"
    ]


def test_the_province_of_a_city_is_its_address(generation: Generation) -> None:
    """A city's sum is no other figure of its province."""
    found = answer(generation, "江苏上半年地区生产总值是多少")
    assert "6万亿元" in found.text
    assert "1920.57" not in found.text
    assert not any("不一致" in note for note in found.notes)
