"""Newspaper text -> lines with a role each: headline, byline, caption, signature, body.

Looks at a line and its neighbours only; which article a line belongs to is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, pairwise

from regional_qa.knowledge.regions import provinces_in
from regional_qa.reading.cleaning import heading
from regional_qa.reading.tracing import Run, Traced, put_together, trace
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


PLAIN_ROLES: Mapping[Role, PlainRole] = {
    Role.HEADING: "heading",
    Role.SUBTITLE: "subtitle",
    Role.BYLINE: "byline",
    Role.LEAD: "body",
    Role.BODY: "body",
    Role.CAPTION: "caption",
    Role.SIGNATURE: "signature",
}
"""What a reader of the article is told."""


@dataclass(frozen=True, slots=True)
class Line:
    """``level`` is the number of # before a heading, 0 without; ``gap`` the empty lines before.

    ``runs`` tell where its text stood on the page.
    """

    text: str
    role: Role = Role.BODY
    level: int = 0
    gap: int = 0
    opens: bool = False
    runs: tuple[Run, ...] = ()

    @property
    def traced(self) -> Traced:
        """Its text with its place on the page."""
        return Traced(self.text, self.runs)


_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏章苏潘葛范彭郎鲁韦马苗方俞任袁柳鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝安常于傅齐康伍余元顾孟黄穆萧尹姚邵汪毛禹狄戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾江童颜郭梅盛"
    "林钟徐邱骆高夏蔡田樊胡凌霍万管卢莫房丁邓石崔吉龚程邢裴陆翁曲封储靳段巫焦车侯全班秋仲伊宫宁仇甘祖武符刘景詹龙叶黎白"
    "赖卓蔺屠池乔闻党翟谭姬申冉尚温柴瞿阎连习艾向古易廖终居步耿满匡国文寇广欧沃利蔚师巩聂晁冷简饶曾关查游权晏肖涂闫"
)
_NAME = rf"[{_SURNAMES}][一-龥]{{1,2}}|(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒)[一-龥]{{1,2}}"
_NAME_LIST = rf"(?:{_NAME})(?:[ 　、](?:{_NAME})){{0,9}}"
_NAMES = re.compile(rf"(?:{_NAME})(?:[ 　、](?:{_NAME})){{0,4}}")
_PAPER = r"(?:本报|本刊|本网|本社|本台|《[^》]{2,12}》|[一-龥]{1,8}(?:报|社|网|台|刊))"
_JOB = r"(?:首席|特约|特派|见习|实习|驻[一-龥]{1,8})?(?:记者|评论员|通讯员|撰稿人|实习生)"
_PLAIN = "[^，。,；;！？!?]"
_BYLINE = re.compile(
    rf"(?:[□■◎●○◆]\s*)?(?:(?:{_PAPER}\s*)?{_JOB}(?:[\s:：/／]+{_PLAIN}{{1,40}}|(?:{_NAME}){_PLAIN}{{0,40}})?"
    rf"|(?:作者|撰文|文[/／])[:：]?\s*{_NAME_LIST})"
)
_LEAD = re.compile(
    r"(?:本报|本刊|本网|本台)[^，。,]{0,12}?(?:讯|电)(?=[\s(（]|\d)"
    r"|据[一-龥]{2,10}?(?:报|社|网|台)(?:[(（][^)）]{0,30}记者|[一-龥]{0,6}\d+月\d+日[电讯]|[电讯]|消息|报道)"
    r"|(?:新华社|中新社|中新网|人民网)[一-龥]{0,8}\d+月\d+日(?:电|讯)"
)
_AGENCY_PICTURE = r"\s*(?:[(（][^)）]{2,12}[)）])?[)）]?"
_CREDIT_ONLY = re.compile(
    rf"[(（]?(?:[一-龥]{{0,8}}(?:记者|通讯员)\s*)?[一-龥·]{{2,4}}\s*(?:摄影?|供图){_AGENCY_PICTURE}"
)
_CREDIT_END = re.compile(rf"(?:^|[。！”’）)\s]|记者)[^。，,]{{1,12}}(?:摄影?|供图){_AGENCY_PICTURE}$")
CAPTION_START = re.compile(r"[▲▼◀▶△▽◁▷↑↓]|图[为①-⑨1-9一二三四]")
_SIGNATURE = re.compile(
    rf"[(（](?:(?:转自|摘自|来源|原载|作者|执笔|编辑|责编|据)[^)）]{{1,40}}|{_PAPER}?{_JOB}[^)）]{{0,40}}|{_NAME_LIST}|[一-龥]{{2,4}})[)）]"
    r"|(?:转自|摘自|来源[:：]|原载)\s*[^，。]{2,30}"
)
_DATE = r"(\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
DATE_LINE = re.compile(
    rf"(?:(?:发布|发表|出版|刊发)?(?:时间|日期)[:：]?\s*)?{_DATE}(?:\s*星期[一二三四五六日天])?"
    r"(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?(?:\s*第?\s*\d{1,3}\s*版.{0,12})?"
    r"(?:\s*(?:来源|稿源)[:：]\s*(?P<publisher>[^\s，。]{2,20})(?:\s.{0,40})?)?"
)
_STRONG = frozenset("。！？!?；;…：:”’」』）)》】.")
_CLAUSE = re.compile(r"[，,；;。]")
_DANGLING = frozenset("的了在和与是把将被从对向及或并以等、，,—-“‘（(《")
_MAX_HEADING = 32
_MAX_SIGN = 80  # no byline, signature or date is longer; keeps the patterns from a page without a break


def is_complete(text: str) -> bool:
    """Whether a paragraph may end here.

    >>> is_complete("同比增长5%。"), is_complete("先后诞生”"), is_complete("甘肃省统筹")
    (True, True, False)
    """
    return not text or text[-1] in _STRONG


def to_lines(text: str) -> list[Line]:
    """Every line that holds something, in order, with its role; nothing is left out but ``#`` marks."""
    lines = _with_signs(_unwrap(trace(text)))
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


