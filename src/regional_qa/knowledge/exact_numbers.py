"""Text -> every number it names, by value: 2967.4亿元, 2,967.4 亿元 and 296740000000元 are one figure, 1/3 and 三分之一 too.

Meant for proving that one text names no number that another lacks, so nothing written in digits escapes, and years,
days and ordinals count. Knows nothing about what is measured, nor about 约 and 超过.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from regional_qa.knowledge.numerals import DIGIT, SCALE, han_number
from regional_qa.knowledge.script import search_key

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_FORMAL_RUN = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟万亿元整]{2,}")
_OLD_TENS = str.maketrans({"廿": "二十", "卅": "三十"})
_ENGLISH = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
} | {f"{ten}ty": 10 * value for value, ten in enumerate("thir for fif six seven eigh nine".split(), start=3)}
_ENGLISH_SCALES = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
          "ninth": 9, "tenth": 10, "hundredth": 100}  # fmt: skip
_MULTIPLES = {
    "double": 2,
    "doubled": 2,
    "doubling": 2,
    "twice": 2,
    "twofold": 2,
    "triple": 3,
    "tripled": 3,
    "quadrupled": 4,
}
_MONTHS = "january february march april may june july august september october november december".split()

_HAN = "(?:[零〇一二两三四五六七八九十]|[百千](?![瓦米克伏])|[万亿])"
_NUMERAL = rf"(?:\d{{1,30}}(?:\.\d{{1,30}})?|{_HAN}+(?:点[零〇一二三四五六七八九]+)?)"
_LARGE = rf"(?:[\s-]*(?:{'|'.join(_ENGLISH_SCALES)})\b)*"
_WORD = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_TEN = "|".join(word for word in _ENGLISH if word.endswith("ty"))
_FIGURE = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}})(?P<dash>[-/.])(?P<month>\d{{1,2}})(?P=dash)(?P<day>\d{{1,2}})(?!\d)"
    rf"|(?P<whole>{_NUMERAL})分之(?P<part>{_NUMERAL})|(?P<above>\d{{1,9}})\s*/\s*(?P<below>\d{{1,9}})"
    r"|(?P<half>一半|[过大对]半|半数|半(?=[年天日]|个月|小时))"
    rf"|(?P<digits>\d{{1,30}}(?:\.\d{{1,30}})?)(?P<scale>(?:\s*[余多]?\s*(?:[十百千](?![瓦米克伏分])|[万亿]))*{_LARGE})"
    r"(?:(?<=亿)(?P<tens>\d{1,4}(?:\.\d{1,4})?[十百千]?万)|(?<=[万亿])(?P<ones>\d{1,4}(?:\.\d{1,4})?[百千]?)(?![\d.万亿年月日号]))?"
    rf"|(?P<han>{_HAN}+(?:[余多][万亿]+|点[零〇一二三四五六七八九]+)?)"
    rf"|\b(?P<count>a|an|{_WORD})?[ -]?(?P<piece>{'|'.join(_PARTS)})s?\b"
    rf"|\b(?:(?P<ten>{_TEN})-)?(?P<word>{_WORD})\b(?! of\b)(?P<large>{_LARGE})|\b(?P<multiple>{'|'.join(_MULTIPLES)})s?\b"
    rf"|\b(?P<many>{'|'.join(_ENGLISH_SCALES)})s?\b"
    rf"|\b(?P<named>{'|'.join(m for m in _MONTHS if m not in ('march', 'may'))}|(?:march|may)(?= \d)|(?<=in )(?:march|may))\b"
)
_REST = re.compile(r"(?P<digits>[\d.]+)(?P<scale>\D*)")
_SCALE = re.compile("|".join((*SCALE, *_ENGLISH_SCALES)))
_UNIT_SORTS = {
    "share": r"[%‰]|percent(?!age point)\b|per cent\b",
    "points": r"个?百分点|percentage points?\b",
    "tenths": r"成(?![为立功本不员果长都就分熟品效绩群片势链])",
    "multiple": r"倍|番|times\b|-?fold\b",
    "month": r"月(?!球)",
    "day": r"[日号](?!报)",
    "year": r"年",
    "美元": r"美元|us dollars?\b|dollars?\b|usd\b",
    "欧元": r"欧元|euros?\b",
    "日元": r"日元|yen\b",
    "港元": r"港元|hk dollars?\b",
    "元": r"元|块钱|yuan\b|rmb\b|cny\b",
    "count": r"个|家|户|名|位|人|颗|辆|艘|架|台|套|列|班|趟|张|件|枚|座|条|项|种|类|只|头|株|棵|箱|袋|包|份|笔|单|场|次|组|对|所|处|间"
    r"|栋|批|岁|周|级|篇|首|支|村|镇|县|市|省|国|届|期|站|线|亩|吨|斤|米|度|克|瓦|标箱|公|平方|立方|厘|毫|千[瓦米克伏]|兆瓦|小时|分钟|天",
}
_UNIT = re.compile(r"\s*[余多]?\s*(?:" + "|".join(f"(?P<s{i}>{p})" for i, p in enumerate(_UNIT_SORTS.values())) + ")")
_TAIL = re.compile(r"成(?P<tail>半|[一二三四五六七八九])")
_IN_A_WORD = re.compile(r"[统唯同划归专单之]$")
_COUNTED = re.compile(r"[第初数几上近约超逾达过]$")
_SIGNS = {"$": "美元", "¥": "元", "€": "欧元"}
_NO_VALUE = Fraction(-1)  # no number is written so
_NO_NUMBERS = frozenset({"万一", "千万", "万万", "一一"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: a share is a fraction of 1, money is told by its currency; ``sort`` is empty where nothing tells it."""

    value: Fraction
    sort: str = ""

    def fits(self, others: Iterable[Figure]) -> bool:
        """Whether one of the others is the same number of the same sort, or of a sort that is not told."""
        return any(
            self.value == one.value and (self.sort == one.sort or not (self.sort and one.sort)) for one in others
        )


