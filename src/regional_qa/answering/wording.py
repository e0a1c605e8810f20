"""The answer's own words, in the language of the question: labels, reasons, verdicts. What is quoted never passes here.

Knows nothing about evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from regional_qa.knowledge.region_names import english_name

_HAN, _LATIN = re.compile("[一-龥]"), re.compile("[A-Za-z]")
_WORDS: Mapping[str, tuple[str, str]] = {
    "not_found": ("语料中没有找到", "Not found in the corpus"),
    "reports": (
        "问的是有哪些报道，没有哪一句能作答；最接近的列在下面，更多可用检索",
        "The question asks which reports there are, and no sentence answers that; the closest follow, search finds more",
    ),
    "no_matter": (
        "问题里没有要查的内容，请写明要问什么，例如：安徽光伏产量占全国多少",
        "The question names nothing to look for; ask for instance: What share of China's PV glass does Anhui make?",
    ),
    "published": ("只看发表于{first}至{last}的报道", "Only reports published from {first} to {last}"),
    "published_since": ("只看{first}起发表的报道", "Only reports published since {first}"),
    "published_until": ("只看{last}以前（含当日）发表的报道", "Only reports published until {last}"),
    "no_days": (
        "所限的发表日期与问题里的发表时间没有交集",
        "The dates given and those in the question have no day in common",
    ),
    "day_unsure": (
        "所引报道日期不详，未能核对是否在所限的日期内",
        "The report quoted bears no date; whether it is within the dates could not be checked",
    ),
    "relative_year": (
        "“{word}”没有按今天推算，原文这一句说的是{told}",
        "“{word}” was not reckoned from today; the sentence tells of {told}",
    ),
    "limited": ("问的是{asked}，但范围限定为{limit}", "The question is about {asked}, but the scope is {limit}"),
    "other_year": (
        "相关的报道说的是{told}，问的是{asked}",
        "The reports tell of {told}, the question is about {asked}",
    ),
    "other_months": ("相关的报道说的是其他月份", "The reports tell of other months"),
    "other_region": (
        "有{told}的报道，但问的是{asked}",
        "There are reports about {told}, but the question is about {asked}",
    ),
    "not_the_matter": ("有{asked}的报道，但没有写到所问的内容", "There are reports about {asked}, but not about this"),
    "no_report": ("没有关于{asked}的报道", "There is no report about {asked}"),
    "nothing": ("没有写到所问内容的报道", "No report tells of this"),
    "unheard": ("语料中没有提到“{name}”", "The corpus does not mention “{name}”"),
    "no_more": ("没有更多写到所问内容的报道", "No further report tells of this"),
    "part": ("这一句说的是{part}，不是{asked}全境", "This sentence is about {part}, not all of {asked}"),
    "year_unsure": (
        "原文这一句没有写明年份，未能核对是否为{year}年",
        "The sentence names no year; whether it is {year} could not be checked",
    ),
    "months_unsure": (
        "原文这一句没有写明月份，未能核对是否为所问的时段",
        "The sentence names no months; whether they are those asked for could not be checked",
    ),
    "place_unsure": (
        "原文没有写明是哪个市县，{place}是由同版的报道推断的",
        "The article does not name its city or county; {place} is inferred from others of its page",
    ),
    "figures_differ": ("各报道的数字不一致：{figures}", "The reports give different figures: {figures}"),
    "days_differ": ("各报道的日期不一致：{figures}", "The reports give different days: {figures}"),
    "series": ("其他时期的数字：{figures}", "Figures of other periods: {figures}"),
    "higher": (
        "按所引数字，{first}（{more}）高于{second}（{less}）",
        "By the figures quoted, {first} ({more}) is above {second} ({less})",
    ),
    "falls_more": (
        "按所引数字，{first}的降幅（{more}）大于{second}（{less}）",
        "By the figures quoted, {first} falls more ({more}) than {second} ({less})",
    ),
    "rises": (
        "按所引数字，{first}增长（{more}），{second}下降（{less}）",
        "By the figures quoted, {first} rises ({more}) and {second} falls ({less})",
    ),
    "only_part": ("一方的数字只是{part}的", "one of the figures is only that of {part}"),
    "equal": (
        "按所引数字，{first}与{second}相同（{more}）",
        "By the figures quoted, {first} and {second} are equal ({more})",
    ),
    "order": ("按所引数字，由高到低：{order}", "By the figures quoted, from the highest: {order}"),
    "not_comparable": ("口径不一致，无法比较：{reason}", "The figures do not compare: {reason}"),
    "one_side": ("只写到{told}的，没有写到{missing}的", "Only {told} is told of, not {missing}"),
    "metric": ("指标不同（{one}、{other}）", "different metrics ({one}, {other})"),
    "period": ("时期不同（{one}、{other}）", "different periods ({one}, {other})"),
    "basis": ("基准不同（{one}、{other}）", "different bases ({one}, {other})"),
    "unit": ("单位不同（{one}、{other}）", "different units ({one}, {other})"),
    "vague": ("数字不精确（{one}、{other}）", "the figures are not exact ({one}, {other})"),
    "unclear": ("指标或时期没有认出", "the metric or the period of a figure could not be told"),
    "none": ("未写明", "not stated"),
    "colon": ("：", ": "),
    "year": ("{year}年", "{year}"),
    "year_not_told": ("哪一年没有写明", "no year in particular"),
}


def is_english(question: str) -> bool:
    """Whether a question has Latin letters and no Chinese character.

    >>> is_english("How much?"), is_english("GDP 多少"), is_english("100")
    (True, False, False)
    """
    return _LATIN.search(question) is not None and _HAN.search(question) is None


def say(question: str, key: str, **named: object) -> str:
    """The words for ``key``, in the language of the question.

    >>> say("安徽", "no_report", asked="安徽"), say("Which?", "not_found")
    ('没有关于安徽的报道', 'Not found in the corpus')
    """
    chinese, english = _WORDS[key]
    return (english if is_english(question) else chinese).format(**named)


def listed(question: str, names: Sequence[str]) -> str:
    """Names one after the other."""
    return (", " if is_english(question) else "、").join(names)


def placed(question: str, *names: str) -> str:
    """Places one after the other, as the language of the question calls them.

    >>> placed("安徽", "安徽", "江西"), placed("Which?", "安徽", "江西")
    ('安徽、江西', 'Anhui, Jiangxi')
    """
    return listed(question, [english_name(name) for name in names] if is_english(question) else names)
