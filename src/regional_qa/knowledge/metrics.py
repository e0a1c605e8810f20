"""The clause before a figure -> the metric it measures and of what: 光伏玻璃产量占全国的 -> 产量 of 光伏玻璃.

Precision before recall: where no head noun stands right before the figure, or one that the figure cannot measure,
there is no metric. Knows nothing about regions, periods or articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from regional_qa.knowledge.quantities import POINTS, Quantity

_MONEY = (
    "地区生产总值|国内生产总值|生产总值|GDP|一般公共预算收入|一般公共预算支出|财政收入|税收收入|可支配收入|固定资产投资|社会消费品零售总额|零售总额|进出口总值|进出口总额|进出口额|"
    "进出口值|出口总值|进口总值|出口总额|进口总额|出口额|进口额|出口值|进口值|营业总收入|营业收入|主营业务收入|主营收入|营收|利润总额|利润|总产值|综合产值|年产值|产值|"
    "增加值|销售收入|旅游总收入|旅游收入|总收入|年收入|月收入|收入|项目总投资|计划总投资|总投资|投资总额|完成投资|投资额|投资|贷款余额|存款余额|授信额度|余额|贷款|存款|税收|均价|价格|"
    "单价|工资|薪酬|市值|总资产|净资产|注册资本|研发投入|研发经费|经费|补贴资金|融资金额|投资金额|金额|投入|结算量|资金|(?:成交|交易|销售|贸易|零售|融资|消费|保费|结算|合同|签约|缴税|纳税|减税|跨境|投放|外资|税费|营业|订单|批发|网络零售)(?:总)?额"
)
_AREA = "(?:种植|播种|建筑|占地|销售|规划|造林|施工|竣工|养殖|水域|耕地|栽种|总)?面积"
_LENGTH = "(?:通车|运营|营业|总)里程|里程|全长|总长度|总长|长度|海拔"
_PEOPLE = "常住人口|户籍人口|总人口|人口|人数|客流量|(?:从业|就业|参保|服务|用工)人数|(?:旅客|游客)(?:发送量|接待量|吞吐量|数量|量)|客运量|参保人数"
_THINGS = (
    "总产量|年产量|日产量|产量|销售量|产销量|销量|单产|亩产|年产能|产能|库存量|库存|储量|蓄积量|总装机容量|装机容量|装机规模|总装机|装机|发电量|用电量|输电电量|输电量|输送电量|上网电量|电量|"
    "货物吞吐量|集装箱吞吐量|吞吐量|货运量|出口量|进口量|运输量|订单量|快递业务量|业务量|专利授权量|授权量|拥有量|保有量|存栏量|出栏量|存栏|出栏|交易量|成交量|捕捞量|供应量|处理量|用水量|"
    "碳排放量|排放量|总库容|库容|床位数|床位|储能规模|数量"
)
_RATES = "[一-龥]{2}化率|市场占有率|市场份额|占比|比重|份额|利率|[一-龥]{2}(?<!利)(?<!增长|均利|年利|月利|精米|速度|[下上]降|回落|概率|频率|效率|涨幅|换手)率"
_EITHER = "进出口|出口|进口|外贸|消费|规模|业务收入|总量|总额|总值"
_COUNTED = "(?:经营主体|市场主体|企业|商户|个体工商户|合作社|养老机构|机构|园区|基地|产业集群|项目|平台|基站|充电桩|专利|卫星|工厂|车间|社区|学校|医院|班列|门店|航线|高校|实验室|农户|村集体|岗位|航班|列车|示范区|集群|工作站|博物馆|景区|民宿|研究院|研究中心|工坊)"
_HEAD = re.compile(
    rf"(?:(?P<money>{_MONEY})|(?P<area>{_AREA})|(?P<length>{_LENGTH})|(?P<people>{_PEOPLE})|(?P<things>{_THINGS})"
    rf"|(?P<rate>{_RATES})|(?P<either>{_EITHER})|(?P<counted>{_COUNTED}(?:总?数量?)?))$"
)
_MEASURED = (
    "额 量 值 率 数 收入 投入 利润 投资 面积 产能 里程 装机 床机 床位 人口 营收 贷款 存款 余额 出口 进口 消费 规模 占比 比重 份额 产值 资金 资产 价格 价 工资 工酬 薪资 薪酬 "
    "GDP 全长 长 海拔 库存 税收 经费 费 市值 外贸 存栏 出栏 企业 公司 商户 合作社 机构 园区 基地 基站 产业集群 项目 平台 充电桩 专利 卫星 工厂 车间 学校 社区 医院 班列 门店 航线 "
    "高校 实验室 主体 农户 村集体 岗位 航班 列车 示范区 集群 工作站 博物馆 景区 民宿 研究院 中心 工坊"
).split()


def _any_of(words: Sequence[str]) -> str:
    """A pattern of any of the words that is looked for by their first characters, in less than half of the time of a plain one."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[0], []).append(word[1:])
    whole = "|".join(f"(?<={first})(?:{'|'.join(some)})" for first, some in rests.items())
    return f"[{''.join(rests)}](?:{whole})"


