"""How much of a question's words a sentence holds: literally, by a synonym, nearly, or in another language.

Knows nothing about regions, years or the kind of answer.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from regional_qa.answering.kinds import COUNTED, FIGURES
from regional_qa.answering.understanding import KIND_WORDS, Understanding
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.abroad import abroad_in, tells_of
from regional_qa.knowledge.firms import firms_in
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import figure_in, names_figure, synonyms
from regional_qa.types import Span

NEAR_CREDIT, ARTICLE_CREDIT = 0.6, 0.4
"""What a word counts that stands in the headline or the sentence before, or elsewhere in the article."""
SYNONYM_CREDIT = 0.9
"""What a listed synonym counts."""
TRANSLATION_CREDIT, LIKENESS_CREDIT = 0.9, 0.4
"""What a word of like meaning counts at most, in another script and in the same one: 进口 is like 出口, and no answer."""
UNLIKE, ALIKE = 3.0, 7.0
"""Standard deviations above the mean cosine of two words at which likeness begins, and is full."""
NEARLY = 0.5
"""What ``Matcher.support`` says of a sentence that may name what is measured by another word."""
NAMED = 0.45
"""Credit from which a word counts as named."""
LIGHT = 0.3
"""Weight of a word that names the kind of answer, and of a single character; others weigh 0.5 and their idf."""
HEAD_FACTOR = 1.5
"""How much more the word weighs that names what is measured."""
AROUND_CHARS = 24
"""How far from a word of the question what is asked for may stand and still belong to it."""
BESIDE_CHARS = 6
"""How far behind its name a figure may stand and still plainly be its figure."""
_BESIDE = f"{{names}}[^,。;、:]{{{{0,{BESIDE_CHARS}}}}}?[\\d一二三四五六七八九]|[\\d多余万亿]\\s*[家所个处座户名张颗辆]{{names}}"
JOINED = 2
"""How many words joined in front of a figure's name say of what it is: 光伏 and 玻璃 in 光伏玻璃产量."""
TRADES = frozenset("产业 行业 企业 市场 领域 产品".split())
"""What may stand between a figure's name and that of which it is: 集成电路产业的营收."""
WHOLES = frozenset("全国 全球 世界 国内 全省 全市 全区 全县".split())
"""What a share is of: 全国占比."""
_ADDED = re.compile("(?<=..)(?:人数|数量|个数|家数|户数|国家|地区)$")
"""What the end of a word may add that evidence leaves out: 就业人数 is told as 就业41万人, 东盟国家 as 东盟."""
_COMPANY = re.compile(r"[一-龥]{2}(?:高科|集团|股份|银行|汽车集团)")
"""Names of companies that no list has: evidence must name them in or before the sentence, a figure of the whole trade is not theirs."""


_MODIFIER = re.compile("(?![一二两三四五六七八九十几])[一-龥]{2,}(?<!的)")
"""What says of which things a number is asked: 高新技术 in 高新技术企业."""
_ENDED = tuple("关停 关闭 关张 关门 停办 停产 停业 注销 倒闭 破产 撤销 撤并 淘汰 拆除 取缔 退出".split())
"""What is asked of that has ended; how many there are tells nothing of it."""
_OFFICE = re.compile("[省市县区州]长(?=[的是在和与、,，?？说提为名叫最有对今谁何什多几]|$)|书记(?!处)|自治区主席")
"""Who governs a place; what a text says of the place is not said of them."""


