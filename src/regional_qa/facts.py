"""Article -> its facts: figures of which the metric, the place and the sentence are told.

Knows nothing about indexes or questions.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from regional_qa.knowledge.aims import aims
from regional_qa.knowledge.firms import times_named
from regional_qa.knowledge.measures import CLAUSE, measures
from regional_qa.knowledge.metrics import CANDIDATE, Measured, stands_alone, whose
from regional_qa.knowledge.periods import time_of, year_told
from regional_qa.knowledge.place_names import AUTONOMOUS
from regional_qa.knowledge.quantities import POINTS, Quantity
from regional_qa.knowledge.regions import Mention, find_regions
from regional_qa.knowledge.script import by_character
from regional_qa.knowledge.sentence_spans import sentence_spans
from regional_qa.knowledge.spoken_of import holds, subjects
from regional_qa.knowledge.topics import topic_in
from regional_qa.types import Article, Fact, Span

MOST_CHARS = 400
"""Longest sentence that facts are looked for in; what is longer is a list or a table run together."""
_WHOLE = re.compile(r"(?:^|[，,。；;：:])(?:其中|目前|去年|今年|上半年|截至目前)?，?(?:[全我]省|全自治?区(?!域))")
_BEYOND = r"(?:全国|我国|中国|美国|日本|韩国|英国|德国|法国|俄罗斯|欧盟|欧洲|印度|新加坡|泰国|越南|马来西亚|印尼|巴西|澳大利亚|加拿大|乌克兰|东盟|全球|世界|国内|海外|国外)(?!第|[首唯]|最|领先|一流|人大|各地|前列|性|重点)"
_SPEAKS_BEYOND = re.compile(rf"(?:^|[，,。；;：:])(?:其中|20\d\d年)?{_BEYOND}")
_COUNTS_BEYOND = re.compile(rf"(?<![占居列由向为在]){_BEYOND}")
_DEALT_WITH = re.compile(r"(?:[与同跟向赴从由往至比较对占]|来自|销往|出口)$")
_FIRM = re.compile(
    r"(?:公司|集团(?!化)|股份|银行|控股)(?!数)|证券|基金|分行|[农工建中]行(?!业)|[该本](?:企业|行|店|厂|合作社)|品牌|车型|手机|该股|股价|收益率|ETF|净值|门店|[AH港]股|财年|季报|年报|报收|收盘|效力|涉案|犯罪|嫌疑|被告"
)
"""A figure of a firm is none of its region."""
_POSSIBLE = re.compile(
    r"预测|今后|未来|下一步|可(?:达|实现|带动|新增|增收|满足|减少|节约|年|发电|容纳)|(?:建成|达产|投产|建设|完工|完成)(?:投产|达产|投用)?后|(?<![正即必])将|如果|假如|要求|不得|原则上|力度|不[少低]于|(?:^|[，,；;：:])[要需须应](?!求)|通知》|（20\d\d\s*[—–\-至]\s*20\d\d\s*年?）》|^(?:加强|加大|加快|推动|推进|确保|深入|全面|组织|围绕|聚焦|持续|做[强优大好])"
)
_YEAR = re.compile(r"(20\d\d)\s*年")
_UNTIL = re.compile(r"到\s*(20\d\d)\s*年")
_GOES_ON = re.compile(r"^(?:其中|同期|此外)|(?:^|[，,])(?:全|我|该|本|当)[省市区县州盟旗地]")
"""What ties a sentence to the place of the one before it."""
_NOT_PLACE = re.compile(
    r"大桥|[镇乡湖桥湾](?!区)|来(?!宾)|[^，。；]{0,6}(?:园区|产业园|大厦|广场|酒店|论坛)|[^，。；的]{0,4}(?:高铁|铁路(?!口岸))|海关|流域|银行|证券|[^，。；]{0,4}交易所|在线|[^，。；]{0,3}网|新闻|发布|观察|卫视|广播|电视|[^，。；]{0,4}讯|电力?（|[^，。；]{0,2}记者|[^，。；]?局|时间|现代|时代|车展|籍|话|人(?![均口民])|(?:（[^）]*）)?\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*(?:[电讯]|消息)|\d{1,2}日[电讯]"
)
FIRM_CHARS = 150
"""An article that says 公司, or a firm's name, as often as once in so many characters tells of a firm."""
_BY_WHOM = re.compile("(?:(?:根?据|按照?)[^，,。]*[，,])*")
"""What only says who has told or counted: 根据市统计局公布的数据，."""
LEAD_CHARS = 8
_AFTER_NAME = re.compile(r"[省市县区州]|自治[区州]|全[省市区县]")


