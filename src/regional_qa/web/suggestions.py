"""Question -> what may be asked next, by rule: other regions, other years, what else; only what the corpus answers.

Knows nothing about pages.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence

from regional_qa.answering.followup import complete
from regional_qa.errors import RegionalQAError
from regional_qa.knowledge.dates import years_in
from regional_qa.knowledge.regions import provinces_in
from regional_qa.types import Answer, Hit
from regional_qa.web.desk import Assistant, Filters
from regional_qa.web.limits import without_region, without_years

SHOWN = 4
TRIED_SECONDS = 1.5
"""Then what has been found until now is offered."""
MORE = "还有哪些？"
_LOOKED_AT = 20
_REGIONS_TRIED, _YEARS_TRIED = 4, 3


def follow_ups(assistant: Assistant, answer: Answer, filters: Filters) -> list[str]:
    """At most ``SHOWN`` questions that the corpus answers with other words than this one was."""
    limits = {"regions": filters.regions, "since": filters.since, "until": filters.until}
    late = time.monotonic() + TRIED_SECONDS
    found: list[str] = []
    told = {places_of(answer)}
    try:
        wider = without_years(answer.question) or answer.question
        for region in answer.scope.regions:
            wider = without_region(wider, region) or wider
        hits = assistant.search(wider, k=_LOOKED_AT, **limits)  # type: ignore[arg-type]
        for question in candidates(answer, hits):
            if len(found) == SHOWN or time.monotonic() > late:
                break
            previous = answer.question if question == MORE else ""
            reply = assistant.ask(question, **limits, previous=previous, worded=False)  # type: ignore[arg-type]
            if reply.status == "answered" and places_of(reply) not in told:
                told.add(places_of(reply))
                found.append(question)
    except RegionalQAError:
        return found
    return found


def candidates(answer: Answer, hits: Sequence[Hit]) -> list[str]:
    """Questions worth a try: what else, then regions and years by turns, those that the best ``hits`` name first."""
    question, scope = answer.question, answer.scope
    regions, years = defaultdict[str, float](float), defaultdict[int, float](float)
    for hit in hits:
        for region in provinces_in(hit.passage.text):
            regions[region] += 1 / hit.rank
        for year in dict.fromkeys(years_in(hit.passage.text)):
            years[year] += 1 / hit.rank
    others = sorted(regions.keys() - set(scope.regions), key=lambda region: (-regions[region], region))
    times = sorted(years.keys() - set(scope.years), key=lambda year: (-years[year], year))
    elsewhere = [complete(f"那{region}呢？", question) for region in others[:_REGIONS_TRIED]]
    at_other_times = [complete(f"{year}年呢？", question) for year in times[:_YEARS_TRIED]]
    more = [MORE] if scope.kind == "list" and answer.status == "answered" else []
    one_region = len(provinces_in(question)) == 1
    turns = [elsewhere if one_region else [], at_other_times if scope.years else []]
    mixed = [turn[at] for at in range(max(map(len, turns))) for turn in turns if at < len(turn)]
    return list(dict.fromkeys(one for one in [*more, *mixed] if one != question))


def places_of(answer: Answer) -> frozenset[tuple[str, int]]:
    """What an answer cites."""
    return frozenset((citation.article_id, citation.span.start) for citation in answer.citations)
