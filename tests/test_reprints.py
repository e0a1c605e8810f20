"""Reprints: a text printed elsewhere is found whatever its credits; another figure, place or year is another text."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from regional_qa.indexing.reprints import Sketch, Sketches, identified, is_reprint
from regional_qa.reading.problem import Problem
from regional_qa.types import Article

WORDS = "光伏 玻璃 组件 企业 园区 项目 技术 人才 市场 出口 订单 车间 研发 港口 物流 农田 水稻 大豆 旅游 文化".split()
STORY = (
    "本报讯（记者 王芳）安徽省工信厅介绍，2023年全省光伏玻璃产量占全国产量的一半以上，逆变器产量占三分之一。"
    "来安县的一家企业负责人说，今年一季度订单同比增长30%，产品销往六十多个国家和地区。"
    "下一步，全省将围绕技术创新、应用示范、标准引领，推动产业向高端化、智能化、绿色化迈进，培育一批有全球影响力的企业。"
    "园区里，机械臂上下翻飞，工人在屏幕前查看数据，一块块玻璃从生产线上下来，装箱运往港口。"
)


def story(seed: int, sentences: int = 20) -> str:
    rng = random.Random(seed)
    return "".join("，".join("".join(rng.sample(WORDS, 4)) for _ in range(3)) + "。" for _ in range(sentences))


def article(text: str, origin: str = "b.txt", published: date | None = None, regions: tuple[str, ...] = ()) -> Article:
    return Article(origin, "", text, origin=origin, published=published, regions=regions)


WHOLE = article(STORY, "a.txt")


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        STORY.replace("本报讯（记者 王芳）", "据安徽日报报道（记者 李强）"),
        STORY + "（转自《安徽日报》）",
        STORY.replace("，", ",").replace("。", "．\n\n").replace("2023", "２０２３"),
        STORY.replace("园区里，机械臂上下翻飞，工人在屏幕前查看数据，一块块玻璃从生产线上下来，装箱运往港口。", ""),
        STORY.replace("工人在屏幕前", "工人们在屏幕前"),
    ],
    ids=["same", "byline", "signature", "width", "shortened", "word"],
)
def test_a_reprint_is_one(text: str) -> None:
    """Other credits, widths and line breaks, a cut end, a word more."""
    assert is_reprint(article(text), WHOLE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("30%", "31%"),
        ("三分之一", "四分之一"),
        ("安徽省工信厅", "江苏省工信厅"),
        ("来安县", "全椒县"),
        ("2023年", "2024年"),
        ("一季度", "上半年"),
        ("装箱运往港口。", "装箱运往港口。" + story(1, 3)),
    ],
)
def test_another_figure_place_or_passage_is_another_text(old: str, new: str) -> None:
    """Folding would lose what only the second text says."""
    assert not is_reprint(article(STORY.replace(old, new)), WHOLE)


def test_years_and_stated_regions_keep_texts_apart() -> None:
    """今年 means another year a year later."""
    dated = replace(WHOLE, published=date(2024, 3, 5))
    assert is_reprint(article(STORY, published=date(2024, 3, 9)), dated)
    assert not is_reprint(article(STORY, published=date(2025, 3, 5)), dated)
    assert not is_reprint(article(STORY, regions=("江西",)), replace(WHOLE, regions=("安徽",)))


def test_short_texts_are_reprints_only_of_the_same_characters() -> None:
    """In a short text one word is much."""
    assert is_reprint(article("合肥高新区，开工。"), article("合肥高新区开工", "a.txt"))
    assert not is_reprint(article("合肥高新区将开工。"), article("合肥高新区开工", "a.txt"))


def test_reprints_are_found_among_many() -> None:
    """Of a hundred texts, those printed in two files or three, whichever comes first; never inside one file."""
    articles = [article(story(n), f"{n}.txt") for n in range(100)]
    articles += [article(story(n) + "（记者 王芳）", f"copy{n}.txt") for n in range(0, 100, 10)]
    articles += [article(story(n, 17), f"short{n}.txt") for n in range(0, 100, 20)]
    articles += [article(story(3), "3.txt")]
    sketches = Sketches()
    for one in articles:
        sketches.add(one, Sketch.of(one.text))
    found = sketches.reprints(lambda row, whole: is_reprint(articles[row], articles[whole]))
    folded = sorted((articles[part].origin, articles[whole].origin) for part, whole in found.items())
    assert {part for part, _ in folded} == {
        *(f"copy{n}.txt" for n in range(0, 100, 10)),
        *(f"short{n}.txt" for n in range(0, 100, 20)),
    }
    assert all(whole.split(".")[0] == "".join(filter(str.isdigit, part)) for part, whole in folded)


def test_ids_are_unique_and_stable() -> None:
    """A copy in another file has its own id, twice in one file is told, another text under an id is a Problem."""
    one = Article("a", "题", "甲", origin="x.jsonl:1")
    stream = [one, replace(one, origin="y.jsonl:1"), replace(one, origin="x.jsonl:2"), replace(one, text="乙")]
    first, copy, again, other = identified(stream)
    assert isinstance(first, Article)
    assert isinstance(copy, Article)
    assert first.article_id == "a" != copy.article_id
    assert again is None
    assert isinstance(other, Problem)
    assert list(identified(stream))[1] == copy
