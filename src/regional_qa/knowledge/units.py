"""Units of measure -> their dimension, and how many of its base unit each is.

Knows nothing about texts. 元 alone is the renminbi; currencies are never turned into one another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_MEASURES: Mapping[str, Mapping[str, float]] = {
    "power": {"千瓦": 1, "kW": 1, "KW": 1, "kw": 1, "兆瓦": 1e3, "MW": 1e3, "mw": 1e3, "吉瓦": 1e6, "GW": 1e6, "gw": 1e6, "瓦": 1e-3, "W": 1e-3},
    "energy": {
        "千瓦时": 1, "kWh": 1, "KWh": 1, "KWH": 1, "kwh": 1, "度": 1, "兆瓦时": 1e3, "MWh": 1e3, "mwh": 1e3, "吉瓦时": 1e6, "GWh": 1e6, "Gwh": 1e6, "gwh": 1e6, "TWh": 1e9, "Wh": 1e-3,
    },
    "area": {
        "平方米": 1, "平米": 1, "㎡": 1, "亩": 10_000 / 15, "公顷": 1e4, "平方公里": 1e6, "平方千米": 1e6,
    },
    "volume": {"立方米": 1, "m³": 1, "升": 1e-3, "毫升": 1e-6, "立方千米": 1e9},
    "mass": {"公斤": 1, "千克": 1, "kg": 1, "吨": 1e3, "斤": 0.5, "克": 1e-3, "毫克": 1e-6},
    "length": {
        "米": 1, "公里": 1e3, "千米": 1e3, "km": 1e3, "厘米": 1e-2, "cm": 1e-2, "毫米": 1e-3, "mm": 1e-3, "微米": 1e-6,
        "纳米": 1e-9, "nm": 1e-9, "海里": 1852, "英里": 1609.344, "英寸": 0.0254, "光年": 9.4607e15,
    },
    "time": {"秒": 1, "分钟": 60, "小时": 3600, "天": 86_400, "周": 604_800},
    "voltage": {"千伏": 1, "kV": 1, "伏": 1e-3},
    "temperature": {"摄氏度": 1, "℃": 1, "°C": 1},
    "containers": {"标准箱": 1, "标箱": 1, "TEU": 1},
    "people": {"人": 1, "名": 1, "位": 1},
    "age": {"岁": 1, "周岁": 1},
}  # fmt: skip
CURRENCIES: Mapping[str, str] = {
    "元": "人民币", "人民币": "人民币", "美元": "美元", "美金": "美元", "欧元": "欧元", "英镑": "英镑", "日元": "日元", "韩元": "韩元", "港元": "港元",
    "港币": "港元", "卢布": "卢布", "澳元": "澳元", "加元": "加元", "新台币": "新台币", "卢比": "卢比", "泰铢": "泰铢",
}  # fmt: skip
_COUNTED = (
    "千伏安 架次 台次 车次 人次 班次 批次 个月 个季度 个工作日 家 户 个 颗 辆 艘 架 台 套 列 班 趟 张 件 枚 座 条 项 种 类 只 头 株 棵 箱 袋 包 "
    "份 席 款 道 笔 单 场 次 起 组 对 所 处 间 栋 批 级 部 篇 首 块 片 支 节 车 村 镇 县 市 省 国 届 期 回 站 线 尾 桶 羽 盏 宗 例 基点 GB TB MB GHz MHz Hz mAh "
    "mmol/L 马力 像素 公里/小时 km/h 点"
).split()
"""What is counted in units that stand for nothing but themselves."""
SMALL = (
    "家|户|名|位(?!数|于|置|一体)|人(?![民口才均类工员们转大生物])|个小时|个月|个(?![人体性别股])|项|条(?!件|例)|座|种(?!植|子|业)|类(?!型|似)|所(?!有|以)|辆|台(?![山风湾河县联])|架|"
    "艘|颗(?!粒)|件|枚|只|吨|公里|平方公里|平方米|亩|公斤|斤|美元|欧元|日元|港元|小时|分钟|天(?![津河水空])|周(?![年边口期])|个月|起(?![来步])|岁|米|支(?!付|持|部|队)|张(?!家)|批|场(?!所)|"
    "部(?!分|门|队|委|署|长)|篇|列(?!车)|趟|间(?!接)|栋|棵|株|次(?![元生产])"
)
"""Units that make a quantity of a Chinese numeral from two to nine: 两家, 三个小时."""
_MEASURE = {unit: (name, factor) for name, units in _MEASURES.items() for unit, factor in units.items()}
_EXACTLY = {
    "车": "车(?![间型企站道])",
    "周": "周(?![年边])",
    "道": "道(?![路理德])",
    "点": "点(?![名评击赞燃亮缀滴])",
    "天": "天(?!津)",
    "W": "W(?![A-Za-z])",
    "次": "次(?!元)",
}
_BY_LENGTH = sorted({*_MEASURE, *CURRENCIES, *_COUNTED}, key=len, reverse=True)
PATTERN = "个(?:小时|基点|班次|批次)|" + "|".join(_EXACTLY.get(unit) or re.escape(unit) for unit in _BY_LENGTH)
"""All units, the longest first."""


def measure(unit: str) -> tuple[str, float]:
    """Dimension of a unit and how many base units it is; a unit of no known dimension is its own.

    >>> measure("吉瓦"), measure("万家"), measure("美元"), measure("元/吨")
    (('power', 1000000.0), ('万家', 1.0), ('美元', 1.0), ('人民币/吨', 1.0))
    """
    if unit in _MEASURE:
        return _MEASURE[unit]
    currency, slash, each = unit.partition("/")
    return f"{CURRENCIES.get(currency, currency)}{slash}{each}", 1.0
