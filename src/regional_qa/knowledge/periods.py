"""The words before a figure -> the years and the period it is of.

A year that is compared with (较2022年), that something began in (1998年以来), or that another figure has for itself
is not the figure's. Knows nothing about figures.
"""

from __future__ import annotations

import re
from datetime import date

from regional_qa.knowledge.dates import years_in

WHOLE_YEAR = (1, 12)
"""First and last month of what 全年 tells of."""
_MONTH = r"\d{1,2}\s*月(?:份|[底末]|初(?!步)|[上中下]旬|\s*\d{1,2}\s*日)?"
_PERIOD = re.compile(
    r"(?:[12]\d{3}\s*年|今年|去年|当年|同年)?的?(?:前三季度|前[一二三四五六七八九十\d]+个?月|第?[一二三四]季度|[上下]半年|全年"
    rf"|\d{{1,2}}月?\s*[—–\-~～至、]\s*{_MONTH}|{_MONTH}|[年季月][末底])"
    r"|[12]\d{3}\s*年[底末初]?|今年以来|今年|去年|目前|“十[一二三四五]五”(?:期间|时期|以来)?|(?:春节|国庆|五一|清明|端午|元旦)(?:假期|期间)?"
)
_COMPARED = re.compile(r"(?:较|比|与|同|由|从|相比)于?\s*$")
_OTHERS = re.compile(
    r"[较比与同]于?(?:去年|上年|前年|[12]\d{3}年)[^，,。；]{0,4}|(?:[12]\d{3}\s*|[去上前])年的[^，,。；]{0,8}\d[^，,。；]*(?=[，,。；])"
    r"|[12]\d{3}\s*年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:以来|起|开始|开业|创办|创建|成立|建成|启动|设立|始建|建立|投产)"
)
_MONTH_OF_YEAR = re.compile(r"(?:[12]\d{3}\s*年|[去今]年)\s*\d{1,2}\s*月")
_NOW = re.compile(
    r"今年|明年|目前|截至|近年来|如今|现在|当前|近[一二三四五六七八九十两\d]+年|[一二三四五六七八九十两\d]+年来"
)
_N = r"(?:1[0-2]|[1-9]|十[一二]?|[一二两三四五六七八九])"
_MONTHS = re.compile(
    rf"(?P<half>[上下])半年|前(?P<quarters>[两二三23])季|[前头](?P<so_far>{_N})个?月"
    rf"|(?<!\d)(?:(?<!前)|(?<=[汛节年]前))(?P<first>{_N})月?(?:份)?\s*[—–\-~～至到]+\s*(?P<last>{_N})月(?!\s*\d{{1,2}}日)|(?<!前)第?(?P<quarter>[一二三四1-4首])季(?!报)"
    r"|(?P<year>全年|这一年)(?![无龄]|的?(?:目标|任务|工作|计划|预期))"
    rf"|(?<![\d一二三四五六七八九十前])(?P<month>{_N})月(?:份|[底末])?(?!\s*\d{{1,2}}\s*[日号]|\d)"
)
_HALVES, _QUARTERS = ("上半年", "下半年"), ("一季度", "二季度", "三季度", "四季度")
_SHORT = re.compile(
    r"(?<![\w.])(?:(?P<y1>(?:20)?\d{2})年?[ -]?(?:Q(?P<q1>[1-4])|H(?P<h1>[12]))|(?:Q(?P<q2>[1-4])|H(?P<h2>[12]))[ -]?(?P<y2>20\d{2})"
    r"|(?P<h3>[12])H(?P<y3>(?:20)?\d{2})|FY ?(?P<y4>(?:20)?\d{2})"
    r"|(?P<y5>(?:19|20)\d{2})(?P<sign>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=sign)(?P<day>3[01]|[12]\d|0?[1-9]))(?![\w.])",
    re.IGNORECASE | re.ASCII,
)
"""How analysts write a period: 2023Q1, 1H23, FY2023, 2023-08-04."""
_HAN = {han: value for value, han in enumerate("一二三四五六七八九十", start=1)} | {
    "两": 2,
    "首": 1,
    "十一": 11,
    "十二": 12,
}
_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_CLAUSE = re.compile(r"[，,。；;：:！？!?（）()\n“”]")


