"""Facts: figures whose metric, place and time are told; kept in the index, found by place and metric, safe in a table."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from regional_qa.cli import main
from regional_qa.facts import find_facts
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import open_generation
from regional_qa.records import write_facts_csv
from regional_qa.types import Article, Fact, Span
from tests.fakes import fake_parts, write_corpus

CORPUS = {
    "anhui": "title: 安徽光储产业\nregions: [安徽]\npublished: 2024-02-23\n---\n"
    "2023年安徽光伏制造业实现营业收入2967.4亿元，同比增长50.9%。其中，光伏玻璃产量占全国总产量的一半以上。",
    "jiangxi": "title: 江西外贸\nregions: [江西]\n---\n2024年前三季度，江西省进出口总值3500亿元，同比下降2.5%。",
    "delta": "title: 长三角\n---\n2024年，长三角区域进出口总值超16万亿元。",
}


def told(text: str, title: str = "", published: date | None = None) -> list[tuple[str, str, str, float, str]]:
    """Place, what it is of, metric, value and basis of the facts of a text."""
    article = Article("a", title, text, published=published)
    return [(one.place, one.industry, one.metric, one.value, one.basis) for one in find_facts(article)]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("安徽光伏玻璃产量占全国产量的一半以上。", [("安徽", "光伏玻璃", "产量", 0.5, "占全国")]),
        (
            "江西省新能源汽车产值2967.4亿元,同比增长12.9%,占全省的两成。",
            [
                ("江西", "新能源汽车", "产值", 2967.4e8, ""),
                ("江西", "新能源汽车", "产值", 0.129, "同比"),
                ("江西", "新能源汽车", "产值", 0.2, "占全省"),
            ],
        ),
        ("赣州市高标准农田面积达32万亩。", [("赣州", "高标准农田", "面积", 320000, "")]),
        (
            "安徽光伏元器件制造业实现营业收入2967.4亿元，利润总额达175.3亿元。",
            [
                ("安徽", "光伏元器件制造业", "营业收入", 2967.4e8, ""),
                ("安徽", "光伏元器件制造业", "利润总额", 175.3e8, ""),
            ],
        ),
        ("江西“新三样”产品出口保持增长，全年出口额增长73.5%。", [("江西", "新三样产品", "出口额", 0.735, "")]),
        (
            "根据统计局公布的数据，滁州市实现生产总值3610亿元。其中，第一产业增加值301.5亿元。",
            [("滁州", "", "生产总值", 3610e8, ""), ("滁州", "第一产业", "增加值", 301.5e8, "")],
        ),
        (
            "甘肃省规模以上工业增加值增长6.3%，比上年提高1.2个百分点。",
            [
                ("甘肃", "规模以上工业", "增加值", 0.063, ""),
                ("甘肃", "规模以上工业", "增加值增速", 0.012, "比上年"),
            ],
        ),
        ("江苏最年轻的地级市宿迁实现生产总值1920.57亿元。", [("宿迁", "", "生产总值", 1920.57e8, "")]),
        ("上海市进出口总值2.09万亿元人民币。", [("上海", "外贸与开放", "进出口总值", 2.09e12, "")]),
        ("河南养老机构达到2200多家。", [("河南", "民生与社会保障", "养老机构数", 2200, "")]),
    ],
)
def test_figures_with_their_metric(text: str, facts: list[tuple[str, str, str, float, str]]) -> None:
    """The head noun before a figure is its metric; a clause that only says how it changed takes the one before."""
    found = told(text)
    assert [one[3] for one in found] == pytest.approx([one[3] for one in facts])
    assert [(*one[:3], one[4]) for one in found] == [(*one[:3], one[4]) for one in facts]


@pytest.mark.parametrize(
    "text",
    [
        "力争到2030年，安徽光伏玻璃产量达100万吨。",
        "安徽某某股份有限公司光伏玻璃产量达100万吨。",
        "全国光伏玻璃产量达100万吨。",
        "江西、安徽光伏玻璃产量达100万吨。",
        "安徽光伏玻璃产量达100人。",
        "安徽产量达100万吨。",
        "安徽光伏玻璃、电池产量分别增长5%和6%。",
        "光伏玻璃产量达100万吨。",
        "安徽超5亿元企业5家。",
        "安徽苏州园区合计占比近七成。",
        "安徽光伏玻璃产量达100万吨的企业很少。",
    ],
)
def test_what_is_not_told_is_no_fact(text: str) -> None:
    """Plans, firms, other countries, several places, units that do not fit, metrics of nothing, no place."""
    assert told(text) == []


def test_a_report_on_a_firm_is_not_about_its_region() -> None:
    """Also where it says its name instead of 公司: what names no place is the firm's."""
    assert told("华为发布财报。去年上半年，终端业务收入为1035亿元。", title="重庆车展") == []
    assert told("车展开幕。去年上半年，终端业务收入为1035亿元。", title="重庆车展") != []


