"""Question -> what it asks: regions, years, the kind of answer, and the words evidence must hold.

Rules only. Knows nothing about passages or indexes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from regional_qa.answering.deeds import deed
from regional_qa.answering.kinds import COUNTED, FIGURES, MEASURED, PERSON, counted, kind_of, noun_of, unit_of
from regional_qa.knowledge.aims import aims
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.metrics import metric_of
from regional_qa.knowledge.periods import months_in
from regional_qa.knowledge.regions import PROVINCES, Mention, find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.spoken_of import holds, partners
from regional_qa.knowledge.synonyms import joined, names_figure, synonyms
from regional_qa.knowledge.topics import topic_in
from regional_qa.types import Scope

_NOISE = frozenset(
    "的 了 是 在 和 与 及 或 有 为 从 到 把 被 对 于 以 将 其 这 那 该 此 也 都 就 还 又 我 我们 你 你们 他 它 们 吗 呢 吧 啊 呀 么 之 所 者 "
    "多少 几 什么 哪 哪些 哪个 哪家 哪几 哪里 哪种 哪年 谁 如何 怎么 怎样 怎么样 为什么 何时 何 请问 请 问 告诉 知道 想 "
    "达到 达 多大 多高 多长 分别 包括 包含 大约 大概 约 共 一共 总共 情况 方面 年 月 日 倍 占 比 个 家 名 项 条 人 颗 辆 列 座 艘 "
    "higher lower 高 低 更 最 谁高 更大 更小 更高 更低 更多 更少 更快 更慢 比较 对比 相比 一下 计划 预计 上半年 下半年 前三季度 一季度 期间 大 小 新增 一个 是否 有没有 要 能 会 可以 拿 搞 给 叫 开始 大概 钱 截至 底 之一 一次 每月 每年 一年 今年 去年 明年 那会儿 那阵子 前前后后 一口气 究竟 到底 差不多 当地 省 市 自治区 全省 全市 "
    "a an the of in on at to for from by with and or is are was were be been do does did has have had how what which who "
    "when where why many much its it s that this as than into there their they account accounts accounted about "
    "during over past between up out off onto all any some more most each per also only just still will would can could should may might must "
    "not he she him her his we us our you your i me my whose whom want wants wanted put puts set sets get gets got make makes take takes took give "
    "gives given go goes went come comes came bring brings brought add adds fast actually currently now together altogether overall according say says said tell "
    "faster slower larger bigger smaller greater fewer less compare compares compared comparing comparison respectively both either see sees saw seen whole "
    "such so far long another other years ago under there cover covers covered three province city county municipality tonne tonnes ton tons kilogram kilograms kilometre kilometres kilometer kilometers hectare hectares acre acres barrel barrels litre litres".split()
)
_THAT = re.compile("[这那][个些场次位支条届波起座艘家所种类边里]")
KIND_WORDS = frozenset(
    "资金 目标 占比 比重 份额 比例 增速 增长 增幅 涨幅 增加 提升 提高 上升 下降 同比 累计 目前 截至 规模 总值 总额 总量 数量 总计 合计 读数 数值 水平 主题 名称 时间 日期 情况 金额 人数 户数 家数 个数 项数 "
    "share proportion percentage percent fraction growth total number amount target level year".split()
)
"""Words that name the kind of answer rather than the matter; evidence may do without them."""
_COMPARE = re.compile(
    r"谁(?!.*(?:是谁|谁是))[^,?]{0,8}[高低大小多少快慢强猛先早晚]|哪个|哪一个|哪省|哪边|相比|对比|比较|更[高低大小多少快慢]|还是|差多少|分别|各[是为有]|\b(?:compared?|comparison|versus|vs|respectively|higher|lower|larger|bigger|smaller|greater|faster|slower|more than|less than|between)\b"
)
_MONTHS = re.compile(r"(?<![\d.])\d{1,2}月?(?:份)?[至到—–~-]\d{1,2}月(?:份)?")
"""A stretch of months, of which no word is looked for."""
_BESIDE = frozenset("和 与 、 及 跟 / and or".split())
"""What stands between places that are asked about each for itself."""
_ONE_FIGURE = re.compile("^(?!.*[谁哪]).*(?:比值|之比|总共|一共|合计)")
"""What is told of several places in one figure."""
_SHARED = re.compile("[省市县区]?(?:共享|共建|共同|合作|协作|联合|携手|联手|一起|一道|对接)(?!.*(?:各|分别))")
"""What stands behind places that do something together."""
_ASKING = re.compile(
    rf"(大约|大概|一共|总共|分别)?[是有为占达到]*(多少|几)(万|亿)*({COUNTED}|{MEASURED}|元|美元|个?百分点|个|成|种|天|岁)?|"
    r"百分之几|几分之几|是什么|什么时候|什么|有?哪一?(?:[些个家几项位年天座种省市县条所支款类届场只块批名]|部(?!分))|哪里|何时|"
    r"(?:(?:世界|全[球国省市])?排名?|位[居列])?第几|(?:世界|全[球国省市])?排名(?=[?]?$)|有?多[大高远长深宽厚](?!的|时间|久)|有?多[重贵快][?]?$|(?<=[增长涨降跌升])得[更最较]?(?:[快慢猛多少凶]|厉害)|[什啥]么?时候|几[时点]|多久|多长时间|时候|叫什么名字|哪[一二两三四五六七八九十几]个|怎么样|怎样|如何|为什么|是不是|有没有|请问|谁"
)
_ECONOMY = re.compile(r"本地生产总值|(?:^|(?<=[\s的年月期度省市县区国]))经济(?:总量|(?=增长|增速|增幅|涨了?[多几]))")
"""The growth of a place's economy is told as that of its GDP; 数字经济 and 县域经济 are something else."""
_THING = re.compile(
    r"(?:省|市|县|区|自治区)?(?:大运会|亚运会|冬奥会|奥运会|全运会|世博会|进博会|马拉松|车展|证监局|金融监管局|银行|证券|大学|交易所|兵团|机场|站(?!场)(?=[^，。？]{0,12}(?:对阵|对战|比[赛分]|[大决联]赛|[首第][^，。？]{0,2}[局场])))"
)
"""What has a place in its name and need not lie in it, or be told with it again."""
_ITEMS = re.compile(
    r"哪(?P<many>[两二三四五六七八九十]|\d+)[个大项家种类位所座条]|(?P<told>[两二三四五六七八九十]|\d+)[个大项家种类位所座条][^,。?多几]{0,10}(?:分别)?是?哪些"
)
_NATIONAL = re.compile(
    r"\s*(?:(?:\d{4}|[今去前本])年|[上下]半年|前?[\d一二三四五六七八九十]+(?:个月|月份?|[-至到—])|第?[一二三四]季度|截至|[到底末初,，])*(?:全国|我国|中国)(?!一|首|第一|唯一|最[大早长高快先])"
)
"""The whole country at the start, but for the time; 我国首个 says of one thing that it is the first."""
_CHINA = re.compile(r"\b(?:does|did|has|was|is) (?:all of )?China\b(?! [A-Z])|\bChina['’]s\b(?! [A-Z])|\bnationwide\b")
"""The same in English; China FAW is a firm."""
_THIS_YEAR = re.compile(r"今年|本年|\bthis year\b")
_BARE_YEAR = re.compile(r"^(?:19|20)\d{2}(?=\s)|(?<![\d.])(?:19|20)\d{2}(?=[\s?？]*$)")
_YEAR = re.compile(
    r"[12]\d{3}年?[底末初]?(?:[和与及、][12]\d{3}年[底末初]?)*|[近过未]去?来?[\d一二两三四五六七八九十几]+年来?"
)