def time_of(before: str, published: date | None) -> tuple[tuple[int, ...], str]:
    """The years and the period named last; those of long before the day of publication are when something else was.

    >>> time_of("2023年，安徽加快发展，前三季度产值较2022年增长", None)
    ((2023,), '前三季度')
    >>> time_of("1998年以来，林地面积达", None)
    ((), '')
    """
    plain = _OTHERS.sub("", before)
    years = next((found for clause in reversed(_CLAUSE.split(plain)) if (found := years_in(clause, published))), ())
    if years and published is not None and years[0] < published.year - 2:
        return (), ""
    periods = [
        match[0]
        for match in _PERIOD.finditer(plain)
        if not _COMPARED.search(plain, 0, match.start()) and not plain.startswith("同期", match.end())
    ]
    return years, re.sub(r"\s", "", periods[-1]) if periods else ""


def year_told(sentence: str, published: date | None, *, own: bool) -> tuple[tuple[int, ...], bool]:
    """The one year that a sentence, or (not ``own``) one after it, is of, and whether to look no further back.

    >>> year_told("2023年，产业加快发展。", None, own=False), year_told("2023年8月，试点开始。", None, own=False)
    (((2023,), True), ((), True))
    >>> year_told("产量增长。", None, own=True), year_told("近3年，产量增长。", None, own=True)
    (((), False), ((), True))
    """
    plain = _OTHERS.sub("", sentence)
    if years := years_in(plain, published):
        month = not own and _MONTH_OF_YEAR.search(plain)
        recent = published is None or years[0] >= published.year - 1
        return (years if len(years) == 1 and recent and not month else ()), True
    return (), _NOW.search(sentence) is not None


def spelled_out(question: str) -> str:
    """A question with the periods that analysts abbreviate written out; one without Chinese as it is.

    >>> spelled_out("23Q1营收"), spelled_out("1H2023 与 FY23 净利润"), spelled_out("2023-08-04净值"), spelled_out("5H23钢")
    ('2023年一季度营收', '2023年上半年 与 2023财年 净利润', '2023年8月4日净值', '5H23钢')
    """
    return question if question.isascii() else _SHORT.sub(_spelled, question.translate(_WIDTH))


def _spelled(match: re.Match[str]) -> str:
    part = {name.rstrip("12345"): value for name, value in match.groupdict().items() if value}
    year = f"20{part['y'][-2:]}" if len(part["y"]) == 2 else part["y"]
    if "q" in part:
        return f"{year}年{_QUARTERS[int(part['q']) - 1]}"
    if "h" in part:
        return f"{year}年{_HALVES[int(part['h']) - 1]}"
    return f"{year}年{int(part['month'])}月{int(part['day'])}日" if "day" in part else f"{year}财年"


def months_in(text: str) -> frozenset[tuple[int, int]]:
    """The stretches of months a text tells of, first and last; days are none.

    >>> sorted(months_in("上半年增长5%，前7个月6%")), sorted(months_in("1—6月")), months_in("7月18日")
    ([(1, 6), (1, 7)], [(1, 6)], frozenset())
    >>> sorted(months_in("2023年全年")), sorted(months_in("汛前4至5月"))
    ([(1, 12)], [(4, 5)])
    """
    found = set()
    for match in _MONTHS.finditer(text.translate(_WIDTH)):
        part = {
            name: _number(value) for name, value in match.groupdict().items() if value and name not in ("half", "year")
        }
        if match["half"]:
            found.add((1, 6) if match["half"] == "上" else (7, 12))
        elif match["year"]:
            found.add(WHOLE_YEAR)
        elif "quarter" in part:
            found.add((3 * part["quarter"] - 2, 3 * part["quarter"]))
        elif "quarters" in part:
            found.add((1, 3 * part["quarters"]))
        elif "first" in part:
            found.add((part["first"], part["last"]))
        elif "so_far" in part:
            found.add((1, part["so_far"]))
        else:
            found.add((part["month"], part["month"]))
    return frozenset(found)


def _number(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else _HAN.get(numeral, 0)
