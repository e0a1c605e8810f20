"""What the command line prints for people: articles, passages, answers. Knows nothing about options or indexes."""

from __future__ import annotations

from collections.abc import Callable

from regional_qa.cli.frame import Frame
from regional_qa.types import Answer, Article, Citation, Hit, Span, credit

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
        Frame(english=False).day(article.published, article.inferred),
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


def hit_text(hit: Hit, frame: Frame) -> str:
    """One passage: where it stands, how well it fits, its text."""
    article = hit.article
    day = frame.day(article.published, article.inferred)
    line = (
        f"{hit.rank}. {article.title or name_text(article)} | {frame.credit(article.publisher, article.source)} | {day}"
    )
    about = article.regions or hit.passage.regions
    regions = f" | {frame.regions(about)}" if about else ""
    span = hit.passage.span
    below = [
        " ".join(hit.passage.text.split()),
        frame.place(article.origin, span, article.in_original(span)),
        *([frame.reprints(article.reprints)] if article.reprints else []),
    ]
    return "\n   ".join([f"{line}{regions} | {hit.score:.2f}", *below]) + "\n"


def answer_text(answer: Answer, article: Callable[[str], Article]) -> str:
    """An answer with its notes and footnotes, in the language of its question; ``article`` gives one by its id."""
    frame = Frame.of(answer.question)
    lines = [f"{PHRASED}\n{answer.phrased}\n"] if answer.phrased else []
    lines.append(answer.text)
    lines += [frame.note(note) for note in answer.notes]
    lines += [_citation_text(citation, article(citation.article_id), frame) for citation in answer.citations]
    if answer.closest:
        lines.append(frame.nearest)
        lines += [hit_text(hit, frame).rstrip() for hit in answer.closest]
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


def _citation_text(citation: Citation, article: Article, frame: Frame) -> str:
    told = (
        frame.credit(citation.publisher, citation.source),
        frame.day(citation.published, citation.inferred),
        frame.place(citation.origin, citation.span, citation.in_original),
    )
    again = f"{'; ' if frame.english else '；'}{frame.reprints(citation.reprints)}" if citation.reprints else ""
    return f"[{citation.label}] {name_text(article)} {frame.comma.join(told)}{again}"