_GROWN = re.compile("(?:[同环]比|增长率?|增加|上升|提高|下降|减少|增速|[增涨降跌]幅|了|的|[?])*$")
"""What a question says of a metric behind it."""


MOST_JOINED = 4
"""Words of a question that one entry of the file of synonyms may be made of."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question taken apart. ``places`` are the regions as named, ``terms`` the words left, in search form.

    ``unit`` is the measure asked for (多少家 -> 家), empty where none is;
    ``national`` says that the whole country is asked about, ``aims`` that a target is, ``this_year`` that 今年 is; ``months`` are
    the first and last of each stretch of the year named, ``rest`` is the question in search form without places and years,
    asking words put as a question mark, ``items`` how many things a list is to have, 0 where that is open;
    ``things`` are what has a place in its name (成都大运会), in search form, ``noun`` is what the name asked for
    ends with or stands beside (哪个学院, 主题是什么), ``counted`` is what a number is asked of that no unit counts (多少读者),
    ``deed`` is that of which the doer is asked (哪家公司收购).
    """

    question: str
    places: tuple[Mention, ...]
    scope: Scope
    terms: tuple[str, ...]
    unit: str
    compares: bool
    national: bool
    aims: bool = False
    months: frozenset[tuple[int, int]] = frozenset()
    rest: str = ""
    this_year: bool = False
    items: int = 0
    things: tuple[str, ...] = ()
    noun: str = ""
    counted: str = ""
    deed: str = ""

    @property
    def metric(self) -> str:
        """The metric asked for; a number or a sum of something is none of its own."""
        metric = self.scope.metric or metric_of(_GROWN.sub("", self.rest))
        return "" if metric in KIND_WORDS else metric


