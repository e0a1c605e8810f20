"""The words of a clause around a number -> how exact it is, whether it tells a change, what it is measured against.

Knows nothing about numerals or units. ``before`` is always the clause up to the number, ``after`` what follows it.
"""

from __future__ import annotations

import re

_OVER = r"超过了?|超出|突破了?|超|逾|至少|不低于|不少于|不下于?|高于|多于"
_UNDER = r"不超过|不高于|不多于|不足|不到|低于|少于|小于|最多|至多|最高"
_NEARLY = r"将近|接近|(?<![附最邻新贴靠远])近"
_ABOUT = r"大约|大概|约为?"
_NOT_ABOUT = r"(?<![签合节制预条公履续解契缩])"
BEFORE = re.compile(
    rf"(?:(?P<under>{_UNDER})|(?P<over>{_OVER})|(?P<nearly>{_NEARLY})|{_NOT_ABOUT}(?P<about>{_ABOUT}))[ \u3000]?$"
)
"""What says how exact a number is, right before it."""
AFTER = r"(?P<after>[ \u3000]?(?:以上|以下|以内|左右|上下))"
_AFTERWARDS = {"以上": "over", "以下": "under", "以内": "under", "左右": "about", "上下": "about"}
_FURTHER = re.compile(
    rf"(?:(?P<over>至少|不低于|不少于|(?<![突打])破(?=$))|(?P<under>最多|至多|不超过|不高于)|{_NOT_ABOUT}(?P<about>约)(?=占|为|达|合|相当))[^0-9，。]{{0,20}}$"
)
"""The same, some words before it: 约占全国的44%, 至少走访200户."""

_NOUNS_UP = r"增速|增幅|涨幅|升幅|增长率|增长速度"
_NOUNS_DOWN = r"降幅|跌幅|减幅|下降率"
_UP = rf"增长|增加|增多|增收|增产|提高|提升|上升|上涨|上浮|上调|扩大|攀升|多增|回升|反弹|大增|激增|猛增|暴涨|大涨|劲增|飙升|跃升|高出|递增|加快|拉动|抬升|增值|微增|{_NOUNS_UP}|(?<!最)[增涨升高]"
_DOWN = rf"下降|减少|回落|下滑|下跌|下挫|下调|下浮|降低|收窄|缩减|缩小|缩短|压缩|压减|压降|减产|放缓|萎缩|缩水|大跌|暴跌|锐减|骤降|衰退|大减|大降|降本|{_NOUNS_DOWN}|(?<!最)[降跌减低]"
_FILLER = r"(?:了|率|幅度|速度|比例|为|是|达到?|高达|约|分别|也|均|都|仅|只|将|可|有|累计|近|超|最多|平均|[ \u3000])*"
_CHANGE = re.compile(rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN})){_FILLER}$")
_NOUN = re.compile(rf"(?:(?P<up>{_NOUNS_UP})|(?P<down>{_NOUNS_DOWN}))[^0-9，]{{0,12}}$")
_COMPARED = re.compile(rf"(?:同比|环比){_FILLER}$")
_DIFFERENCE = re.compile(
    r"(?:(?P<up>高于|快于|高出|超出|超过|领先|好于|高|快)|(?P<down>低于|慢于|落后|少于|低|慢))[^0-9，]{0,16}$"
)
_CHANGE_AFTER = re.compile(
    r"(?:左右|以上)?的?(?:高速|快速|年均|复合|同比)?(?:(?P<up>增长|增速|增幅|涨幅|升幅|速度(?:增长|递增|快速增长))|(?P<down>降幅|跌幅|下降))"
)
_LIST = re.compile(r"[ ]*(?:、|和|与|及|以及)[ ]*$")

