"""Answer -> one chat message of HTML: the quotation with its labels, what was understood, source cards.

The message is a single line without blank lines, so that Gradio's Markdown hands it through whole.
Knows nothing about Gradio or the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from regional_qa.answering.phrasing import Step
from regional_qa.knowledge.quantities import find_quantities
from regional_qa.types import Answer, Article, Citation, Span
from regional_qa.web import texts
from regional_qa.web.desk import Filters
from regional_qa.web.language import Language
from regional_qa.web.limits import without_industry, without_metric, without_region, without_years
from regional_qa.web.render import cut, escape, facts_url, mark, place_url, with_labels
from regional_qa.web.sources import MOST_CREDIT, MOST_TITLE, NEW_TAB, cited, closest, credited, day


def question_html(question: str) -> str:
    """What the person asked."""
    return f'<div class="rq-question">{cut(question)}</div>'


def fault_html(message: str, number: int = 0, language: Language = "zh") -> str:
    """One clear line when a question could not be answered at all; ``number`` is its turn, 0 outside of a talk."""
    tools = f'<p class="rq-tools">{_once_more(number, language)}</p>' if number else ""
    return f'<div class="rq-answer rq-fault"><p>{cut(message)}</p>{tools}</div>'


def following_html(questions: Sequence[str], language: Language) -> str:
    """What may be asked next, a button each (see chat.js); empty without any."""
    buttons = "".join(f'<button type="button" class="rq-ask">{escape(question)}</button>' for question in questions)
    return f'<div class="rq-next"><p>{texts.FOLLOWING.to(language)}</p>{buttons}</div>' if buttons else ""


def noted_html(line: str) -> str:
    """That what a person said of an answer was noted, or why not."""
    return f'<p class="rq-noted">{escape(line)}</p>'


def answer_html(
    answer: Answer,
    asked: str,
    filters: Filters,
    article: Callable[[str], Article],
    language: Language = "zh",
    number: int = 1,
    wording: str = "",
) -> str:
    """The whole message for one answer; ``article`` fetches a cited article for its excerpt, ``number`` is the turn.

    ``wording`` is what ``worded_html`` made of a language model's, to stand below the quotations.
    """
    found = answer.status == "answered"
    parts = [_completed(answer.question, asked, language)]
    if found:
        parts += [
            _text(answer),
            f'<div class="rq-phrased">{wording}</div>' if wording else "",
            _understood(answer, filters, language),
            _notes(answer),
            cited(answer, article, language),
        ]
    else:
        parts += [
            f'<p class="rq-none">{escape(texts.nothing(answer.text, language))}</p>',
            _notes(answer),
            _understood(answer, filters, language),
            closest(answer, language),
        ]
    parts.append(_tools(answer, language, number))
    return f'<div class="rq-answer{"" if found else " rq-abstained"}">{"".join(parts)}</div>'


def worded_html(step: Step, language: Language, name: str = "") -> str:
    """A language model's wording as far as it has come, on one line; as long as more may come, ``name`` is its name.

    A sentence that is not proven is never shown, only that there was one.
    """
    parts = [f'<p class="rq-hint">{texts.PHRASED.to(language)}</p>'] if step.sentences or name else []
    for is_proven, sentences in groupby(step.sentences, key=bool):
        told = list(sentences)
        parts += _proven(told, step.answer, language) if is_proven else [_struck(len(told), language)]
    if name:
        writing = f'<p class="rq-writing">{texts.WRITING.to(language)}</p>'
        parts.append(f'{writing}<span class="rq-wording" hidden>{name}</span>')
    notes = step.notes if name or step.is_last else (texts.UNFINISHED.to(language),)
    return "".join([*parts, *(f'<p class="rq-note">{escape(note)}</p>' for note in notes)])


def _proven(sentences: Iterable[str], answer: Answer, language: Language) -> list[str]:
    """Sentences that the gate let through, each marked with what it looked at."""
    mark = f'<span class="rq-matched" title="{texts.MATCHED_HINT.to(language)}">{texts.MATCHED.to(language)}</span>'
    return [_linked(sentence, answer).replace("</p>", f" {mark}</p>") for sentence in sentences]


def _struck(count: int, language: Language) -> str:
    told = texts.STRUCK.to(language) if count == 1 else texts.ALL_STRUCK.to(language).format(count=count)
    return f'<p class="rq-struck">{told}</p>'


def footnotes(answer: Answer, language: Language = "zh") -> str:
    """The answer as Markdown with a footnote for each label, for quoting in one's own writing."""
    note = texts.FOOTNOTE.to(language)
    notes = [
        note.format(
            label=c.label, title=c.title[:MOST_TITLE] or texts.UNTITLED.to(language),
            by=credited(c.publisher, c.source, language)[:MOST_CREDIT], day=day(c.published, language),
        )
        for c in answer.citations
    ]  # fmt: skip
    return "\n".join([answer.text, "", *notes])


