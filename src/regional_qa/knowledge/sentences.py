"""Article -> sentences, each with the regions and years it speaks of.

A sentence that names no region speaks of the one named last before it, or of its article's; one that
names no year tells of the last one named, unless it speaks of now. Knows nothing about questions.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from regional_qa.knowledge.abroad import abroad_in
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.place_names import AUTONOMOUS, MUNICIPALITIES
from regional_qa.knowledge.regions import PROVINCES, Mention, find_regions
from regional_qa.knowledge.sentence_spans import sentence_spans
from regional_qa.knowledge.spoken_of import fits, heads, holds, is_dealt_with, subjects
from regional_qa.types import Article, Span

_NOW = re.compile(r"今年|明年|目前|截至|近年来|如今|现在|当前|下一步|进一步|今后|接下来")
"""What speaks of the present, whatever years were named before."""
_WHOLE = re.compile(r"(?<![占在居列为对向])[全我]省(?!排|第|首|前|唯一|最)|全(?:自治)?区(?!域)")
_COUNTRY = re.compile(
    r"(?<![占居列为对向在])(?:中国|我国|全国)(?![第首排前]|各地|领先|特色|式现代化|共产党|人大代表|政协委员|劳动?模范?|五一劳动|三八红旗|一汽|科学院|工程院|[^，,。；;的]{0,8}(?:公司|集团))|(?<!地区)(?<!全省)国内生产总值|国务院|海关总署(?!和)"
    r"|国家(?:统计|防|发改|发展改革|能源|税务|外汇|医保|邮政)[^，,。]{0,6}?(?:局|委|总|部)(?![^，,。]{0,8}(?:调查总队|调查队|分局))"
)
"""What is said of the whole country or by its offices, and so of no province that is not named with it."""
_PART = re.compile(r"(?<![占在居列为对向])[全我该本](?:[市州](?!场)|[县旗]|(?:自治)?区(?!域))")
"""What is said of a city or county that is not named again: 该市, 全区."""
_PARTS_OF_A_CITY = ("区", "县", "旗")
"""How what lies in a city ends; a figure of 全市 is none of it."""
_OURS = re.compile("[我本][省市县]")
"""Whoever says so speaks of the place that the article is about."""
_OFFICE = re.compile("[市县区](?:委|政府|[^，,。：:]{1,8}[局委办厅院](?![长势面部域限]))")
_WORLD = ("全球", "世界")
_AT_HOME = re.compile(r"中国|我国|全国|国内|对华|华商|人民币")
_FIRM = re.compile(r"[^，,。；;、的]{0,16}(?:公司|集团|股份)")
_DATELINE = re.compile(r"市?\s*(?:(?:\d{1,2}月)?\d{1,2}日)?\s*[电讯](?=\s|[（(])")
"""What stands behind the city that a report was sent from: 中新社合肥7月27日电."""
_DATED = re.compile("年|[12][0-9]{3}|十[三四五]五")
"""What every text that names a year holds; looked for first, because most do not."""
_CALLED = re.compile("(?:成为|作为|是|[为居列])$")
"""What stands before the whole in which something is what: 成为新疆对外贸易的新亮点."""
LEAD_SENTENCES, HEARD_SENTENCES, PASSING = 2, 2, 5
"""Where an article says what it is about; how many sentences on a place is still spoken of, where there are several;
and a place named in less than one sentence of so many is named in passing."""
LEAD_CHARS = 12
"""A region named within so many characters of a sentence's start is what it speaks of, whatever its article is about."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article and what it speaks of.

    ``own`` are the regions named in it; ``inherited`` those it takes over; ``years`` are its own or taken over.
    """

    span: Span
    text: str
    paragraph: int
    own: tuple[Mention, ...]
    inherited: tuple[Mention, ...]
    article_regions: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """The provinces it speaks of, as far as told."""
        mentions = self.own or self.inherited
        return tuple(dict.fromkeys(province for mention in mentions for province in mention.provinces))

    def is_about(self, places: tuple[Mention, ...]) -> bool:
        """Whether the sentence speaks of one of the places, or of a part of it.

        A figure of a group (长三角) is no figure of its member, nor a province's one of its city's.
        """
        return any(self._is_about(place) for place in places)

    def is_of_the_country(self, question: str) -> bool:
        """Whether it can speak of the whole country, of whose dealings with others the ``question`` may ask."""
        if self.own or _WHOLE.search(self.text) or _PART.search(self.text):
            return False
        if _AT_HOME.search(self.text):
            return True
        return not self.inherited and all(
            name in question for name in (*abroad_in(self.text), *(word for word in _WORLD if word in self.text))
        )

    def only_part_of(self, place: Mention) -> str:
        """The name of the part that the sentence speaks of, where a whole province is asked for; else empty."""
        if place.name not in PROVINCES:
            return ""
        whole = "市" if place.name in MUNICIPALITIES else "区" if place.name in AUTONOMOUS else "省"
        parts = [part[0] for part in _PART.finditer(self.text) if not part[0].endswith(whole)]
        if any(mention.name == place.name for mention in self.own) and _speaks_of_all(self.text, place):
            return ""
        own = _without_addresses(self.text, self.own)
        if any(mention.name == place.name for mention in own) and not parts:
            return ""
        mentions = subjects(self.text, own) or self.inherited
        names = [m.name for m in (*mentions, *own) if m.provinces == place.provinces and m.name != place.name]
        if place.name in (mention.name for mention in mentions) and not parts:
            return ""
        return next(iter([*names, *parts]), "")

    def _is_about(self, place: Mention) -> bool:
        told = subjects(self.text, self.own)
        if fits(place, told) or fits(place, heads(self.text, self.own)):
            return True
        if place.name not in PROVINCES and len(place.provinces) == 1 and self._is_wider(place):
            return False
        elsewhere = not _OURS.search(self.text) and any(
            mention.span.start <= LEAD_CHARS and not _FIRM.match(self.text, mention.span.end) for mention in told
        )
        if self.article_regions == place.provinces:
            return fits(place, self.own) or (not elsewhere and fits(place, self.inherited))
        return not told and fits(place, self.inherited)

    def _is_wider(self, place: Mention) -> bool:
        """Whether the sentence speaks of the province, or of another part of it, where one part is asked for."""
        if fits(place, self.own):
            return False
        beside = (
            mention
            for mention in self.own
            if not _FIRM.match(self.text, mention.span.end)
            and not is_dealt_with(self.text, mention)
            and not _CALLED.search(self.text[: mention.span.start])
        )
        city = place.name.endswith(_PARTS_OF_A_CITY) and "全市" in self.text
        return (
            city or _speaks_of_all(self.text, place) or any(mention.provinces == place.provinces for mention in beside)
        )


def _speaks_of_all(text: str, place: Mention) -> bool:
    """Whether a text speaks of all of the province a place lies in; 全区 is that of an autonomous one, else a district."""
    words = {match[0] for match in _WHOLE.finditer(text)}
    return any("省" in word or place.provinces[0] in AUTONOMOUS for word in words)


def _without_addresses(text: str, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The mentions less those that only say where the next one lies: 黑龙江 in 黑龙江省黑河市."""
    pairs = zip_longest(mentions, mentions[1:])
    return tuple(
        one
        for one, other in pairs
        if other is None
        or one.provinces != other.provinces
        or one.name == other.name
        or not holds(text[one.span.end : other.span.start])
    )


