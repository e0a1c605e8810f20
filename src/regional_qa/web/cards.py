"""Answer -> one chat message of HTML: the quotation with its labels, what was understood, source cards.

The message is a single line without blank lines, so that Gradio's Markdown hands it through whole.
Knows nothing about Gradio or the network.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from regional_qa.answering.understanding import KIND_NAMES
from regional_qa.knowledge.quantities import find_quantities
from regional_qa.types import Answer, Article, Citation, Hit, Reprint, Span, credit
from regional_qa.web import texts
from regional_qa.web.desk import Filters
from regional_qa.web.limits import without_region, without_years
from regional_qa.web.render import article_url, cut, escape, excerpt, facts_url, mark, place_url, with_labels

NEW_TAB = 'target="_blank" rel="noopener"'


def question_html(question: str) -> str:
    """What the person asked."""
    return f'<div class="rq-question">{cut(question)}</div>'


def fault_html(message: str) -> str:
    """One clear line when a question could not be answered at all."""
    return f'<div class="rq-answer rq-fault"><p>{cut(message)}</p></div>'


def answer_html(answer: Answer, asked: str, filters: Filters, article: Callable[[str], Article]) -> str:
    """The whole message for one answer; ``article`` fetches a cited article for its excerpt."""
    found = answer.status == "answered"
    parts = [_completed(answer.question, asked)]
    if found:
        parts += [
            _phrased(answer),
            _text(answer),
            _understood(answer, filters),
            _notes(answer),
            _sources(answer, article),
            _tools(answer),
        ]
    else:
        parts += [
            f'<p class="rq-none">{texts.NOT_FOUND}</p>',
            _notes(answer),
            _understood(answer, filters),
            _closest(answer),
        ]
    return f'<div class="rq-answer{"" if found else " rq-abstained"}">{"".join(parts)}</div>'


def footnotes(answer: Answer) -> str:
    """The answer as plain text with a footnote for each label, for quoting in one's own writing."""
    notes = [
        f"[{c.label}] 《{c.title or texts.UNTITLED}》，{credit(c.publisher, c.source)}，{day(c.published)}"
        for c in answer.citations
    ]
    return "\n".join([answer.text, "", *notes])


def day(published: date | None) -> str:
    """A publication date, or that it is not known."""
    return published.isoformat() if published else texts.UNDATED


def reprint_links(article: Article) -> str:
    """Where else the same text was printed, each a link to it as it stood there; empty where nowhere."""
    return " ".join([texts.REPRINTS, *map(_reprint, article.reprints)]) if article.reprints else ""


def _reprint(reprint: Reprint) -> str:
    name = f"{reprint.publisher or reprint.origin} {day(reprint.published)}"
    return f'<a href="{article_url(reprint.article_id)}" {NEW_TAB}>{escape(name)}</a>'


def _completed(question: str, asked: str) -> str:
    if question.strip() == asked.strip():
        return ""
    return f'<p class="rq-completed">{escape(texts.COMPLETED.format(question=question))}</p>'


def _phrased(answer: Answer) -> str:
    if not answer.phrased:
        return ""
    return f'<div class="rq-phrased"><p class="rq-hint">{texts.PHRASED}</p>{_linked(answer.phrased, answer)}</div>'


def _text(answer: Answer) -> str:
    return f'<div class="rq-text">{_linked(answer.text, answer)}</div>'


def _linked(text: str, answer: Answer) -> str:
    """A text of the answer, its labels as links to the quoted places."""
    places = {citation.label: place_url(citation.article_id, citation.span) for citation in answer.citations}
    marks = {citation.label: _own_words(citation) for citation in answer.citations}
    link = f'<a class="rq-label" href="{{place}}" {NEW_TAB}>{{label}}</a>'
    return with_labels(
        text,
        [(citation.label, citation.quote) for citation in answer.citations],
        lambda label: link.format(place=places[label], label=label),
        lambda label, words: mark(words, marks[label]),
    )


def _own_words(citation: Citation) -> list[Span]:
    """The answer's own words, within the quotation."""
    return [Span(one.start - citation.span.start, one.end - citation.span.start) for one in citation.marks]


