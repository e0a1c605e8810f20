"""What sort of thing a question asks for: the kind, the measure, the noun that names it."""

from __future__ import annotations

import re

import pytest

from regional_qa.answering.answer import answer
from regional_qa.answering.kinds import kind_of
from regional_qa.answering.sought import lacks_title, of_kind, sought
from regional_qa.answering.understanding import understand
from regional_qa.backends.lexical_tantivy.terms import cut
from regional_qa.indexing.generation import Generation
from regional_qa.types import Kind
from tests.fakes import indexed

CORPUS = {
    "fair": "title: 合肥书展\nregions: [安徽]\npublished: 2023-08-04\n---\n合肥书展是安徽全民阅读活动的重要组成部分。合肥书展以“书香江淮”为主题。"
    "合肥书展将于8月16日9时30分开幕，去年合肥书展办得很好。",
    "road": "title: 皖南隧道\nregions: [安徽]\npublished: 2023-08-04\n---\n皖南隧道离黄山风景区很近，是国家重点工程。皖南隧道距离黄山约161公里。",
    "plant": "title: 枞阳电站\nregions: [安徽]\npublished: 2023-08-04\n---\n枞阳光伏电站有3个车间、装机117兆瓦。枞阳光伏电站全年可发电1.36亿千瓦时。",
    "fine": "title: 淮南罚单\nregions: [安徽]\npublished: 2023-08-04\n---\n淮南银行收到监管部门13张罚单。淮南银行因违规放贷被罚款120万元。",
    "maker": "title: 蚌埠玻璃\nregions: [安徽]\npublished: 2023-08-04\n---\n蚌埠超薄玻璃是这家公司造的，蚌埠超薄玻璃很薄。蚌埠超薄玻璃由中建材凯盛公司造出。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("kinds"), CORPUS)


@pytest.mark.parametrize(
    ("question", "kind", "unit", "noun"),
    [
        ("皖南隧道离黄山有多远", "amount", "米", ""),
        ("这台平板有多重", "amount", "公斤", ""),
        ("他今年几岁", "amount", "岁", ""),
        ("电站一年发多少电", "amount", "千瓦时", ""),
        ("地震是几点发生的", "date", "时", ""),
        ("书展是哪一天开幕的", "date", "日", ""),
        ("第一届是哪一年", "date", "年", ""),
        ("普查是在几月份", "date", "月", ""),
        ("书展啥时候开幕", "date", "", ""),
        ("百公里加速几秒", "duration", "", ""),
        ("银行被罚了多少", "money", "", ""),
        ("单月票房多少", "money", "", ""),
        ("罚了多少家银行", "amount", "家", ""),
        ("活动来了多少家属", "amount", "", ""),
        ("海关查获了多少件侵权商品", "amount", "件", ""),
        ("辽源 新增商贸企业 户数", "amount", "个", ""),
        ("2022年营收规模", "money", "", ""),
        ("玻璃是哪家公司造的", "fact", "", "公司"),
        ("考上了哪个学院", "fact", "", "学院"),
        ("书展的主题是什么", "fact", "", "主题"),
        ("停产是因为什么原因", "fact", "", ""),
        ("反诈专线电话是多少", "fact", "", ""),
        ("冠军是谁", "name", "人", ""),
        ("安徽失业率有多高", "amount", "", ""),
        ("合肥地铁工期有多长", "amount", "", ""),
        ("最高气温有多高", "amount", "", ""),
        ("长三角一体化有多重要", "fact", "", ""),
        ("许多深圳企业为什么搬到东莞", "fact", "", ""),
        ("预算执行率是多少", "amount", "", ""),
        ("补贴惠及多少农户", "amount", "", ""),
        ("用电负荷峰值多少", "amount", "", ""),
        ("会议提出了几点希望", "fact", "", ""),
        ("中国航天的历史性时刻是哪一年", "date", "年", ""),
        ("固定电话多少户", "amount", "户", ""),
        ("多少人工智能企业", "amount", "", ""),
        ("多少单项冠军企业", "amount", "", ""),
        ("黄山游客数量是多少", "amount", "人", ""),
        ("哪家公司中标", "fact", "", "公司"),
        ("吉林和安徽谁的氢能产业规模大", "amount", "", ""),
        ("谁的作品最大胆", "name", "人", ""),
        ("辽源 商品房 销售均价 2025", "money", "", ""),
        ("新建站场斥资多少", "money", "", ""),
        ("诗集里有多少首", "amount", "首", ""),
        ("产能排名往前挪了几位", "amount", "位", ""),
        ("货物来自哪个国家", "place", "国", ""),
        ("排在前面的是哪两个省", "list", "省", ""),
        ("飞机试飞中心由谁打造", "name", "", ""),
        ("which site was used when it flew", "list", "", ""),
    ],
)
def test_what_is_asked_for(question: str, kind: Kind, unit: str, noun: str) -> None:
    """Kind, measure and noun of a question."""
    asked = understand(question, lambda text: re.findall("的|[^的]{1,2}", text))
    assert (asked.scope.kind, asked.unit, asked.noun) == (kind, unit, noun)


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("合肥书展的主题是什么", "书香江淮"),
        ("合肥书展几点开幕", "9时30分"),
        ("合肥书展是哪一天开幕的", "8月16日"),
        ("皖南隧道距离黄山有多远", "161公里"),
        ("枞阳光伏电站一年发多少电", "1.36亿千瓦时"),
        ("淮南银行被罚了多少", "120万元"),
        ("蚌埠超薄玻璃是哪家公司造的", "中建材凯盛公司"),
    ],
)
def test_it_is_what_answers(generation: Generation, question: str, quoted: str) -> None:
    """The sentence that has the thing asked for is quoted, and not the one that has only the words."""
    given = answer(generation, question)
    assert given.citations, given.notes
    assert quoted in given.citations[0].quote, given.text


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("那场活动来了多少家属", ["活动", "家属"]),
        ("亩产多少斤", ["亩产"]),
        ("前前后后究竟签了多少项目", ["签", "项目"]),
    ],
)
def test_words_of_asking_are_not_looked_for(question: str, terms: list[str]) -> None:
    """Units that are asked for, words that point, and words that fill."""
    assert [term for term in understand(question, cut).terms if len(term) > 1 or term == "签"] == terms


