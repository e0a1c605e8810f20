"""Article -> how it stood in its file, where that is text; what is shown is proven to be what the article was made of.

Opens only the file that the index names, inside the corpus that the index names; no address from outside comes here.
Knows nothing about HTML.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from regional_qa.reading.decoding import decode
from regional_qa.types import Article, Span

KINDS = (".txt",)
"""Files whose characters are the original's; of others only a parser knows the text."""
MAX_BYTES = 5_000_000
AROUND = 160
"""Characters shown before and after a quotation, and then to the end of the line."""
SHOWN = 12_000
"""Characters shown at most."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of the file that stand together: of the article or of another, cited or not."""

    text: str
    own: bool
    cited: bool


def original(corpus: Path, article: Article) -> str | None:
    """The text of an article's file; None where there is none to show, or where it has changed since."""
    if not article.layout or not article.origin.lower().endswith(KINDS):
        return None
    try:
        raw = _read(corpus, article.origin)
    except (OSError, ValueError):  # an UnreadableError is one
        return None
    same = all(raw[one.original : one.original + len(words)] == words for one in article.layout
               if (words := one.span.of(article.text)))  # fmt: skip
    return raw if same else None


def windows(raw: str, article: Article, span: Span | None) -> list[Span]:
    """What of the file is shown: the lines around each place of a quotation, or all from the article's first to last.

    >>> from regional_qa.types import Stretch
    >>> one = Article("a", "", "甲乙", layout=(Stretch(Span(0, 2), 3),))
    >>> windows("丙丁\\n甲乙\\n", one, None)
    [Span(start=3, end=5)]
    """
    if span is None:
        ends = [(one.original, one.original + one.span.end - one.span.start) for one in article.layout]
        first, last = min(start for start, _ in ends), max(end for _, end in ends)
        return [Span(first, min(last, first + SHOWN))]
    found: list[Span] = []
    for place in sorted(article.in_original(span)):
        start = raw.rfind("\n", 0, max(0, place.start - AROUND)) + 1
        stop = raw.find("\n", min(len(raw), place.end + AROUND))
        end = min(len(raw) if stop < 0 else stop, place.end + 4 * AROUND)
        start = max(start, place.start - 4 * AROUND)
        if found and start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Span(start, end))
    return found


def pieces(raw: str, window: Span, article: Article, span: Span | None) -> Iterator[Piece]:
    """The characters of a window in order, told apart."""
    own = [Span(one.original, one.original + one.span.end - one.span.start) for one in article.layout]
    cited = article.in_original(span) if span else ()
    edges = {edge for one in (*own, *cited) for edge in (one.start, one.end) if window.start < edge < window.end}
    cuts = sorted({window.start, *edges, window.end})
    for start, end in itertools.pairwise(cuts):
        yield Piece(raw[start:end], _holds(own, start), _holds(cited, start))


def _holds(spans: Sequence[Span], place: int) -> bool:
    return any(span.start <= place < span.end for span in spans)


def _read(corpus: Path, origin: str) -> str:
    """The decoded text of a plain file inside the corpus.

    Raises:
        OSError: it cannot be opened.
        ValueError: it lies outside, is too large or is no plain file.
        UnreadableError: it is no text.
    """
    place = corpus / origin if corpus.is_dir() else corpus
    if not place.resolve().is_relative_to(corpus.resolve()):
        raise ValueError("outside of the corpus")
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise ValueError("not a plain file of a page's size")
        return decode(file.read(MAX_BYTES))[0]