class Matcher:
    """Weighs sentences against one question; ``texts`` are all the sentences that will be weighed."""

    def __init__(self, generation: Generation, asked: Understanding, texts: Sequence[str]) -> None:
        self._asked = asked
        self._weights = _weights(generation, asked.terms)
        self._head = _head(asked, self._weights)
        if self._head is not None:
            self._weights[self._head] *= HEAD_FACTOR
        self._measure = self._measured()
        self._cut = generation.lexical.terms
        foreign = any(term.isascii() and term.isalpha() for term in asked.terms)
        self._likeness = _likeness(generation, asked.terms, texts) if foreign else {}
        self._key = functools.cache(search_key)
        self._vital = [i for i, term in enumerate(asked.terms) if self._is_vital(i, term)]
        companies = [
            (name,) for name in (*_COMPANY.findall(asked.rest), *_actor(asked), *_OFFICE.findall(asked.question))
        ]
        self._sharer = _sharer(asked)
        self._abroad = abroad_in(asked.question) if asked.places and asked.scope.kind in FIGURES else ()
        ended = [_ENDED] if asked.scope.kind in FIGURES and any(word in asked.rest for word in _ENDED) else []
        self._must_tell = [*(firms_in(search_key(asked.question), asked.terms) or companies), *ended]

    def support(self, text: str, near: str, article: str) -> tuple[float, float]:
        """Weighted share of the question's words that are found, 0 to 1, and 1 where what it measures is named.

        0 where a figure's name is missing (产量, or 风电 joined to it), ``NEARLY`` where another noun is (多少乘客), which
        may be told by one that no file of synonyms has, or where what is measured is told of before the sentence only.
        """
        named = search_key(f"{text} {near}")
        if not self._asked.terms or not all(any(map(named.__contains__, names)) for names in self._must_tell):
            return 0.0, 0.0
        own = self._key(text)
        other_shares = _named(self._sharer, own) < NAMED and ("占" in own or _named(self._sharer, named) < NAMED)
        if other_shares or not all(tells_of(named, name) for name in self._abroad):
            return 0.0, 0.0
        places = ((1.0, own), (NEAR_CREDIT, self._key(near)), (ARTICLE_CREDIT, self._key(article)))
        shares = [max(credit * _named(term, key) for credit, key in places) for term in self._asked.terms]
        if self._likeness and min(shares) < TRANSLATION_CREDIT:
            likeness = [self._likeness.get(word) for word in dict.fromkeys(self._cut(text))]
            for row in (row for row in likeness if row is not None):
                shares = [max(pair) for pair in zip(shares, row.tolist(), strict=True)]
        total = sum(self._weights)
        support = sum(share * weight for share, weight in zip(shares, self._weights, strict=True)) / total
        strict = self._has_own_subject(own)
        missing = [
            self._asked.terms[i]
            for i in self._vital
            if (shares[i] if i == self._head or not strict else _named(self._asked.terms[i], own)) < NAMED
        ]
        head = None if self._head is None else self._asked.terms[self._head]
        before = self._asked.terms[self._head - 1] if self._head else ""
        of_others = strict and before in missing and _MODIFIER.fullmatch(before)  # 1000家中小企业 are no 高新技术企业
        if missing and ((head and names_figure(head)) or any(map(names_figure, missing)) or of_others):
            return support, 0.0
        elsewhere = head and self._asked.scope.kind in FIGURES and _named(head, own) < NAMED
        return support, NEARLY if missing or elsewhere else 1.0

    def _has_own_subject(self, key: str) -> bool:
        """Whether a sentence says of what it gives the figure (逆变器产量), and not as the question does."""
        if self._head is None:
            return False
        head, before = self._asked.terms[self._head], self._asked.terms[self._head - 1] if self._head else ""
        counted = re.match(COUNTED, self._asked.unit) and re.search(
            rf"{re.escape(head)}[?]|[?]{re.escape(head)}", self._asked.rest
        )
        if not (names_figure(head) or counted) or head.isascii() or (before and f"{before}{head}" in key):
            return False
        return re.search(rf"[一-龥](?<![总年月的其全]){re.escape(head)}", key) is not None

    def _is_vital(self, i: int, term: str) -> bool:
        """Whether evidence must name a term: the name of a figure, and what a figure is asked of (风电 in 风电产量)."""
        if names_figure(term) or (term.isascii() and i == self._head):
            return True
        if self._head is None or self._asked.scope.kind not in FIGURES or term in KIND_WORDS or len(term) == 1:
            return False
        run = "".join(self._asked.terms[i : self._head + 1])
        between = [word for word in self._asked.terms[i + 1 : self._head] if word not in TRADES]
        rest = self._asked.rest
        said = rest.replace("的", "") if names_figure(self._asked.terms[self._head]) else rest
        joined = i < self._head and len(between) < JOINED and run in said
        return i == self._head or (joined and term not in TRADES)

    def is_beside(self, text: str) -> bool:
        """Whether a figure stands right behind what the question measures: 富余劳动力523.2万人."""
        return bool(self._measure and self._measure.search(search_key(text)))

    def around(self, key: str, found: Sequence[Span]) -> float:
        """Weighted share of the question's words that stand around one of the things found, the best of them."""
        if not found:
            return 0.0
        stands = [list(_starts(term, key)) for term in self._asked.terms]
        total = sum(self._weights)
        best = 0.0
        for span in found:
            near = range(span.start - AROUND_CHARS, span.end + AROUND_CHARS)
            met = (
                weight for weight, starts in zip(self._weights, stands, strict=True) if any(at in near for at in starts)
            )
            best = max(best, sum(met) / max(total, 1e-9))
        return best

    def _measured(self) -> re.Pattern[str] | None:
        """What a figure should stand behind: the last word of the question, with the one joined to it."""
        if self._head is None:
            return None
        terms = self._asked.terms
        if terms[self._head].isascii():
            names = "|".join(re.escape(name) for name in _spelled(terms[self._head]))
            return re.compile(_BESIDE.format(names=f"(?:{names})"))
        before = terms[self._head - 1] if self._head else ""
        pair = f"{before}{terms[self._head]}"
        joined = before not in KIND_WORDS and pair in search_key(self._asked.question)
        name = pair if joined else terms[self._head]
        return re.compile(_BESIDE.format(names=re.escape(name)))