CANDIDATE = re.compile(
    rf"{_any_of(_MEASURED)}[^，。；\n0-9]{{0,16}}(?:[0-9０-９]|[一二两三四五六七八九十百千万][成半分十百千万亿倍]|一半|过半|翻)"
)
"""What every sentence with a fact holds; looked for first, because most sentences hold none."""
_FILL = (
    r"(?:再?(?:次|创)?新高|首次|分别|累计|共计|合计|总计|一共|已经|已|将近|近|约|大约|就|均|都|也|仅|共|总|高|实际|全年|年均|平均|同样|更是|则|又|再|保持在|维持在|稳定在|突破|超过|超|达到|达|"
    r"高达|多达|为|是|完成|实现|有|居|[提增升降跌回扩跃攀减压][高长加升降到大落至少缩]{0,3}[到至]了?|了|在|的|[ \u3000])"
)
_TAIL = re.compile(rf"{_FILL}*$")
_CHANGE_TAIL = re.compile(
    rf"(?:{_FILL}|、|(?:同比|环比)|(?:较|(?<![占同环])比)[^，增降]{{1,10}}?(?=[增上下提降减回扩])|大幅|快速|持续|逆势|稳步|增长|增加|提高|提升|上升|上涨|下降|减少|回落|下滑|下跌|降低|扩大|收窄|"
    r"增速|增幅|涨幅|降幅|跌幅|增长率|名义|实际|复合|净|微|大|猛|[增涨升降跌])*$"
)
_SHARE_TAIL = re.compile(rf"(?:(?:约|大约|近|超|已|则|仅|均|分别|就)*占(?!比|有率|地)[^占，]*|{_FILL}*)$")
_FROM = re.compile(r"由[^，由]{0,16}$")
_BREAK = re.compile(
    r"[，,。；;：:！？“”\"《》（）()、\s—…]|的|其中|实现|完成|带动|拉动|推动|推进|促进|预计|累计|新增|全[省市区县州国乡镇村社年]|[我各当][省市区县国地]|目前|如今|截至|期间|以来|[上下]半年|[一二三四]季度|季度|月份?|年度?|[日末底初]|达|占|使|让|把|将|"
    r"对(?!外)|为|由|从|向|等|已|共|在|与|了|元(?![器件素])|[吨个%％]|[0-9]|年均|日均|月均|户均|预期|每|该|其|以及|并|拥有|开行|设置|建成|创造|贡献|获得|取得|发放|拨付|通过|筹措|筹集|套取|投入|吸引"
)
_REJECT = re.compile(
    r"分别|拉动|走访|慰问|检查|排查|抽查|赠送|(?<!合)约合|折合|相当于|[平人户日月年]均$|(?<!\d)\d{1,2}年(?:间|来|内)?(?:累计)?(?:增长|翻)"
)
_RATE_OF = re.compile("[涨增降跌升]幅.*[扩收缩提回高加放]|增速.*[快慢高低回放提加]")
"""How fast something changes, compared: 降幅比上月扩大0.6个百分点 is neither a rise nor a fall of it."""
_SHARE_OF_ELSE = re.compile(rf"{_COUNTED}占[^，]*(?:出口|进口|产值|收入|营收|税收|总值|额)")
_NEEDS_SUBJECT = re.compile(
    "[价额]?价格?$|售价$|均价$|^金额|资金$|^总?面积|数量$|规模$|^长度|全长|^总长|海拔|^总[量额值]|占比|比重|份额|产量$|销量$|销售量$|产能$|库存|单产|亩产|^项目数|^企业数|^公司数|^平台数|^机构数|^中心数|^实验室数|电量$|率$"
)
"""Metrics that say nothing without what they are of."""
_LOOSE = re.compile(r"(?:累计|[中里]?的|[日月年]均|全年|年度|[总年”])+$")
"""What may stand between a metric and what it is of."""
_DONE = re.compile("(?:累计|共)?(?:实现|完成|取得)$")
"""What may stand between whose a metric is and the metric: 旅游业实现收入."""
LONGEST_SUBJECT = 14
_SUM = re.compile("(?<=..)总?[额值量]$")
_MAKES = re.compile(
    "(?<!第[一二三])([一-龥]{2,14}(?:业|企业|公司|集团|产品|园区|片区))(?:全年|累计|共)*(?:实现|完成|取得)"
)
"""Of whom figures are told by one verb for all: 光伏制造业实现营业收入…，利润总额…."""
_ALL = re.compile("全[省市县区州域]|[我本该][省市县区州]")
"""What says that all of a place is spoken of."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a figure measures: the ``metric`` as worded, and of what (``subject``, empty where it is not told)."""

    metric: str
    subject: str


