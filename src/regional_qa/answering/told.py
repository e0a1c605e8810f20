"""Question and sentence -> the figures in it that can be of what is asked: its metric, its time, the whole of it.

Knows nothing about which of them is the answer.
"""

from __future__ import annotations

import re
from datetime import date

from regional_qa.answering.kinds import FIGURES, ORDINAL, RANK
from regional_qa.answering.named import exact, those_named
from regional_qa.answering.parts import (
    CLAUSE,
    SPENT,
    clause_before,
    is_a_class,
    is_before_what_is_asked,
    is_of_another_place,
    is_of_its_province,
    is_of_one,
    is_of_the_part,
    parts_said,
)
from regional_qa.answering.sought import sought
from regional_qa.answering.understanding import KIND_WORDS, Understanding
from regional_qa.answering.whole import SENTENCE, is_named, is_of_the_whole
from regional_qa.knowledge.metrics import (
    can_measure,
    measured,
)
from regional_qa.knowledge.periods import WHOLE_YEAR, months_in, time_of
from regional_qa.knowledge.quantities import POINTS, Quantity, find_quantities
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import alike, names_another, names_metric, synonyms
from regional_qa.types import Span

_OF_THE_COUNTRY = re.compile(r"全国(?:的|总体|平均)?(?:平均|水平|增速|增幅|均值)+[(约为]*$")
"""What makes a figure that of the whole country: 慢于全国水平（5.5%）."""
_RATE, _OF_A_RATE = re.compile(r"[增涨降]速|[增涨降]幅|增长率|\brate\b"), re.compile(r"[%％倍成番]|百分")
"""What asks for a rate (增速), and what a figure has that is one; an increase by so many yuan is none."""
_POINTS_ASKED = re.compile("百分点|率|比重|占比|份额|拉动|贡献|[扩收]")
_GREW = re.compile(r"(?:增(?!加值)|[升涨降减跌]|[多少]了|扩大|缩[小减]|提高)[长加量幅速至到了约近超过达为有\s]{0,6}$")
_GROWTH = re.compile("的?[^，,。；;\\d]{0,6}(?:增长率|增速|[增涨降跌]幅)")
"""What stands behind a rate that is one of growth: 7.6%的经济增长率."""
_SHARES = re.compile(r"占|比重|份额|之一|成")
_WHOLE_OF_SHARE = re.compile("(?:占|的)(全[国球省市区县]|世界)")
_INCREASE, _CHANGES = (
    re.compile("(?:[增降减]幅|增量|增[加长]额)[超达为约近过到是有]{0,3}$"),
    re.compile("[增降减升涨跌多少]"),
)
"""What makes a sum that of an increase, and what asks for one."""
_SIZES = re.compile("规模|体量|[产总]值|增加值|总量|收入|营收|额")
_TRADE = re.compile(r"(?:产业|经济|市场|贸易)规模[?]*$")
"""What asks for the size of a trade, which is told in money."""
BEHIND_CHARS = 10
"""How far behind a figure what it counts may stand: 约300名热心读者."""
_RATIO, _HAS_NO_RATIO = re.compile("(?<![效速频汇功倍税])率(?:[是为]|平均)*[?]*$"), re.compile("^[^%％‰成点倍]*$")
"""What asks for a rate (不良率多少), and a figure that is none."""
_TOLD_BY_GROWTH = re.compile("(?:工业|制造业|采矿业|规(?:模以)?上[一-龥]{1,6}业)增加值")
"""A sum that statistics publish by its growth alone."""
_PACE = re.compile("幅度|[增涨降]速|[增涨降]幅|提升")
"""What a rank can be of that is not of the thing itself: 提升幅度全国第一."""
_EARNED = re.compile("收入|增收|产值|利润|工资|营收|销售|出口|收益")
"""What tells of money that comes out, and not of what was put in."""
_UP_TO, _OF_THE_YEAR = re.compile("截[至止]"), re.compile("[今当全]年|年内")
"""What makes a figure the sum so far, and what makes it that of the year."""


def told(asked: Understanding, text: str, published: date | None) -> list[Span]:
    """Where a text holds what is asked for, less the figures of another metric, of other years or months, or of the whole country.

    >>> from regional_qa.answering.understanding import understand
    >>> asked = understand("山西上半年GDP增长多少", lambda text: ["gdp", "增长"])
    >>> text = "一季度，山西GDP增长5.0%；上半年增长4.7%，慢于全国水平（5.5%）；去年全年增长4.4%。"
    >>> [span.of(text) for span in told(asked, text, None)]
    ['4.7%']
    """
    found = sought(asked, text)
    if asked.unit.startswith(ORDINAL):
        return found
    if asked.unit == RANK:
        return [
            span for span in found if _PACE.search(asked.rest) or not _PACE.search(clause_before(text[: span.start]))
        ]
    if asked.scope.kind not in FIGURES:
        return found
    said = parts_said(asked, text)
    fitting = [
        one.span
        for one in find_quantities(text)
        if one.span in found
        and _is_of_the_metric(asked, text, one)
        and _is_of_the_time(asked, text[: one.span.start], published)
        and is_of_the_whole(asked, text[: one.span.start], one)
        and not is_of_its_province(asked, text, one.span.start)
        and not is_of_another_place(asked, text, one.span.start)
        and not is_a_class(text, one)
        and is_of_one(asked, text, one)
        and is_of_the_part(asked, text, one.span)
        and not is_before_what_is_asked(said, text[: one.span.start])
    ]
    return those_named(asked.question, asked.metric, text, fitting)