def _actor(asked: Understanding) -> list[str]:
    """Who does something in the place asked about, where that is a name: 华为在吉林投资多少, but not 企业在吉林投资多少."""
    before = search_key(asked.question[: asked.places[0].span.start]) if asked.places else ""
    name = before.removesuffix("在")
    return [name] if name != before and name in asked.terms and not synonyms(name) else []


def _sharer(asked: Understanding) -> str:
    """What a share is asked of, right before 占 or before the figure's name that stands there: 电池片 in 电池片占全国的比例.

    >>> from regional_qa.answering.understanding import understand
    >>> keys = "光伏电池片占全国多少", "逆变器产量占全国多少", "产量占全国多少", "全国占比"
    >>> [_sharer(understand(key, lambda text: ["光伏", "电池", "片", "逆变器", "产量", "全国"])) for key in keys]
    ['电池片', '逆变器', '', '']
    """
    before, asks, _ = asked.rest.partition("占")
    terms = [term for term in asked.terms if not term.isascii() and asks and term in before]
    if asked.scope.kind != "share" or not terms:
        return ""
    for last in reversed(range(len(terms))):
        name = terms[last]
        if not before.endswith(name):
            return ""
        if name in TRADES or names_figure(name):
            before = before.removesuffix(name).removesuffix("的")
            continue
        joined = f"{terms[last - 1]}{name}" if last else name
        return "" if name in KIND_WORDS | WHOLES else joined if len(name) == 1 and before.endswith(joined) else name
    return ""


def _spelled(term: str) -> tuple[str, ...]:
    """How a word may stand in a Chinese text: an English one as its synonyms."""
    return (term, *synonyms(term)) if term.isascii() else (term,)


def _starts(term: str, key: str) -> Iterator[int]:
    """Where a word stands in a text."""
    for name in _spelled(term):
        at = key.find(name)
        while at >= 0:
            yield at
            at = key.find(name, at + 1)


