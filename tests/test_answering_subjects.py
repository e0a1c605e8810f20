"""Of whom and of what something is told: a firm, an industry, an office of a city, a year."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa.answering.answer import answer
from regional_qa.answering.candidates import candidates
from regional_qa.answering.kinds import RANK
from regional_qa.answering.matching import Matcher
from regional_qa.answering.reasons import REASONS, reasons
from regional_qa.answering.sought import of_kind
from regional_qa.answering.understanding import understand
from regional_qa.answering.unheard import unheard
from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.knowledge.firms import firms_in
from regional_qa.knowledge.sentences import cut_sentences
from regional_qa.reading.newspaper import read_newspaper
from regional_qa.retrieval import search
from regional_qa.settings import Settings
from regional_qa.types import Article
from tests.fakes import fake_parts, indexed, write_corpus

CORPUS = {
    "wheels": "title: 车轮\nregions: [河北]\n---\n2024年，中信戴卡供货量达到30万只。秦皇岛的工厂很新。",
    "solar": "title: 安徽光伏\nregions: [安徽]\n---\n2023年，安徽光伏产业实现营业收入2967.4亿元。集成电路是另一产业。",
    "office": "title: 市商务局\nregions: [吉林]\n---\n加强入库培育，新增限上商贸企业29户。推动更多项目落户辽源。",
    "daily": "title: 碳纤维\nregions: [吉林]\n---\n吉林化纤碳纤维产能规模已经成为世界第二、中国第一。吉林碳纤维产值300亿元。",
    "deal": "title: 整车\nregions: [北京]\n---\n“2024年供货量达到50万只，今年再创新高。”小米汽车总经理陈宝说。门外停着车。",
    "digital": "title: 湖南数字产业\nregions: [湖南]\n---\n力争2024年全省软件业营业收入增长15%。",
    "post": "title: 南沙海关\nregions: [广东]\n---\n南沙海关的退货监管新模式解决了企业存储费用高、配送成本高的麻烦。",
    "trains": "title: 口岸班列\nregions: [内蒙古]\n---\n截至3月9日，二连浩特口岸通行中欧班列累计1.5万列。2022年，二连浩特口岸扩能。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return indexed(tmp_path_factory.mktemp("subjects"), CORPUS)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("中信戴卡2024年供货量多少只", "30万只"),
        ("比亚迪2024年供货量多少只", ""),
        ("2023年安徽光伏产业的营业收入是多少", "2967.4亿元"),
        ("2023年安徽集成电路产业的营业收入是多少", ""),
        ("辽源新增限上商贸企业多少户", "29户"),
        ("长春新增限上商贸企业多少户", ""),
        ("二连浩特口岸通行中欧班列累计多少列", "1.5万列"),
        ("2022年二连浩特口岸通行中欧班列多少列", ""),
        ("吉林化纤碳纤维产能规模世界排名第几", "世界第二"),
        ("小米汽车2024年供货量多少只", "50万只"),
        ("湖南2024年软件业营业收入增长目标是多少", "15%"),
        ("南沙海关的退货监管新模式解决了企业哪些麻烦", "配送成本高"),
    ],
)
def test_only_of_whom_it_is_told(generation: Generation, question: str, told: str) -> None:
    """Another firm, trade or city has not the same figure, and a sum so far is of no year."""
    given = answer(generation, question)
    assert told in given.text
    assert (given.status == "answered") == bool(told)


def test_firms_are_known_by_all_their_names() -> None:
    """Short names only where the text is cut into them."""
    assert firms_in("招行授信多少", ["招行", "授信"]) == firms_in("招商银行授信多少", ["授信"])
    assert firms_in("其中行业占比", ["其中", "行业", "占比"]) == ()
    assert firms_in("green artificial intelligence", ["green", "artificial", "intelligence"]) == ()


def test_a_listed_synonym_meets_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """招工会 is told as 招聘会, whatever their vectors say; where nothing is listed, nothing changes."""
    texts = {"fair": "title: 招聘\n---\n这场招聘会很热闹。", "show": "title: 展览\n---\n这场展览会很热闹。"}
    rebuild(write_corpus(tmp_path / "corpus", **texts), tmp_path / "index", plug(Settings()))
    generation = open_generation(tmp_path / "index", plug(Settings()))
    asked = understand("招工会热闹吗", generation.lexical.terms)
    found = candidates(generation, asked, search(generation, asked.question), ())
    matcher = Matcher(generation, asked, [one.sentence.text for one in found])

    def own() -> dict[str, float]:
        weighed = reasons(generation, asked, (), found, matcher)[:, REASONS.index("own")].tolist()
        return {one.article.title: met for one, met in zip(found, weighed, strict=True)}

    listed = own()
    monkeypatch.setattr("regional_qa.answering.reasons.SYNONYM_MET", 0.0)
    bare = own()
    assert listed["招聘"] > bare["招聘"]
    assert listed["展览"] == bare["展览"]


def test_a_delegate_to_the_whole_country_speaks_of_the_province() -> None:
    """全国人大代表 is a title, and 中国一汽 a name."""
    text = "吉林加快转型。全国人大代表李文辉建议，加大绿电消纳。中国一汽投入很多。全国产量很高。"
    sentences = cut_sentences(Article("a", "吉林新能源", text))
    assert [bool(one.inherited) for one in sentences] == [True, True, True, False]


def test_what_follows_a_place_and_is_no_station() -> None:
    """二连浩特站场 is no 二连浩特站 that a text must name."""
    assert understand("二连浩特站场扩能后通过能力是多少对", lambda text: [text]).things == ()


def test_where_names_stand() -> None:
    """Behind who bears one, and not inside 示范作用; 80周岁 lasts no eighty weeks."""
    found = of_kind("name", "首席技能大师杨永修建议，发挥示范作用，高水平人才很多", "人")
    assert [span.of("首席技能大师杨永修建议，发挥示范作用，高水平人才很多") for span in found] == ["杨永修"]
    assert of_kind("duration", "为80周岁以上老人服务") == []


@pytest.mark.parametrize(
    ("question", "kind", "unit"),
    [
        ("How many large instruments does Anhui share with Shanghai", "count", ""),
        ("What is the share of Anhui", "share", ""),
        ("黑河保税物流中心出口贸易额全国排名", "amount", RANK),
        ("优化营商环境行动方案是第几版", "fact", ""),
        ("亚欧博览会办到第几届", "amount", "第届"),
    ],
)
def test_what_is_asked_for(question: str, kind: str, unit: str) -> None:
    """A share that is asked for and one that is had with others; a place in a ranking and a version."""
    asked = understand(question, str.split)
    assert (asked.scope.kind, asked.unit) == (kind, unit)


def test_words_of_a_question_are_put_together() -> None:
    """What the file of synonyms has as one, however the cutter cuts it; years named together leave nothing behind."""
    asked = understand(
        "2022年和2023年头两个月限额以上企业的营收", lambda text: ["头", "两个", "月", "限额", "以上", "企业", "营收"]
    )
    assert {"头两个月", "限额以上"} <= set(asked.terms)
    assert asked.rest.startswith("头两个月")


def test_verbs_are_no_names(generation: Generation) -> None:
    """沈德生带着市领导: nobody is called 带着."""
    asked = understand("谁带着市领导看片子", lambda text: ["带着", "市领导", "片子"])
    assert unheard(generation, asked) == ""


def test_the_city_of_a_page_is_told_by_one_of_its_offices(tmp_path: Path) -> None:
    """市住建局 on a page where only 市商务局 names a city of the province is that city's; a river is no county of it."""
    text = "\n\n".join(
        [
            "## 市住建局\n\n全年新建商品房销售面积同比增长5%，我市城市更新不断推进，老旧小区改造继续。\n\n(本报记者 宋立)",
            "## 市自然资源局\n\n推进东辽河上游废弃矿山生态修复，各县区都在行动，全市积极落实，耕地保护不放松。\n\n(本报记者 于芯)",
            "## 市商务局\n\n推动更多吉林项目落户辽源，全市全年洽谈对接项目不少于100个，成效明显。\n\n(本报记者 王一)",
            "## 乡村产业发展\n\n吉林全省乡村特色产业发展加快，各地农民增收，我省农业产值不断提高。\n\n(本报记者 李二)",
        ]
    )
    articles = {one.title: one for one in read_newspaper(text, "page.txt")}
    assert [one.place for one in articles.values()] == ["辽源", "辽源", "辽源", ""]
    asked = understand("辽源新建商品房销售面积目标增长多少", lambda text: ["商品房"])
    assert all(
        one.is_about(asked.places) for title in ("市住建局", "市自然资源局") for one in cut_sentences(articles[title])
    )
    assert "place" in articles["市住建局"].inferred
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "page.txt").write_text(text, encoding="utf-8")
    rebuild(tmp_path / "corpus", tmp_path / "index", fake_parts())
    page = open_generation(tmp_path / "index", fake_parts())
    housing, trade = (
        answer(page, f"辽源{asked}") for asked in ("新建商品房销售面积同比增长多少", "洽谈对接项目不少于多少个")
    )
    assert "5%" in housing.text
    assert any("辽源是由同版的报道推断的" in note for note in housing.notes)
    assert "100个" in trade.text
    assert not any("推断" in note for note in trade.notes)