def find_facts(article: Article, provinces: Collection[str] | None = None) -> list[Fact]:
    """The facts of an article, in order; figures whose metric or place is not told are none, nor are plans.

    ``provinces`` are all that it names, where the caller knows them: without any there is nothing to look for.

    >>> article = Article("a", "", "2023年，安徽光伏玻璃产量占全国产量的一半以上。")
    >>> [(f.regions, f.industry, f.metric, f.kind, f.value, f.basis, f.years) for f in find_facts(article)]
    [(('安徽',), '光伏玻璃', '产量', 'share', 0.5, '占全国', (2023,))]
    """
    if (provinces is not None and not provinces) or _is_of_a_firm(article):
        return []
    article = replace(article, text=by_character(article.text))
    places = [match.start() for match in CANDIDATE.finditer(article.text)]
    if not places:
        return []
    told = _Told(article)
    found: list[Fact] = []
    for at, span in enumerate(told.spans):
        first = bisect.bisect_left(places, span.start)
        if first == len(places) or places[first] >= span.end or span.end > span.start + MOST_CHARS:
            continue
        if not _FIRM.search(article.text, span.start, places[first]):
            found += _facts(told, at)
    return found


def _is_of_a_firm(article: Article) -> bool:
    """Whether an article tells of a firm, whose figures are not those of a place."""
    return _FIRM.search(article.title) is not None or article.text.count("公司") * FIRM_CHARS > len(article.text)


