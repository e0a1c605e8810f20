"""Figures that may be of what is asked -> those of which the text says so in the question's own words, where there are any.

Knows nothing about places and times.
"""

from __future__ import annotations

from collections.abc import Sequence

from regional_qa.knowledge.measures import measures
from regional_qa.knowledge.metrics import Measured, whose
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import alike, names_metric
from regional_qa.types import Span


def those_named(question: str, metric: str, text: str, figures: Sequence[Span]) -> list[Span]:
    """The figures that measure the metric asked for, and of these the ones of what the question names; all where none does.

    >>> text = "第一产业增加值35亿元，第二产业增加值50亿元，同比增长15%。"
    >>> spans = [Span(7, 11), Span(19, 23)]
    >>> [span.of(text) for span in those_named("第二产业增加值多少", "增加值", text, spans)]
    ['50亿元']
    """
    if len(figures) < 2:
        return list(figures)
    told = {one.quantity.span: (one.what, text[: one.quantity.span.start]) for one in measures(text) if one.what}
    alone = [span for span in figures if span in told and (not metric or alike(told[span][0].metric, metric))]
    of_it = [span for span in alone if _is_named(*told[span], search_key(question))]
    if of_it:
        return of_it
    return [span for span in figures if span in alone or span not in told] if alone and metric else list(figures)


def _is_named(what: Measured, before: str, question: str) -> bool:
    """Whether a question names a metric, and of what it is to the last word."""
    subject = what.subject or whose(before, what.metric)
    for mention in reversed(find_regions(subject)):
        subject = subject[: mention.span.start] + subject[mention.span.end :]
    key = search_key(subject).strip("省市县区")
    named = names_metric(question, what.metric) or what.metric.removesuffix("数") in question
    return named and len(key) > 1 and key in question
