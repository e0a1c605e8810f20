"""Which of several of a kind a text speaks of: the first batch, the 31st session.

Knows nothing about questions or passages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from regional_qa.knowledge.numerals import read_number

_ORDINAL = re.compile(
    r"(?:第(?P<number>\d{1,4}|[一二三四五六七八九十百]{1,5})|(?<![年元])首(?!次))(?P<kind>批(?!发)|届|期(?![间望货])|次|轮|代(?!表)|版|[个家座条款艘例](?![月季年]))|(?P<scope>世界|全球|全国|中国|国内|全[省市区])第(?P<place>[一二三四五六七八九十]|\d{1,2})(?![批届次期])|(?<![\d.])(?P<version>\d{1,2}(?:\.\d)?)版(?!块|面|图|本)"
)

_SCOPES = {"全球": "世界", "中国": "全国", "国内": "全国"}


def ordinals_in(key: str) -> Mapping[str, frozenset[int]]:
    """The kinds counted and which of them are named, versions in tenths; ``key`` is in search form.

    >>> dict(ordinals_in("首批试点名单和第31届大运会")), dict(ordinals_in("第三季度")), dict(ordinals_in("方案6.0版"))
    ({'批': frozenset({1}), '届': frozenset({31})}, {}, {'版本': frozenset({60})})
    """
    found: dict[str, set[int]] = {}
    for match in _ORDINAL.finditer(key):
        if match["scope"]:
            place = read_number(match["place"])
            found.setdefault(_SCOPES.get(match["scope"], match["scope"]), set()).update(int(one) for one in place or ())
            continue
        if match["version"]:
            found.setdefault("版本", set()).add(round(10 * float(match["version"])))
            continue
        number = read_number(match["number"]) if match["number"] else (1.0, 1.0)
        if number:
            found.setdefault(match["kind"], set()).add(int(number[0]))
    return {kind: frozenset(numbers) for kind, numbers in found.items()}
