"""Articles in bundles, each indexed by itself: what changes in one leaves the words of the others as they are.

Bundles are small, so that a change is quick, and bound into few volumes, so that a search is.

An article belongs to a bundle by its id alone, so that no article moves when others come and go. Knows nothing about
how words are indexed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from regional_qa.indexing import durable
from regional_qa.indexing.cache import FOLDER as CACHE
from regional_qa.indexing.cache import Cache, key_of
from regional_qa.indexing.manifest import record_files
from regional_qa.indexing.reprints import Sketch
from regional_qa.indexing.study import study_key
from regional_qa.types import Article

FOLDER = "lexical"
FEW = 1000
"""Articles up to which one bundle is quick enough."""
BUNDLES = 64
"""More make a change quicker and a full rebuild slower."""
BOUND = 8
"""Bundles in a volume, as many as tantivy merges of itself; with 16 volumes a search takes half as long again as with 8."""
MOST = 12_500
"""Articles in a bundle, as far as tantivy keeps those of a volume in one segment."""
_RECORD = "FILES"


@dataclass(frozen=True, slots=True)
class Member:
    """An article that is searched: its row, what it is kept under, and the day it was published."""

    row: int
    article_id: str
    key: bytes
    day: int
    sketch: Sketch
    study: bytes | None
    """Packed, where it is known."""

    @classmethod
    def of(cls, row: int, article: Article, cache: Cache) -> Self:
        """An article that was just written, with what the cache knows of it."""
        key = study_key(article)
        (value,) = cache.get([key])
        size = int.from_bytes(value[:4], "little") if value else 0
        sketch = Sketch.unpacked(value[4 : 4 + size]) if value else Sketch.of(article.text)
        day = article.published.toordinal() if article.published else 0
        return cls(row, article.article_id, key, day, sketch, value[4 + size :] if value else None)

    def studied(self, study: bytes, cache: Cache) -> Self:
        """The same with its study, which the cache knows from now on."""
        front = self.sketch.packed()
        cache.put([(self.key, len(front).to_bytes(4, "little") + front + study)])
        return replace(self, study=study)


@dataclass(frozen=True, eq=False)
class Bundle:
    """Some of the articles, in the order of their rows."""

    number: int
    members: Sequence[Member]

    @cached_property
    def key(self) -> bytes:
        """What its words are kept under."""
        return key_of("bundle", str(self.number), *(member.key for member in self.members))


@dataclass(frozen=True, eq=False)
class Volume:
    """Bundles that follow one another and are searched as one."""

    bundles: Sequence[Bundle]

    @cached_property
    def key(self) -> bytes:
        """What its words are kept under."""
        return key_of("volume", *(bundle.key for bundle in self.bundles))


def bound(bundles: Sequence[Bundle]) -> list[Volume]:
    """All bundles in volumes."""
    return [Volume(bundles[first : first + BOUND]) for first in range(0, len(bundles), BOUND)]


def bundled(members: Sequence[Member]) -> list[Bundle]:
    """The articles in bundles of about the same size."""
    count = 1 if len(members) <= FEW else max(BUNDLES, -(-len(members) // MOST))
    lists: list[list[Member]] = [[] for _ in range(count)]
    for member in members:
        digest = hashlib.blake2b(member.article_id.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        lists[int.from_bytes(digest, "little") % count].append(member)
    return [Bundle(number, some) for number, some in enumerate(lists)]


class Shelf:
    """Indexed bundles and volumes on disk by their keys; one whose files are not as they were written is not there."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / FOLDER
        self._used: set[Path] = set()
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def lacking(self, volumes: Sequence[Volume]) -> tuple[list[Volume], list[Bundle]]:
        """The volumes that are not there, and those of their bundles that are not there either."""
        unbound = [volume for volume in volumes if not self._holds(volume)]
        stale = [bundle for volume in unbound for bundle in volume.bundles if not self._holds(bundle)]
        self._used.update(
            self.place(bundle) for volume in volumes for bundle in volume.bundles
        )  # a change may want them
        return unbound, stale

    def _holds(self, one: Bundle | Volume) -> bool:
        place = self.place(one)
        try:
            return bool(json.loads((place / _RECORD).read_bytes()) == _files(place))
        except (OSError, ValueError):
            return False

    def begin(self, one: Bundle | Volume) -> Path:
        """An empty folder to index it into; of this process alone, since a child may outlive its parent."""
        folder = self.place(one).with_suffix(f".{os.getpid()}.tmp")
        folder.mkdir(mode=0o700)
        return folder

    def finish(self, one: Bundle | Volume) -> None:
        """Note that it is whole."""
        place = self.place(one)
        folder = place.with_suffix(f".{os.getpid()}.tmp")
        durable.write(folder / _RECORD, json.dumps(_files(folder)).encode())
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)

    def place(self, one: Bundle | Volume) -> Path:
        """Where it lies if it is there."""
        self._used.add(place := self._folder / one.key.hex())
        return place

    def prune(self) -> None:
        """Throw away what nobody has asked the place of."""
        for place in self._folder.iterdir():
            if place not in self._used:
                shutil.rmtree(place, ignore_errors=True)

    def __enter__(self) -> Self:
        self._clear()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._clear()

    def _clear(self) -> None:
        """Throw away what a rebuild that was stopped has begun."""
        for left in self._folder.glob("*.tmp"):
            shutil.rmtree(left, ignore_errors=True)


def words_under_way(index: Path) -> bool:
    """Whether words are being indexed, or were when a rebuild was stopped."""
    return any((index / CACHE / FOLDER).glob("*.tmp"))


def _files(folder: Path) -> dict[str, object]:
    return {name: asdict(record) for name, record in record_files(folder).items() if name != _RECORD}
