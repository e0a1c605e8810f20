"""Whether a question asks for a reason, and whether a text gives one.

Knows nothing about what the reason is.
"""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"(?<![名称视作叫成])为(?:什么|何|啥)(?!\s*[?？]?$)|是为(?:什么|何|啥)|为啥|凭(?:什么|啥)|图(?:的是?)?(?:什么|啥|个啥)"
    r"|(?:什么|何|哪一?[个些])(?:原因|理由)|(?:原因|理由|缘由|奥秘)(?:是|为|有哪|在|何|[?？]?$)|\bwhy\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    "因为|由于|得益于|受益于|看中|看好|看重|缘于|源于|为了|原因|在于|凭借|依托|正是|所以|有利于|助于|优势"
)


def asks_why(question: str) -> bool:
    """Whether a question asks for a reason.

    >>> [asks_why(question) for question in ("企业为什么跑到昭通投资", "Why Zhaotong?", "改名为什么")]
    [True, True, False]
    """
    return _ASKS.search(question) is not None


def tells_why(text: str) -> bool:
    """Whether a text gives a reason, by the words it is given with.

    >>> tells_why("看中多种优势，公司决定投资"), tells_why("项目正式投产")
    (True, False)
    """
    return _TELLS.search(text) is not None
