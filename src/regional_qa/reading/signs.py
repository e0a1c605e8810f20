"""What a line of a newspaper page is by its own words: byline, caption, signature, date; and who speaks in it.

Looks at one line alone. Knows nothing about its neighbours or about articles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from regional_qa.knowledge.regions import provinces_in
from regional_qa.types import Role as PlainRole


class Role(StrEnum):
    """What a line is on the page."""

    HEADING = "heading"
    SUBTITLE = "subtitle"
    BYLINE = "byline"
    LEAD = "lead"  # body text that names its reporter or agency first, so it begins an article
    BODY = "body"
    CAPTION = "caption"
    SIGNATURE = "signature"
    RUNNING = "running"  # the paper's name, its date and page, and what sends to another page


PLAIN_ROLES: Mapping[Role, PlainRole] = {
    Role.HEADING: "heading",
    Role.SUBTITLE: "subtitle",
    Role.BYLINE: "byline",
    Role.LEAD: "body",
    Role.BODY: "body",
    Role.CAPTION: "caption",
    Role.SIGNATURE: "signature",
    Role.RUNNING: "running",
}
"""What a reader of the article is told."""

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏章苏潘葛范彭郎鲁韦马苗方俞任袁柳鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝安常于傅齐康伍余元顾孟黄穆萧尹姚邵汪毛禹狄戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾江童颜郭梅盛"
    "林钟徐邱骆高夏蔡田樊胡凌霍万管卢莫房丁邓石崔吉龚程邢裴陆翁曲封储靳段巫焦车侯全班秋仲伊宫宁仇甘祖武符刘景詹龙叶黎白"
    "赖卓蔺屠池乔闻党翟谭姬申冉尚温柴瞿阎连习艾向古易廖终居步耿满匡国文寇广欧沃利蔚师巩聂晁冷简饶曾关查游权晏肖涂闫"
)
_GIVEN = (  # how names of Tibetans, Mongols and Uyghurs begin that have no family name
    "扎西|旦增|丹增|次仁|次旦|洛桑|索朗|拉巴|尼玛|格桑|德吉|卓玛|央金|白玛|多吉|平措|贡觉|巴桑|边巴|普布|达娃|强巴|米玛|仁增|阿旺|晋美|"
    "巴特尔|乌兰|其其格|娜仁|萨仁|布仁|哈斯|宝音|额尔|阿拉坦|斯琴|阿依|古丽|买买提|艾力|玉素|努尔|热依|迪丽|阿卜杜"
)
_NAME = (
    rf"(?:[{_SURNAMES}][ 　]?[一-龥]{{1,2}}|(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒)[一-龥]{{1,2}}"
    rf"|(?:{_GIVEN})[一-龥]{{0,4}}|[一-龥]{{2,8}}·[一-龥]{{2,8}})"
)
_NAME_LIST = rf"{_NAME}(?:[ 　、]{_NAME}){{0,9}}"
_NAMES = re.compile(rf"{_NAME}(?:[ 　、]{_NAME}){{0,4}}")
_PAPER = r"(?:本报|本刊|本网|本社|本台|《[^》]{2,12}》|[一-龥]{1,8}(?:报|社|网|台|刊))"
_JOB = r"(?:首席|特约|特派|见习|实习|驻[一-龥]{1,8})?(?:记者|评论员|通讯员|撰稿人|实习生)"
_PLAIN = "[^，。,；;！？!?]"
_BYLINE = re.compile(
    rf"(?:[□■◎●○◆]\s*)?(?:{_NAME_LIST}\s+)?(?:(?:{_PAPER}\s*)?{_JOB}(?:[\s:：/／]+{_PLAIN}{{1,40}}|{_NAME}{_PLAIN}{{0,40}})?"
    rf"|(?:作者|撰文|文[/／])[:：]?\s*{_NAME_LIST})"
)
_LEAD = re.compile(
    r"(?:本报|本刊|本网|本台)[^，。,]{0,12}?(?:讯|电)(?=[\s(（]|\d)"
    r"|据[一-龥]{2,10}?(?:报|社|网|台)(?:\s|[(（][^)）]{0,30}记者|[一-龥]{0,6}\d+月\d+日[电讯]|[电讯]|消息|报道)"
    r"|(?:新华社|中新社|中新网|人民网)[一-龥]{0,8}\d+月\d+日(?:电|讯)"
)
_AGENCY_PICTURE = r"\s*(?:[(（][^)）]{2,12}[)）])?[)）]?"
CREDIT_ONLY = re.compile(
    rf"[(（]?(?:[一-龥]{{0,8}}(?:记者|通讯员)\s*)?[一-龥·]{{2,4}}\s*(?:摄影?|供图){_AGENCY_PICTURE}"
)
CREDIT_END = re.compile(rf"(?:^|[。！”’）)\s]|记者)[^。，,]{{1,12}}(?:摄影?|供图){_AGENCY_PICTURE}$")
CAPTION_START = re.compile(r"[▲▼◀▶△▽◁▷↑↓]|图(?:[为①-⑨1-9一二三四]|片?说明)|[上下左右题大小]图(?:为|[：:])")
_EDITORS = r"(?:本版|本期|版面)?(?:责任?编辑?|编辑|美编|版式|校对|审校|组版|制图|主编|视觉|统筹|策划|监制)[:：\s][^。，,]{1,60}"
_SIGNATURE = re.compile(
    rf"[(（](?:(?:转自|摘自|来源|原载|作者|执笔|编辑|责编|综合|整理|编写|编译|采写|撰稿|供稿|据)[^)）]{{1,40}}|{_PAPER}?{_JOB}[^)）]{{0,40}}|{_NAME_LIST}|[一-龥]{{2,4}})[)）]"
    rf"|(?:转自|摘自|来源[:：]|原载)\s*[^，。]{{2,30}}|[(（]{_EDITORS}[)）]|{_EDITORS}"
)
_DATE = r"(?P<day>\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
DATE_LINE = re.compile(
    rf"(?:(?P<paper>[一-龥]{{2,10}}[报刊网])\s+)?(?:(?:发布|发表|出版|刊发)?(?:时间|日期)[:：]?\s*)?{_DATE}"
    r"(?:\s*(?:[(（]?星期[一二三四五六日天][)）]?|农历[一-龥]{2,12}|[甲乙丙丁戊己庚辛壬癸][一-龥]年[一-龥]{2,6}|总?第\s*\d{1,6}\s*[期号]"
    r"|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|今日\s*[\d一二三四五六七八九十]{1,3}\s*版|第?\s*[A-Z]?\d{1,3}\s*版(?:[\s:：·|｜]*[一-龥·]{2,8})?))*"
    r"(?:\s*(?:来源|稿源)[:：]\s*(?P<publisher>[^\s，。]{2,20})(?:\s.{0,40})?)?"
)
PAPER_NAME = re.compile(r"[一-龥]{2,6}(?:日报|晚报|晨报|早报|时报|商报|导报|快报|都市报|周报|周刊)")
_PAGE = re.compile(
    r"(?:第\s*[A-Z]?\d{1,3}\s*版|[A-Z]\d{1,2}\s*版?|第[一二三四五六七八九十]{1,3}版)(?:[\s:：·|｜]*[一-龥·]{2,8})?"
)
_TO_OR_FROM = re.compile(
    r"(?:(?P<onward>下转)|紧?[上下]?接上?|上接)[\s、，]*(?:第?[A-Z]?\d{1,3}|第?[一二三四五六七八九十]{1,3})\s*版[^)）。]{0,20}"
)
_JUMP = re.compile(rf"[(（▶►→◀]+\s*{_TO_OR_FROM.pattern}[)）◀]*|^{_TO_OR_FROM.pattern.replace('?P<onward>', '?:')}$")
_IMPRINT = re.compile(
    r"[─—━═_=~*·•\-\s]{3,}|[A-Z][A-Z .·-]{3,40}"
    r"|(?:社址|地址|邮编|邮政编码|零售|每份|广告(?:部|热线|许可)|新闻热线|值班|总编室|发行部?|印刷|[一-龥]{0,6}印务|国内统一|今日开印|昨日开印).{2,}"
)
"""Rules, a title in Latin letters, the paper's address and price."""
_MAX_SIGN = 80  # no byline, signature or date is longer; keeps the patterns from a page without a break