def measured(before: str, quantity: Quantity, *, follows: bool = False) -> Measured | None:
    """The metric right before a figure; ``before`` is its clause up to it. None where it cannot be told.

    ``follows`` says that the clause is what another figure has left of it: in 超5亿元企业5家 no metric begins it.

    >>> from regional_qa.knowledge.quantities import find_quantities
    >>> clause = "光伏玻璃产量占全国产量的一半以上"
    >>> (figure,) = find_quantities(clause)
    >>> measured(clause[: figure.span.start], figure)
    Measured(metric='产量', subject='光伏玻璃')
    """
    if _REJECT.search(before) or quantity.value is None or (quantity.dimension == POINTS and _RATE_OF.search(before)):
        return None
    rest = before[: _tail(quantity).search(before).start()]  # type: ignore[union-attr]
    if until := _FROM.search(rest):
        if not re.search("[至到]", before[len(rest) :]):
            return None  # 营收由3万元…: what was before
        rest = rest[: until.start()]
    if quantity.kind == "share" and _SHARE_OF_ELSE.search(before):
        return None  # 企业占出口比重 is a share of the exports, not of the firms
    if quantity.kind == "share" and not quantity.basis and before.endswith("的"):
        return None  # 完成总投资的83% is a share of it
    head = _HEAD.search(rest)
    if head is None or (follows and head.start() == 0) or not _fits(str(head.lastgroup), head[0], quantity):
        return None
    metric = head[0]
    if head.lastgroup == "counted" and not metric.endswith(("数", "数量")):
        metric += "数"
    whose = _DONE.sub("", _LOOSE.sub("", rest[: head.start()]))
    if _NEEDS_SUBJECT.search(metric) and (
        not whose or any(match.end() == len(whose) for match in _BREAK.finditer(whose))
    ):
        return None
    return Measured(metric, subject_of(whose))


def metric_of(words: str) -> str:
    """The metric that words end with, empty where they end with none.

    >>> metric_of("上半年社会消费品零售总额"), metric_of("企业在哪里")
    ('社会消费品零售总额', '')
    """
    head = _HEAD.search(words)
    return head[0] if head and head.lastgroup != "counted" else ""


def can_measure(metric: str, quantity: Quantity) -> bool:
    """Whether a sum or count can be one of a metric, as far as its unit tells; shares and changes always can.

    >>> from regional_qa.knowledge.quantities import find_quantities
    >>> months, money = find_quantities("连续17个月，30亿元")
    >>> [can_measure("增加值", one) for one in (months, money)], can_measure("面积", money)
    ([False, True], False)
    """
    head = _HEAD.fullmatch(metric)
    if head is None or quantity.kind in ("share", "growth", "multiple"):
        return True
    if head.lastgroup in ("money", "area", "length"):
        return _fits(str(head.lastgroup), metric, quantity)
    return head.lastgroup != "either" or metric == "规模" or quantity.unit not in ("个", "家", "位", "天", "个月")


