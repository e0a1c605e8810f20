"""Of whom and of what something is told: a firm, an industry, an office of a city, a year."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa.answering.answer import answer
from regional_qa.answering.evidence import candidates
from regional_qa.answering.matching import Matcher
from regional_qa.answering.reasons import REASONS, reasons
from regional_qa.answering.sought import of_kind
from regional_qa.answering.understanding import understand
from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.knowledge.firms import firms_in
from regional_qa.knowledge.sentences import cut_sentences
from regional_qa.retrieval import search
from regional_qa.settings import Settings
from regional_qa.types import Article
from tests.fakes import fake_parts, write_corpus

CORPUS = {
    "wheels": "title: 车轮\nregions: [河北]\n---\n2024年，中信戴卡供货量达到30万只。秦皇岛的工厂很新。",
    "solar": "title: 安徽光伏\nregions: [安徽]\n---\n2023年，安徽光伏产业实现营业收入2967.4亿元。集成电路是另一产业。",
    "office": "title: 市商务局\nregions: [吉林]\n---\n加强入库培育，新增限上商贸企业29户。推动更多项目落户辽源。",
    "trains": "title: 口岸班列\nregions: [内蒙古]\n---\n截至3月9日，二连浩特口岸通行中欧班列累计1.5万列。2022年，二连浩特口岸扩能。",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder = tmp_path_factory.mktemp("subjects")
    rebuild(write_corpus(folder / "corpus", **CORPUS), folder / "index", fake_parts())
    return open_generation(folder / "index", fake_parts())


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
