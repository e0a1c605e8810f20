"""What the command line prints for people: articles, passages, answers. Knows nothing about options or indexes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from regional_qa.types import Answer, Article, Citation, Hit, Reprint, Span, credit

ROLES = {
    "body": "正文",
    "heading": "小标题",
    "subtitle": "副题",
    "byline": "署名",
    "caption": "图注",
    "signature": "落款",
    "running": "版面",
}
OPENING_CHARS = 20
PHRASED = "由语言模型根据引文改写（phrased by a language model）："


def article_text(article: Article) -> str:
    """One article as it was understood: what is known of it, then its paragraphs, each with its role and place."""
    from regional_qa.knowledge.topics import topics_of
    from regional_qa.reading.account import joins

    def told(name: str) -> str:
        return "（据正文）" if name in article.inferred else ""

    topics = topics_of(article.title, article.text)
    facts = [
        f"栏目 {article.section}" if article.section else "",
        f"{credit(article.publisher, article.source)}{told('publisher')}",
        f"{day_text(article.published)}{told('published')}",
        f"地区 {'、'.join(article.regions)}{told('regions')}" if article.regions else "地区不详",
        f"主题 {'、'.join(topics)}" if topics else "",
        f"原文件 {article.origin}",
    ]
    lines = [name_text(article), " | ".join(filter(None, facts))]
    seams, start = joins(article), 0
    for paragraph in article.text.split("\n"):
        end = start + len(paragraph)
        if paragraph:
            place = article.in_original(Span(start, end))[0].start
            joined = sum(start < seam < end for seam in seams)
            seam = f"，接合{joined}处" if joined else ""
            lines.append(f"[{ROLES[article.role_at(start)]}｜{place}{seam}] {paragraph}")
        start = end + 1
    return "\n".join([*lines, ""])


def hit_text(hit: Hit) -> str:
    """One passage: where it stands, how well it fits, its text."""
    article = hit.article
    day = f"{day_text(article.published)}{'（据正文）' if 'published' in article.inferred else ''}"
    line = f"{hit.rank}. {article.title or name_text(article)} | {credit(article.publisher, article.source)} | {day}"
    about = article.regions or hit.passage.regions
    regions = f" | {'、'.join(about)}" if about else ""
    span = hit.passage.span
    below = [
        " ".join(hit.passage.text.split()),
        place_text(article.origin, span, article.in_original(span)),
        *([_reprints_text(article.reprints)] if article.reprints else []),
    ]
    return "\n   ".join([f"{line}{regions} | {hit.score:.2f}", *below]) + "\n"


def answer_text(answer: Answer, article: Callable[[str], Article]) -> str:
    """An answer with its notes and footnotes; ``article`` gives one by its id."""
    lines = [f"{PHRASED}\n{answer.phrased}\n"] if answer.phrased else []
    lines.append(answer.text)
    lines += [f"（{note}）" for note in answer.notes]
    lines += [_citation_text(citation, article(citation.article_id)) for citation in answer.citations]
    if answer.closest:
        lines.append("最接近的段落（不是答案）：")
        lines += [hit_text(hit).rstrip() for hit in answer.closest]
    return "\n".join(lines)


def name_text(article: Article) -> str:
    """What an article is called: its headline, or where it has none its first words.

    >>> name_text(Article("a", "边贸", "口岸很热闹。")), name_text(Article("a", "", "口岸很热闹。"))
    ('《边贸》', '“口岸很热闹。”')
    """
    if article.title:
        return f"《{article.title}》"
    opening = " ".join(article.text[: 2 * OPENING_CHARS].split())
    return f"“{opening}”" if len(opening) <= OPENING_CHARS else f"“{opening[:OPENING_CHARS]}…”"


def place_text(origin: str, span: Span, in_original: Sequence[Span]) -> str:
    """Where words stand: in the article, in which file, and where in that, if elsewhere.

    >>> place_text("a.jsonl:7", Span(0, 4), (Span(0, 4),)), place_text("a.txt", Span(0, 4), (Span(10, 12), Span(20, 22)))
    ('第 0–4 字，原文件 a.jsonl:7', '第 0–4 字，原文件 a.txt 第 10–12、20–22 字')
    """
    places = "、".join(f"{place.start}–{place.end}" for place in in_original)
    there = "" if tuple(in_original) == (span,) else f" 第 {places} 字"
    return f"第 {span.start}–{span.end} 字" + (f"，原文件 {origin}{there}" if origin else "")


def _citation_text(citation: Citation, article: Article) -> str:
    day = f"{day_text(citation.published)}{'（据正文）' if 'published' in citation.inferred else ''}"
    place = place_text(citation.origin, citation.span, citation.in_original)
    again = f"；{_reprints_text(citation.reprints)}" if citation.reprints else ""
    name = name_text(article)
    return f"[{citation.label}] {name} {credit(citation.publisher, citation.source)}，{day}，{place}{again}"


def _reprints_text(reprints: Sequence[Reprint]) -> str:
    return "又见：" + "、".join(f"{one.publisher or one.origin} {day_text(one.published)}" for one in reprints)


def day_text(day: date | None) -> str:
    """A day, also where it is not known."""
    return day.isoformat() if day else "日期不详"
