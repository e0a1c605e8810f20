"""Questions that look answered and are not: another time, another part, another thing; and what does answer beside each."""

from __future__ import annotations

import pytest

from regional_qa.answering.answer import answer
from regional_qa.answering.told import told
from regional_qa.answering.understanding import understand
from regional_qa.backends.lexical_tantivy.terms import cut
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.periods import months_in
from regional_qa.knowledge.sentences import cut_sentences
from regional_qa.types import Article
from tests.fakes import indexed

CORPUS = {
    "works": "title: 江西工业\nregions: [江西]\n---\n2023年1月至11月，江西规模以上工业实现营业收入3.6万亿元。江西企业在111个国家设立883家境外机构。",
    "aims": "title: 安徽光储\nregions: [安徽]\n---\n2024年，安徽力争全年光储产业营业收入增长15%。安徽8608台科学仪器与沪苏浙共享共用。",
    "greens": "title: 开州蔬菜\nregions: [重庆]\n---\n“到2027年，我们将在开州建成标准蔬菜基地10万亩。”公司负责人说。三峡的风很大。",
    "loans": "title: 南宁融资\nregions: [广西]\n---\n某银行为企业授信1.1亿元；针对南宁一家变压器制造企业，浙商银行南宁分行提供了融资场景。",
    "morels": "title: 香格里拉羊肚菌\nregions: [云南]\n---\n香格里拉种植羊肚菌4000亩，户均年增收达5000元。羊肚菌卖得好。",
    "rank": "title: 吉林创新\nregions: [吉林]\n---\n吉林区域创新能力排名上升6位，提升幅度全国第一。吉林是粮食大省，吉林菜也很有名。",
    "plans": "title: 上海营商环境\nregions: [上海]\n---\n上海优化营商环境7.0版方案提出150项任务。外滩人很多。",
    "glass": "title: 安徽光伏\nregions: [安徽]\n---\n安徽光伏玻璃产量占全国总产量的一半，逆变器产量占全国总产量的1/3。",
    "firms": "title: 长春新区\nregions: [吉林]\n---\n长春新区入库的科技型中小企业数量突破1000家。长春新区绿树成荫。",
    "orders": "title: 广州时装\nregions: [广东]\n---\n广州德时时装车间里，工人们赶制一批海外订单。珠江很宽。",
    "silicon": "title: 昭通硅业\nregions: [云南]\n---\n合盛硅业昭通项目投产。“这里硅矿丰富，绿电稳定。”看中这些优势，合盛硅业董事长决定到昭通投资。昭通的苹果很甜。",
    "poems": "title: 南通养老\nregions: [江苏]\n---\n“我和老人们发起成立了南通阳光诗社。我们还出版了诗集。”冯浩元说。",
    "trade": "title: 外贸有韧性\nregions: [山东]\n---\n今年上半年，我国外贸顶住了压力。一批货物从山东青岛港发往南美。贸易伙伴越来越多。机电产品卖得好。"
    "民营企业很忙。新三样出口增长61.6%。跨境电商也在增长。",
    "harbour": "title: 山东港口\nregions: [山东]\n---\n山东港口货物吞吐量增长4.5%。山东海岸线很长。",
    "ships": "title: 小漠国际物流港\nregions: [广东]\n---\n小漠国际物流港今年装船汽车4000辆。云澜湾的风很大。京张高铁2019年底通车。",
    "three": "title: 江西外贸\nregions: [江西]\n---\n江西“新三样”产品出口保持增长，全年出口额增长73.5%。江西港口很忙。",
    "makers": "title: 淮北铝业\nregions: [安徽]\n---\n淮北铝制品制造业实现营业收入296亿元，利润总额达17.5亿元。淮北铝制品业务占全市铝制品营业收入比重近75%。",
    "grown": "title: 宣城木业\nregions: [安徽]\n---\n宣城木业营业收入增幅超8亿元。宣城木业员工很多。",
    "power": "title: 吉林新能源\nregions: [吉林]\n---\n到2025年，吉林新能源装机规模达500万千瓦。吉林西部风大。",
    "lemons": "title: 潼南柠檬\nregions: [重庆]\n---\n潼南羊堡村200万斤柠檬订单落地，村民乐开了花。这些柠檬将被雪王公司收购。潼南的柠檬很香。",
    "dated": "title: 上半年海南汽车产量\nregions: [海南]\n---\n中新社海口7月27日电 (记者)海南上半年汽车产量102万辆。其中，新能源汽车产量34万辆。海南推广公交5000辆，形成以三亚为中心的路网。三亚港很忙。",
    "villages": "title: 万企兴万村\nregions: [重庆]\n---\n重庆全市7864家民营企业结对帮扶。在重庆市有关部门支持下，石柱全县431家民营企业结对帮扶，带动村集体收入达5126万元。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("traps"), CORPUS)


@pytest.mark.parametrize(
    ("trap", "question", "told"),
    [
        ("江西2023年全年规模以上工业营业收入是多少", "江西2023年规模以上工业营业收入是多少", "3.6万亿元"),
        ("江西企业在非洲设立多少家境外机构", "江西企业设立多少家境外机构", "883家"),
        ("2024年安徽光储产业营业收入最后实际增长多少", "2024年安徽光储产业营业收入增长目标是多少", "15%"),
        ("江苏有多少台科学仪器与安徽、上海共享共用", "安徽有多少台科学仪器与上海共享共用", "8608台"),
        ("开州现在的标准蔬菜基地有多少万亩", "开州要建成标准蔬菜基地多少万亩", "10万亩"),
        ("浙商银行南宁分行为变压器制造企业授信多少亿元", "某银行为企业授信多少亿元", "1.1亿元"),
        ("香格里拉羊肚菌一斤卖多少钱", "香格里拉羊肚菌户均年增收多少钱", "5000元"),
        ("吉林区域创新能力全国排名第几", "吉林区域创新能力排名上升了几位", "6位"),
        ("上海优化营商环境6.0版方案提出几项任务", "上海优化营商环境7.0版方案提出几项任务", "150项"),
        ("安徽光伏电池片占全国总产量的比例是多少", "安徽光伏玻璃产量占全国总产量的比例是多少", "一半"),
        ("长春新区高新技术企业有多少家", "长春新区科技型中小企业有多少家", "1000家"),
        ("广州德时时装赶制的海外订单来自哪个国家", "广州德时时装车间里赶制什么", "海外订单"),
        ("南通阳光诗社的诗集是哪家出版社出的", "南通阳光诗社出版了什么", "诗集"),
        ("石柱的民营企业结对帮扶投资多少亿元", "石柱多少家民营企业结对帮扶", "431家"),
        ("长春新区关停了多少家科技型中小企业", "长春新区科技型中小企业有几家", "1000家"),
        ("山东新三样出口增长多少", "山东港口货物吞吐量增长多少", "4.5%"),
        ("安徽储能电池产量占全国总产量多少", "安徽逆变器产量占全国总产量多少", "1/3"),
        ("江西出口额增长多少", "江西新三样出口额增长多少", "73.5%"),
        ("淮北利润总额是多少", "淮北铝制品制造业利润总额是多少", "17.5亿元"),
        ("淮北铝制品业务占全国铝制品营业收入比重多少", "淮北铝制品业务占全市铝制品营业收入比重多少", "75%"),
        ("宣城木业营业收入多少", "宣城木业营业收入增加多少亿元", "8亿元"),
        ("哪个省的新能源装机最多", "2025年吉林新能源装机规模多少", "500万千瓦"),
        ("潼南羊堡村200万斤柠檬由哪家公司运输", "潼南羊堡村200万斤柠檬由哪家公司收购", "雪王公司"),
        ("谁在潼南运输柠檬", "谁在潼南收购柠檬", "雪王公司"),
        ("海口新能源汽车产量多少", "海南新能源汽车产量多少", "34万辆"),
        ("三亚推广公交多少辆", "海南推广公交多少辆", "5000辆"),
        ("吉林省长喜欢的菜是什么", "吉林的什么菜有名", "吉林菜"),
    ],
)
def test_a_trap_and_what_is_told(generation: Generation, trap: str, question: str, told: str) -> None:
    """The one is refused, the other answered, by the same sentence."""
    refused, given = (answer(generation, asked) for asked in (trap, question))
    assert refused.status == "abstained", refused.text
    assert given.status == "answered", given.notes
    assert told in given.text


def test_the_whole_year_is_not_eleven_months(generation: Generation) -> None:
    """Who asks for 全年 is told that the reports tell of other months."""
    assert "其他月份" in answer(generation, "江西2023年全年规模以上工业营业收入是多少").notes[0]
    assert months_in("全年目标任务") == frozenset()


def test_reasons_are_quoted_with_what_they_refer_to(generation: Generation) -> None:
    """看中这些优势 is nothing without the sentence before."""
    given = answer(generation, "合盛硅业为什么到昭通投资")
    assert "硅矿丰富" in given.citations[0].quote


def test_who_speaks_is_named_behind_the_quotation(generation: Generation) -> None:
    """Be it two sentences behind what is asked."""
    assert "冯浩元" in answer(generation, "南通阳光诗社是谁发起成立的").citations[0].quote


@pytest.mark.parametrize(
    "question", ["重庆全市和石柱县各有多少家民营企业结对帮扶", "石柱全县和重庆全市各有多少家民营企业结对帮扶"]
)
def test_a_whole_and_its_part_are_two_places(generation: Generation, question: str) -> None:
    """Each has its own sentence, whichever is named first."""
    given = answer(generation, question)
    whole, part = (
        next(line for line in given.text.splitlines() if line.startswith(place)) for place in ("重庆", "石柱")
    )
    assert "7864家" in whole
    assert "431家" in part


def test_a_harbour_is_told_in_more_words_and_a_railway_is_not(generation: Generation) -> None:
    """小漠港 is 小漠国际物流港; what is called 云澜高铁 is none, though 云澜湾 is told of."""
    assert "4000辆" in answer(generation, "小漠港今年装船汽车多少辆").text
    assert answer(generation, "云澜高铁什么时候通车").notes == ("语料中没有提到“云澜”",)


def test_one_side_of_a_comparison_is_no_comparison(generation: Generation) -> None:
    """What is told is cited, and that the other side is not told is said."""
    given = answer(generation, "江西和西藏2023年规模以上工业营业收入谁高")
    assert [citation.title for citation in given.citations] == ["江西工业"]
    assert given.notes[0] == "只写到江西的，没有写到西藏的"


def test_a_doctrine_is_not_the_whole_country() -> None:
    """中国特色社会主义 in a sentence about 湖南 does not make it one about China."""
    text = "湖南召开数字产业会议。会议强调，要坚持中国特色社会主义，聚焦先进计算、音视频。"
    sentence = cut_sentences(Article("a", "湖南会议", text, regions=("湖南",)))[1]
    assert sentence.is_about(understand("湖南聚焦哪些产业", str.split).places)


def test_a_sum_may_only_say_which_firms_are_counted() -> None:
    """What they trade is not told."""
    asked = understand("民营企业贸易额是多少亿元", cut)
    assert told(asked, "其中贸易额超亿元企业18家。", None) == []
    assert told(asked, "民营企业贸易额超2亿元。", None) != []