def test_places_and_times_are_taken_over() -> None:
    """Within a paragraph from the sentence before, else from the headline; a compared year is not the year."""
    text = "2023年，安徽加快发展。光伏玻璃产量达100万吨，较2022年增长5%。\n\n截至6月底，储能电池产量达20万吨。"
    facts = find_facts(Article("a", "安徽新能源", text, published=date(2024, 2, 1)))
    assert [(one.place, one.years, one.period) for one in facts] == [
        ("安徽", (2023,), ""),
        ("安徽", (2023,), ""),
        ("安徽", (), "6月底"),
    ]
    assert facts[1].basis == "较2022年"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("同比下降2.9%", "下降2.9%"),
        ("同比增长近两成", "增长近两成"),
        ("同比下降5%—6%", "下降5%—6%"),
        ("增长6.3%，比上年提高1.2个百分点", "高1.2个百分点"),
        ("增长6.3%，较上年回落0.3个百分点", "低0.3个百分点"),
        ("同比-2.9%", "-2.9%"),
        ("翻一番", "翻一番"),
        ("占全国的两成", "两成"),
    ],
)
def test_a_change_is_told_with_its_direction(said: str, told: str) -> None:
    """Rise or fall, which the figure alone does not say; the source's wording stays what it is."""
    fact = find_facts(Article("a", "", f"安徽光伏玻璃产量达100万吨，{said}。"))[-1]
    assert fact.told == told
    assert fact.wording == told.lstrip("增长下降高低")


def test_a_fact_keeps_its_promises() -> None:
    """The quote is as long as its span and the figure lies in it."""
    (fact,) = find_facts(Article("a", "", "安徽光伏玻璃产量达100万吨。"))
    assert (fact.quote, fact.wording) == ("安徽光伏玻璃产量达100万吨。", "100万吨")
    rest = [getattr(fact, name) for name in Fact.__slots__[4:]]
    for span, figure in ((Span(0, 5), fact.figure), (fact.span, Span(10, 40))):
        with pytest.raises(ValueError, match="fact of a"):
            Fact("a", span, figure, fact.quote, *rest)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("facts")
    rebuild(write_corpus(folder / "corpus", **CORPUS), folder / "index", fake_parts())
    return folder / "index"


def test_the_index_gives_back_what_was_found(index: Path) -> None:
    """Every field survives the table, and every quote stands in its article."""
    store = open_generation(index, fake_parts()).passages
    kept = store.facts((), (), None, None)
    articles = list(store.every_article())
    assert sorted(kept, key=lambda one: (one.article_id, one.figure)) == sorted(
        (fact for article in articles for fact in find_facts(article)), key=lambda one: (one.article_id, one.figure)
    )
    assert all(one.span.of(store.article(one.article_id).text) == one.quote for one in kept)


@pytest.mark.parametrize(
    ("regions", "words", "since", "until", "metrics"),
    [
        (("安徽",), (), None, None, ["营业收入", "营业收入", "产量"]),
        (("安徽",), ("产量",), None, None, ["产量"]),
        ((), ("光伏玻璃",), None, None, ["产量"]),
        ((), ("进出口",), date(2024, 3, 1), None, ["进出口总值", "进出口总值", "进出口总值"]),
        (("安徽", "上海", "江苏", "浙江"), ("进出口",), None, None, ["进出口总值"]),
        (("安徽",), (), None, date(2024, 1, 1), []),
        (("西藏",), (), None, None, []),
    ],
)
def test_facts_by_place_metric_and_day(
    index: Path, regions: tuple[str, ...], words: tuple[str, ...], since: date | None, until: date | None,
    metrics: list[str],
) -> None:  # fmt: skip
    """A group counts only where all its provinces are asked for; undated articles pass."""
    store = open_generation(index, fake_parts()).passages
    assert sorted(one.metric for one in store.facts(regions, words, since, until)) == sorted(metrics)


def test_no_cell_is_taken_for_a_formula() -> None:
    """Text that begins like a formula gets an apostrophe, numbers stay numbers; the header is always there."""
    (fact,) = find_facts(Article("a", "", "安徽光伏玻璃产量下降5%。"))
    out = io.StringIO()
    write_facts_csv(out, [(fact, Article("a", "=HYPERLINK(1)", "", publisher="@报", source="-\n"))])
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert (row["title"], row["publisher"], row["source"], row["value"]) == ("'=HYPERLINK(1)", "'@报", "'-\n", "-0.05")
    empty = io.StringIO()
    write_facts_csv(empty, [])
    assert empty.getvalue().strip().split(",") == list(row)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text for people, CSV and JSON with the whole citation; a synonym finds the metric; nothing found is said."""
    corpus, index = write_corpus(tmp_path / "corpus", **CORPUS), tmp_path / "index"
    assert main(["rebuild", "--corpus", str(corpus), "--index", str(index)]) == 0
    capsys.readouterr()
    command = ["facts", "--index", str(index), "--region", "安徽"]
    assert main([*command, "--metric", "产量"]) == 0
    assert "安徽 | 光伏玻璃 产量 | 一半以上（占全国） | 2023年" in capsys.readouterr().out
    assert main([*command, "--metric", "营收", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main([*command, "--metric", "营收"]) == 0
    assert "营业收入 | 增长50.9%（同比） | 2023年" in capsys.readouterr().out
    assert [(one["metric"], one["value"], one["published"]) for one in records] == [
        ("营业收入", 2967.4e8, "2024-02-23"),
        ("营业收入", 0.509, "2024-02-23"),
    ]
    assert main([*command, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["origin"] for row in rows] == ["anhui.md"] * 3
    assert all(int(row["end"]) - int(row["start"]) == len(row["quote"]) for row in rows)
    assert main([*command, "--metric", "没有的指标"]) == 0
    assert capsys.readouterr().out == "语料中没有找到\n"
    with pytest.raises(SystemExit):
        main([*command, "--csv", "--json"])