def find_figures(text: str) -> tuple[Figure, ...]:
    """Every number of a text, in order: in digits of any width or script, in Chinese numerals, in English words.

    A Chinese digit inside a word (统一, 进一步) is none; with a unit, in a run or behind 第 it is.

    >>> find_figures("2,967.4 亿元") == find_figures("２９６７.４亿元") == find_figures("296740000000元")
    True
    >>> find_figures("三分之一") == find_figures("1/3") == find_figures("one third")
    True
    >>> [str(figure.value) for figure in find_figures("2023年进一步统一标准，居第三，共二十五家")]
    ['2023', '3', '25']
    """
    key = _FORMAL_RUN.sub(lambda run: run[0].translate(_FORMAL), search_key(text)).translate(_OLD_TENS)
    found = [figure for match in _FIGURE.finditer(key) for figure in _read(key, match)]
    rare = (
        char for char in key if not char.isdecimal() and unicodedata.category(char) in ("Nl", "No") and char != "〇"
    )
    return (*found, *(Figure(Fraction(unicodedata.numeric(char)).limit_denominator(1000)) for char in rare))


def _read(key: str, match: re.Match[str]) -> Iterator[Figure]:
    """The figures of one match: three of a day, none of a word that only looks like a number."""
    kind = str(match.lastgroup)
    if match["year"]:
        yield from (Figure(Fraction(match[name]), name) for name in ("year", "month", "day"))
    elif match["whole"] or match["above"]:
        above, below = _numeral(match["part"] or match["above"]), _numeral(match["whole"] or match["below"])
        yield from [Figure(above.value / below.value, "share")] if below.value else [above, below]
    elif match["half"]:
        yield Figure(Fraction(1, 2), "share" if match["half"] in ("一半", "过半", "大半", "对半", "半数") else "")
    elif match["digits"]:
        value = Fraction(match["digits"]) * _scale(match["scale"])
        if rest := _REST.fullmatch(match["tens"] or match["ones"] or ""):  # 1亿2000万
            value += Fraction(rest["digits"]) * _scale(rest["scale"])
        yield _with_unit(key, match, Figure(value))
    elif match["han"]:
        if _is_number(key, match):
            yield _with_unit(key, match, _numeral(match["han"]))
    elif match["piece"]:
        yield from _english_part(match["count"], match["piece"])
    elif match["word"]:
        value = Fraction(_ENGLISH[match["word"]] + _ENGLISH.get(match["ten"] or "", 0))
        yield _with_unit(key, match, Figure(value * _scale(match["large"])))
    elif kind == "named":
        yield Figure(Fraction(_MONTHS.index(match["named"]) + 1), "month")
    else:
        yield Figure(Fraction(_MULTIPLES.get(match[kind]) or _ENGLISH_SCALES[match[kind]]))