def sign_of(text: str) -> Role:
    """What the words of a line prove it to be; body where they prove nothing.

    >>> sign_of("本报记者 汪志球"), sign_of("▼织毯。王刚摄"), sign_of("会议召开。")
    (<Role.BYLINE: 'byline'>, <Role.CAPTION: 'caption'>, <Role.BODY: 'body'>)
    """
    if CAPTION_START.match(text) or CREDIT_END.search(text[-_MAX_SIGN:]):
        return Role.CAPTION
    if len(text) <= _MAX_SIGN:
        if _SIGNATURE.fullmatch(text):
            return Role.SIGNATURE
        if _BYLINE.fullmatch(text):
            return Role.BYLINE
        if dated := DATE_LINE.fullmatch(text):
            return Role.RUNNING if dated["paper"] else Role.SUBTITLE
        if PAPER_NAME.fullmatch(text) or _PAGE.fullmatch(text) or _JUMP.fullmatch(text) or _IMPRINT.fullmatch(text):
            return Role.RUNNING
    return Role.LEAD if _LEAD.match(text) else Role.BODY


def told_by(text: str) -> str:
    """What follows the agency's name, place and day at the beginning of an article.

    >>> told_by("新华社北京3月26日电（记者 林舒）一条产业链")
    '（记者 林舒）一条产业链'
    """
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text


def is_names(text: str) -> bool:
    """Personal names and nothing else; 吉林 and 江苏 only begin like a family's name.

    >>> is_names("张欣宇 郑锦波"), is_names("吉林")
    (True, False)
    """
    return len(text) <= _MAX_SIGN and _NAMES.fullmatch(text) is not None and not provinces_in(text)


def jumps(text: str) -> list[tuple[int, int]]:
    """Where a line sends to another page (下转第三版) or comes from one, at its beginning or end.

    >>> jumps("（上接第一版）从业人员增加"), jumps("（见第一版）从业人员")
    ([(0, 7)], [])
    """
    places = [match.span() for match in _JUMP.finditer(text)]
    return [(start, end) for start, end in places if start == 0 or end == len(text)]


def jumps_on(text: str) -> bool | None:
    """Whether a line sends on (下转) or comes from another page (上接); None if it does neither.

    >>> jumps_on("（下转第三版）"), jumps_on("（上接第一版）"), jumps_on("（湘文）")
    (True, False, None)
    """
    found = _TO_OR_FROM.search(text) if _JUMP.fullmatch(text) else None
    return found["onward"] is not None if found else None