def cut_sentences(article: Article) -> list[Sentence]:
    """All sentences of an article, in order; spans lie in ``article.text``.

    >>> [s.text for s in cut_sentences(Article("a", "", "产量第一。“出口增长。”他说。"))]
    ['产量第一。', '“出口增长。”', '他说。']
    """
    spoken = [(span, span.of(article.text)) for span in sentence_spans(article.text)]
    titled = find_regions(article.title)
    owns = [_less_dateline(text, tuple(find_regions(text, article.regions)), titled) for _, text in spoken]
    national = [not own and bool(_COUNTRY.search(text)) for (_, text), own in zip(spoken, owns, strict=True)]
    base = _base(article, owns, national, [text for _, text in spoken[:LEAD_SENTENCES]])
    regions = tuple(
        dict.fromkeys((*article.regions, *(province for mention in base for province in mention.provinces)))
    )
    single = len({mention.provinces for mention in base}) == 1
    last = base if single else ()
    since = 0
    years: tuple[int, ...] = ()
    paragraph = 0
    sentences: list[Sentence] = []
    for (span, text), own, of_all in zip(spoken, owns, national, strict=True):
        if sentences and "\n" in article.text[sentences[-1].span.end : span.start]:
            paragraph += 1
        stated = years_in(text, article.published) if _DATED.search(text) else ()
        if stated or _NOW.search(text):
            years = stated
        if not single and (since > HEARD_SENTENCES or of_all):
            last = ()
        inherited = () if of_all else tuple(dict.fromkeys((*last, *base))) if single else last
        sentences.append(Sentence(span, text, paragraph, own, inherited, regions, years))
        named = subjects(text, own)
        last, since = (named, 0) if named else (last, since + 1)
    return sentences