def _english_part(count: str | None, piece: str) -> Iterator[Figure]:
    """One third and half are shares; third alone is an ordinal, and a quarter without a count is one of a year."""
    if count or piece in ("half", "halves"):
        yield Figure(Fraction(_ENGLISH.get(count or "a", 1), _PARTS[piece]), "share")
    elif piece != "quarter":
        yield Figure(Fraction(_PARTS[piece]))


def _is_number(key: str, match: re.Match[str]) -> bool:
    """Whether Chinese digits count something; 一 in 统一 and 万 in 万一 do not."""
    run, before = match["han"], key[max(match.start() - 3, 0) : match.start()]
    if run in _NO_NUMBERS or (run == "一" and _IN_A_WORD.search(before)):
        return _COUNTED.search(before) is not None
    return len(run) > 1 or bool(_COUNTED.search(before) or _UNIT.match(key, match.end()))


def _with_unit(key: str, match: re.Match[str], figure: Figure) -> Figure:
    """The figure with what follows it taken in: %, 成, a currency, 年, a unit of things."""
    value = figure.value
    unit = _UNIT.match(key, match.end())
    if unit is None:
        sign = _SIGNS.get(key[match.start() - 1 : match.start()], "")
        return Figure(value, figure.sort or sign)
    sort = list(_UNIT_SORTS)[int(str(unit.lastgroup)[1:])]
    if sort == "share":
        value /= 1000 if unit[0].endswith("‰") else 100
    elif sort == "tenths":
        tail = _TAIL.search(unit[0] + key[unit.end() : unit.end() + 1])
        value = value / 10 + (Fraction(5 if tail["tail"] == "半" else DIGIT[tail["tail"]], 100) if tail else 0)
        sort = "share"
    return Figure(value, figure.sort or sort)


def _scale(written: str) -> int:
    return math.prod({**SCALE, **_ENGLISH_SCALES}[word] for word in _SCALE.findall(written))


def _numeral(written: str) -> Figure:
    """A number in digits or Chinese numerals; one that is no plain number (十四五, 七八) is a sort of its own.

    >>> [str(_numeral(written).value) for written in ("25", "二十五", "一百二十万", "二〇二三", "五十二点五")]
    ['25', '25', '1200000', '2023', '105/2']
    """
    if written[0].isdecimal():
        return Figure(Fraction(written))
    whole, _, decimals = re.sub("[余多]", "", written).partition("点")
    if not set(whole) & SCALE.keys():
        if 1 < len(whole) < 3:
            return Figure(_NO_VALUE, whole)
        value = Fraction("".join(str(DIGIT[char]) for char in whole))
    elif re.search("[一二两三四五六七八九]{2}", whole):
        return Figure(_NO_VALUE, whole)
    else:
        value = Fraction(han_number(whole))
    return Figure(value + (Fraction("0." + "".join(str(DIGIT[char]) for char in decimals)) if decimals else 0))
