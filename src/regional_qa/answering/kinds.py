"""Question -> what sort of thing answers it: its kind, the measure it is told in, the noun it is named by.

Rules only. Knows nothing about the texts in which it is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from regional_qa.knowledge.synonyms import joined, synonyms
from regional_qa.types import Kind

COUNTED = (
    r"家(?![庭长电具政禽属乡园人])|户(?![籍外])|人次|人(?![员口数才工形民力均造])|名(?![优胜额])|位(?![置数])|颗|辆|亩|公顷|平方米|吨|斤|台(?![资湾商胞])"
    r"|列(?!入)|班|张(?!江)|条(?![约件例款])|座(?!谈)|所(?!得)|项(?!目)|倍|小时|公里|千瓦|次(?![数品])|件(?!事)|套(?![餐路])|只(?![有是要能会])|袋|对(?![外口接于])"
    r"|席(?!位)|处(?![罚理方级])|例(?!子)|宗(?!教)|笔|份(?!额)|单(?![位价项])|头(?!部)|株|间(?!接)|栋|场(?![所地馆])|期(?![望限刊货])|届|站(?!点)|款(?!项)|起(?![诉重])|枚|架|艘|趟|箱(?!包)|桶|首(?![先次都府家届脑席要位批个])|篇|部(?![分门队委署长])|支(?![付持部出])|种(?![植子业养])|羽|盏"
    "|道(?![路理德])"
)
"""Units that things are counted in, and what behind each makes another word of it: 多少家 but 多少家属."""
MEASURED = "厘米|毫米|千米|海里|英寸|米(?![饭粉])|公斤|千克|克(?![拉服制隆])|立方米|升(?![级学值温高降])|兆瓦|吉瓦"
"""Units that quantities are measured in: 多少公斤."""
_IN_ALL = "(?:标准|总额|合计|累计|一共|总共|大约|大概|约|最高|最低|达到?|[是为有达了的共])*"
_HOW = "(?<![许很众诸繁])多[大高长远深宽厚](?![要点型圳带度])"
_CLOCK = "(?<!出)(?<!了)几点(?!建议|意见|要求|看法|希望|倡议|举措|措施|经验|共识|体会|启示)"
_RANKED = "排老几|排(?:名|在)?多少[名位]|第几(?![届次批期场个季条章天年代轮集号大版部家座艘辆架])|(?:名次|位次)(?!.*[升降进退挪移跌涨])|排名(?:如何|怎样|怎么样)?[?]?$"
_PRICES = "(?:罚[款金]?|票房|估值|身价|转会费|[定售报票房油金单均]价|价格|费用?|开支|赔偿款?|补贴|奖金|薪资|市值|成本|预算|成交额|营业额|交易额)"
KINDS: dict[Kind, str] = {
    "whether": r"^(?!.*(?:多少|几|哪|谁|什么|怎|如何|多[长久大高远重快](?!期)|\b(?:what|which|who|when|where|how)\b)).*(?:[吗么][?]?$|(?<!有)是否|是不是|有没有|能不能|会不会)|^\s*(?:is|are|was|were|does|do|did|has|have|can|will)\b(?!.*\bor\b)",
    "share": r"占(?!地).{0,12}(多少(?![席家个名项户人座条])|几成|比重?|份额|百分)|占比|比重|份额(?!净值)|(?<![增多涨升长加降减少跌])(?<![增多涨升长加降减少跌]了)(百分之几|几成)|几分之几|\b(?:proportion|percentage|percent|fraction)\b|^(?!.*\bhow many\b).*\bshare\b",
    "multiple": r"多少倍|几倍|翻了?几番|\bhow many times\b",
    "growth": rf"(增长|增加|提高|提升|上升|下降|减少|[增降多涨少跌])了?(?:(?:多少|几)(?!个(?!百分点|点)|(?:{COUNTED}))|百分)|(增长|下降|增速|增幅)(的?目标(?:分别)?[是为]?(?:多少)?)?(?:[?]|$)|增长得?(?:[更最较]?[快慢]|[?]?$)|(?:增|涨|降|跌|升)得[更最较]?(?:[快慢猛多少凶]|厉害)|[增多涨升降减少跌](?:长|加|少|了)*几成|增速|增幅|降幅|涨幅|增长率|\b(growth|grow|grew|increase|rise|rose)\b",
    "duration": r"多久|多长时间|(?<!哪)几个?(小时|天|周|月)[?]?$|(?:几|多少)个?(?:秒|分钟)|多少(?:个?小时|个月|天(?![然津])|周(?![年边])|年(?![级轻产度]))|[有约长]几年|\bhow long\b",
    "date": rf"[何几啥]时|何[年日]|[什啥]么?时候|(时间|日期)[?]?$|哪[一几]?[年天日]|哪一?个?月|几月|几号|{_CLOCK}|时刻[?]?$|[展会]期(?:起止)?[?]?$|起止[?]?$|几年(的?时候?|[?]?$)|什么年代|^\s*when\b|\bwhen (?:did|was|were|is|are|will|does|do|has|have|can|should)\b|\b(?:and|since|until|till|from) when\b|\bwhich year\b",
    "list": r"哪些|名单(?:是什么|有谁|[?]?$)|哪[几二两三四五六七八九十]|包括什么|分别是(什么|哪)|都有什么|\bwhich\b|\bwhat are\b",
    "money": rf"多少钱|[几多]少?块钱?(?=[?]?$)|[几多少][十百千]?[万亿]*块钱|多贵|多少[万亿]*(美|欧|日|港)?元|(?:投资|授信|贷款|融资|投入|到账|成交|签约?下?|[卖赚挣花筹拨贷缴])了?(?:多少|几)[十百千]*[万亿](?=[?]?$)|(?:[斥耗出注]资|拨款|[筹募]资|工钱)了?(?:多少|几)(?![家个项户笔次])|多少工钱|{_PRICES}{_IN_ALL}(?:多少(?=[万亿]*[元钱]|[?]?$)|几[百千]?[万亿])|(?:(?<![峰均数阈分升贬高低大小比h])值|[罚赔])了?多少(?=[万亿]*[元钱]|[?]?$)|(金|总|交易|销售|进出口|出口|进口|贸易|投资|融资|贷款|工|月|年)[额资]?(额|资|薪)(?!源)|营收|收入|产值|利润|进出口总值|gdp|生产总值|\brevenue\b|\bwhat (?:is|was|were) .*\b(?:total|value of|volume of)\b.*\b(?:trade|exports|imports|investment)\b|\bwhat (?:is|was|were) .*\b(?:value[- ]added|added value|output value|turnover|profits?|budget|price|cost)\b",
    "count": r"\bhow many\b",
    "name": r"谁|哪一?位|何人|叫什么|什么名字|\bwho\b",
    "place": r"哪里|哪儿|何处|何地|在哪(?!些|几|一?个?[月年天])|哪一?个?(国|城|省|市|县|区|州|镇|村|地方|地区|岛|洲)|\bwhere\b",
    "amount": rf"多少|几[个家名项条人座艘颗辆次张台件种]|(?<!第)几(?:{COUNTED})|{_HOW}|多重[?]?$|有多[重快](?!要)|几岁|总[值额量]|规模|面积|产量|数量|金额|人数|目标|\bhow (much|many|large|long)\b|\bwhat (?:is|was|are|were) .*\b(?:target|output|production|capacity|total|number|amount|volume|area|scale|size) (?:of|for|in)\b",
}
"""Kinds of answer, the most telling first; a question that fits none asks for a plain fact."""

PLAIN: frozenset[Kind] = frozenset({"fact", "whether"})
"""Kinds that any words may answer."""
FIGURES: frozenset[Kind] = frozenset({"share", "multiple", "growth", "money", "count", "amount"})
"""Kinds that are a figure, of which each region has its own."""
TYPED: frozenset[Kind] = frozenset({"duration", "name", "place"})
"""Kinds that are no figure of a region, and yet of a sort that can be looked for."""
UNSURE: frozenset[Kind] = frozenset({"name", "place"})
"""Kinds that evidence need not plainly hold: what is a name cannot be told for certain."""
_COUNTED = re.compile(f"(?:多少|几)(?:万|亿)*(?:个(?=人))?({COUNTED}|{MEASURED})")
_ORDINAL = re.compile("第几个?([条届期批代章号次])(?!.*(?:多少|(?<!第)几))")
"""A number in a series that is asked for, and what it numbers."""
_HOW_MANY = re.compile(
    r"\bhow (?:many|much)(?P<things>(?: (?!(?:do|does|did|has|have|had|is|are|was|were|can|will|in|of|for|to|under|with|from|by|at|on)\b)[\w-]+){1,4})"
)
_ENGLISH_UNITS = re.compile(
    r" (?:tonne|ton|kilogram|kilo|kilomet(?:er|re)|hectare|acre|(?:kilo|mega|giga)watt(?:[- ]hour)?|litre|liter|barrel)s?(?: of\b|(?= \w+s\b))"
)
"""What English measures in, before what is measured: how many tonnes of gold."""
_PLURAL = re.compile(r"(?!overseas)[\w-]+[^s]s|people|children")
"""What is counted in English, before what it does: how many private companies submitted …."""
_OF_WHAT = re.compile("(?:多少|几)(?:万|亿)*个?[的是]?(?P<thing>[一-龥]+)(?<!点)")
_ASKS_ELSE = re.compile(r"[什甚]么(?!比例|水平|规模|数|程度|时候)|哪(?!些|几|个?[省市区县州国地年天月])|为何|怎|如何")
_NUMBERED = re.compile("(?:电话|热线|号码|文号|编号|代码|邮编)(?:号码?)?[是为]?多少[?]?$")
"""What is a number and no quantity."""
_WHO_HAS_MORE = re.compile(r"(?:(?:哪一?个|哪[省市边]|谁)[更最]?|[更最])[高低大小多少快慢][?]?$")
_WHOSE_IS_MORE = re.compile(
    r"(?:谁|哪一?[个省市边])的?([^,。?谁哪]{2,10}?)(?:[更最]?多|(?<=[模量额值率速入积口数比重p])更?[高大])[?]?$"
)
"""谁接待的游客多, 谁的产业规模大 ask for two figures, and for nobody's name."""
_ASKS_FIGURE = re.compile(rf"多少|几|{_HOW}|有多[重快贵](?!要)|多[重贵][?]?$|百分|\bhow (?:much|many)\b")
_METRIC = re.compile(
    r"(额|量|值|率|数|收入|营收|利润|工资|面积|产能|[价售定均单]价|价格|规模|人口|GDP|时长|里程|距离|重量|身高|海拔|年龄|马力|开支|费用|投入|家数|[增涨降跌]幅|增速)(区间|合计|总计|目标)?[?？]?$",
    re.IGNORECASE,
)
"""How a question ends that names a figure without asking for it: 辽源商品房销售面积."""
_PRICE = re.compile("(?:价格?|工资)[?]?$")
"""Names of figures that are sums of money."""
_NUMBER_OF = re.compile(
    r"(?P<people>人口?|口|客|才|师|众|民|者|员|工|生|士)?(?:数量|[个家户项件台辆]数)(?:[是有为]?多少)?[?]?$"
)
_SOMEBODY = re.compile(
    r"(?<!由)谁|由谁(?!打造|[承投兴]建|建|投资|开发|主办|运营|负责|提供|生产|制造|出资)|哪一?位|何人|[的个]人(?:叫|是)|\bwho\b"
)
THINGS = "个"
"""The unit of a question for a number of things that leaves open how they are counted: 卫星数量."""
COUNTRY, PROVINCE = "国", "省"
"""The units of a question for a place that must be a country or a province."""
PERSON = "人"
"""The unit of a question for somebody's name."""
RANK = "名次"
"""The unit of a question for a place in a ranking: 世界排名第几."""
ORDINAL = "第"
"""How the unit of a question for a number in a series begins: 第条 for 第几条."""
SIZE = "规模"
"""The unit of a question for a size, which is money or a measure, and no number of keywords or steps: 产业规模有多大."""
_WHICH_ONES = "哪[一几些两二三四五六七八九十]?个?"
_MEASURES = {
    "年": r"哪一?年|何年|\b(?:which|what) year\b",
    "月": r"哪一?个?月|几月(?!几)",
    "日": r"哪一?[天日]|几号|几月几|何日|\b(?:which|what) day\b",
    "时": rf"{_CLOCK}|时刻[?]?$",
    "国": rf"{_WHICH_ONES}国(?![王产际民])(?!家领)|\bwhich (?:country|nation)\b",
    "省": rf"{_WHICH_ONES}(?:省|自治区|直辖市)|\bwhich province\b",
    "米": r"(?<![许很众诸繁率价值温量额资比度入本利命期制限险])(?:有|(?<!有))多[远长高宽厚](?!时间|久|度)|(?<![许很众诸繁情响])多深(?=[?]?$)|(?:距离|身高|海拔)(?:[是有为]?多少)?[?]?$",
    "公斤": r"多重[?]?$|有多重|(?:重量|体重)(?:[是有为]?多少)?[?]?$",
    "岁": r"几岁|多大(?:年纪|年龄|岁数)|年龄(?:[是有为]?多少)?[?]?$|\bhow old\b|\bage\b",
    "马力": r"马力",
    "千瓦时": r"发(?:了|出)?(?:多少|几)(?:万|亿)*度?电|[发用]电量",
}
"""Units in whose dimension a question asks, and what of a time of day, a date or a place it wants, by how it asks."""
_FINEST = ("年", "月", "日", "时")
"""Those of a date; the finest asked for counts: 几月几号几点."""
_NO_FIGURE = (*_FINEST, COUNTRY, PROVINCE)
_ABSTRACT = frozenset(
    "原因 理由 问题 意思 特点 特征 作用 影响 方式 方法 措施 办法 事 事情 东西 情况 程度 水平 关系 结果 目的 意义 标准 条件 内容 变化 趋势 优势 好处 地方 "
    "角色 地位 时候 时间 人 人物 身份 手段 途径 样子 类型 种类 因素 背景 成绩 成果 进展 话 说法 反应 态度 行为 表现 罪 病 感觉 名字 名称 时期 年代 下场 起因 情形 "
    "性质 价位 等 边 带 分 样 个 位 条 种 本 了".split()
)
"""What is asked for and seldom stands beside what answers: 什么原因."""
_WHICH = re.compile(
    r"(?:哪一?[家个所支只部款座条位项本首种类篇名场届颗员路桩批样帮]?|什么|啥)(?P<noun>[一-龥a-z0-9]{1,8})"
)
_CALLED = re.compile(
    r"(?P<noun>[一-龥]{2,8}?)(?:的?(?:名字|名称))?(?:是|叫|为)(?:什么|啥|哪一?[家个所支部座项])(?:名字?)?[?]?$"
)


