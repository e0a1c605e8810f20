"""Questions in English and in the words of Taiwan: what they name, what they count, how many things they ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from regional_qa.answering.sides import sides
from regional_qa.answering.sought import of_kind
from regional_qa.answering.told import is_counted, told
from regional_qa.answering.understanding import understand
from regional_qa.backends.lexical_tantivy.terms import cut
from regional_qa.knowledge import taiwan
from regional_qa.knowledge.region_names import SPELLINGS, names, spellings
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import simplified
from regional_qa.knowledge.synonyms import joined
from regional_qa.knowledge.taiwan import mainland


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How many private companies in Chongqing help villages, how many villages, and what is the investment?",
            ("how many private companies in chongqing help villages", "how many villages", "what is the investment"),
        ),
        (
            "What was the foreign trade of Heihe in 2023 and how fast did it grow?",
            ("what was the foreign trade of heihe in 2023", "how fast did it grow"),
        ),
        ("When and in which city did Heilongjiang hold its conference?", ()),
        ("How many bonded zones and ports does Guangxi have?", ()),
        ("Which firm, founded in 2002, makes wheels?", ()),
    ],
)
def test_several_things_asked_in_english(question: str, parts: tuple[str, ...]) -> None:
    """Each is asked with the words of the first, which it seldom names again."""
    found = sides(question).questions
    assert len(found) == len(parts)
    assert all(one.startswith(part) for one, part in zip(found, parts, strict=True))
    assert all("chongqing" in one or "heihe" in one for one in found)


@pytest.mark.parametrize(
    ("question", "years", "counted", "metric"),
    [
        ("What is FAW's 2025 target for production and sales?", (2025,), "", "production-and-sales"),
        ("How many private companies have submitted needs?", (), "private-company", ""),
        ("How many high-level overseas professionals does Zhejiang want?", (), "professionals", ""),
        ("What was the foreign trade of the Heihe free trade zone area in 2023?", (2023,), "", "foreign-trade"),
        ("一共来了多少读者", (), "读者", ""),
        ("来了几个人", (), "", ""),
    ],
)
def test_what_a_question_names(question: str, years: tuple[int, ...], counted: str, metric: str) -> None:
    """Years without a preposition, what is counted, and the first figure named in English."""
    asked = understand(question, cut)
    assert (asked.scope.years, asked.counted, asked.scope.metric) == (years, counted, metric)


@pytest.mark.parametrize(
    ("question", "compares"),
    [
        ("Which grew faster in 2023, exports of Jiangxi or Shandong?", True),
        ("Does Jiangxi or Shandong have the faster export growth?", True),
        ("What were Jiangxi's and Shandong's export growth in 2023?", True),
        ("Exports of Jiangxi compared with Shandong", True),
        ("How many firms of Xiamen in Fujian recruit in Gansu?", False),
        ("Does Jiangxi export cars?", False),
    ],
)
def test_places_compared_in_english(question: str, compares: bool) -> None:
    """By ``or`` between them, or words that compare; a question that chooses is not one after yes or no."""
    asked = understand(question, cut)
    assert asked.compares == compares
    assert (asked.scope.kind == "whether") == (question == "Does Jiangxi export cars?")


def test_names_of_several_words_are_one() -> None:
    """Also in the plural, and not where they are part of another word."""
    assert joined("real estate in free trade zones") == "real-estate in free-trade-zone"
    assert joined("unreal estate") == "unreal estate"


def test_what_is_counted_stands_by_its_figure() -> None:
    """Guests and readings count no readers."""
    asked = understand("书展一共来了多少读者", cut)
    text = "60位嘉宾呈现20场读书会，接待读者3万人。"
    spans = {span.of(text): is_counted(asked, text, span) for span in told(asked, text, None)}
    assert spans == {"60位": False, "20场": False, "3万人": True}


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("8月2日至5日，2023年7月19日召开", []),
        ("会谈了两个半小时，历时3天", ["两个半小时", "3天"]),
        ("用了15日，工期18个月，五年后", ["15日", "18个月", "五年"]),
    ],
)
def test_durations_are_no_dates(text: str, durations: list[str]) -> None:
    """A day of a month and a year of the calendar last no time that was asked for."""
    assert [span.of(text) for span in of_kind("duration", text)] == durations


@pytest.mark.parametrize(
    ("question", "figures"),
    [("贷款的不良率多少", ["0.8%"]), ("贷款的不良余额多少", ["27.7万亿元"])],
)
def test_a_rate_is_told_as_one(question: str, figures: list[str]) -> None:
    """A sum is no rate."""
    text = "贷款不良率0.8%，贷款不良余额27.7万亿元"
    assert [span.of(text) for span in told(understand(question, cut), text, None)] == figures


def test_every_spelling_is_a_region() -> None:
    """Each is a plain word of ASCII, its name known, and it is found in a sentence."""
    assert len(spellings()) > 1900
    for spelled, name in spellings().items():
        assert re.fullmatch("[a-z]{5,}", spelled), spelled
        assert names()[name], name
    assert Path(SPELLINGS).read_text(encoding="utf-8").splitlines()[1:] == sorted(
        f"{spelled}\t{name}" for spelled, name in spellings().items()
    )
    assert [place.name for place in find_regions("bases from Shouguang in Kaizhou")] == ["寿光", "开州"]
    assert find_regions("公司推出shouguang品牌") == []


def test_taiwan_words_are_written_in_simplified_characters() -> None:
    """The file says so, and a word that begins with ours stays."""
    lines = [line for line in taiwan.FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert all(simplified(line) == line and line.count("\t") == 1 for line in lines)
    assert mainland("臺灣農產外銷成長多少") == "台湾农产品出口增长多少"
    assert mainland("農產品與電動汽車") == "农产品与电动汽车"
