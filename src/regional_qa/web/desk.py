"""The assistant as the pages see it: opened once, asked with what people type, its answers as records.

Knows nothing about HTML or Gradio.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

from regional_qa.errors import RegionalQAError, UsageError
from regional_qa.types import Answer, Article, Fact, Hit
from regional_qa.web import texts
from regional_qa.web.language import Language

if TYPE_CHECKING:
    from regional_qa.answering.phrasing import Step
    from regional_qa.web.wording import Wording

PAUSE = 1.0
"""Seconds between two attempts to open an index."""
MOST_VISITORS = 300
"""Of whom it is remembered how far they have come."""
LONGEST_FIELD = 100
"""Characters of one field of the fact table's form."""
ORDERS: Mapping[str, Callable[[Fact], Any]] = {
    "place": lambda fact: (fact.place, fact.metric),
    "matter": lambda fact: (fact.industry, fact.metric),
    "metric": lambda fact: (fact.metric, fact.industry),
    "figure": lambda fact: (fact.kind, fact.unit, fact.value),
    "basis": lambda fact: (fact.basis, fact.kind, fact.unit, fact.value),
    "time": lambda fact: (fact.years, fact.period),
}
"""By what the fact table can be sorted; figures only among their like, since 3亿元 is neither more nor less than 5%."""
_NAMES = re.compile(r"(?<![^\s,，、;；])[A-Za-z'’]+(?: +[A-Za-z'’]+)*(?![^\s,，、;；])|[^\s,，、;；]+")
"""Names of regions, parted by commas or blanks; English ones may hold blanks."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Assistant(Protocol):
    """What the pages need of the assistant; ``regional_qa.assistant`` has the real one."""

    @property
    def generation(self) -> str:
        """The name of the generation that answers."""

    @property
    def notice(self) -> str:
        """Says so when an older generation answers because the newest cannot be opened; else empty."""

    def latest(self) -> Assistant:
        """Itself, held to the newest generation that is loaded."""

    def counts(self) -> Mapping[str, int]:
        """How many ``articles`` and ``passages`` are searched."""

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> list[Hit]:
        """The best passages, rank from 1."""

    def ask(
        self,
        question: str,
        *,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        previous: str = "",
        worded: bool = True,
    ) -> Answer:
        """The answer, or an abstention with its reason; unless ``worded``, no language model is asked."""

    def ask_in_steps(
        self,
        question: str,
        *,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        previous: str = "",
    ) -> Generator[Step, None, None]:
        """As ``ask``, the answer at once and then every sentence of a language model's wording that is proven."""

    def facts(
        self,
        *,
        regions: Sequence[str] = (),
        metric: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> list[Fact]:
        """The figures of the articles with what they say."""

    def article(self, article_id: str) -> Article:
        """One article in full; UsageError if there is none."""

    def articles(self) -> Iterator[Article]:
        """Every article, reprints among them."""


class Desk:
    """Holds the assistant; as long as it cannot be opened, requests try anew now and then and get the fault.

    So a server started before the first rebuild begins to answer when the index is there. One that runs during a
    rebuild goes on with the generation before until the new one is loaded; no request waits for that.
    ``wordings`` are those that conversations wait for, by their names.
    """

    def __init__(self, open_assistant: Callable[[], Assistant]) -> None:
        self._open = open_assistant
        self._waiting: dict[str, int] = {}
        self._watch: Callable[[Assistant], Assistant] = lambda assistant: assistant
        self._opened: Assistant | None = None
        self._fault: RegionalQAError | None = None
        self._again = 0.0
        self._lock = threading.Lock()
        self.wordings: WeakValueDictionary[str, Wording] = WeakValueDictionary()

    def assistant(self) -> Assistant:
        """The open assistant, held to one generation: what a request asks of it is of one index.

        Raises:
            RegionalQAError: it cannot be opened; the message names the cure.
        """
        with self._lock:
            if self._opened is None:
                self._opened = self._opened_anew()
        return self._watch(self._opened.latest())

    def article(self, article_id: str) -> Article:
        """One article of the index that answers now; RegionalQAError where there is none."""
        return self.assistant().article(article_id)

    def waits(self, visitor: str, turn: int) -> None:
        """Note for which turn a visitor waits to hear what may be asked next; those seen last are remembered."""
        with self._lock:
            self._waiting.pop(visitor, None)
            self._waiting[visitor] = turn
            if len(self._waiting) > MOST_VISITORS:
                del self._waiting[next(iter(self._waiting))]

    def still_waits(self, visitor: str, turn: int) -> bool:
        """Whether the visitor has not gone on to another turn."""
        return self._waiting.get(visitor) == turn

    def watch(self, watch: Callable[[Assistant], Assistant]) -> None:
        """Hand out what this makes of the assistant, from now on."""
        self._watch = watch

    def _opened_anew(self) -> Assistant:
        """Many requests that find no index must not each read all of it."""
        if self._fault and time.monotonic() < self._again:
            raise self._fault.with_traceback(None)
        try:
            return self._open()
        except RegionalQAError as fault:
            self._fault, self._again = fault, time.monotonic() + PAUSE
            raise


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person limits a question to."""

    regions: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, regions: str, since: str, until: str, language: Language = "zh") -> Filters:
        """Filters from three text fields; empty fields limit nothing. A fault is told in ``language``.

        Raises:
            UsageError: no text, a date not written as YYYY-MM-DD, or dates that cross.

        >>> Filters.read("安徽，江西 Inner Mongolia", "2024-01-31", "").regions
        ('安徽', '江西', 'Inner Mongolia')
        """
        if not all(isinstance(field, str | None) for field in (regions, since, until)):
            raise UsageError(texts.NOT_TEXT.to(language))
        names = tuple(dict.fromkeys(_NAMES.findall(regions or "")))
        first, last = _day(since, language), _day(until, language)
        if first and last and first > last:
            raise UsageError(texts.DATES_CROSSED.to(language).format(since=first, until=last))
        return cls(names, first, last)

    def words(self, language: Language = "zh") -> str:
        """The filters as a person reads them; empty when there are none."""
        return " · ".join(
            part
            for part in (
                texts.regions(self.regions, language),
                f"{texts.SINCE.to(language)} {self.since}" if self.since else "",
                f"{texts.UNTIL.to(language)} {self.until}" if self.until else "",
            )
            if part
        )


@dataclass(frozen=True, slots=True)
class FactsAsked:
    """What a person asks of the fact table, as it was typed."""

    region: str = ""
    metric: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""
    """One of ``ORDERS``, after a minus sign the other way round; anything else leaves the order of the articles."""

    def of(self, assistant: Assistant, language: Language = "zh") -> list[Fact]:
        """The facts asked for.

        Raises:
            UsageError: an over-long field, an unknown region, or dates that ``Filters`` refuses.
        """
        if max(map(len, astuple(self))) > LONGEST_FIELD:
            raise UsageError(texts.TOO_LONG.to(language).format(limit=LONGEST_FIELD))
        limits = Filters.read(self.region, self.since, self.until, language)
        facts = assistant.facts(regions=limits.regions, metric=self.metric, since=limits.since, until=limits.until)
        if order := ORDERS.get(self.sort.removeprefix("-")):
            facts.sort(key=order, reverse=self.sort.startswith("-"))
        return facts


def _day(text: str, language: Language) -> date | None:
    text = (text or "").strip()
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(texts.BAD_DATE.to(language).format(text=text[:40]))