def stands_alone(metric: str) -> bool:
    """Whether a metric says enough without what it is of: 进出口总值 does, 产量 does not."""
    return not _NEEDS_SUBJECT.search(metric)


def is_bare(before: str, quantity: Quantity) -> bool:
    """Whether a clause names no metric but only says how one changed, or its share: 同比增长12.9%, 占全市50%."""
    if quantity.kind not in ("growth", "share") or _REJECT.search(before) or _RATE_OF.search(before):
        return False
    return not before[: _tail(quantity).search(before).start()].strip("，,、 （(")  # type: ignore[union-attr]


def _tail(quantity: Quantity) -> re.Pattern[str]:
    """What may stand between a metric and its figure."""
    if quantity.kind == "growth" or quantity.basis.endswith(("增加", "减少", "增长", "下降")):
        return _CHANGE_TAIL
    return _SHARE_TAIL if quantity.kind == "share" else _TAIL


def _fits(group: str, metric: str, quantity: Quantity) -> bool:
    """Whether a figure of this kind can measure this metric: a 面积 is no money, a 率 only a share."""
    kind, dimension = quantity.kind, quantity.dimension
    if group == "rate":
        return kind == "share" or dimension == POINTS
    if kind == "share":
        return quantity.basis.startswith("占")
    if kind in ("growth", "multiple"):
        return kind == "growth"
    if group == "money" or (group == "either" and metric != "规模"):
        return kind == "money" or (group == "either" and kind == "count" and quantity.unit not in ("位", "天"))
    if group in ("area", "length"):
        return dimension == group
    if group == "people":
        return dimension in ("people", "人次", "") and kind == "count"
    if group == "counted":
        return (
            quantity.unit in ("家", "户", "个", "座", "所", "项", "颗", "列", "条", "件", "处", "台", "间", "")
            and kind == "count"
        )
    return (kind == "count" and dimension not in ("people", "time", "age")) or (
        kind == "money" and metric in ("规模", "订单量")
    )


def subject_of(before: str) -> str:
    """The words a metric is of, back to what cannot belong to them; ``before`` is its clause up to it.

    >>> subject_of("其中，江西民营企业"), subject_of("实现")
    ('江西民营企业', '')
    """
    start = 0
    for match in _BREAK.finditer(before):
        start = match.end()
    subject = before[start:].strip()
    return subject if 2 <= len(subject) <= LONGEST_SUBJECT else ""


def maker(before: str) -> str:
    """Whose figures a sentence tells by one verb for all, up to where one of them stands; empty where all of a place is told of.

    >>> maker("光伏制造业实现营业收入9亿元，利润总额达"), maker("制造业实现营收9亿元，全省利润总额达")
    ('光伏制造业', '')
    """
    found = [match for match in _MAKES.finditer(before) if not speaks_of_all(before[match.end() :])]
    return found[-1][1] if found else ""


def speaks_of_all(text: str) -> bool:
    """Whether a text says that it speaks of all of a place."""
    return _ALL.search(text) is not None


def whose(before: str, metric: str) -> str:
    """Of what a metric is that its own clause does not say: of what it was when it was named before, or whose figures are told.

    >>> whose("江西“新三样”产品出口增长，全年出口额增长", "出口额"), whose("全省出口额增长", "出口额")
    ('江西新三样产品', '')
    """
    *clauses, own = re.split("[，,；;：:]", before)
    if speaks_of_all(own):
        return ""
    stem = _SUM.sub("", metric)
    if stem in ("出口", "进口"):
        clauses = [clause.replace("进出口", "") for clause in clauses]  # the sum of both is neither
    named = next((clause for clause in reversed(clauses) if stem in clause), "")
    subject = subject_of(re.sub('["“”]', "", named.partition(stem)[0]))
    return subject or ("" if speaks_of_all(named) else maker(before))