def _unwrap(page: Traced) -> list[Line]:
    """Undo hard wrapping: within a block, a line as wide as its widest that ends mid-sentence goes on in the next."""
    lines: list[Line] = []
    gap = 0
    for empty, block in groupby(page.lines(), key=lambda line: not line.text.strip()):
        if empty:
            gap = len(list(block))
            continue
        pieces = [piece.strip() for piece in block]
        widest = max(len(piece.text) for piece in pieces)
        joined = [pieces[0]]
        for before, piece in pairwise(pieces):
            words = before.text
            full = len(words) >= max(0.8 * widest, 12) and not is_complete(words) and not heading(words)[0]
            marked = heading(piece.text)[0] or CAPTION_START.match(piece.text)
            if full and not marked:
                joined[-1] = join(joined[-1], piece)
            else:
                joined.append(piece)
        lines += [Line(piece.text, gap=gap if i == 0 else 0, runs=piece.runs) for i, piece in enumerate(joined)]
    return lines


def join(before: Traced, after: Traced) -> Traced:
    """Two halves of one paragraph; Latin words keep a space between them.

    >>> join(Traced("甘肃省统筹"), Traced("推进")).text, join(Traced("supply"), Traced("chain")).text
    ('甘肃省统筹推进', 'supply chain')
    """
    last, first = before.text[-1:], after.text[:1]
    latin = last.isascii() and last.isalpha() and first.isascii() and first.isalpha()
    return put_together([before, after], " " if latin else "")


def _with_signs(lines: Sequence[Line]) -> list[Line]:
    """Roles that the line alone proves; the lines of one caption become one."""
    signed: list[Line] = []
    for line in lines:
        last = signed[-1] if signed else None
        if last and last.role is Role.CAPTION and not line.gap and not _CREDIT_END.search(last.text):
            whole = join(last.traced, line.traced)
            signed[-1] = replace(last, text=whole.text, runs=whole.runs)
        else:
            signed.append(_with_sign(line))
    return signed