def _less_dateline(text: str, own: tuple[Mention, ...], titled: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions less the city that a report was sent from, where it or its headline names the whole province."""
    sent = next((one for one in own if one.name not in PROVINCES and _DATELINE.match(text, one.span.end)), None)
    whole = sent and any(one.name in PROVINCES and one.provinces == sent.provinces for one in (*own, *titled))
    return tuple(one for one in own if one is not sent) if whole else own


def _base(
    article: Article, owns: Sequence[tuple[Mention, ...]], national: Sequence[bool], lead: Sequence[str]
) -> tuple[Mention, ...]:
    """What the whole article speaks of: places of its headline, else its regions, else the one province it names.

    A region that an article names only in passing is not what it speaks of. ``national`` tells of each sentence whether
    it speaks of the whole country; ``lead`` are the first sentences.
    """
    if base := tuple(find_regions(f"{article.section} {article.title}")):
        return base
    mentions = tuple(dict.fromkeys(mention for own in owns for mention in own))
    if is_office(article.title) and len({mention.name for mention in mentions}) == 1:
        return mentions[:1]
    if article.place:
        return tuple(find_regions(article.place))
    if not article.regions:
        return mentions if len({mention.provinces for mention in mentions}) == 1 else ()
    whole = tuple(Mention(Span(0, 1), region, (region,)) for region in article.regions)
    naming = [at for at, own in enumerate(owns) if any(set(m.provinces) & set(article.regions) for m in own)]
    whole += _city(owns[:LEAD_SENTENCES], article.regions, lead)
    late = bool(naming) and (naming[0] >= LEAD_SENTENCES or any(national[: naming[0]]))
    return () if late and len(naming) * PASSING < len(owns) else whole


def _city(lead: Sequence[tuple[Mention, ...]], regions: Sequence[str], texts: Sequence[str]) -> tuple[Mention, ...]:
    """The one city or county that the lead names in the one province of an article, with that in which it lies
    (锡林郭勒盟锡林浩特市); empty where there are several.
    """
    parts = {m.name: m for own in lead for m in own if m.name not in PROVINCES and m.provinces == tuple(regions)}
    whole = {
        one.name
        for own, text in zip(lead, texts, strict=True)
        for one, other in itertools.pairwise(own)
        if one.name != other.name and holds(text[one.span.end : other.span.start])
    }
    return tuple(parts.values()) if len(parts.keys() - whole) == 1 else ()


def is_office(title: str) -> bool:
    """Whether a headline is the office of a city that it does not name, as a paper of 辽源 calls its own 市商务局.

    >>> is_office("市商务局"), is_office("辽源市商务局"), is_office("市场回暖")
    (True, False, False)
    """
    return _OFFICE.match(title) is not None
