"""Text -> where the kind of thing that a question asks for stands in it: figures, days, names, places, lists.

Knows nothing about which of them is the answer.
"""

from __future__ import annotations

import functools
import re
from datetime import date

from regional_qa.answering.kinds import FIGURES, PERSON, PLAIN, SIZE, THINGS
from regional_qa.answering.understanding import KIND_WORDS, Understanding
from regional_qa.knowledge.metrics import measured, metric_of, stands_alone, subject_of
from regional_qa.knowledge.periods import months_in, time_of
from regional_qa.knowledge.quantities import POINTS, Quantity, find_quantities
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import alike, names_another, names_metric, synonyms
from regional_qa.knowledge.units import measure
from regional_qa.types import Kind, Span

TYPED: frozenset[Kind] = frozenset({"duration", "name", "place"})
"""Kinds that evidence need not plainly hold: what is a name cannot be told for certain."""
# The most common ones alone: in running text a rare surname is nearly always a word.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_NO_NAME = (
    "(?!曾[任经在是有获被为以于]|方[面式便法案向]|高[度质新中校端层]|万[元人吨亩]|金[融额属]|江[苏西北南]|白[色天酒]|任[何务期职命市省县区书主总院校局部]|余[名个]|夏[季天粮]"
    "|石[油化材]|周[边年末期]|黄[金河色]|马[上来]|严[格重厉]|向[社全我各前]|雷[达雨暴]|龙[头江]|汪洋|金秋|陆[续军地]|谢谢|许[多可]|严寒|沈阳|郑州|徐州|苏州|潘多|戴[上着])"
)
"""Words that begin like a surname."""
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(
        r"(?:[12]\d{3}|[一二][〇零一二三四五六七八九]{3}|[\d一二三四五六七八九十元]{1,3})\s*年(?!报|级|轻)(?:\s*[\d一二三四五六七八九十]{1,3}\s*月)?"
        r"(?:\s*[\d一二三四五六七八九十]{1,3}\s*[日号])?|[\d正一二三四五六七八九十]{1,3}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*[日号]|初[一二三四五六七八九十])?"
        r"|[\d一二三四五六七八九十]{1,3}\s*[日号](?!报|线|楼)|\d{1,2}世纪|[年月]初[一二三四五六七八九十]|今年|去年|明年|今日|昨日|昨天|明天|日前|上?下?旬"
    ),
    "duration": re.compile(
        r"[\d一二两三四五六七八九十百千半几数]+(?:多|余|\.\d+)?个?(?:半)?(?:小时|分钟|秒|天|日(?!本)|周|星期|月(?!\d)|季度|年(?!\d)|世纪)"
    ),
    "name": re.compile(
        rf"[一-龥]+·[一-龥]+|(?<![一-龥]){_NO_NAME}[{_SURNAMES}][一-龥]{{1,2}}"
        rf"|{_NO_NAME}[{_SURNAMES}][一-龥]{{1,2}}(?=说|表示|介绍|[，,、。（(]|任|当选|率|等)|[“「《][^”」》]{{2,16}}[”」》]"
    ),
    "place": re.compile(
        r"[一-龥]{1,8}?(?:省|市|县|区|州|镇|村|国|岛|洲|港|山|湖|路|街|大学|中心|体育[场馆]|广场|大厦|酒店)"
    ),
    "list": re.compile(
        r"[^，,。；;：:、]{1,20}(?:、[^，,。；;：:、]{1,20}){2,}|[^，,。；;：:、]{1,20}、[^，,。；;：:、]{1,20}[和及与][^，,。；;：:、]{2,20}"
        r"|(?:[“「《][^”」》]{1,20}[”」》][、和及与]?){2,}|一是[^。]{2,60}二是[^。]{2,60}"
    ),
}
_LIST = re.compile(r"[^，,。；;：:、]{1,30}(?:、[^，,。；;：:、]{1,30})+")
_QUOTED = re.compile("(?:[“「][^”」]{1,30}[”」][、和及与]?){2,}")
_QUOTES = "“「《"
_FINE = {"年": "年", "月": "月", "日": "[日号旬]|[今昨明]|初[一二三四五六七八九十]"}
"""What a date must have that is asked for by the year, month or day."""
_CLOCK = re.compile(
    r"[\d一二三四五六七八九十]{1,3}(?:时(?!代|期|间|速|分)|点(?!名|评|击|赞))(?:\d{1,2}分|半|许|整)?|\d{1,2}[:：]\d{2}"
)
_TITLE = re.compile("[“「《‘][^”」》’]{2,30}[”」》’]")
_CALLED = re.compile(r"(?:名[为叫]|叫[做作]?|称[为作]|命名为|取名为?)[“「《]?(?P<name>[^，,。；;“”「」《》的]{2,16})")
_SAID = frozenset("主题 口号 标语".split())
"""What is never told without its name."""
_TITLED = tuple(
    "主题 口号 标语 名 名称 名字 电影 影片 剧 片 节目 歌 歌曲 书 小说 文章 论文 文件 通知 意见 办法 条例 规定 协议 报告 作品 活动 展览 展".split()
)
"""Ends of nouns whose names are titles, which stand in quotation marks beside them."""
MODIFIER_CHARS = 20
"""How far before its noun a name may begin."""
_NO_MODIFIER = re.compile(r"[^一-龥a-zA-Z0-9·&-]|[的了在是由与和及为被把将从向到有等对给让]")
"""What ends a name, seen from its noun."""
_POINTS_AT = re.compile(
    r"(?:[这那该此本某各每多几数两另其哪]|一|\d|[二三四五六七八九十])[家个所支只部款座条位项种类些他]*$|^[全我]?[国省市]$"
)
"""What stands before a noun and is no name: 这家公司."""
_BYLINE = re.compile(r"(?:记者|通讯员|编辑|责编|作者|摄影|文/|图/)[^，,。；;]{0,12}$")
"""What stands before the name of one who only reports."""
_OF_THE_COUNTRY = re.compile(r"全国(?:的|总体|平均)?(?:平均|水平|增速|增幅|均值)+[(约为]*$")
"""What makes a figure that of the whole country: 慢于全国水平（5.5%）."""
_RATE, _OF_A_RATE = re.compile(r"[增涨降]速|[增涨降]幅|增长率|\brate\b"), re.compile(r"[%％倍成番]|百分")
"""What asks for a rate (增速), and what a figure has that is one; an increase by so many yuan is none."""
_POINTS_ASKED = re.compile("百分点|率|比重|占比|份额|拉动|贡献|[扩收]")
_GREW = re.compile(r"(?:增(?!加值)|[升涨降减跌]|[多少]了|扩大|缩[小减]|提高)[长加量幅速至到了约近超过达为有\s]{0,6}$")
_SHARES = re.compile(r"占|比重|份额|之一|成")
_SIZES = re.compile("规模|体量|[产总]值|增加值|总量|收入|营收|额")
_TRADE = re.compile(r"(?:产业|经济|市场|贸易)规模[?]*$")
"""What asks for the size of a trade, which is told in money."""
_CLAUSE = re.compile(r"[，,；;：:。！？!?\n]")
_WHOLE_YEAR = frozenset({(1, 12)})
_CHANGE = re.compile(r"增(?!加值)|[升涨降减]")
_BOUND = re.compile("[<>≥≤＜＞]=?\\s*$")
"""What makes a figure a condition: 地区生产总值>800亿元."""
_SENTENCE = re.compile(r"[。！？!?；;\n]")
_DEALT_WITH = re.compile(r"(?<!相)[对与同](?!外|比|期|口)([^，,。；;：:比期]{2,24}?)(?=(?:分别)?(?:进出口|出口|进口))")
"""Trade with a part of the world: 对欧盟、东盟分别进出口."""
_ALL_OF_IT = re.compile(
    r"根?据|按照?|[全我本该各当][省市区县州国地]|区域|三省一市|外贸|对外|货物|贸易|总的?|地区|经济|规模以上|规上|同期|当期|其中|累计|分别|方面|业务"
)
"""What may stand before a metric and makes no part of it."""
_A_DAY = re.compile(r"日均|[每单]日|每天|周均|每周")
_PEOPLE = frozenset({"人", "名", "位", "人次", "岁", "周岁", ""})
_NO_THINGS = frozenset({"级", "次", "天", "小时", "分钟", "届", "期", "线", "倍", "米", "公里"})
_NO_SIZE = frozenset({"个", "项", "条", "次", "批", "届", "期"})
_LIKE_UNITS = (
    {"家", "户", "个"},
    {"人", "名", "位", "人次"},
    {"列", "趟", "班"},
    {"辆", "台"},
    {"座", "所", "个"},
    {"项", "个"},
)