_GROWTH_BASIS = re.compile(
    r"年均|月均|同比|环比|年化|与[^，]{1,12}?相?比|"
    rf"(?:较|(?<![占同环相])比(?![重例率]))(?:上年同期|去年同期|上年|去年|上月|年初|同期|[^，增降比较率]{{1,10}}?)(?={_UP}|{_DOWN})"
)
_AMOUNT_BASIS = re.compile(
    r"累计|合计|总计|共计|[年月日季周人户亩村单店校]均|平均(?!水平)|每(?:年|月|天|日|周|季度|人|户|亩|股|吨|平方米|小时|公里|千瓦时|度)|[年月日](?:产|处理)(?![品业值区量生])|新增|净增"
)
_AMOUNT_CHANGE = re.compile(
    r"(?:增加|增长|减少|下降|提高|降低|上涨|下跌|缩短|扩大|压缩|多增|少增|上调|下调)了?(?:近|约|超)?$"
)
_SCOPE = r"全国|全球|世界|全省|全市|全区|全县|全州|国内|全行业|全社会"
_OF = re.compile(rf"占(?!地(?!区)|用|领|据)(?P<of>(?:(?P<scope>{_SCOPE})[^占，]*|[^占，]*))$")
_OF_END = re.compile(
    r"(?:的?(?:比重|比例|份额|比率|比)|已经|已|将|均|分别|达到?|为|超过|约|近|高达|[提升]?[高升增][到至]|也|就|了|的|有|接近|大约|不足|不到|[ ])*$"
)
_SCOPE_BEFORE = re.compile(rf"(?P<scope>{_SCOPE})的?$")
_SHARE_WORD = re.compile(r"占比|占有率|比重|份额")
_SHARE_AFTER = re.compile(r"的?(?:市场)?(?:份额|占比|比重)")


def approximation(number: str, before: str, touching: str, after: str) -> str:
    """How exact: empty for exact, else about, nearly, over or under.

    >>> approximation("十余", "", "", ""), approximation("2", "", "不低于", ""), approximation("44", "约占全国的", "", "")
    ('over', 'over', 'about')
    """
    if match := BEFORE.search(touching):
        return str(match.lastgroup)
    if after := after.strip():
        return _AFTERWARDS[after]
    if number == "近":
        return "nearly"
    if re.search(r"[余多]|^上", number):
        return "over"
    if re.search(
        r"[数几来]|^[一二两三四五六七八九]?十?[一二两三四五六七八][二三四五六七八九](?:[^〇零一二三四五六七八九点]|$)",
        number,
    ):
        return "about"
    match = _FURTHER.search(before)
    return str(match.lastgroup) if match else ""


def change(before: str, after: str, points: bool) -> int:
    """1 where the words say a rise, -1 a fall, 0 no change; ``points`` are always a difference.

    >>> change("出口同比增长", "", False), change("降幅收窄至", "", False), change("由62%提高到", "", False)
    (1, -1, 0)
    """
    match = _CHANGE.search(before) or _NOUN.search(before) or _CHANGE_AFTER.match(after)
    match = match or (_DIFFERENCE.search(before) if points else None)
    if match:
        return -1 if match["down"] else 1
    return 1 if points or _COMPARED.search(before) else 0


def goes_on(between: str) -> bool:
    """Whether what stands between two numbers only lists the second: 分别增长5%和6%."""
    return _LIST.fullmatch(between) is not None


def growth_basis(before: str) -> str:
    """What a change is measured against, as worded; empty where it is not said.

    >>> growth_basis("出口同比增长"), growth_basis("存款余额较年初增长"), growth_basis("产量增长")
    ('同比', '较年初', '')
    """
    return next((match[0] for match in reversed(list(_GROWTH_BASIS.finditer(before)))), "")


def share_basis(before: str, after: str) -> str:
    """What a share is a share of, as worded: 占全国, 占GDP; 占 where only the word is there; else empty.

    >>> share_basis("产量占全国总产量的", ""), share_basis("研发投入占GDP比重达", ""), share_basis("床位占比", "")
    ('占全国', '占GDP', '占')
    """
    if match := _OF.search(before):
        of = match["scope"] or _OF_END.sub("", match["of"])
        return "占" if of.startswith(("比", "有率")) else f"占{of}"
    if match := _SCOPE_BEFORE.search(before):
        return f"占{match['scope']}"
    return "占" if _SHARE_WORD.search(before) or _SHARE_AFTER.match(after) else ""


def amount_basis(before: str) -> str:
    """Over what an amount is counted, or that it is a change: 累计, 人均, 同比增加; empty where nothing is said.

    >>> amount_basis("全省累计投入"), amount_basis("比上年增加"), amount_basis("收入达")
    ('累计', '比上年增加', '')
    """
    if match := _AMOUNT_CHANGE.search(before):
        return f"{growth_basis(before)}{match[0].rstrip('了近约超')}"
    return next((match[0] for match in reversed(list(_AMOUNT_BASIS.finditer(before)))), "")
