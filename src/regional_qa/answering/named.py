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
    """The figures of the metric asked for, those that are ``exact`` if any is; all where the text names no metric so.

    >>> text = "第一产业增加值35亿元，第二产业增加值50亿元，同比增长15%。"
    >>> spans = [Span(7, 11), Span(19, 23)]
    >>> [span.of(text) for span in those_named("第二产业增加值多少", "增加值", text, spans)]
    ['50亿元']
    """
    if len(figures) < 2:
        return list(figures)
    told = _told(metric, text)
    alone = [span for span in figures if span not in told or told[span] is not None]
    some = metric and any(told.get(span) for span in figures)
    return exact(question, metric, text, figures) or (alone if some else list(figures))


def exact(question: str, metric: str, text: str, figures: Sequence[Span]) -> list[Span]:
    """The figures of the metric asked for of which the question names the subject, to the last word."""
    key, told = search_key(question), _told(metric, text)
    return [span for span in figures if (what := told.get(span)) and _is_named(what, text[: span.start], key)]


def _told(metric: str, text: str) -> dict[Span, Measured | None]:
    """What each figure measures whose metric is told; None where it is another than the one asked for."""
    return {
        one.quantity.span: one.what if not metric or alike(one.what.metric, metric) else None
        for one in measures(text)
        if one.what
    }


def _is_named(what: Measured, before: str, question: str) -> bool:
    """Whether a question names a metric, and of what it is to the last word."""
    subject = what.subject or whose(before, what.metric)
    for mention in reversed(find_regions(subject)):
        subject = subject[: mention.span.start] + subject[mention.span.end :]
    key = search_key(subject).strip("省市县区")
    named = names_metric(question, what.metric) or what.metric.removesuffix("数") in question
    return named and len(key) > 1 and key in question