def is_exact(asked: Understanding, text: str, published: date | None) -> bool:
    """Whether a figure that a text tells of what is asked has the metric and the subject that the question names."""
    figure = asked.scope.kind in FIGURES
    return figure and bool(exact(asked.question, asked.metric, text, told(asked, text, published)))


def is_counted(asked: Understanding, text: str, figure: Span) -> bool:
    """Whether what is counted stands in a figure's clause before it, or right behind it.

    >>> from regional_qa.answering.understanding import understand
    >>> asked = understand("一共来了多少读者", lambda text: ["读者"])
    >>> [is_counted(asked, text, Span(at, at + 3)) for text, at in (("60位嘉宾，呈现20场读书会", 0), ("约300名热心读者", 1))]
    [False, True]
    """
    names = (asked.counted, *synonyms(asked.counted))
    if not asked.counted or all(map(str.isascii, names)):
        return True
    before, behind = CLAUSE.split(text[: figure.start])[-1], CLAUSE.split(text[figure.end :])[0]
    near = search_key(f"{before}{figure.of(text)}{behind[:BEHIND_CHARS]}")
    return any(name in near for name in (*names, *(name[-2:] for name in names if not name.isascii())))


def _is_of_the_metric(asked: Understanding, text: str, figure: Quantity) -> bool:
    """Whether a figure can be of what is asked for; not where its clause names another metric alone."""
    key, before, kind = search_key(text), search_key(text[: figure.span.start]), asked.scope.kind
    metric = asked.metric
    if asked.places and _OF_THE_COUNTRY.search(before):
        return False
    if kind == "growth":
        fits = _RATE.search(asked.rest) is None or _OF_A_RATE.search(figure.span.of(text)) is not None
        if not fits or not (figure.kind == "growth" or _GREW.search(before) or _GROWTH.match(text, figure.span.end)):
            return False
        if figure.dimension == POINTS and metric and not _POINTS_ASKED.search(asked.rest):
            return False  # 拉动出口增长3.4个百分点 is not by how much they grew
    if kind == "share" and "占" in search_key(asked.question) and not _SHARES.search(key):
        return False
    if kind == "share" and _is_of_another_whole(
        search_key(asked.question), f"{clause_before(key[: len(before)])}{figure.basis}"
    ):
        return False
    if kind in ("amount", "money") and _INCREASE.search(before) and not _CHANGES.search(asked.rest):
        return False
    if _RATIO.search(asked.rest) and _HAS_NO_RATIO.search(figure.span.of(text)) and "百分" not in figure.span.of(text):
        return False
    if _TRADE.search(asked.rest) and not (figure.kind == "money" and _SIZES.search(key)):
        return False
    if SPENT.search(asked.rest) and _EARNED.search(clause_before(before)) and not SPENT.search(clause_before(before)):
        return False
    if not metric:
        return True
    if not (asked.unit or asked.question.isascii() or can_measure(metric, figure)):
        return False
    is_share = (
        metric.endswith(("率", "比", "重", "份额")) or _RATIO.search(asked.rest) or _TOLD_BY_GROWTH.search(asked.rest)
    )
    if figure.kind in ("share", "growth", "multiple") and kind in ("amount", "money", "count") and not is_share:
        return False
    clause = clause_before(before)
    if names_metric(clause, metric):
        return True
    if names_metric(key, metric):
        if not names_metric(search_key(text[: figure.span.end] + CLAUSE.split(text[figure.span.end :])[0]), metric):
            return False  # it is named in a later clause: 开行列车增长3%，带动出口增长
        part = SENTENCE.split(before)[-1]
        if (
            kind == "growth"
            and not names_metric(part, metric)
            and any(q.kind == "count" for q in find_quantities(part))
        ):
            return False  # 进出口增长3%；企业5万户，增长10%
    elif names_another(clause, metric):
        return False
    other = measured(clause, figure)
    if (
        other
        and kind == "share"
        and other.metric in KIND_WORDS
        and (asked.question.isascii() or is_named(other.subject, search_key(asked.question)))
    ):
        return True  # 产销量超多少，自主品牌占比多少
    return other is None or alike(other.metric, metric)


def _is_of_another_whole(question: str, clause: str) -> bool:
    """Whether a share is that of the province where one of the country is asked for, or the other way round.

    >>> _is_of_another_whole("占全国多少", "占全省近"), _is_of_another_whole("占全国多少", "占"), _is_of_another_whole("占比", "占全省")
    (True, False, False)
    """
    asked, told = (set(_WHOLE_OF_SHARE.findall(text)) for text in (question, clause))
    return bool(asked and told) and not asked & told


def _is_of_the_time(asked: Understanding, before: str, published: date | None) -> bool:
    """Whether the years and months told last before a figure are those asked for, where they are told."""
    part = SENTENCE.split(before)[-1]
    if WHOLE_YEAR in asked.months and _UP_TO.search(part) and not _OF_THE_YEAR.search(part):
        return False  # the sum of all years so far
    years, period = time_of(before, published)
    months = months_in(period)
    if published and months and not years:  # 上半年 in July is that of this year, 四季度 that of the last
        years = (published.year - (min(last for _, last in months) > published.month),)
    elif published and asked.months and not months and years and max(years) < published.year:
        return False  # of a whole year that is over
    wanted = asked.scope.years or ((published.year,) if asked.this_year and published else ())
    if wanted and years and not set(wanted) & set(years):
        return False
    return not (asked.months and months) or bool(asked.months & months)
