"""Brings every article up to date: studied, embedded, its words indexed; what the cache knows is taken from there.

Knows nothing about generations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from regional_qa.indexing.bundles import Bundle, Member, Shelf
from regional_qa.indexing.cache import Cache
from regional_qa.indexing.crew import MOST_CHILDREN, cores, do_beside, do_here
from regional_qa.indexing.embedding import Embedding
from regional_qa.indexing.passages import PassageWriter
from regional_qa.indexing.study import Study
from regional_qa.indexing.worker import Job
from regional_qa.ports import LexicalIndex
from regional_qa.types import Article

LITTLE = 2000
"""Articles that are studied sooner than child processes are started."""


class Upkeep:
    """Over the articles of one corpus, all written but for their passages."""

    def __init__(
        self, writer: PassageWriter, bundles: Sequence[Bundle], embedding: Embedding, cache: Cache, shelf: Shelf
    ) -> None:
        self._writer, self._bundles, self._embedding, self._cache, self._shelf = (
            writer,
            bundles,
            embedding,
            cache,
            shelf,
        )
        self._studies: dict[int, Study] = {}

    def run(self, lexical: type[LexicalIndex], progress: Callable[[int], None]) -> list[int]:
        """Do all there is to do and write passages and facts; the row of the article of each passage.

        ``progress`` is told how many articles are done.
        """
        stale = {bundle.number: bundle for bundle in self._bundles if not self._shelf.holds(bundle)}
        unknown = sum(member.study is None for bundle in stale.values() for member in bundle.members)
        children = min(cores(), MOST_CHILDREN, len(stale))
        jobs = map(self._job, stale.values())
        places = dict.fromkeys(stale, 0)
        for job, study in (
            do_beside(jobs, lexical, children) if children > 1 and unknown > LITTLE else do_here(jobs, lexical)
        ):
            bundle = stale[job.number]
            if study is None:
                self._shelf.finish(bundle)
                continue
            place = places[job.number]
            self._take(bundle.members[place], study, job.items[place][0])
            places[job.number] += 1
            progress(len(self._studies))
        for bundle in self._bundles:
            if bundle.number not in stale:
                self._recall(bundle)
                progress(len(self._studies))
        self._embedding.finish()
        return list(self._write())

    def _job(self, bundle: Bundle) -> Job:
        items = [
            (self._writer.article(member.row), Study.unpacked(member.study) if member.study else None)
            for member in bundle.members
        ]
        return Job(bundle.number, self._shelf.begin(bundle), items)

    def _recall(self, bundle: Bundle) -> None:
        """A bundle whose words are known; where a row of the cache was lost it is made again."""
        for member in bundle.members:
            article = None if member.study else self._writer.article(member.row)
            self._take(member, Study.of(article) if article else Study.unpacked(member.study or b""), article)

    def _take(self, member: Member, study: Study, article: Article | None) -> None:
        self._studies[member.row] = study
        if member.study is None:
            self._cache.put([(member.key, study.packed().encode("utf-8", "surrogatepass"))])
        if not self._embedding.recall(member.row, member.key):
            searched = study.searched(article or self._writer.article(member.row))
            self._embedding.add(member.row, member.key, searched)

    def _write(self) -> Iterator[int]:
        for bundle in self._bundles:
            for member in bundle.members:
                study = self._studies[member.row]
                self._writer.add_study(member.row, member.day, study)
                yield from [member.row] * len(study.passages)
