"""A conversation -> files to keep: Markdown with footnotes, and the cited figures as CSV.

Knows nothing about how a file reaches the visitor.
"""

from __future__ import annotations

import functools
import io
import re
import time
from collections.abc import Callable
from datetime import date

from regional_qa.errors import RegionalQAError
from regional_qa.facts import find_facts
from regional_qa.records import write_figures_csv
from regional_qa.types import Answer, Article, Citation, Fact
from regional_qa.web import texts
from regional_qa.web.conversation import Conversation
from regional_qa.web.language import Language
from regional_qa.web.render import escape
from regional_qa.web.sources import credited, day

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$]|^\s*[-+=]|^\s*\d+(?=[.)]))", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
"""Four blanks would make code of a line."""
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def markdown_file(talk: Conversation, today: date, language: Language) -> str:
    """Every question with its answer; the footnotes count on through the conversation and stand at its end."""
    parts = [f"# {_plain(texts.TITLE.to(language))} {today.isoformat()}"]
    notes: list[str] = []
    for turn in talk.turns:
        if (answer := turn.answer) is None:
            continue
        said = "\n".join(f"> {line}" for line in _cited(answer, len(notes)).split("\n"))
        parts += [
            f"## {_plain(' '.join(answer.question.split()))}",
            said if answer.citations else _plain(texts.nothing(answer.text, language)),
        ]
        parts += map(_plain, answer.notes)
        notes += [_note(citation, len(notes) + citation.label, language) for citation in answer.citations]
    return "\n\n".join([*parts, *notes]) + "\n"


def figures_file(talk: Conversation, article: Callable[[str], Article]) -> str:
    """The figures of every citation of the conversation as CSV, as a spreadsheet reads UTF-8; labels as in the Markdown."""

    @functools.cache
    def facts(article_id: str) -> list[Fact]:
        try:
            return find_facts(article(article_id))
        except RegionalQAError:  # it has left with a rebuild since
            return []

    out = io.StringIO()
    write_figures_csv(out, (turn.answer for turn in talk.turns if turn.answer), facts)
    return f"\ufeff{out.getvalue()}"


def file_html(name: str, content: str) -> str:
    """A file in the page's keeping; chat.js hands it to the browser to be saved. Each is another element than before."""
    # escape makes characters visible that a file may hold as they are
    kept = "".join(f"&#{ord(sign)};" if sign == "\ufeff" else escape(sign) for sign in content)
    return f'<div class="rq-file"><span>{time.time_ns()}</span><b>{escape(name)}</b><pre>{kept}</pre></div>'


def _cited(answer: Answer, before: int) -> str:
    """The text of an answer, escaped, its labels as footnotes that count on from ``before``."""
    parts, cursor = [], 0
    for citation in answer.citations:
        end = answer.text.index(f"{citation.quote}[{citation.label}]", cursor) + len(citation.quote)
        parts += [_plain(answer.text[cursor:end]), f"[^{before + citation.label}]"]
        cursor = end + len(f"[{citation.label}]")
    return "".join([*parts, _plain(answer.text[cursor:])])


def _note(citation: Citation, number: int, language: Language) -> str:
    said = texts.NOTE.to(language).format(
        title=citation.title or texts.UNTITLED.to(language),
        by=credited(citation.publisher, citation.source, language),
        day=day(citation.published, language),
        start=citation.span.start,
        end=citation.span.end,
    )
    return f"[^{number}]: {_plain(' '.join(said.split()))}"


def _plain(text: str) -> str:
    r"""Foreign text that Markdown shows as it is written.

    >>> _plain("10~20亿*<b>"), _plain("1. 一"), _plain("2024-02-23")
    ('10\\~20亿\\*&lt;b&gt;', '1\\. 一', '2024-02-23')
    """
    return _SPECIAL.sub(lambda sign: _escaped(sign[0]), _INDENT.sub("", text.translate(_HTML)))


def _escaped(sign: str) -> str:
    """A list's number is escaped behind it, every other sign before it."""
    return f"{sign}\\" if sign[-1].isdigit() else f"{sign[:-1]}\\{sign[-1]}"