def sought(asked: Understanding, text: str) -> list[Span]:
    """Where a text holds the kind of thing asked for, in the unit asked for, and the question does not say it itself.

    A plain fact can be anywhere, but for one that a noun names (哪个学院).

    >>> from regional_qa.answering.understanding import understand
    >>> asked = understand("8月9日开幕的展会闭幕是哪一天", lambda text: ["展会", "闭幕"])
    >>> text = "8月9日开幕的展会，8月12日闭幕，9月再办。"
    >>> [span.of(text) for span in sought(asked, text)]
    ['8月12日']
    """
    question = search_key(asked.question)
    found = of_kind(asked.scope.kind, text, asked.unit, asked.noun)
    return [span for span in found if not _says(question, search_key(span.of(text)))]


def _says(question: str, thing: str) -> bool:
    """Whether a question itself says a thing, and not a longer number that it is part of."""
    if thing not in question:
        return False
    return re.search(rf"(?<![\d.]){re.escape(thing)}(?![\d.])", question) is not None


def of_kind(kind: Kind, text: str, unit: str = "", noun: str = "") -> list[Span]:
    """Where a text holds a kind of thing, in a unit, or named by a noun.

    >>> text = "2023年床位40万张，占比68%，出口增长5%。"
    >>> [[span.of(text) for span in of_kind(kind, text)] for kind in ("share", "growth", "count", "date", "list")]
    [['68%'], ['5%'], ['40万张'], ['2023年'], []]
    >>> of_kind("amount", "每月上门8次", "家"), of_kind("fact", "每月上门8次"), of_kind("amount", "围绕两个关键词", "规模")
    ([], [], [])
    >>> text = "1991年始创，距北京约161公里，2时33分，考上了外国语学院"
    >>> [of_kind(*one)[0].of(text) for one in (("date", text, "年"), ("date", text, "时"), ("amount", text, "米"))]
    ['1991年', '2时33分', '约161公里']
    >>> of_kind("fact", text, "", "学院")[0].of(text)
    '外国语学院'
    """
    if noun and kind in PLAIN:
        return _named_by(noun, text)
    if kind == "date" and unit == "时":
        return [Span(*one.span()) for one in _CLOCK.finditer(text)]
    if kind in _PATTERNS:
        matches = _PATTERNS[kind].finditer(text)
        if kind == "name":
            people = unit == PERSON
            matches = (
                one
                for one in matches
                if not _BYLINE.search(text, 0, one.start()) and not (people and one[0][0] in _QUOTES)
            )
        elif kind == "date" and unit:
            matches = (one for one in matches if re.search(_FINE[unit], one[0]))
        return [Span(*one.span()) for one in matches]
    if kind in PLAIN:
        return []
    found = find_quantities(text)
    if unit == THINGS:
        found = [one for one in found if one.kind == "count" and one.unit.lstrip("万") not in _PEOPLE | _NO_THINGS]
    elif kind == "amount" and unit == SIZE:
        found = [one for one in found if one.kind == "money" or (one.kind == "count" and one.unit not in _NO_SIZE)]
    elif unit and kind == "amount":
        like = {unit}.union(*(group for group in _LIKE_UNITS if unit in group))
        dimension = measure(unit)[0]
        found = [
            one
            for one in found
            if one.unit.lstrip("万") in like or (one.kind == "count" and one.dimension == dimension)
        ]
    elif kind == "growth":
        found = [one for one in found if one.kind == "growth"] or (found if _CHANGE.search(text) else [])
    elif kind == "multiple":
        found = [one for one in found if re.search("[倍番]", one.span.of(text))]
    elif kind == "amount":
        found = [one for one in found if one.kind != "plain"]
    else:
        found = [one for one in found if one.kind == kind]
    return [one.span for one in found]