def noun_of(key: str, words: Callable[[str], list[str]]) -> str:
    """The noun that an answer should end with (哪个学院, 什么雷达) or stand beside (主题是什么); empty where there is none.

    >>> [noun_of(key, lambda text: [text[:2]]) for key in ("考上了北大哪个学院", "哪家公司造的", "为什么下雨", "主题是什么")]
    ['学院', '公司', '', '主题']
    """
    if called := _CALLED.search(key):
        noun = next(iter(reversed(words(called["noun"]))), "")
    elif (which := _WHICH.search(key)) and not key[: which.start()].endswith(("为", "凭")):
        noun = next(iter(words(which["noun"])), which["noun"])
    else:
        return ""
    return "" if noun in _ABSTRACT or (len(noun) < 2 and not key.rstrip("?").endswith(noun)) else noun


def unit_of(key: str, kind: Kind, rest: str) -> str:
    """The measure asked for (多少家: 家, 多远: 米, 哪一年: 年), empty where none is; ``rest`` is without asking words.

    >>> unit_of("有多少家企业", "amount", ""), unit_of("离北京多远", "amount", ""), unit_of("哪天开幕", "date", "")
    ('家', '米', '日')
    """
    if kind == "date":
        return next((unit for unit in reversed(_FINEST) if re.search(_MEASURES[unit], key)), "")
    if kind in ("place", "list"):
        return next((unit for unit in (COUNTRY, PROVINCE) if re.search(_MEASURES[unit], key)), "")
    if kind == "amount" and re.search(_RANKED, key):
        return RANK
    if kind in FIGURES and (numbered := _ORDINAL.search(key)):
        return f"{ORDINAL}{numbered[1]}"
    if counted := _COUNTED.search(key):
        return counted[1]
    if number_of := _NUMBER_OF.search(key):
        return "人" if number_of["people"] else THINGS
    if kind == "name":
        return PERSON if _SOMEBODY.search(key) else ""
    if kind != "amount":
        return ""
    if rest.rstrip(" ?").endswith(SIZE):
        return SIZE
    return next((unit for unit, asks in _MEASURES.items() if unit not in _NO_FIGURE and re.search(asks, key)), "")