def _with_sign(line: Line) -> Line:
    text = line.text
    level, words = heading(text)
    if level and words:
        start = text.index(words)
        runs = line.traced.part(start, start + len(words)).runs
        return replace(line, text=words, role=Role.HEADING, level=level, runs=runs)
    if CAPTION_START.match(text) or _CREDIT_END.search(text[-_MAX_SIGN:]):
        return replace(line, role=Role.CAPTION)
    if len(text) > _MAX_SIGN:
        return replace(line, role=Role.LEAD) if _LEAD.match(text) else line
    if _SIGNATURE.fullmatch(text):
        return replace(line, role=Role.SIGNATURE)
    if _BYLINE.fullmatch(text):
        return replace(line, role=Role.BYLINE)
    if DATE_LINE.fullmatch(text):
        return replace(line, role=Role.SUBTITLE)
    return replace(line, role=Role.LEAD) if _LEAD.match(text) else line


def _role_among(line: Line, known: Sequence[Line], body: str, after: Sequence[Line], titles: set[str]) -> Role:
    """The role of a line without a sign of its own, from what stands around it."""
    text = line.text
    before = next((other.role for other in reversed(known) if other.role is not Role.CAPTION), None)
    following = next((other.role for other in after if other.role is not Role.CAPTION), None)
    if before is Role.HEADING and re.match(r"[—－-]{2,}", text) and len(text) <= 60:
        return Role.SUBTITLE
    if text in titles:
        return Role.HEADING
    if _is_names(text) and is_complete(body):
        if before in (Role.HEADING, Role.SUBTITLE):
            return Role.BYLINE
        if before is Role.BODY and (
            following is not Role.BODY or after[0].role is Role.CAPTION or _can_head(after[0].text)
        ):
            return Role.SIGNATURE
    if not _can_head(text):
        return Role.BODY
    announced = following in (Role.BYLINE, Role.LEAD) or (following is Role.BODY and _names_follow(after))
    begins = not known and (not after or after[0].gap > 0)
    plain = not _CLAUSE.search(text) and text[-1] not in _DANGLING and len(text) <= _MAX_HEADING and is_complete(body)
    return Role.HEADING if announced or begins or plain else Role.BODY


def _names_follow(after: Sequence[Line]) -> bool:
    first = next(line for line in after if line.role is not Role.CAPTION)
    return _is_names(first.text)


def _is_names(text: str) -> bool:
    """Personal names and nothing else; 吉林 and 江苏 only begin like a family's name."""
    return len(text) <= _MAX_SIGN and _NAMES.fullmatch(text) is not None and not provinces_in(text)


def _can_head(text: str) -> bool:
    """Short, with Chinese in it, closed quotes and no end of a sentence."""
    closed = all(text.count(left) == text.count(right) for left, right in ("“”", "《》", "（）", "()", "「」"))
    ends = text[-1] in "。；;…：:，,、."
    return 2 <= len(text) <= _MAX_HEADING + 10 and closed and not ends and bool(re.search(r"[一-龥]", text))


def _with_photo_stories(lines: Sequence[Line]) -> list[Line]:
    """A photographer's line alone closes a photo story: it is caption back to the gap left by the picture."""
    roles = [line.role for line in lines]
    for i, line in enumerate(lines):
        if line.role is not Role.CAPTION or not _CREDIT_ONLY.fullmatch(line.text):
            continue
        start = i
        while start and i - start < 3 and roles[start - 1] is Role.BODY and lines[start].gap < 2:
            start -= 1
        if lines[start].gap >= 2 or CAPTION_START.match(lines[start].text):
            roles[start:i] = [Role.CAPTION] * (i - start)
    return [replace(line, role=role) for line, role in zip(lines, roles, strict=True)]
