"""Brings every article up to date: studied, embedded, its words indexed; what the cache knows is taken from there.

Knows nothing about generations.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from regional_qa.cores import cores
from regional_qa.indexing.bundles import Bundle, Member, Shelf, Volume
from regional_qa.indexing.cache import Cache
from regional_qa.indexing.crew import LITTLE, MOST_CHILDREN, Event, do_beside, do_here
from regional_qa.indexing.embedding import Embedding
from regional_qa.indexing.passages import PassageWriter
from regional_qa.indexing.study import Study
from regional_qa.indexing.worker import Job
from regional_qa.ports import LexicalIndex
from regional_qa.types import Article


class Upkeep:
    """Over the articles of one corpus, all written but for their passages."""

    def __init__(
        self,
        writer: PassageWriter,
        volumes: Sequence[Volume],
        embedding: Embedding,
        cache: Cache,
        shelf: Shelf,
        lexical: type[LexicalIndex],
    ) -> None:
        self._writer, self._embedding, self._cache, self._shelf = writer, embedding, cache, shelf
        self._lexical = lexical
        self._bundles = [bundle for volume in volumes for bundle in volume.bundles]
        self._studies: dict[int, bytes] = {}
        """Those that were made, packed, by row."""
        self._unbound, stale = shelf.lacking(volumes)
        self._stale = {bundle.number: bundle for bundle in stale}
        self._loose = set(self._stale)
        """Numbers of the bundles whose words are still to be indexed."""
        self._aside = ThreadPoolExecutor(1)
        self._binding: list[Future[None]] = []

    @contextlib.contextmanager
    def working(self) -> Iterator[Iterator[Event]]:
        """Begin what is to be done beside this process; gives the events for ``study`` and ``finish``.

        When it is left, all that was indexed is bound.
        """
        jobs = map(self._job, list(self._stale.values()))
        children = min(cores(), MOST_CHILDREN, len(self._stale))
        with self._aside:
            self._bind_whole()
            if cores() > 1 and sum(len(bundle.members) for bundle in self._stale.values()) > LITTLE:
                with do_beside(jobs, self._lexical, children) as events:
                    yield events
            else:
                yield do_here(jobs, self._lexical)
            for one in self._binding:
                one.result()

    def study(self, events: Iterator[Event], progress: Callable[[int], None]) -> None:
        """Study and embed every article; ``progress`` is told how many are done."""
        done = 0
        for bundle in self._bundles:
            if bundle.number not in self._stale:
                self._mend(bundle)
                done += len(bundle.members)
                progress(done)
        left = {number: deque(bundle.members) for number, bundle in self._stale.items()}
        while any(left.values()):
            job, study = next(events)
            if study is None:
                self._shelve(self._stale[job.number])
                continue
            members = left[job.number]
            place = len(job.items) - len(members)
            self._take(members.popleft(), study, job.items[place][0])
            done += 1
            if len(members) % 100 == 0:
                progress(done)
        self._embedding.finish()

    def write(self) -> list[int]:
        """Write passages and facts; the row of the article of each passage."""
        return self._writer.add_studies(
            (member.row, member.day, study)
            for bundle in self._bundles
            for member, study in zip(
                bundle.members,
                Study.every_unpacked(self._studies.get(one.row) or one.study or b"" for one in bundle.members),
                strict=True,
            )
        )

    def finish(self, events: Iterator[Event]) -> None:
        """Wait until all words are indexed."""
        for job, _ in events:
            self._shelve(self._stale[job.number])

    def _shelve(self, bundle: Bundle) -> None:
        self._shelf.finish(bundle)
        self._loose.remove(bundle.number)
        self._bind_whole()

    def _bind_whole(self) -> None:
        """Begin to bind the volumes whose bundles are all there."""
        whole = [one for one in self._unbound if self._loose.isdisjoint(bundle.number for bundle in one.bundles)]
        for volume in whole:
            self._unbound.remove(volume)
            self._binding.append(self._aside.submit(self._bind, volume))

    def _bind(self, volume: Volume) -> None:
        self._lexical.bind(self._shelf.begin(volume), [self._shelf.place(bundle) for bundle in volume.bundles])
        self._shelf.finish(volume)

    def _job(self, bundle: Bundle) -> Job:
        items = [(self._writer.article(member.row), member.study) for member in bundle.members]
        return Job(bundle.number, self._shelf.begin(bundle), items)

    def _mend(self, bundle: Bundle) -> None:
        """A bundle whose words are known: what else the cache has lost of it is made again."""
        for member in bundle.members:
            if not member.study or not self._embedding.knows(member.key):
                article = self._writer.article(member.row)
                self._take(member, member.study or Study.of(article).packed(), article)

    def _take(self, member: Member, study: bytes, article: Article) -> None:
        if not member.study:
            self._studies[member.row] = study
            member.studied(study, self._cache)
        if not self._embedding.knows(member.key):
            self._embedding.add(member.key, Study.unpacked(study).searched(article))