def names(asked: Understanding, text: str) -> bool:
    """Whether a text has a name of the noun asked for that is not the question's."""
    question = search_key(asked.question)
    return bool(asked.noun) and any(not _says(question, span.of(text)) for span in _named_by(asked.noun, text))


def lacks_title(asked: Understanding, text: str) -> bool:
    """Whether a question asks for a theme or slogan and a text names none: 主题是什么."""
    return asked.noun in _SAID and not (asked.noun in text and names(asked, text))


def _named_by(noun: str, text: str) -> list[Span]:
    """Where a text has a name that ends with a noun (哪个学院: 外国语学院), or a title beside it (主题: “激扬斗志”)."""
    found = [Span(*one.span()) for one in _TITLE.finditer(text)] if noun.endswith(_TITLED) and noun in text else []
    for one in re.finditer(re.escape(noun), text):
        before = _NO_MODIFIER.split(text[max(one.start() - MODIFIER_CHARS, 0) : one.start()])[-1]
        if len(before) > 1 and not _POINTS_AT.search(before):
            found.append(Span(one.start() - len(before), one.end()))
    return found + [Span(*one.span("name")) for one in _CALLED.finditer(text) if noun in text]


def n_listed(text: str) -> int:
    """How many things the longest list of a text has; in quotation marks, they may stand side by side.

    >>> n_listed("设田径、游泳、篮球和足球四项"), n_listed("分“开放”“合作”两个板块"), n_listed("没有")
    (4, 2, 0)
    """
    lists = (match[0] for match in _LIST.finditer(text))
    counts = [len(re.split("、|[和及与]|以及", one)) for one in lists]
    return max([*counts, *(len(one[0].split("”")) - 1 for one in _QUOTED.finditer(text))], default=0)


