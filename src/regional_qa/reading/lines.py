"""Newspaper text -> lines with a role each: headline, byline, caption, signature, body.

Looks at a line and its neighbours only; which article a line belongs to is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from regional_qa.reading.cleaning import clean_lines


class Role(StrEnum):
    """What a line is on the page."""

    HEADING = "heading"
    SUBTITLE = "subtitle"
    BYLINE = "byline"
    LEAD = "lead"  # body text that names its reporter or agency first, so it begins an article
    BODY = "body"
    CAPTION = "caption"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Line:
    """``level`` is the number of # before a heading, 0 without; ``gap`` the empty lines before."""

    text: str
    role: Role = Role.BODY
    level: int = 0
    gap: int = 0
    opens: bool = False


_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏章苏潘葛范彭郎鲁韦马苗方俞任袁柳鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝安常于傅齐康伍余元顾孟黄穆萧尹姚邵汪毛禹狄戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾江童颜郭梅盛"
    "林钟徐邱骆高夏蔡田樊胡凌霍万管卢莫房丁邓石崔吉龚程邢裴陆翁曲封储靳段巫焦车侯全班秋仲伊宫宁仇甘祖武符刘景詹龙叶黎白"
    "赖卓蔺屠池乔闻党翟谭姬申冉尚温柴瞿阎连习艾向古易廖终居步耿满匡国文寇广欧沃利蔚师巩聂晁冷简饶曾关查游权晏肖涂闫"
)
_NAME = rf"[{_SURNAMES}][一-龥]{{1,2}}|(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒)[一-龥]{{1,2}}"
_NAMES = re.compile(rf"(?:{_NAME})(?:[ 　、](?:{_NAME})){{0,4}}")
_PAPER = r"(?:本报|本刊|本网|本社|本台|《[^》]{2,12}》|[一-龥]{1,8}(?:报|社|网|台|刊|周刊))"
_JOB = r"(?:首席|特约|特派|见习|实习|驻[一-龥]{1,8})?(?:记者|评论员|通讯员|撰稿人|实习生)"
_BYLINE = re.compile(
    rf"(?:[□■◎●○◆]\s*)?(?:{_PAPER}\s*)?(?:{_JOB}|作者[:：]|文[/／][^，。]{{2,4}}|撰文[:：])[^，。,；;！？!?]{{0,40}}"
)
_LEAD = re.compile(
    r"(?:本报|本刊|本网|本台)[^，。,]{0,12}?(?:讯|电)(?=[\s(（]|\d)"
    r"|据[一-龥]{2,10}?(?:报|社|网|台)(?:[(（][^)）]{0,30}记者|[一-龥]{0,6}\d+月\d+日[电讯]|[电讯]|消息|报道)"
    r"|(?:新华社|中新社|中新网|人民网)[一-龥]{0,8}\d+月\d+日(?:电|讯)"
)
_CREDIT_ONLY = re.compile(r"[(（]?(?:[一-龥]{0,8}(?:记者|通讯员)\s*)?[一-龥·]{2,4}\s*(?:摄影?|供图|图)\s*(?:[(（][^)）]{2,12}[)）])?[)）]?")
_CREDIT_END = re.compile(r"(?:[。\s）)][^。，,]{0,12}摄|摄|供图)\s*(?:[(（][^)）]{2,12}[)）])?[)）]?$")
_CAPTION_START = re.compile(r"[▲▼◀▶△▽◁▷↑↓]|图[为①-⑨1-9一二三四]")
_SIGNATURE = re.compile(rf"[(（](?:(?:转自|摘自|来源|原载|作者|执笔|编辑|责编|据)[^)）]{{1,40}}|{_PAPER}?[^)）]{{0,6}}{_JOB}[^)）]{{0,40}}|(?:{_NAME})(?:[ 　、](?:{_NAME}))*)[)）]|(?:转自|摘自|来源[:：]|原载)\s*[^，。]{{2,30}}")
_MARKED = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_STRONG = frozenset("。！？!?；;…：:”’」』）)》】.")
_CLAUSE = re.compile(r"[，,；;。]")
_DANGLING = frozenset("的了在和与是把将被从对向及或并为以等、，,—-“‘（(《")
_MAX_HEADING = 32


def is_complete(text: str) -> bool:
    """Whether a paragraph may end here.

    >>> is_complete("同比增长5%。"), is_complete("先后诞生”"), is_complete("甘肃省统筹")
    (True, True, False)
    """
    return not text or text[-1] in _STRONG


def to_lines(text: str) -> list[Line]:
    """Every line that holds something, in order, with its role; nothing is left out but ``#`` marks."""
    lines = _with_signs(_unwrap(clean_lines(text)))
    titles = {line.text for line in lines if line.level}
    known: list[Line] = []
    body = ""  # the paragraph that a further line would continue
    for i, line in enumerate(lines):
        after = lines[i + 1 : i + 4]
        role = line.role
        if role is Role.BODY:
            role = _role_among(line, known, body, after, titles)
        if role in (Role.BODY, Role.LEAD):
            body = line.text
        elif role is Role.HEADING:
            body = ""
        known.append(replace(line, role=role))
    return _with_photo_stories(known)


def _unwrap(text: str) -> list[Line]:
    """Undo hard wrapping: within a block, a line as wide as its widest that ends mid-sentence goes on in the next."""
    lines: list[Line] = []
    gap = 0
    for block in re.split(r"(\n\n+)", text):
        if not block.strip():
            gap = block.count("\n") - 1
            continue
        pieces = [piece.strip() for piece in block.split("\n") if piece.strip()]
        widest = max(map(len, pieces))
        joined = [pieces[0]]
        full = False
        for before, piece in zip(pieces, pieces[1:], strict=False):
            full = len(before) >= max(0.8 * widest, 12) and not is_complete(before) and not _MARKED.match(before)
            marked = _MARKED.match(piece) or _CAPTION_START.match(piece)
            if full and not marked:
                joined[-1] = join(joined[-1], piece)
            else:
                joined.append(piece)
        lines += [Line(piece, gap=gap if i == 0 else 0) for i, piece in enumerate(joined)]
    return lines


def join(before: str, after: str) -> str:
    """Two halves of one paragraph; Latin words keep a space between them.

    >>> join("甘肃省统筹", "推进"), join("supply", "chain")
    ('甘肃省统筹推进', 'supply chain')
    """
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return f"{before} {after}" if latin else before + after
