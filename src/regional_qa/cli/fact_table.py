"""Facts for people: what each says, its headline, its paper, its day and its place.

Knows nothing about how facts are found.
"""

from __future__ import annotations

from regional_qa.cli.frame import Frame
from regional_qa.cli.texts import name_text
from regional_qa.types import Article, Fact, credit


def fact_text(fact: Fact, article: Article) -> str:
    """One fact in two lines: what it says, and where that stands word for word."""
    basis = f"（{fact.basis}）" if fact.basis else ""
    time = fact.period or "、".join(f"{year}年" for year in fact.years) or "时间未写明"
    frame = Frame(english=False)
    place = frame.place(article.origin, fact.span, article.in_original(fact.span))
    return (
        f"{fact.place} | {' '.join(filter(None, (fact.industry, fact.metric)))} | {fact.told}{basis} | {time}\n"
        f"   {' '.join(fact.quote.split())}\n"
        f"   {name_text(article)} {credit(article.publisher, article.source)}，{frame.day(article.published)}，{place}\n"
    )