def _head(asked: Understanding, weights: Sequence[float]) -> int | None:
    """Which term names what is measured: what is counted (几家企业拿到贷款), else the last name of a figure, else what
    stands behind the asking word (多少工人), else the last one; in English that after "how many"."""
    named = [i for i, weight in enumerate(weights) if weight > LIGHT]
    if named and not asked.terms[named[-1]].isascii():
        _, asks, thing = asked.rest.rstrip("?").rpartition("?")
        counts = next((i for i in named if asks and thing.startswith(asked.terms[i])), None)
        figure = next((i for i in reversed(named) if names_figure(asked.terms[i])), None)
        by_unit = counts if asked.unit else None
        return next(i for i in (by_unit, figure, counts, named[-1]) if i is not None)
    return next((i for i in named if asked.terms[i] == asked.counted), None)


def _weights(generation: Generation, terms: Sequence[str]) -> list[float]:
    total = len(generation.lexical)
    return [
        LIGHT if term in KIND_WORDS or len(term) == 1 else math.log(1 + (total - n + 0.5) / (n + 0.5)) + 0.5
        for term, n in zip(terms, generation.lexical.document_frequencies(terms), strict=True)
    ]


def _likeness(generation: Generation, terms: Sequence[str], texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Word of the texts -> (n_terms,) credit for its likeness to each term, judged against all words seen."""
    seen = dict.fromkeys(word for text in texts for word in generation.lexical.terms(text))
    words = [word for word in seen if len(word) > 1]
    if not words or not terms:
        return {}
    asked = generation.embedder.encode_queries(list(terms))  # (n_terms, dim)
    cosines = asked @ generation.embedder.encode_passages(words).T  # (n_terms, n_words)
    spread = max(float(cosines.std()), 1e-6)
    likeness = np.clip((cosines - cosines.mean() - UNLIKE * spread) / ((ALIKE - UNLIKE) * spread), 0.0, 1.0)
    foreign = np.array([[term.isascii() != word.isascii() for word in words] for term in terms])
    credit = likeness * np.where(foreign, TRANSLATION_CREDIT, LIKENESS_CREDIT)
    return dict(zip(words, credit.T.astype(np.float32), strict=True))


_ALSO_TOLD = {
    "面积": re.compile(r"\d[千万亿]*[余多]?(?:亩|公顷|平方)"),
    "产量": re.compile(r"年产(?![值能业量])[^,。]{0,10}\d"),
    "一天": re.compile("日均|[每单]日|每天|一日"),
}
"""What is told without its name: 面积 by its unit, 产量 and 一天 by 年产 and 日均."""


def _named(term: str, key: str) -> float:
    """How far a text names a word: itself, a synonym, or most of its characters.

    >>> _named("增速", "同比增长5%"), _named("进出口总值", "进出口总额增长")
    (0.9, 0.75)
    """
    if term in ("出口", "进口"):
        key = key.replace("进出口", " ")  # the sum of both is neither
    if term in key or _also_tells(term, key):
        return 1.0
    if (shorter := _ADDED.sub("", term)) != term and shorter in key:
        return SYNONYM_CREDIT
    pairs = [term[i : i + 2] for i in range(len(term) - 1)] if len(term) > 2 and not term.isascii() else []
    nearly = sum(pair in key for pair in pairs) / len(pairs) if pairs else 0.0
    figure = figure_in(term)
    told = any(name in key for name in (figure, *synonyms(figure))) or _also_tells(figure, key)
    if len(figure) == 2 and len(term) > 3 and not told:
        nearly = 0.0  # 汽车产业 says nothing of 汽车产量; 发电 does of 发电量, 年产 of 年产量
    credit = 1.0 if names_figure(term) else SYNONYM_CREDIT  # 营收 and 营业收入 are one figure
    return max(nearly, credit * any(word in key for word in synonyms(term)))


def _also_tells(term: str, key: str) -> bool:
    return term in _ALSO_TOLD and _ALSO_TOLD[term].search(key) is not None
