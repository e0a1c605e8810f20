"""What was found for the places of a question, and what its reader must know beside the quotations.

Knows nothing about how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from regional_qa.answering.sources import Chosen, Source
from regional_qa.answering.understanding import Understanding
from regional_qa.answering.wording import listed, placed, say
from regional_qa.knowledge.areas import lies_in
from regional_qa.knowledge.dates import days_in, relative_year
from regional_qa.knowledge.periods import WHOLE_YEAR, months_in
from regional_qa.knowledge.regions import Mention


@dataclass(frozen=True, slots=True)
class Limits:
    """What is searched: provinces of the caller, days of publication, and the cities and counties named, if any."""

    regions: tuple[str, ...]
    since: date | None
    until: date | None
    places: tuple[Mention, ...] = ()

    def within(self, asked: tuple[Mention, ...]) -> tuple[Mention, ...]:
        """The places asked about; for one that the limits' cities or counties lie in, those."""
        if not asked:
            return self.places
        inside = (one for place in asked for one in self._inside(place) or (place,))
        return tuple({one.name: one for one in inside}.values())

    def stop(self, asked: tuple[Mention, ...]) -> bool:
        """Whether all places asked about lie outside."""
        return bool(self.regions and asked) and not any(map(self._lets, asked))

    def _inside(self, place: Mention) -> tuple[Mention, ...]:
        """What of the limits lies in a place; nothing for a group of provinces."""
        return tuple(one for one in self.places if lies_in(one, place)) if len(place.provinces) == 1 else ()

    def _lets(self, place: Mention) -> bool:
        if self.places and len(place.provinces) == 1:
            return any(lies_in(place, one) for one in self.places)
        return bool(set(place.provinces) & set(self.regions))

    @property
    def names(self) -> tuple[str, ...]:
        """The regions it is limited to, by name."""
        return tuple(place.name for place in self.places) or self.regions

    @property
    def no_days(self) -> bool:
        """Whether the last day lies before the first."""
        return bool(self.since and self.until and self.since > self.until)


@dataclass(frozen=True, slots=True)
class Cell:
    """What was found for the places asked about together: sources, or why there are none."""

    places: tuple[Mention, ...]
    chosen: Chosen | None
    reason: str = ""

    def sources(self, *, alone: bool) -> tuple[Source, ...]:
        """What is cited; of places that are compared, one each."""
        if self.chosen is None:
            return ()
        return self.chosen.same[:1] if alone else self.chosen.all


def notes(asked: Understanding, limits: Limits, cells: Sequence[Cell]) -> Iterator[str]:
    """What a reader must know beside the quotations."""
    question = asked.question
    if limits.no_days:
        yield say(question, "no_days")
        return
    if limits.since or limits.until:
        side = "" if limits.since and limits.until else "_since" if limits.since else "_until"
        yield say(question, f"published{side}", first=limits.since, last=limits.until)
    if asked.compares:
        yield _one_side(question, cells)
    for cell in cells:
        yield cell.reason
        if cell.chosen is None:
            continue
        best = cell.chosen.same[0]
        if best.evidence.part:
            part, asked_for = best.evidence.part, cell.places[0].name
            yield say(question, "part", part=placed(question, part), asked=placed(question, asked_for))
        if asked.scope.years and not best.evidence.years_agree:
            yield say(question, "year_unsure", year=asked.scope.years[0])
        if (word := relative_year(question)) and not asked.scope.years:
            years = [say(question, "year", year=year) for year in best.evidence.sentence.years]
            yield say(
                question, "relative_year", word=word, told=listed(question, years) or say(question, "year_not_told")
            )
        if (limits.since or limits.until) and best.evidence.article.published is None:
            yield say(question, "day_unsure")
        inferred = best.evidence.article.place
        if inferred in {place.name for place in cell.places} and inferred not in best.evidence.article.text:
            yield say(question, "place_unsure", place=placed(question, inferred))
        if asked.months - {WHOLE_YEAR} and not months_in(best.evidence.sentence.text):
            yield say(question, "months_unsure")
        for key, others in (("figures_differ", cell.chosen.differing), ("series", cell.chosen.other_times)):
            if others and not asked.compares:
                key = "days_differ" if asked.scope.kind == "date" else key
                yield say(question, key, figures=listed(question, [_told(question, one) for one in (best, *others)]))


def _one_side(question: str, cells: Sequence[Cell]) -> str:
    """That only some of the places compared are told of; empty where all are, or none."""
    told, missing = ([cell.places[0].name for cell in cells if bool(cell.chosen) == has] for has in (True, False))
    named = {"told": placed(question, *told), "missing": placed(question, *missing)}
    return say(question, "one_side", **named) if told and missing else ""


def _told(question: str, source: Source) -> str:
    """A figure with the time it is of; where none is told, the days."""
    if source.figure is None:
        return listed(question, days_in(source.evidence.sentence.text))
    period = source.figure.period or say(question, "none")
    return f"{source.figure.fact.told}（{period}）"