class _Told:
    """An article and what its sentences take over from those before; looked up only where a figure asks."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.spans = list(sentence_spans(article.text))
        self._named: dict[int, tuple[Mention, ...]] = {}

    def place_before(self, at: int) -> tuple[Mention, ...]:
        """The places spoken of last in the paragraph before a sentence, else the one the whole article is about."""
        text = self.article.text
        whole = False
        for i in range(at - 1, -1, -1):
            if self._begins_paragraph(i + 1):
                break
            sentence = self.spans[i].of(text)
            whole |= _WHOLE.search(sentence) is not None
            if i not in self._named:
                self._named[i] = tuple(find_regions(sentence))
            if named := self._named[i]:
                places = _spoken_of(sentence, named)
                if not (self._is_about(places) or _GOES_ON.search(self.spans[at].of(text))):
                    return ()
                alone = len({place.provinces for place in places}) == 1 and len(places[0].provinces) == 1
                return ((_province(places[0]),) if whole else places) if alone else ()
        return self._about

    def _is_about(self, places: Sequence[Mention]) -> bool:
        """Whether headline, section or regions bear out that the article speaks of these places."""
        return bool(self._about) and all(place.provinces == self._about[0].provinces for place in places)

    @functools.cached_property
    def _about(self) -> tuple[Mention, ...]:
        """The one place that headline, section and regions speak of."""
        if times_named(self.article.text) * FIRM_CHARS > len(self.article.text):
            return ()
        base = tuple(find_regions(f"{self.article.section} {self.article.title}"))
        whole = {*self.article.regions, *(province for mention in base for province in mention.provinces)}
        if len(base) == 1 and whole == set(base[0].provinces) and len(whole) == 1:
            return base
        return tuple(Mention(Span(0, 1), province, (province,)) for province in whole) if len(whole) == 1 else ()

    def year_before(self, at: int) -> tuple[int, ...]:
        """The year that a sentence names, or one of the two before it in its paragraph."""
        for i in range(at, max(at - 3, -1), -1):
            years, ends = year_told(self.spans[i].of(self.article.text), self.article.published, own=i == at)
            if ends or self._begins_paragraph(i):
                return years
        return ()

    def _begins_paragraph(self, at: int) -> bool:
        return at == 0 or "\n" in self.article.text[self.spans[at - 1].end : self.spans[at].start]


def _facts(told: _Told, at: int) -> Iterator[Fact]:
    """The facts of one sentence."""
    text = told.spans[at].of(told.article.text)
    published = told.article.published
    own: list[Mention] | None = None
    for one in measures(text):
        quantity, what = one.quantity, one.what
        if what and one.of and quantity.dimension == POINTS:
            what = _rate_of(what, one.of)
        end = quantity.span.end
        if what is None or _is_plan(text[:end], published) or _FIRM.search(text, 0, quantity.span.start):
            continue
        own = find_regions(text) if own is None else own
        place = _place(text, own, quantity, lambda: told.place_before(at))
        if place is None:
            continue
        before = text[: quantity.span.start]
        subject = what.subject or ("" if find_regions(one.before) else whose(before, what.metric))
        subject = _industry(subject, place.name)
        if find_regions(subject):
            continue
        if subject or not what.subject or stands_alone(what.metric):
            yield _fact(told, at, quantity, Measured(what.metric, subject), place)


def _rate_of(what: Measured, kind: str) -> Measured | None:
    """What percentage points are of, right after a growth or a share: of the rate, or of the share, itself."""
    if kind == "growth":
        return Measured(f"{what.metric}增速", what.subject)
    return (
        (what if what.metric.endswith(("率", "比", "比重", "份额")) else Measured(f"{what.metric}占比", what.subject))
        if kind == "share"
        else None
    )


def _spoken_of(text: str, named: Sequence[Mention]) -> tuple[Mention, ...]:
    """The places a sentence speaks of from its first words on, which those after it speak of too."""
    told = subjects(text, named)
    first = _BY_WHOM.match(text).end() + LEAD_CHARS  # type: ignore[union-attr]
    leads = told and told[0].span.start <= first and not _elsewhere(text, told[0]) and not _FIRM.search(text)
    return told if leads else ()


def _elsewhere(text: str, place: Mention) -> bool:
    """Whether a place is only dealt with (销往安徽), or names something else (黑龙江大桥)."""
    start, end = place.span.start, place.span.end
    return bool(_DEALT_WITH.search(text, max(start - 2, 0), start) or _NOT_PLACE.match(text, end))


def _industry(subject: str, place: str) -> str:
    """The subject without the place it begins with."""
    rest = subject.partition(place)[2] if place in subject else subject
    return re.sub(r"^(?:自治)?[省市县区州](?:域|级)?|^(?:三地|地区)", "", rest).strip()


def _fact(told: _Told, at: int, quantity: Quantity, what: Measured, place: Mention) -> Fact:
    """The fact itself, with its years and period read from the words before the figure."""
    span, article = told.spans[at], told.article
    text, first = span.of(article.text), span.start
    before = text[: quantity.span.start]
    years, period = time_of(before, article.published)
    return Fact(
        article_id=article.article_id,
        span=span,
        figure=Span(first + quantity.span.start, first + quantity.span.end),
        quote=text,
        regions=place.provinces,
        place=place.name,
        industry=what.subject or topic_in(before[-40:]),
        metric=what.metric,
        kind=quantity.kind,
        value=quantity.value if quantity.value is not None else 0.0,
        upper=quantity.upper,
        unit=quantity.unit,
        approximation=quantity.approximation,
        basis=quantity.basis,
        years=years or (told.year_before(at) if period in ("", "全年") else ()),
        period=period,
    )


def _place(
    text: str, own: list[Mention], quantity: Quantity, before: Callable[[], tuple[Mention, ...]]
) -> Mention | None:
    """The one place a figure is of; None where it is not told, or where several are."""
    at = quantity.span.start
    own = [mention for mention in own if mention.span.end <= at and not _elsewhere(text, mention)]
    since = own[-1].span.end if own else 0
    clause = max((match.end() for match in CLAUSE.finditer(text, 0, at)), default=0)
    if _SPEAKS_BEYOND.search(text[since:at]) or _COUNTS_BEYOND.search(text, max(since, clause), at):
        return None
    here = [mention for mention in own if mention.span.start >= clause]
    chosen = _leading(text, here or own) if own else list(before())
    if own and chosen and chosen[-1].span.end <= clause and len({one.provinces for one in own}) > 1:
        return None
    if len({one.provinces for one in chosen}) != 1:
        return None
    place = chosen[-1]
    whole = _WHOLE.search(text[:at])
    if whole and len(place.provinces) == 1 and ("省" in whole[0] or place.provinces[0] in AUTONOMOUS):
        return _province(place)
    return place


def _province(place: Mention) -> Mention:
    """The province a place lies in; a group of provinces stays itself."""
    return Mention(place.span, place.provinces[0], place.provinces) if len(place.provinces) == 1 else place


def _leading(text: str, own: list[Mention]) -> list[Mention]:
    """Of the places before a figure the last that begins a clause, else the first, with what is joined to it."""
    starts = [at for at, one in enumerate(own) if not one.span.start or CLAUSE.match(text, one.span.start - 1)]
    first = starts[-1] if starts else 0
    chosen = [own[first]]
    for one in own[first + 1 :]:
        between = text[chosen[-1].span.end : one.span.start]
        if holds(between) and one.provinces == chosen[-1].provinces:
            chosen.append(one)
            continue
        between = _AFTER_NAME.sub("", between)
        if between not in ("", "、", "和", "与", "及", "以及"):
            break
        if between:
            return []  # several places share the figure
        chosen.append(one)
    return chosen


def _is_plan(before: str, published: date | None) -> bool:
    """Whether the words before a figure tell of what is wanted, expected or possible."""
    if aims(before) or _POSSIBLE.search(before):
        return True
    if published is not None and any(int(year) > published.year for year in _YEAR.findall(before)):
        return True
    until = _UNTIL.search(before)
    return until is not None and (published is None or int(until[1]) >= published.year)