def understand(question: str, words: Callable[[str], list[str]], regions: tuple[str, ...] = ()) -> Understanding:
    """Take a question apart; ``words`` cuts text into words, ``regions`` are the caller's where none is named.

    >>> understood = understand("安徽2023年光伏产量占全国多少", lambda text: ["光伏", "产量", "全国"])
    >>> understood.scope.regions, understood.scope.years, understood.scope.kind, understood.terms
    (('安徽',), (2023,), 'share', ('光伏', '产量', '全国'))
    """
    key = search_key(question)
    mentions = find_regions(question)
    with_whom = () if _COMPARE.search(key) else partners(question, mentions)
    places = _finest(question, [mention for mention in mentions if mention not in with_whom])
    named = tuple(dict.fromkeys(province for place in places for province in place.provinces))
    kind = kind_of(_BARE_YEAR.sub("", key).strip())
    told = _MONTHS.sub(" ", _YEAR.sub(" ", search_key(_without_places(question, mentions))))
    rest = _ASKING.sub(" ", _ECONOMY.sub("gdp", told))
    unit = unit_of(key, kind, rest)
    terms = tuple(
        dict.fromkeys(
            word for word in _rejoined(words(joined(rest)), rest) if word not in _NOISE and not _THAT.fullmatch(word)
        )
    )
    national = not places and bool(_NATIONAL.match(key) or _CHINA.search(question))
    several = len({place.name for place in places}) > 1
    apart = any(question[a.span.end : b.span.start] for a, b in itertools.pairwise(places))  # 开州寿光蔬菜基地 is one
    compares = apart and several and not _ONE_FIGURE.search(key) and not _is_shared(question, places)
    compares = compares and bool(_COMPARE.search(key) or (kind in FIGURES and _side_by_side(question, places)))
    return Understanding(
        question,
        places,
        Scope(named or regions, years_in(question) or _bare_year(question), kind, _metric(terms), topic_in(rest)),
        terms,
        unit,
        compares,
        national,
        aims(question),
        months_in(question),
        "".join(_ASKING.sub("?", told).split()),
        _THIS_YEAR.search(key) is not None,
        _items(key),
        tuple(thing for place in places if (thing := _thing(question, place))),
        noun_of(key, words) if kind in ("fact", "name") and unit != PERSON else "",
        counted(key, words) if kind in ("amount", "count") and not unit else "",
        deed("".join(told.split()), words) if kind not in FIGURES and not compares else "",
    )


def _thing(question: str, place: Mention) -> str:
    """What has the place in its name, in search form; empty where the place stands for itself.

    >>> [_thing(question, find_regions(question)[0]) for question in ("成都大运会开幕式在哪天", "成都的大学有几所")]
    ['成都大运会', '']
    """
    match = _THING.match(question, place.span.end)
    return search_key(question[place.span.start : match.end()]) if match else ""


def _items(key: str) -> int:
    """How many things a list is to have, 0 where that is not said.

    >>> _items("设了哪四个大项"), _items("已建成的6个项目分别是哪些"), _items("有哪些企业")
    (4, 6, 0)
    """
    match = _ITEMS.search(key)
    number = (match["many"] or match["told"]) if match else "0"
    return int(number) if number.isdigit() else "〇一二三四五六七八九十".find(number.replace("两", "二"))


