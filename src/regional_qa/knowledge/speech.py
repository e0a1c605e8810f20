"""Sentences of a quotation -> the one behind it that names who has spoken.

Knows nothing about questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from regional_qa.knowledge.sentences import Sentence

_SAYS = re.compile(
    "^[^，,。]{2,30}(?:说|表示|介绍|坦言|评价|感叹|感慨|强调|指出|认为)道?[。]$|^[^，,。]{2,30}告诉记者[。]$"
)
"""Names who has spoken: 北汽新能源总经理张国富说。"""
MOST_SPOKEN = 4
"""Sentences of one quotation that are looked through for its end."""


def speaker(sentences: Sequence[Sentence], at: int) -> int | None:
    """Which sentence, in the same paragraph, names who speaks the one at ``at``; None where that is not told.

    >>> from regional_qa.knowledge.sentences import cut_sentences
    >>> from regional_qa.types import Article
    >>> told = cut_sentences(Article("a", "", "“我和老人成立了诗社。我们出版了诗集。”冯浩元说。诗社很小。"))
    >>> speaker(told, 0), speaker(told, 1), speaker(told, 3)
    (2, 2, None)
    """
    if "”" not in sentences[at].text and not any(
        _is_open(one.text) for one in sentences[max(at - MOST_SPOKEN, 0) : at + 1]
    ):
        return None
    for behind in range(at, min(at + MOST_SPOKEN, len(sentences) - 1)):
        if sentences[behind + 1].paragraph != sentences[at].paragraph:
            return None
        if sentences[behind].text.endswith("”"):
            return behind + 1 if _SAYS.search(sentences[behind + 1].text) else None
    return None


def _is_open(text: str) -> bool:
    """Whether a quotation begins in a sentence and does not end in it."""
    return text.rfind("“") > text.rfind("”")
