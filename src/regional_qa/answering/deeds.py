"""Question -> the deed whose doer it asks for: 收购 of 哪家公司收购的; a sentence that does not tell it names no doer.

Rules only. Knows nothing about the texts in which a doer is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from regional_qa.knowledge.synonyms import synonyms

_DOERS = "公司|企业|厂商?家?|工厂|商家|单位|机构|部门|集团|银行|出版社|大学|学院|医院|研究[院所]|协会|团队|国家|代表|委员|专家|教授|学者|老师|医生|选手|人"
"""Ends of nouns of who may do something."""
_WHO = re.compile(
    rf"(?<![给跟与和同向对为从比用到去在托找派及施聘])(?>谁家?|何人|哪一?[家位个所支批][一-龥]{{0,4}}?(?:{_DOERS}))"
    r"(?![的是家说讲])(?P<deed>[一-龥]{1,12})"
)
_BEFORE = frozenset(
    "趁机 企图 试图 帮 帮助 开始 时 所 来 去 将 将会 会 要 能 曾 曾经 已 已经 都 也 就 还 最先 最早 首先 率先 首次 牵头 共同 联合 一起 一同 负责 主要 具体 代为 参与 出面 专门 亲自 先 在".split()
)
"""What stands before a verb and is none, or one that the next one says more of."""
_LIGHT = frozenset(
    "最大 最高 最多 所有 成为 作为 担任 任职 有 是 做 办 叫 为 当 任 在 比 最 更 多 高 低 大 小 少 强 快 慢 早 晚 好 占 能 可 可以 不 没 没有 及 接替 接任 继任 提 提到 提出 认为 指出 表示 介绍 看 看来 觉得".split()
)
"""Verbs that a text tells by many others, or leaves out."""


def deed(key: str, words: Callable[[str], list[str]]) -> str:
    """The verb whose doer a question asks for, as the question has it; empty where it asks for none.

    >>> keys = "柠檬是哪家公司收购的", "这座桥由谁牵头建造", "谁捐赠了物资", "哪家公司的产值高", "跟哪家公司签约", "这话是谁说的"
    >>> [deed(key, lambda text: [text[i : i + 2] for i in range(0, len(text), 2)]) for key in keys]
    ['收购', '建造', '捐赠', '', '', '']
    """
    match = _WHO.search(key)
    cut = (
        (word.removesuffix("的").removesuffix("了").removesuffix("过") for word in words(match["deed"]))
        if match
        else ()
    )
    verb = next((word for word in cut if word and word not in _BEFORE), "")
    return "" if verb in _LIGHT or (len(verb) == 1 and not synonyms(verb)) else verb