def _metric(terms: Sequence[str]) -> str:
    """The last word that names a figure, as the question has it; in English the first, which says of what it is behind it.

    >>> _metric(("光伏", "产量", "全国")), _metric(("企业",)), _metric(("foreign-trade", "port", "output"))
    ('产量', '', 'foreign-trade')
    """
    named = [term for term in terms if names_figure(term)]
    return next(iter(named if all(map(str.isascii, named)) else reversed(named)), "")


def _finest(question: str, mentions: list[Mention]) -> tuple[Mention, ...]:
    """The places asked about: in 重庆市石柱县 it is the county, not all of the province, but where both are set side by side.

    >>> questions = "重庆市石柱县和安徽", "重庆全市和石柱县", "沈阳市铁西区"
    >>> [[place.name for place in _finest(question, find_regions(question))] for question in questions]
    [['石柱', '安徽'], ['重庆', '石柱'], ['铁西区']]
    """
    mentions = [one for one, after in itertools.zip_longest(mentions, mentions[1:]) if not _holds(question, one, after)]
    parts = {mention.provinces for mention in mentions if mention.name not in PROVINCES and len(mention.provinces) == 1}
    beside = {one for pair in itertools.pairwise(mentions) if _side_by_side(question, pair) for one in pair}
    return tuple(one for one in mentions if one.name not in PROVINCES or one.provinces not in parts or one in beside)


def _holds(question: str, one: Mention, after: Mention | None) -> bool:
    """Whether a city only says where the county behind it lies: 沈阳市铁西区."""
    same = after is not None and one.provinces == after.provinces and one.name not in PROVINCES
    return after is not None and same and holds(question[one.span.end : after.span.start])


def _bare_year(question: str) -> tuple[int, ...]:
    """A year without 年 at the start or the end of a question.

    >>> _bare_year("安徽光伏营收2023"), _bare_year("2023 安徽光伏营收"), _bare_year("2000家企业在哪")
    ((2023,), (2023,), ())
    """
    match = _BARE_YEAR.search(question)
    return (int(match[0]),) if match else ()


def _side_by_side(question: str, places: Sequence[Mention]) -> bool:
    """Whether the places are asked about each for itself: 江西和山东 …."""
    between = (question[a.span.end : b.span.start] for a, b in itertools.pairwise(places))
    return all(one.lower().removeprefix("'s").strip("全省市县区 ") in _BESIDE for one in between)


def _is_shared(question: str, places: Sequence[Mention]) -> bool:
    """Whether what is asked is told of the places together: 安徽跟江苏共享的仪器."""
    return _SHARED.match(question, places[-1].span.end) is not None


def _rejoined(words: list[str], text: str) -> list[str]:
    """Words of a text with what makes one name of them: 开工 率 -> 开工率, 营业 收入 -> 营业收入; not what a blank parts."""
    joined: list[str] = []
    for whole in _phrased(words, text):
        word = whole.removesuffix("了") or whole  # 投了 is 投
        before = joined[-1] if joined and not joined[-1].isascii() else ""
        if before and (word in ("率", "额", "量", "值") or (synonyms(f"{before}{word}") and f"{before}{word}" in text)):
            joined[-1] += word
        else:
            joined.append(word if synonyms(word) else re.sub(r"(?<=..)总[额值量数]$", "", word))
    return joined


def _phrased(words: Sequence[str], text: str) -> Iterator[str]:
    """The words of a text, those put together of which the file of synonyms has one: 头 两个 月 -> 头两个月."""
    at = 0
    while at < len(words):
        ends = range(min(at + MOST_JOINED, len(words)), at + 1, -1)
        runs = ((end, "".join(words[at:end])) for end in ends)
        end, run = next((one for one in runs if _is_phrase(one[1], text)), (at + 1, words[at]))
        yield run
        at = end


def _is_phrase(run: str, text: str) -> bool:
    return not run.isascii() and run in text and bool(synonyms(run))


def _without_places(question: str, places: Sequence[Mention]) -> str:
    """The question with its regions blanked out."""
    left = list(question)
    for place in places:
        left[place.span.start : place.span.end] = " " * (place.span.end - place.span.start)
    return "".join(left)