def told(asked: Understanding, text: str, published: date | None) -> list[Span]:
    """The same for a question, less the figures of another metric, of other years or months, or of the whole country.

    >>> from regional_qa.answering.understanding import understand
    >>> asked = understand("山西上半年GDP增长多少", lambda text: ["gdp", "增长"])
    >>> text = "一季度，山西GDP增长5.0%；上半年增长4.7%，慢于全国水平（5.5%）；去年全年增长4.4%。"
    >>> [span.of(text) for span in told(asked, text, None)]
    ['4.7%']
    """
    found = sought(asked, text)
    if asked.scope.kind not in FIGURES:
        return found
    return [
        one.span
        for one in find_quantities(text)
        if one.span in found
        and _is_of_the_metric(asked, text, one)
        and _is_of_the_time(asked, text[: one.span.start], published)
        and _is_of_the_whole(asked, text[: one.span.start], one)
    ]


def _is_of_the_metric(asked: Understanding, text: str, figure: Quantity) -> bool:
    """Whether a figure can be of what is asked for; not where its clause names another metric alone."""
    key, before, kind = search_key(text), search_key(text[: figure.span.start]), asked.scope.kind
    metric = _metric(asked)
    if asked.places and _OF_THE_COUNTRY.search(before):
        return False
    if kind == "growth":
        fits = _RATE.search(asked.rest) is None or _OF_A_RATE.search(figure.span.of(text)) is not None
        if not fits or not (figure.kind == "growth" or _GREW.search(before)):
            return False
        if figure.dimension == POINTS and metric and not _POINTS_ASKED.search(asked.rest):
            return False  # 拉动出口增长3.4个百分点 is not by how much they grew
    if kind == "share" and "占" in search_key(asked.question) and not _SHARES.search(key):
        return False
    if _TRADE.search(asked.rest) and not (figure.kind == "money" and _SIZES.search(key)):
        return False
    if not metric:
        return True
    is_share = metric.endswith(("率", "比", "重", "份额"))
    if figure.kind in ("share", "growth", "multiple") and kind in ("amount", "money", "count") and not is_share:
        return False
    clause = _CLAUSE.split(before)[-1]
    if names_metric(clause, metric):
        return True
    if names_metric(key, metric):
        if not names_metric(search_key(text[: figure.span.end] + _CLAUSE.split(text[figure.span.end :])[0]), metric):
            return False  # it is named in a later clause: 开行列车增长3%，带动出口增长
        part = _SENTENCE.split(before)[-1]
        if (
            kind == "growth"
            and not names_metric(part, metric)
            and any(q.kind == "count" for q in find_quantities(part))
        ):
            return False  # 进出口增长3%；企业5万户，增长10%
    elif names_another(clause, metric):
        return False
    other = measured(clause, figure)
    return other is None or alike(other.metric, metric)


