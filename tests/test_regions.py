"""Regions are found where they are named, belong to the right province, and are not seen where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regional_qa.errors import UsageError
from regional_qa.knowledge.regions import GROUPS, PROVINCES, find_regions, provinces_in, resolve


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("安徽省合肥市的企业", ["安徽", "合肥"]),
        ("潼南柠檬远销海外", ["潼南"]),
        ("二连浩特口岸与黑河口岸", ["二连浩特", "黑河"]),
        ("重庆市石柱土家族自治县桥头镇", ["重庆", "石柱"]),
        ("龙头企业在皖设立研发机构", ["安徽"]),
        ("外电入豫、科技兴赣", ["河南", "江西"]),
        ("鲁渝协作与闽宁协作", ["山东", "重庆", "福建", "宁夏"]),
        ("皖光伏组件占比", ["安徽"]),
        ("長三角與廣東、雲南", ["长三角", "广东", "云南"]),
        ("Anhui's inverters and Inner Mongolia", ["安徽", "内蒙古"]),
        ("东北全面振兴", ["东北"]),
        ("粤港澳大湾区内地9市", ["粤港澳大湾区"]),
        ("海南藏族自治州", ["海南藏族自治州"]),
        ("北京市朝阳区", ["北京", "朝阳区"]),
        ("北京朝阳站与山东平原", ["北京", "朝阳区", "山东", "平原县"]),
        ("青海省海南州", ["青海", "海南藏族自治州"]),
        ("威宁县与石柱县", ["威宁彝族回族苗族自治县", "石柱"]),
        ("黑龙江人在东安县", ["黑龙江", "东安县"]),
        ("闽南与晋北", ["闽南", "晋北"]),
        ("广州港南沙港区", ["广州", "南沙"]),
        ("长江经济带与珠三角", ["长江经济带", "珠三角"]),
        ("from Xi'an and Xi’an to Inner\nMongolia", ["西安", "西安", "内蒙古"]),
        ("在洛阳路演", ["洛阳"]),
        ("国内江苏、我国内蒙古、四川省内江市", ["江苏", "内蒙古", "四川", "内江"]),
        ("大同江以北与同江市", ["同江"]),
        ("晋商回归与湘商大会", ["山西", "湖南"]),
    ],
)
def test_named(text: str, named: list[str]) -> None:
    """Full, short, English and traditional names, counties and safe abbreviations."""
    assert [mention.name for mention in find_regions(text)] == named


@pytest.mark.parametrize(
    "text",
    [
        "吉林大学和北京大学",
        "南京路上",
        "东北部山区",
        "黄河南岸",
        "吉利汽车与云计算",
        "浙商银行",
        "晋商银行与鲁商集团",
        "沪深两市",
        "朝阳产业",
        "朝阳区",
        "大同小异",
        "白银价格",
        "北京师范大学与哈尔滨工业大学",
        "考入陕西师范大学",
        "南京东路",
        "东海南部海域",
        "阿里巴巴",
        "健康长寿",
        "平原地区",
        "非常熟悉",
        "重大理论问题",
        "长治久安",
        "普洱茶和西湖龙井",
        "大理石",
        "宁德时代",
        "佛罗里达州",
        "美国德州",
        "全国示范县",
        "主城区",
        "中西部地区",
        "苏丹政府",
        "鲁莽行事",
        "在豫园赏灯",
        "",
    ],
)
def test_not_named(text: str) -> None:
    """Universities, streets, rivers, companies, common words, and names that several provinces have."""
    assert find_regions(text) == []


def test_provinces() -> None:
    """Every place lies in its province; a group stands for its members."""
    assert provinces_in("潼南、黑河、南沙、康乐县和鄂尔多斯") == ("重庆", "黑龙江", "广东", "甘肃", "内蒙古")
    assert provinces_in("京津冀") == ("北京", "天津", "河北")
    assert provinces_in("海南藏族自治州与海南") == ("青海", "海南")
    assert len(PROVINCES) == 34
    assert all(set(members) <= set(PROVINCES) for members in GROUPS.values())
    assert all(provinces_in(province) == (province,) for province in PROVINCES)


@pytest.mark.parametrize(
    ("name", "provinces"),
    [
        ("安徽省", ("安徽",)),
        (" 皖 ", ("安徽",)),
        ("Anhui", ("安徽",)),
        ("合肥", ("安徽",)),
        ("京津冀", ("北京", "天津", "河北")),
        ("朝阳", ("辽宁",)),
        ("xi’an", ("陕西",)),
    ],
)
def test_resolve(name: str, provinces: tuple[str, ...]) -> None:
    """What users type is understood."""
    assert resolve(name) == provinces


@pytest.mark.parametrize("name", ["", "亚特兰蒂斯", "Atlantis", "123"])
def test_resolve_refuses(name: str) -> None:
    """An unknown region is refused in one line."""
    with pytest.raises(UsageError, match="unknown region"):
        resolve(name)


@pytest.mark.parametrize(
    ("name", "cure"),
    [("安微", "did you mean 安徽"), ("鼓楼区", "there is one in 江苏、福建"), ("全国", "write a province")],
)
def test_refusal_names_the_cure(name: str, cure: str) -> None:
    """A slip brings the nearest names, a name of several places the places, anything else an example."""
    with pytest.raises(UsageError, match=cure):
        resolve(name)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="安徽省合肥市京津冀东北吉林大学海南藏族自治州皖在 aA，", max_size=60))
def test_mentions_are_ordered_and_disjoint(text: str) -> None:
    """Spans lie in the text, from left to right, without overlap."""
    end = 0
    for mention in find_regions(text):
        assert end <= mention.span.start < mention.span.end <= len(text)
        assert mention.provinces
        end = mention.span.end
