"""Citations and hits -> source cards: who says it, when and where, the passage with the evidence marked.

Knows nothing about the rest of an answer, about Gradio or the network.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from regional_qa.types import Answer, Article, Citation, Hit, Reprint
from regional_qa.web import texts
from regional_qa.web.language import Language
from regional_qa.web.render import article_url, cut, escape, excerpt, place_url

NEW_TAB = 'target="_blank" rel="noopener"'


def credited(publisher: str, source: str, language: Language) -> str:
    """Who stands behind a text, as ``types.credit`` tells it, for a reader of this language.

    >>> credited("", "", "en"), credited("甲报", "", "en"), credited("甲社", "乙报", "zh")
    ('source unknown', '甲报', '甲社（据乙报编写，非原文）')
    """
    if source:
        return texts.RETOLD.to(language).format(publisher=publisher, source=source)
    return publisher or texts.NO_CREDIT.to(language)


def day(published: date | None, language: Language = "zh") -> str:
    """A publication date, or that it is not known."""
    return published.isoformat() if published else texts.UNDATED.to(language)


def reprint_links(article: Article, language: Language) -> str:
    """Where else the same text was printed, each a link to it as it stood there; empty where nowhere."""
    links = [_reprint(reprint, language) for reprint in article.reprints]
    return " ".join([texts.REPRINTS.to(language), *links]) if links else ""


def _reprint(reprint: Reprint, language: Language) -> str:
    name = f"{reprint.publisher or reprint.origin} {day(reprint.published, language)}"
    return f'<a href="{article_url(reprint.article_id)}" {NEW_TAB}>{escape(name)}</a>'


def cited(answer: Answer, article: Callable[[str], Article], language: Language) -> str:
    """The sources of an answer, a card each."""
    cards = "".join(_source(citation, article(citation.article_id), language) for citation in answer.citations)
    return f'<h3 class="rq-heading">{texts.SOURCES.to(language)}</h3><ol class="rq-cards">{cards}</ol>'


def _source(citation: Citation, article: Article, language: Language) -> str:
    head = _head(article, citation.regions, language)
    return _card(f'<span class="rq-label">{citation.label}</span>', head, excerpt(article.text, citation.span),
                 place_url(citation.article_id, citation.span), language)  # fmt: skip


def closest(answer: Answer, language: Language) -> str:
    """The nearest passages of an abstention, which are no answer."""
    if not answer.closest:
        return ""
    cards = "".join(_near(hit, language) for hit in answer.closest)
    hint = f'<span class="rq-hint">{texts.CLOSEST_HINT.to(language)}</span>'
    return f'<h3 class="rq-heading">{texts.CLOSEST.to(language)}{hint}</h3><ul class="rq-cards">{cards}</ul>'


def _near(hit: Hit, language: Language) -> str:
    found = hit.article
    head = _head(found, found.regions or hit.passage.regions, language)
    return _card("", head, cut(hit.passage.text), place_url(found.article_id, hit.passage.span), language)


def _head(article: Article, regions: tuple[str, ...], language: Language) -> str:
    told = texts.INFERRED.to(language) if "published" in article.inferred else ""
    when_where = " · ".join([f"{day(article.published, language)}{told}", *(["、".join(regions)] if regions else [])])
    lines = [
        ("rq-title", article.title or texts.UNTITLED.to(language)),
        ("rq-facts", credited(article.publisher, article.source, language)),
        ("rq-facts", when_where),
    ]
    again = reprint_links(article, language)
    head = "".join(f'<p class="{kind}">{escape(line)}</p>' for kind, line in lines)
    return f'{head}<p class="rq-facts">{again}</p>' if again else head


def _card(label: str, head: str, passage: str, place: str, language: Language) -> str:
    return (
        f'<li class="rq-card">{label}<div class="rq-body">{head}<p class="rq-passage">{passage}</p>'
        f'<a class="rq-open" href="{place}" {NEW_TAB}>{texts.OPEN.to(language)}</a></div></li>'
    )
