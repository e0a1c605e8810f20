"""Citations and hits -> source cards: who says it, when and where, the passage with the evidence marked.

Knows nothing about the rest of an answer, about Gradio or the network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import urlsplit

from regional_qa.types import Answer, Article, Citation, Hit, Reprint
from regional_qa.web import texts
from regional_qa.web.language import Language
from regional_qa.web.matched import why_matched
from regional_qa.web.render import SHOWN_CHARS, article_url, cut, escape, excerpt, place_url

NEW_TAB = 'target="_blank" rel="noopener"'
MOST_TITLE, MOST_CREDIT = 200, 400
"""Characters shown at most of a headline and of who says it; a browser must not choke on one."""
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*")
_NO_ADDRESS = re.compile(r"[\s\\<>\"'`]")


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


def address_link(url: str) -> str:
    """A link to where an article came from, which says whose it is; empty for what is no plain address of the web.

    The host is told as machines write it, so that none looks like another's.

    >>> address_link("https://news.example/a?b=1")[-35:], address_link("javascript:alert(1)"), address_link("//evil.example")
    ('rel="noopener">news&#46;example</a>', '', '')
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        sound = parts.scheme in ("http", "https") and _HOST.fullmatch(host) and "@" not in parts.netloc
        sound = sound and parts.port != 0  # asked for, since only this tells a port that is none
    except ValueError:  # a UnicodeError is one
        return ""
    if not sound or not url.isprintable() or _NO_ADDRESS.search(url):
        return ""
    return f'<a class="origin" href="{escape(url)}" {NEW_TAB}>{escape(host)}</a>'


def reprint_links(article: Article, language: Language) -> str:
    """Where else the same text was printed, each a link to it as it stood there; empty where nowhere."""
    links = [_reprint(reprint, language) for reprint in article.reprints]
    return " ".join([texts.REPRINTS.to(language), *links]) if links else ""


def _reprint(reprint: Reprint, language: Language) -> str:
    name = f"{(reprint.publisher or reprint.origin)[:MOST_TITLE]} {day(reprint.published, language)}"
    return f'<a href="{article_url(reprint.article_id)}" {NEW_TAB}>{escape(name)}</a>'


def cited(answer: Answer, article: Callable[[str], Article], language: Language) -> str:
    """The sources of an answer, a card each."""
    found = [(citation, article(citation.article_id)) for citation in answer.citations]
    cards = "".join(_source(answer.question, citation, whole, language) for citation, whole in found)
    narrow = _narrow([(citation.regions, citation.published) for citation in answer.citations], language)
    return f'<h2 class="rq-heading">{texts.SOURCES.to(language)}</h2>{narrow}<ol class="rq-cards">{cards}</ol>'


def closest(answer: Answer, language: Language) -> str:
    """The nearest passages of an abstention, which are no answer."""
    if not answer.closest:
        return ""
    cards = "".join(_near(answer.question, hit, language) for hit in answer.closest)
    narrow = _narrow([(_regions(hit), hit.article.published) for hit in answer.closest], language)
    hint = f'<span class="rq-hint">{texts.CLOSEST_HINT.to(language)}</span>'
    return f'<h2 class="rq-heading">{texts.CLOSEST.to(language)}{hint}</h2>{narrow}<ul class="rq-cards">{cards}</ul>'


def _source(question: str, citation: Citation, article: Article, language: Language) -> str:
    own = [mark.of(article.text) for mark in citation.marks]
    why = why_matched(question, f"{article.title[:MOST_TITLE]} {citation.quote}", citation.regions, own, language)
    label, place = (
        f'<span class="rq-label">{citation.label}</span>',
        place_url(citation.article_id, citation.span, citation.quote),
    )
    passage = excerpt(article.text, citation.span)
    return _card(label, _head(article, citation.regions, language), passage, why, place, language)


def _near(question: str, hit: Hit, language: Language) -> str:
    found, regions = hit.article, _regions(hit)
    told = f"{found.title[:MOST_TITLE]} {hit.passage.text[:SHOWN_CHARS]}"
    why = why_matched(question, told, regions, language=language)
    place = place_url(found.article_id, hit.passage.span, hit.passage.text)
    should = f'<button type="button" class="rq-should">{texts.SHOULD_BE.to(language)}</button>'  # chat.js
    return _card("", _head(found, regions, language), cut(hit.passage.text), why, place, language, should)


def _regions(hit: Hit) -> tuple[str, ...]:
    return hit.article.regions or hit.passage.regions


def _head(article: Article, regions: tuple[str, ...], language: Language) -> str:
    """Headline, who says it, when and where; other places of the same text are folded."""
    told = texts.INFERRED.to(language) if "published" in article.inferred else ""
    facts = [
        ("rq-by", credited(article.publisher, article.source, language)),
        ("rq-when", f"{day(article.published, language)}{told}"),
        ("rq-where", texts.regions(regions, language)),
    ]
    said = " · ".join(f'<span class="{kind}">{cut(words, MOST_CREDIT)}</span>' for kind, words in facts if words)
    title = cut(article.title or texts.UNTITLED.to(language), MOST_TITLE)
    return f'<p class="rq-title">{title}</p><p class="rq-facts">{said}</p>{_folded(article, language)}'


def _folded(article: Article, language: Language) -> str:
    if not article.reprints:
        return ""
    links = "".join(f"<li>{_reprint(reprint, language)}</li>" for reprint in article.reprints)
    count = texts.FOLDED.to(language).format(count=len(article.reprints))
    return f'<details class="rq-folded"><summary>{count}</summary><ul>{links}</ul></details>'


def _card(label: str, head: str, passage: str, why: str, place: str, language: Language, more: str = "") -> str:
    return (
        f'<li class="rq-card">{label}<div class="rq-body">{head}<p class="rq-passage">{passage}</p>'
        f'<p class="rq-why">{escape(why)}</p>'
        f'<a class="rq-open" href="{place}" {NEW_TAB}>{texts.OPEN.to(language)}</a>{more}</div></li>'
    )


def _narrow(cards: Sequence[tuple[tuple[str, ...], date | None]], language: Language) -> str:
    """A button for each region and year by which the cards differ; chat.js hides the others."""
    regions = list(dict.fromkeys(texts.regions([region], language) for where, _ in cards for region in where))
    years = sorted({str(published.year) for _, published in cards if published}, reverse=True)
    groups = [("where", regions), ("when", years)]
    buttons = "".join(
        f'<button type="button" class="rq-only rq-only-{kind}">{escape(name)}</button>'
        for kind, names in groups
        if len(cards) > 1 and len(names) > 1
        for name in names
    )
    return f'<p class="rq-narrow">{texts.ONLY.to(language)} {buttons}</p>' if buttons else ""
