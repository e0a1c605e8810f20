"""A small assistant of fixed articles, so that the pages are tested without a model or an index."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import date

from regional_qa.answering.phrasing import Step, steps
from regional_qa.errors import UsageError
from regional_qa.facts import find_facts
from regional_qa.ports import Phraser
from regional_qa.reading.newspaper import read_newspaper
from regional_qa.retrieval import clean_query
from regional_qa.types import Answer, Article, Citation, Fact, Hit, Passage, Reprint, Scope, Span

ANHUI = Article(
    "anhui",
    "安徽光储产业集群",
    "安徽把光储产业作为重点。\n2023年，安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。组件产量接近全国的1/4。\n"
    + "安徽还在建设储能项目。" * 120,
    publisher="regional-qa 编写",
    published=date(2024, 2, 23),
    regions=("安徽",),
    section="经济",
    source="人民日报《各地发力》",
)
JIANGXI = Article(
    "jiangxi",
    "江西光伏",
    "2023年，江西光伏产量占全国的一成。",
    publisher="江西日报",
    published=date(2023, 11, 2),
    regions=("江西",),
    reprints=(Reprint("again", "江西光伏", "某网", date(2023, 11, 3), "again.txt"),),
)
PAPER_FILE = (
    "湖州：竹林里的新账\n本报记者 甲乙\n湖州安吉的竹林面积有八十七万亩，去年竹产业的产\n\n"
    "值达到一百九十亿元。<img src=x onerror=alert(1)> 当地把竹子做成地板、家具和纤维，带动农户三万户。\n"
)
"""A page as a scan gives it: a sentence broken in two."""
PAPER = next(iter(read_newspaper(PAPER_FILE, "page.txt")))
OWN_WORDS = ("一半以上", "1/3", "一成")
HOSTILE = Article(
    "evil/../<id>",
    "<img src=x onerror=alert(1)>![图](http://evil.example/a.png) $$x$$ ~删~",
    "敌意<script>document.title='pwned'</script> ![x](http://evil.example/p.png) 10~20亿元，~~划掉~~ $$a$$ "
    '<iframe src="http://evil.example"></iframe> [点我](javascript:alert(1)) www.evil.example'
    " <style>body{display:none}</style>"
    " [来源 1] **粗** # 题\n\n```mermaid\ngraph TD\n```\n结尾\u202e倒",
    publisher="<form action=http://evil.example><input type=password></form>",
    source="<svg onload=alert(1)>",
)


class FakeAssistant:
    """Answers about 安徽 and 江西, quotes the hostile article for 敌意, abstains on the rest."""

    def __init__(self, phraser: Phraser | None = None) -> None:
        self._phraser = phraser

    generation = "gen-000001"
    notice = ""

    def latest(self) -> FakeAssistant:
        return self

    def counts(self) -> Mapping[str, int]:
        """Three articles, four passages."""
        return {"articles": 3, "passages": 4}

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> list[Hit]:
        """Every article as one passage, in fixed order."""
        clean_query(query)
        articles = [one for one in (ANHUI, JIANGXI, HOSTILE) if not regions or set(regions) & set(one.regions)]
        return [_hit(article, rank) for rank, article in enumerate(articles[:k], start=1)]

    def ask(
        self,
        question: str,
        *,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        previous: str = "",
        worded: bool = True,
    ) -> Answer:
        """A quotation, or an abstention with the nearest passages."""
        clean_query(question)
        if question.startswith("那") and previous:
            question = previous.replace("安徽", "江西")
        if worded:
            time.sleep(3 if "慢" in question else 0.3 if "稍等" in question else 0)
        if "江西" in question or "Jiangxi" in question:
            return _quote(question, JIANGXI, "2023年，江西光伏产量占全国的一成。", Scope(("江西",), (2023,), "share"))
        if "敌意" in question:
            return _quote(question, HOSTILE, HOSTILE.text, Scope())
        if "安徽" in question or "Anhui" in question:
            quote = "安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。"
            return _quote(question, ANHUI, quote, Scope(("安徽",), (2023,), "share"))
        notes = ("没有写到所问内容的报道",)
        return Answer(question, "语料中没有找到", "abstained", notes=notes, closest=tuple(self.search(question, k=3)))

    def ask_in_steps(
        self,
        question: str,
        *,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        previous: str = "",
    ) -> Generator[Step, None, None]:
        """As ``ask``, then what its phraser makes of it."""
        return steps(self.ask(question, regions=regions, since=since, until=until, previous=previous), self._phraser)

    def facts(
        self,
        *,
        regions: Sequence[str] = (),
        metric: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> list[Fact]:
        """Those of 安徽, and one of which every word is hostile."""
        if unknown := [region for region in regions if region not in ("安徽", "江西", "敌意")]:
            raise UsageError(f"unknown region {unknown[0]!r}", f"没有“{unknown[0]}”这个地区")
        found = [*find_facts(ANHUI), hostile_fact()]
        return [one for one in found if (not regions or set(regions) & set(one.regions)) and metric in one.metric]

    def article(self, article_id: str) -> Article:
        """One of the three, or the one that came from a page."""
        for article in (ANHUI, JIANGXI, HOSTILE, PAPER):
            if article.article_id == article_id:
                return article
        raise UsageError(f"there is no article {article_id!r}")

    def articles(self) -> Iterator[Article]:
        """All three."""
        yield from (ANHUI, JIANGXI, HOSTILE)


def hostile_fact() -> Fact:
    """A fact whose words are the hostile article's."""
    text, span = HOSTILE.text, Span(0, len(HOSTILE.text))
    return Fact(
        HOSTILE.article_id, span, span, text, ("敌意",), text, text, text, "count", 1.0, None, "", "", text, (), text
    )


def _hit(article: Article, rank: int) -> Hit:
    span = Span(0, len(article.text))
    passage = Passage(f"p{rank}", article.article_id, span, article.text, article.regions)
    return Hit(passage, article, rank, 1.0 / rank, {"lexical": 1.0 / rank})


def _quote(question: str, article: Article, quote: str, scope: Scope) -> Answer:
    start = article.text.index(quote)
    span = Span(start, start + len(quote))
    marks = tuple(Span(start + at, start + at + len(own)) for own in OWN_WORDS if (at := quote.find(own)) >= 0)
    citation = Citation(1, article.article_id, article.title, article.publisher, article.published, article.regions,
                        article.source, span, quote, marks=marks)  # fmt: skip
    return Answer(question, f"{quote}[1]", "answered", (citation,), scope, generation=FakeAssistant.generation)