def _is_of_the_time(asked: Understanding, before: str, published: date | None) -> bool:
    """Whether the years and months told last before a figure are those asked for, where they are told."""
    years, period = time_of(before, published)
    months = _WHOLE_YEAR if "全年" in period else months_in(period)
    if published and months and not years:  # 上半年 in July is that of this year, 四季度 that of the last
        years = (published.year - (min(last for _, last in months) > published.month),)
    elif published and asked.months and not months and years and max(years) < published.year:
        return False  # of a whole year that is over
    wanted = asked.scope.years or ((published.year,) if asked.this_year and published else ())
    if wanted and years and not set(wanted) & set(years):
        return False
    return not (asked.months and months) or bool(asked.months & months)


def _is_of_the_whole(asked: Understanding, before: str, figure: Quantity) -> bool:
    """Whether a figure can be of all that is asked for; not of a part that the question does not name, nor of a day."""
    question = search_key(asked.question)
    if _BOUND.search(before) or (_A_DAY.search(figure.basis) and not re.search("[日天周每均]", asked.rest)):
        return False
    metric = _metric(asked)
    if not metric or not stands_alone(metric) or question.isascii() or _owner(asked.rest, metric):
        return True  # an English question never names what a Chinese sentence has
    told = re.sub('["“”]', "", search_key(_SENTENCE.split(before)[-1]))
    partners = _DEALT_WITH.findall(told)
    told = _DEALT_WITH.sub("", told)
    return all(_is_named(part, question) for part in (_owner(told, metric), *partners))


def _metric(asked: Understanding) -> str:
    """The metric asked for; a number or a sum of something is none of its own."""
    metric = asked.scope.metric or metric_of(asked.rest.rstrip("?"))
    return "" if metric in KIND_WORDS else metric


@functools.lru_cache(maxsize=256)
def _owner(key: str, metric: str) -> str:
    """The words that say of what the metric is, named last before the end of ``key`` in search form.

    >>> _owner("上半年机电产品出口7926.3亿元,增长", "出口"), _owner("全省出口", "出口")
    ('机电产品', '')
    """
    names = "|".join(map(re.escape, (metric, *synonyms(metric))))
    clauses = (_CLAUSE.split(key[: match.start()])[-1] for match in reversed(list(re.finditer(names, key))))
    return _bare(subject_of(next((clause for clause in clauses if clause), "")))


def _is_named(part: str, question: str) -> bool:
    """Whether a question names what a metric is of, or nothing but all of it is told.

    >>> _is_named("机电产品", "浙江出口增长多少"), _is_named("全省外贸", "浙江出口增长多少"), _is_named("机电", "机电产品出口多少")
    (False, True, True)
    """
    words = re.findall("[一-龥a-z]{2,}", _bare(part))
    pairs = [word[i : i + 2] for word in words for i in range(len(word) - 1)]
    return not pairs or any(pair in question for pair in pairs)


def _bare(part: str) -> str:
    """What a metric is of, less places and words that make no part of it."""
    for mention in reversed(find_regions(part)):
        part = f"{part[: mention.span.start]} {part[mention.span.end :]}"
    return _ALL_OF_IT.sub(" ", search_key(part)).strip()