def _understood(answer: Answer, filters: Filters) -> str:
    """What the question was taken for, a chip each; a region or the years can be taken out of it."""
    scope, limits = answer.scope, filters.words()
    chips = [_chip(region, without_region(answer.question, region)) for region in scope.regions]
    if scope.years:
        years = texts.SCOPE_YEARS.format(years=texts.REGION_SEPARATOR.join(map(str, scope.years)))
        chips.append(_chip(years, without_years(answer.question)))
    rest = (KIND_NAMES.get(scope.kind, ""), texts.LIMITED.format(limits=limits) if limits else "")
    chips += [_chip(words) for words in rest if words]
    return f'<ul class="rq-scope">{"".join(chips)}</ul>' if chips else ""


def _chip(words: str, instead: str = "") -> str:
    """One part; ``instead`` is the question without it, which its button asks (see chat.js)."""
    shown = escape(words)
    button = (
        f'<button type="button" class="rq-drop"><span class="rq-unseen">{texts.DROP.format(limit=shown)}</span>'
        f'<span class="rq-instead" hidden>{escape(instead)}</span></button>'
    )
    return f'<li class="rq-chip">{shown}{button if instead else ""}</li>'


def _notes(answer: Answer) -> str:
    return "".join(f'<p class="rq-note">{escape(note)}</p>' for note in answer.notes)


def _sources(answer: Answer, article: Callable[[str], Article]) -> str:
    cards = "".join(_source(citation, article(citation.article_id)) for citation in answer.citations)
    return f'<h3 class="rq-heading">{texts.SOURCES}</h3><ol class="rq-cards">{cards}</ol>'


def _source(citation: Citation, article: Article) -> str:
    head = _head(article, citation.regions)
    return _card(f'<span class="rq-label">{citation.label}</span>', head, excerpt(article.text, citation.span),
                 place_url(citation.article_id, citation.span))  # fmt: skip


def _closest(answer: Answer) -> str:
    if not answer.closest:
        return ""
    cards = "".join(_near(hit) for hit in answer.closest)
    hint = f'<span class="rq-hint">{texts.CLOSEST_HINT}</span>'
    return f'<h3 class="rq-heading">{texts.CLOSEST}{hint}</h3><ul class="rq-cards">{cards}</ul>'


def _near(hit: Hit) -> str:
    found = hit.article
    head = _head(found, found.regions or hit.passage.regions)
    return _card("", head, cut(hit.passage.text), place_url(found.article_id, hit.passage.span))


def _head(article: Article, regions: tuple[str, ...]) -> str:
    told = texts.INFERRED if "published" in article.inferred else ""
    when_where = " · ".join([f"{day(article.published)}{told}", *(["、".join(regions)] if regions else [])])
    lines = [
        ("rq-title", article.title or texts.UNTITLED),
        ("rq-facts", credit(article.publisher, article.source)),
        ("rq-facts", when_where),
    ]
    again = reprint_links(article)
    head = "".join(f'<p class="{kind}">{escape(line)}</p>' for kind, line in lines)
    return f'{head}<p class="rq-facts">{again}</p>' if again else head


def _card(label: str, head: str, passage: str, place: str) -> str:
    return (
        f'<li class="rq-card">{label}<div class="rq-body">{head}<p class="rq-passage">{passage}</p>'
        f'<a class="rq-open" href="{place}" {NEW_TAB}>{texts.OPEN}</a></div></li>'
    )


def _tools(answer: Answer) -> str:
    """Copy the answer; the fact table, where there are figures."""
    table = ""
    if any(find_quantities(citation.quote) for citation in answer.citations):
        address = facts_url(region=texts.REGION_SEPARATOR.join(answer.scope.regions))
        table = f'<a class="rq-facts-link" href="{address}" {NEW_TAB}>{texts.FACTS}</a>'
    return (
        f'<p class="rq-tools"><button type="button" class="rq-copy">{texts.COPY}</button>{table}</p>'
        f'<pre class="rq-footnotes" hidden>{escape(footnotes(answer))}</pre>'
    )
