"""Text -> where the kind of thing that a question asks for stands in it: figures, days, names, places, lists.

Knows nothing about which of them is the answer.
"""

from __future__ import annotations

import re

from regional_qa.answering.kinds import COUNTRY, ORDINAL, PERSON, PLAIN, PROVINCE, RANK, SIZE, THINGS
from regional_qa.answering.understanding import Understanding
from regional_qa.knowledge.abroad import countries
from regional_qa.knowledge.quantities import find_quantities
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.units import measure
from regional_qa.types import Kind, Span

# The most common ones alone: in running text a rare surname is nearly always a word.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_IN_WORDS = "范任方高余白金石江周陆万严向马田段常钱孔武雷龙黄林夏于章"
"""Surnames that end or stand inside many a word (示范作用), and begin a name only at the start or behind who bears it."""
_NO_NAME = (
    "(?!曾[任经在是有获被为以于]|方[面式便法案向]|高[度质新中校端层水标效速铁楼温考山原压清品精尖龄]|万[元人吨亩]|金[融额属]|江[苏西北南]|白[色天酒]|任[何务期职命市省县区书主总院校局部]|余[名个]|夏[季天粮]"
    "|石[油化材]|周[边年末期]|黄[金河色]|马[上来]|严[格重厉]|向[社全我各前新上下外好阳]|雷[达雨暴]|龙[头江]|汪洋|金秋|陆[续军地]|谢谢|许[多可]|严寒|方[能可才]|沈阳|郑州|徐州|苏州|潘多|戴[上着])"
)
"""Words that begin like a surname."""
_BEARERS = (
    "代表 委员 主任 书记 校长 院长 局长 厂长 村长 省长 市长 县长 区长 镇长 乡长 州长 部长 司长 处长 科长 站长 队长 会长 行长 店长 组长 董事长 经理 总裁 总监 总工 负责人 主席 教授 院士 博士 "
    "专家 学者 研究员 工程师 创始人 老板 师傅 工人 职工 员工 村民 农民 居民 市民 学生 游客 商户 律师 法官 医生 教练 选手 运动员 导演 演员 作家 画家 艺术家 传承人 大师 技师 能手"
).split()
"""Words behind which a name stands: 全国人大代表杨永修建议."""
_NO_RARE_NAME = "介绍|表示|告诉|[在对也还都则曾向们的等与和]|近日|日前|当[天时]|[今昨]天|代表|一起|通过|首先|随后|现场|特别|进一步|接受|[一二三四五六七八九十两这那]"
"""What stands behind who bears a name and before what they say, and is none."""
_BEHIND = "|".join(f"(?<={one})" for one in _BEARERS)
_SAYS = "说|率|决定|出席|主持|参加|宣布|致辞|陪同|调研|考察|捐[赠款]|签[署订约]|接受|代表|分享|讲述|讲解|带领|带队|展示|表示|介绍|告诉|建议|认为|指出|坦言|提出|提到|透露|强调|回忆|看来|在|的|[，,、。（(；;:：“「和与]|$"
_SOME_TIME = r"[\d一二两三四五六七八九十百千半几数]+(?:多|余|\.\d+)?"
_LASTS = "专项|攻坚|行动|计划|规划|[以之]?[内来间]|[期多]|左右|时间"
"""What behind so many years says how long they last: 三年专项行动."""
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(
        rf"(?:(?:[12]\d{{3}}|[一二][〇零一二三四五六七八九]{{3}})\s*年(?!报)|(?!一\s*年)[\d一二三四五六七八九十元]{{1,3}}\s*年(?!报|级|轻|{_LASTS}))"
        r"(?:\s*[\d一二三四五六七八九十]{1,3}\s*月)?"
        r"(?:\s*[\d一二三四五六七八九十]{1,3}\s*[日号號])?|[\d正一二三四五六七八九十]{1,3}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*[日号號]|初[一二三四五六七八九十])?"
        r"|[\d一二三四五六七八九十]{1,3}\s*[日号號](?!报|线|楼)|\d{1,2}世纪|[年月]初[一二三四五六七八九十]|今年|去年|明年|今日|昨日|昨天|明天|日前|上?下?旬"
    ),
    "duration": re.compile(
        rf"(?<![\d年月])(?!\d{{4}}年|[一二][〇零一二三四五六七八九]{{3}}年){_SOME_TIME}"
        rf"(?:个?半?(?:小时|分钟|秒|天|周(?!岁)|星期|季度|世纪)|个半?月|年(?![\d前级]))|(?<![\d年月至到—-]){_SOME_TIME}日(?![本前后]|电|讯|报)"
    ),
    "name": re.compile(
        rf"[一-龥]+·[一-龥]+|(?:{_BEHIND}){_NO_NAME}[{_SURNAMES}][一-龥]{{1,2}}?(?={_SAYS})|(?<![一-龥]){_NO_NAME}[{_SURNAMES}][一-龥]{{1,2}}"
        rf"|(?:{_BEHIND})(?!{_NO_RARE_NAME})[一-龥]{{3}}(?=说[，,：:]|表示[，,：:]|介绍[，,：:])"
        rf"|{_NO_NAME}(?![{_IN_WORDS}])[{_SURNAMES}][一-龥]{{1,2}}(?=说|表示|介绍|[，,、。（(]|[担出接就继]?任|当选|入选|获得|荣获|夺得|率|等)|[“「《][^”」》]{{2,16}}[”」》]"
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
_FINE = {"年": "年", "月": "月", "日": "[日号號旬](?!前)|昨天|明天|初[一二三四五六七八九十]"}
"""What a date must have that is asked for by the year, month or day."""
_LARGE = re.compile("[万亿][余多]?$")
"""What a sum of money ends with that leaves the currency out."""
_CLOCK = re.compile(
    r"(?<![\d.一二三四五六七八九十])(?!一[时点](?!整|半|许|\d))(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*"
    r"(?:[时時](?![代期间速分候])|[点點](?![名评击赞不儿希建要意五个]))(?:\s*\d{1,2}\s*分|半|许|整)?|(?<!\d)\d{1,2}[:：]\d{2}(?!\d)"
)
_TITLE = re.compile('[“「『《‘"][^”」』》’"]{2,45}[”」』》’"]')
_CALLED = re.compile(r"(?:名[为叫]|叫[做作]?|称[为作]|命名为|取名为?)[“「《]?(?P<name>[^，,。；;“”「」《》的]{2,16})")
_SAID = frozenset("主题 口号 标语".split())
"""What is never told without its name."""
_WORKS = tuple("电影 影片 电视剧 片 片子 歌曲 小说 论文 专著".split())
"""Ends of nouns of what always has a title."""
_FIRMS = "(?:公司|集团|企业|厂|银行|研究院|研究所|大学|医院)"
"""How the name of a firm or an institution ends."""
_FIRM_NOUNS = tuple("公司 企业 厂 厂家 厂商 厂子 工厂 单位 机构 商家".split())
"""Nouns of what may be called anything that a firm is called."""
_CARRIED = tuple(
    "出版社 大学 学院 医院 机场 高铁站 发射场 研究院 研究所 实验室 协会 法院 大桥 隧道 水库 电站 博物馆 图书馆".split()
)
"""Ends of nouns that are a part of every name of such."""
_CALLED_WHAT = re.compile("[叫名][^?]{0,3}[?]|[?]名")
"""What asks how something is called, asking words put as question marks."""
_TITLED = tuple(
    "主题 口号 标语 名 名称 名字 电影 影片 剧 片 节目 歌 歌曲 书 小说 文章 论文 文件 通知 意见 办法 条例 规定 协议 报告 作品 活动 展览 展".split()
)
"""Ends of nouns whose names are titles, which stand in quotation marks beside them."""
MODIFIER_CHARS = 20
"""How far before its noun a name may begin."""
_NO_MODIFIER = re.compile(
    r"[^一-龥a-zA-Z0-9·&-]|[的了在是与及为被把将从向到等对给让]|(?<!自)由|和(?![平谐田])|产自|有(?!限)"
)
"""What ends a name, seen from its noun."""
_POINTS_AT = re.compile(
    r"(?:[这那该此本某各每多几数两另其哪]|一|\d|[二三四五六七八九十])[家个所支只部款座条位项种类些他]*$|^[全我]?[国省市]$"
)
"""What stands before a noun and is no name: 这家公司."""
_BYLINE = re.compile(r"(?:记者|通讯员|编辑|责编|作者|摄影|文/|图/)[^，,。；;]{0,12}$")
"""What stands before the name of one who only reports."""
_RANK = re.compile(
    r"(?:排名?|[位名]列|位?居)?(?:全[球国省市]|世界|国内)?第[一二三四五六七八九十百\d]+[位名]?(?![批届次期季条产代个轮号方年])|首位|榜首|之[首冠]"
)
_CHANGE = re.compile(r"增(?!加值)|[升涨降减]")
AGE = "age"
"""The dimension of what says who is meant (80周岁以上), and is asked for in its unit alone."""
_PEOPLE = frozenset({"人", "名", "位", "人次", "岁", "周岁", ""})
_NO_THINGS = frozenset({"级", "次", "天", "小时", "分钟", "届", "期", "线", "倍", "米", "公里"})
_NO_SIZE = frozenset({"个", "项", "条", "次", "批", "届", "期"})
_LIKE_UNITS = (
    {"家", "户", "个"},
    {"人", "名", "位", "人次"},
    {"列", "趟", "班"},
    {"趟", "次"},
    {"道", "个"},
    {"辆", "台"},
    {"座", "所", "个"},
    {"项", "个"},
    {"宗", "件", "起"},
    {"只", "个"},
    {"支", "个"},
    {"场", "次"},
    {"间", "家", "个"},
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
    after = r"(?![\d.])" if thing[-1].isdigit() else ""
    return re.search(rf"(?<![\d.〇零一二三四五六七八九十百千]){re.escape(thing)}{after}", question) is not None


def of_kind(kind: Kind, text: str, unit: str = "", noun: str = "") -> list[Span]:
    """Where a text holds a kind of thing, in a unit, or named by a noun.

    >>> text = "2023年床位40万张，占比68%，出口增长5%。"
    >>> [[span.of(text) for span in of_kind(kind, text)] for kind in ("share", "growth", "count", "date", "list")]
    [['68%'], ['5%'], ['40万张'], ['2023年'], []]
    >>> of_kind("amount", "每月上门8次", "家"), of_kind("fact", "每月上门8次"), of_kind("amount", "围绕两个关键词", "规模")
    ([], [], [])
    >>> of_kind("count", "80周岁以上老人"), of_kind("amount", "80周岁以上老人", "岁")[0].of("80周岁以上老人")
    ([], '80周岁以上')
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
    if unit == COUNTRY:
        return [Span(*one.span()) for one in countries(text)]
    if unit == PROVINCE:
        return [mention.span for mention in find_regions(text)]
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
    if unit.startswith(ORDINAL):
        return [Span(*one.span()) for one in re.finditer(rf"第[一二三四五六七八九十百\d]+{unit[len(ORDINAL) :]}", text)]
    if unit == RANK:
        return [Span(*one.span()) for one in _RANK.finditer(text)]
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
        found = [one for one in found if one.kind != "plain" and one.dimension != AGE]
    elif kind == "money":  # 票房破3亿
        found = [one for one in found if one.kind == kind or (not one.unit and _LARGE.search(one.span.of(text)))]
    else:
        found = [one for one in found if one.kind == kind and one.dimension != AGE]
    return [one.span for one in found]


def names(asked: Understanding, text: str) -> bool:
    """Whether a text has a name of the noun asked for that is not the question's."""
    question = search_key(asked.question)
    return bool(asked.noun) and any(not _says(question, span.of(text)) for span in _named_by(asked.noun, text))


def lacks_title(asked: Understanding, text: str) -> bool:
    """Whether a question asks for a theme, for what a film is called, or for which university, and a text names none."""
    if asked.noun.endswith(_WORKS) and _CALLED_WHAT.search(asked.rest):
        return not (_TITLE.search(text) or _CALLED.search(text))
    if asked.noun.endswith(_CARRIED):
        return not names(asked, text)
    told = rf"{asked.noun}(?:词|语)?[是为:：]{{1,2}}[^,，。]{{2,}}"
    return asked.noun in _SAID and not (asked.noun in text and (_TITLE.search(text) or re.search(told, text)))


def _named_by(noun: str, text: str) -> list[Span]:
    """Where a text has a name that ends with a noun (哪个学院: 外国语学院), or a title beside it (主题: “激扬斗志”)."""
    found = [Span(*one.span()) for one in _TITLE.finditer(text)] if noun.endswith(_TITLED) and noun in text else []
    for one in re.finditer(_FIRMS if noun in _FIRM_NOUNS else re.escape(noun), text):
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