def counted(key: str, words: Callable[[str], list[str]]) -> str:
    """What a question asks the number of, where no unit says how it is counted; empty where nothing is counted.

    >>> [counted(key, lambda text: [text[:2]]) for key in ("一共来了多少读者", "签了多少亿的合同", "产值多少")]
    ['读者', '合同', '']
    >>> counted("how many private companies submitted needs", str.split)
    'private-company'
    >>> counted("how many tonnes of gold did china consume", str.split)
    'gold'
    """
    if match := _HOW_MANY.search(_ENGLISH_UNITS.sub("", joined(key))):
        things = match["things"].split()
        names = {thing for thing in things if "-" in thing and thing not in key and synonyms(thing)}  # not high-level
        return next((thing for thing in things if _PLURAL.fullmatch(thing) or thing in names), things[-1])
    match = _OF_WHAT.search(key)
    return next(iter(words(match["thing"])), "") if match else ""


def names_measure(key: str) -> bool:
    """Whether a text ends with the name of what a figure measures.

    >>> names_measure("东疆综保区的总备货量"), names_measure("吉林氢能产业")
    (True, False)
    """
    return _METRIC.search(key) is not None


def kind_of(key: str) -> Kind:
    """The kind of answer; a figure that is only spoken of (以什么地形为主，占比达3/5) is not asked for.

    >>> kind_of("安徽光伏产量占全国多少"), kind_of("公众关注的议题是哪种组织的核心目标"), kind_of("辽源商品房销售面积")
    ('share', 'fact', 'amount')
    >>> kind_of("比去年新增几家"), kind_of("出口增长多少")
    ('amount', 'growth')
    >>> kind_of("安徽和江西汽车产量哪个更高"), kind_of("安徽的光伏产量超过全国一半吗"), kind_of("主题是什么")
    ('amount', 'whether', 'fact')
    """
    key = _WHO_HAS_MORE.sub("", _WHOSE_IS_MORE.sub(r"\1多少", key))
    if _NUMBERED.search(key):
        return "fact"
    if re.search(_RANKED, key) or _ORDINAL.search(key):
        return "amount"
    elsewhere = _ASKS_ELSE.search(key) and not _ASKS_FIGURE.search(key)
    matching = (kind for kind, pattern in KINDS.items() if re.search(pattern, key))
    found: Kind = next((kind for kind in matching if not (elsewhere and kind in FIGURES)), "fact")
    if found == "fact" and names_measure(key):
        return "money" if _PRICE.search(key) else "amount"
    return found
