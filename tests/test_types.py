"""The nouns refuse what would break their promises."""

from __future__ import annotations

import pytest

from regional_qa.types import Answer, Citation, Span, Status


def cite(label: int, quote: str, span: Span) -> Citation:
    return Citation(label, "a", "题", "报", None, (), "", span, quote)


def test_a_citation_is_as_long_as_its_span() -> None:
    """Label from 1, one character for each place of the span."""
    assert cite(1, "一半以上", Span(3, 7)).quote == "一半以上"
    for label, span in ((0, Span(3, 7)), (1, Span(3, 8))):
        with pytest.raises(ValueError, match="citation"):
            cite(label, "一半以上", span)


@pytest.mark.parametrize(
    ("text", "status", "labels"),
    [
        ("一半。", "answered", ()),
        ("一半。[1]", "abstained", (1,)),
        ("一半。[2]", "answered", (2,)),
        ("一半以上。[1]", "answered", (1,)),
    ],
)
def test_an_answer_keeps_its_promises(text: str, status: Status, labels: tuple[int, ...]) -> None:
    """Citations exactly where something is answered, labelled from 1, and each quotation in the text word for word."""
    quotes = tuple(cite(label, "一半。", Span(0, 3)) for label in labels)
    with pytest.raises(ValueError, match=r"citations|lacks"):
        Answer("问", text, status, quotes)
