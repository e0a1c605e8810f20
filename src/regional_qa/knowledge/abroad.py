"""Text -> the countries and parts of the world it names, and whether another text tells of them.

Knows nothing about the regions of China.
"""

from __future__ import annotations

import re

_COUNTRIES = (
    "美国 加拿大 墨西哥 古巴 巴拿马 哥斯达黎加 危地马拉 牙买加 巴西 阿根廷 智利 秘鲁 哥伦比亚 委内瑞拉 厄瓜多尔 玻利维亚 乌拉圭 巴拉圭 英国 爱尔兰 法国 德国 意大利 西班牙 葡萄牙 荷兰 比利时 卢森堡 "
    "瑞士 奥地利 瑞典 挪威 丹麦 芬兰 冰岛 波兰 捷克 斯洛伐克 斯洛文尼亚 匈牙利 罗马尼亚 保加利亚 希腊 塞尔维亚 克罗地亚 黑山 北马其顿 波黑 阿尔巴尼亚 马耳他 塞浦路斯 立陶宛 拉脱维亚 爱沙尼亚 白俄罗斯 "
    "乌克兰 摩尔多瓦 俄罗斯 格鲁吉亚 亚美尼亚 阿塞拜疆 哈萨克斯坦 乌兹别克斯坦 吉尔吉斯斯坦 塔吉克斯坦 土库曼斯坦 蒙古国 日本 韩国 朝鲜 越南 老挝 柬埔寨 泰国 缅甸 马来西亚 新加坡 印度尼西亚 印尼 菲律宾 文莱 东帝汶 "
    "印度 巴基斯坦 孟加拉国 尼泊尔 不丹 斯里兰卡 马尔代夫 阿富汗 伊朗 伊拉克 叙利亚 约旦 黎巴嫩 以色列 巴勒斯坦 沙特 阿联酋 卡塔尔 科威特 巴林 阿曼 也门 土耳其 埃及 利比亚 突尼斯 阿尔及利亚 摩洛哥 苏丹 "
    "埃塞俄比亚 肯尼亚 乌干达 坦桑尼亚 卢旺达 刚果 安哥拉 赞比亚 津巴布韦 博茨瓦纳 纳米比亚 莫桑比克 马达加斯加 毛里求斯 塞舌尔 南非 尼日利亚 加纳 喀麦隆 加蓬 塞内加尔 几内亚 科特迪瓦 多哥 贝宁 "
    "澳大利亚 新西兰 斐济 巴布亚新几内亚 萨摩亚 汤加"
).split()
_PARTS = (
    "欧盟 欧元区 东盟 欧洲 非洲 亚洲 北美 南美 拉美 拉丁美洲 大洋洲 东南亚 中东 中亚 南亚 西亚 东欧 西欧 中东欧".split()
)
_ALSO = {
    "印尼": "印度尼西亚",
    "印度尼西亚": "印尼",
    "沙特": "沙特阿拉伯",
    "韩国": "南韩",
    "蒙古国": "蒙古",
    "阿联酋": "阿拉伯联合酋长国",
}
"""Other names of the same."""
_SHORT = {
    "美国": "美", "英国": "英", "法国": "法", "德国": "德", "俄罗斯": "俄", "日本": "日", "韩国": "韩", "越南": "越", "老挝": "老", "泰国": "泰", "缅甸": "缅",
    "蒙古国": "蒙", "印度": "印", "澳大利亚": "澳", "欧盟": "欧", "欧洲": "欧", "非洲": "非", "拉美": "拉", "巴西": "巴", "哈萨克斯坦": "哈",
}  # fmt: skip
"""How papers shorten them behind a word of dealing: 对美出口, 中俄贸易."""
_EXACTLY = {
    "美国": "(?<!中)美国", "加纳": "(?<![参增])加纳", "巴林": "巴林(?![左右])", "朝鲜": "朝鲜(?!族)", "中东": "中东(?!部)",
}  # fmt: skip
"""Names that other words hold: 增加纳税, 巴林右旗, 华中东部."""
_NAMED = re.compile(
    "|".join(_EXACTLY.get(name, name) for name in sorted((*_COUNTRIES, *_PARTS), key=len, reverse=True))
)
_COUNTRY = re.compile(
    "|".join(["中国", "我国", "[一-龥]{1,8}(?:共和国|王国|帝国)", *sorted(_COUNTRIES, key=len, reverse=True)])
)


def abroad_in(text: str) -> tuple[str, ...]:
    """Countries and parts of the world other than China, as named, without repeats.

    >>> abroad_in("对印度尼西亚、欧盟的出口"), abroad_in("巴林右旗的中美国际合作园增加纳税")
    (('印度尼西亚', '欧盟'), ())
    """
    return tuple(dict.fromkeys(_NAMED.findall(text)))


def tells_of(text: str, name: str) -> bool:
    """Whether a text names a country or part of the world, be it by its short name.

    >>> tells_of("对美出口", "美国"), tells_of("美丽乡村", "美国"), tells_of("在印度尼西亚投资", "印尼")
    (True, False, True)
    """
    short = _SHORT.get(name)
    return (
        name in text or _ALSO.get(name, name) in text or bool(short and re.search(f"[对赴输驻往销中至]{short}", text))
    )


def countries(text: str) -> list[re.Match[str]]:
    """Where a text names a country, China among them."""
    return list(_COUNTRY.finditer(text))
