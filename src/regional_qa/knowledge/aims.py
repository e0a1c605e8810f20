"""Whether a text tells of a plan or of what is.

Knows nothing about what is planned.
"""

from __future__ import annotations

import re

_AIM = re.compile(
    r"目标|任务|力争|(?<!行动)计划(?!》)|预计|预期|有望|将(?:在[^，,。]{1,12}?)?(?:达|突破|建|新增|实现|超|增)|\b(?:target|goal|plan)\b",
    re.IGNORECASE,
)


def aims(text: str) -> bool:
    """Whether a text tells of what is planned rather than reached.

    >>> aims("力争建成100个"), aims("增长目标是多少"), aims("“1269”行动计划推进")
    (True, True, False)
    """
    return bool(_AIM.search(text))