def test_a_question_does_not_answer_itself() -> None:
    """A day that the question names is not the day asked for."""
    asked = understand("8月9日开幕的展会哪天闭幕", lambda _: ["展会", "闭幕"])
    assert not sought(asked, "展会8月9日开幕。")


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("这部电影票房多少", "票房破3亿。", ["3亿"]),
        ("书展几点开幕", "書展上午 9 時 30 分開幕。", ["9 時 30 分"]),
        ("书展几点开幕", "指数收报3012点，有一点不同。", []),
        ("书展哪一天开幕", "書展8月16號開幕。", ["8月16號"]),
        ("书展哪一天开幕", "书展今年将继续举办。", []),
        ("十五日开幕的展会哪天闭幕", "展会五日闭幕。", ["五日"]),
        ("8月9日开幕的展会哪个月闭幕", "展会8月开幕。", []),
        ("展会是哪几天", "展会7月23日至8月1日举行。", ["7月23日", "8月1日"]),
        ("写在法律第几条", "该法第二条规定了两项原则。", ["第二条"]),
        ("审结了多少宗案件", "审结案件62186件。", ["62186件"]),
        ("添了几只救生圈", "新增救生圈65个。", ["65个"]),
        ("哪位副局长说质量重要", "原副局长蒲长城说：“质量重要。”副局长介绍说，", ["蒲长城"]),
    ],
)
def test_what_a_text_holds_of_it(question: str, text: str, found: list[str]) -> None:
    """Sums without a currency, hours and days in either script; no points, no years for days."""
    asked = understand(question, lambda words: [words])
    assert [span.of(text) for span in sought(asked, text)] == found


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("今年的主题是绿色发展与共同繁荣。", False),
        ("以『绿色发展』为主题。", False),
        ("论坛主题:绿色发展,共同繁荣。", False),
        ("本次大会主题突出。", True),
    ],
)
def test_a_theme_is_told_with_its_words(text: str, lacks: bool) -> None:
    """In quotation marks or behind 是, and not where the word stands alone."""
    assert lacks_title(understand("大会的主题是什么", lambda words: [words.removeprefix("大会的")]), text) is lacks


def test_a_name_may_hold_a_small_word() -> None:
    """和 of 和平 parts nothing."""
    text = "无人机在日喀则和平机场首飞，在该机场降落。"
    assert [span.of(text) for span in of_kind("fact", text, "", "机场")] == ["日喀则和平机场"]


def test_kinds_that_were_told_apart_stay_so() -> None:
    """Words that look like measures and are none."""
    keys = "多重因素是什么", "哪些地方受灾", "基金份额净值是多少", "新增了多少个救生圈", "多了几个点", "活动开了几个月"
    assert [kind_of(key) for key in keys] == ["fact", "list", "amount", "amount", "growth", "duration"]
    more = "查车要花多长时间,比以前快了吗", "产能在世界上排老几", "软件业营收增长目标是多少?制造业呢"
    assert [kind_of(key) for key in more] == ["duration", "amount", "growth"]
