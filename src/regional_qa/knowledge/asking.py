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


def matter(question: str) -> str:
    """The question without its asking words; itself where nothing would be left.

    >>> matter("安徽光伏产量占全国多少？"), matter("How many beds are there"), matter("什么？")
    ('安徽光伏产量占全国 ？', '    beds   there', '什么？')
    """
    rest = _ASKING.sub(" ", question)
    return rest if any(map(str.isalnum, rest)) else question