def _completed(question: str, asked: str, language: Language) -> str:
    if question.strip() == asked.strip():
        return ""
    return f'<p class="rq-completed">{escape(texts.COMPLETED.to(language).format(question=question))}</p>'


def _text(answer: Answer) -> str:
    return f'<div class="rq-text">{_linked(answer.text, answer)}</div>'


def _linked(text: str, answer: Answer) -> str:
    """A text of the answer, its labels as links to the quoted places."""
    places = {
        citation.label: place_url(citation.article_id, citation.span, citation.quote) for citation in answer.citations
    }
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


def _understood(answer: Answer, filters: Filters, language: Language) -> str:
    """What the question was taken for, a chip each; region, years, metric and industry can be taken out of it."""
    scope, limits = answer.scope, filters.words(language)
    chips = [
        _chip(texts.regions([region], language), language, without_region(answer.question, region))
        for region in scope.regions
    ]
    if scope.years:
        years = texts.SCOPE_YEARS.to(language).format(
            years=texts.REGION_SEPARATOR.to(language).join(map(str, scope.years))
        )
        chips.append(_chip(years, language, without_years(answer.question)))
    if scope.metric:
        named = texts.SCOPE_METRIC.to(language).format(metric=scope.metric.replace("gdp", "GDP"))
        chips.append(_chip(named, language, without_metric(answer.question, scope.metric)))
    if scope.industry:
        named = texts.SCOPE_INDUSTRY.to(language).format(industry=scope.industry)
        chips.append(_chip(named, language, without_industry(answer.question, scope.industry)))
    rest = (
        texts.KINDS[scope.kind].to(language) if scope.kind in texts.KINDS else "",
        texts.LIMITED.to(language).format(limits=limits) if limits else "",
    )
    chips += [_chip(words, language) for words in rest if words]
    return f'<ul class="rq-scope">{"".join(chips)}</ul>' if chips else ""


def _chip(words: str, language: Language, instead: str = "") -> str:
    """One part; ``instead`` is the question without it, which its button asks (see chat.js)."""
    shown = escape(words)
    button = (
        f'<button type="button" class="rq-drop"><span class="rq-unseen">{texts.DROP.to(language).format(limit=shown)}</span>'
        f'<span class="rq-instead" hidden>{escape(instead)}</span></button>'
    )
    return f'<li class="rq-chip">{shown}{button if instead else ""}</li>'


def _notes(answer: Answer) -> str:
    return "".join(f'<p class="rq-note">{cut(note)}</p>' for note in answer.notes)


def _tools(answer: Answer, language: Language, number: int) -> str:
    """What can be done with the answer: copied, its figures seen in their table, asked again."""
    copy, table = "", ""
    if answer.citations:
        copy = f'<button type="button" class="rq-copy">{texts.COPY.to(language)}</button>'
    if any(find_quantities(citation.quote) for citation in answer.citations):
        address = facts_url(region="、".join(answer.scope.regions))
        table = f'<a class="rq-facts-link" href="{address}" {NEW_TAB}>{texts.FACTS.to(language)}</a>'
    notes = f'<pre class="rq-footnotes" hidden>{escape(footnotes(answer, language))}</pre>' if copy else ""
    return f'<p class="rq-tools">{copy}{table}{_once_more(number, language)}{_judged(language)}</p>{notes}'


def _judged(language: Language) -> str:
    """Thumbs up and down, named for those who do not see them (see chat.js)."""
    thumbs = (("rq-good", texts.GOOD), ("rq-bad", texts.BAD))
    return "".join(
        f'<button type="button" class="{kind}" title="{name.to(language)}">'
        f'<span class="rq-unseen">{name.to(language)}</span></button>'
        for kind, name in thumbs
    )


def _once_more(number: int, language: Language) -> str:
    """Ask the last question again, as it is or in other words (see chat.js)."""
    return (
        f'<button type="button" class="rq-retry">{texts.RETRY.to(language)}</button>'
        f'<button type="button" class="rq-edit">{texts.EDIT.to(language)}</button>'
        f'<span class="rq-number" hidden>{number}</span>'
    )
