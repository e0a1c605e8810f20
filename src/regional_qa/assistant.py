"""The index and what answers from it, for whoever asks: search, ask, facts, articles.

Knows nothing about how its parts are chosen, or how results are shown.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from regional_qa.errors import UsageError
from regional_qa.indexing.generation import Generation, Parts
from regional_qa.indexing.live import Live
from regional_qa.knowledge.areas import Area
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import synonyms
from regional_qa.ports import Phraser
from regional_qa.retrieval import MOST_HITS, require_hits, search
from regional_qa.types import Answer, Article, Fact, Hit

if TYPE_CHECKING:
    from regional_qa.answering.phrasing import Step

_OLDER = "索引中最新的一版打不开，这是较早一版（{name}）的回答；请重建索引"


class Assistant:
    """Searches and answers over the live generation of the index; a ``phraser``, where there is one, words the answers anew.

    A generation that a rebuild publishes is noticed within two seconds and answers from then on; a call that has begun
    ends on the one it began with. Several calls that must see one index go to ``latest()``.

    Args of its methods: ``regions`` are names as people write them (安徽, 安徽省, Anhui, 合肥, 京津冀), of which a city or
    county lets through what names it, for facts what is of it; ``since`` and ``until`` are publication dates, both inclusive.
    """

    def __init__(self, index: Path, parts: Parts, phraser: Phraser | None = None) -> None:
        self._live = Live(index, parts)
        self._held: Generation | None = None
        self._phraser = phraser

    @property
    def _generation(self) -> Generation:
        return self._held or self._live.generation

    @property
    def generation(self) -> str:
        """The name of the generation that answers."""
        return self._generation.manifest.generation

    @property
    def notice(self) -> str:
        """Says so when an older generation is served because the newest is damaged; else empty."""
        return self._generation.notice

    def latest(self) -> Assistant:
        """This assistant held to the newest generation that is loaded: it stays the same whatever is published."""
        held = copy(self)
        held._held = self._live.generation
        return held

    def counts(self) -> Mapping[str, int]:
        """How many ``articles`` and ``passages`` are searched."""
        passages = self._generation.passages
        return {"articles": passages.articles, "passages": len(passages)}

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> list[Hit]:
        """The best ``k`` passages, rank from 1.

        Raises:
            UsageError: an empty or over-long query, an unknown region, or a ``k`` out of range.
        """
        _require_dates(since, until)
        area = Area.of(regions)
        if not area.places:
            return search(self._generation, query, k=k, regions=area.provinces, since=since, until=until)
        require_hits(k)
        hits = search(self._generation, query, k=MOST_HITS, regions=area.provinces, since=since, until=until)
        named = [hit for hit in hits if area.names(_all_of(hit.article), hit.passage.regions)]
        return [replace(hit, rank=rank) for rank, hit in enumerate(named[:k], start=1)]

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
        """The answer in the articles' own sentences, or an abstention with its reason.

        ``previous`` is the question before, which completes a follow-up such as 那江西呢？
        Unless ``worded``, no language model is asked.

        Raises:
            UsageError: an empty or over-long question, or an unknown region.
        """
        from regional_qa.answering.phrasing import phrase

        found = self._found(question, regions, since, until, previous)
        return phrase(found, self._phraser if worded else None)

    def ask_in_steps(
        self,
        question: str,
        *,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        previous: str = "",
    ) -> Generator[Step, None, None]:
        """As ``ask``, the answer at once and then every sentence of a language model's wording as soon as it is proven.

        The last step holds what ``ask`` gives. Closed before its end, it stops the language model.

        Raises:
            UsageError: an empty or over-long question, or an unknown region.
        """
        from regional_qa.answering.phrasing import steps

        found = self._found(question, regions, since, until, previous)
        return steps(found, self._phraser)

    def _found(
        self, question: str, regions: Sequence[str], since: date | None, until: date | None, previous: str
    ) -> Answer:
        """What the articles answer."""
        from regional_qa.answering.answer import answer  # a rebuild, a search or a check does without

        _require_dates(since, until)
        if not isinstance(previous, str):
            raise UsageError(f"previous must be the question before this one, got {previous!r}")
        area, generation = Area.of(regions), self._generation
        found = answer(generation, question, area=area, since=since, until=until, previous=previous)
        if generation.notice:
            found = replace(found, notes=(*found.notes, _OLDER.format(name=found.generation)))
        return found

    def facts(
        self,
        *,
        regions: Sequence[str] = (),
        metric: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> list[Fact]:
        """The figures of the articles with what they say, in the order of the articles.

        ``metric`` is a word that the metric holds, or what it is of: 产量, 光伏玻璃, 营收; listed synonyms count too.
        A fact's headline, publisher and day are those of ``article(fact.article_id)``.

        Raises:
            UsageError: an unknown region, or a metric that is no text.
        """
        _require_dates(since, until)
        if not isinstance(metric, str):
            raise UsageError(f"metric must be a word such as '产量', got {metric!r}")
        word = search_key(metric.strip())
        words = [word, *(other for other in synonyms(word) if len(other) > 1)] if word else []
        area = Area.of(regions)
        found = self._generation.passages.facts(area.provinces, words, since, until)
        return [fact for fact in found if area.holds(fact.place, fact.regions)]

    def article(self, article_id: str) -> Article:
        """One article in full.

        Raises:
            UsageError: there is none of this id.
        """
        if not isinstance(article_id, str) or not article_id.isprintable():
            raise UsageError(f"there is no article {article_id!r}; an id is a line of text")
        return self._generation.passages.article(article_id)

    def articles(self) -> Iterator[Article]:
        """Every article, reprints among them, in the order they were read."""
        return self._generation.passages.every_article()


def _all_of(article: Article) -> str:
    return f"{article.title} {article.place} {article.text}"


def _require_dates(*days: object) -> None:
    for day in days:
        if day is not None and type(day) is not date:
            raise UsageError(f"since and until must be datetime.date, got {day!r}")
