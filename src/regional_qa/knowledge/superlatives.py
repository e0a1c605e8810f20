"""Whether a question asks which of all is first in something, and whether a text says that somebody is.

Knows nothing about who it is.
"""

from __future__ import annotations

import re

_WHICH = "哪一?[个家些座]?(?:省|市|县|区|城市|地方|地区|国家|公司|企业|厂|园区|口岸|港口?)"
_ASKS = re.compile(
    rf"{_WHICH}[^,，。;；?？]{{0,14}}最(?P<how>[^近后新初])|最(?P<what>[^近后新初])[^,，。;；?？]{{0,12}}(?:是|在)(?:哪(?!些|一?个?(?:年|月|天|日|时|期|世纪))|谁)"
)
_TELLS = "第一[^批期届次家个]|首位|居首|之首|榜首|之冠|冠军|领跑|老大|翘楚|No\\.? ?1"
_FIRST = "首[个家次座条]|率先|第一[家个次座条]"


def asks_most(question: str) -> str:
    """In what a question asks for the first of all (多, 大, 早); empty where it asks for none.

    >>> asks_most("哪个省的光伏装机最多"), asks_most("光伏装机最大的省是哪个"), asks_most("哪个省最近开了会")
    ('多', '大', '')
    """
    match = _ASKS.search(question)
    return (match["how"] or match["what"]) if match else ""


def tells_most(text: str, how: str) -> bool:
    """Whether a text says that somebody is first, or the most in ``how``.

    >>> tells_most("装机规模居全国首位", "多"), tells_most("装机规模最大", "大"), tells_most("最薄的钢，装机500万千瓦", "大")
    (True, True, False)
    """
    return re.search(f"最{how}|{_FIRST if how in '早先' else _TELLS}", text) is not None
