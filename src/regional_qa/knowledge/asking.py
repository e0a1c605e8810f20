"""What a question is about, without the words that only ask.

Knows nothing about regions, years or kinds of answer.
"""

from __future__ import annotations

import re

_ASKING = re.compile(
    r"请问|是?(?:为什么|什么|哪一?[些个]|哪[里儿]|哪几?[种类项座家位省市县国年月天]?|多少|多[久大高长]|"
    r"第?几[个位次年月天倍成分名种类项家]|为何|如何|怎么样?|怎样|何[时地种]|谁|是否|有没有|能否)|[吗呢]|"
    r"\b(?:what|which|who|whom|whose|when|where|why|how|did|does|do|is|was|were|are|many|much)\b",
    re.IGNORECASE,
)


_NEWS = "(?:新闻|报道|消息|动态|文章|资讯)"
_REPORTS = re.compile(
    rf"(?:有没有|有无|有什么|有哪些|有啥|看看|找找|列出)[^,，。;；?？]{{0,16}}{_NEWS}[吗呢]?[\s?？。]*$|^[^,，。;；?？的]{{0,6}}(?:最近|最新|近期)的?[^,，。;；?？]{{0,8}}{_NEWS}[\s?？]*$"
    r"|\b(?:any|latest|recent|what|which) (?:news|reports|articles)\b",
    re.IGNORECASE,
)


def asks_for_reports(question: str) -> bool:
    """Whether a question asks which reports there are, and not for anything that one of them says.

    >>> [asks_for_reports(question) for question in ("有哪些关于光伏的报道", "最近上海有什么新闻？", "报道里的产量是多少")]
    [True, True, False]
    """
    return _REPORTS.search(question) is not None


_VERSUS = re.compile(r"(?<=[一-龥\d%）)]) *(?:vs\.?|v\.s\.|versus|pk) *(?=[一-龥（(])", re.IGNORECASE)


def without_signs(question: str) -> str:
    """A Chinese question that sets things against each other by a sign, in words.

    >>> without_signs("江西 VS 山东：出口增速"), without_signs("Jiangxi vs Shandong")
    ('江西对比山东：出口增速', 'Jiangxi vs Shandong')
    """
    return _VERSUS.sub("对比", question)


def matter(question: str) -> str:
    """The question without its asking words; itself where nothing would be left.

    >>> matter("安徽光伏产量占全国多少？"), matter("How many beds are there"), matter("什么？")
    ('安徽光伏产量占全国 ？', '    beds   there', '什么？')
    """
    rest = _ASKING.sub(" ", question)
    return rest if any(map(str.isalnum, rest)) else question
