"""Articles in bundles, each indexed by itself: what changes in one leaves the words of the others as they are.

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
BUNDLES = 8
"""More make a change quicker and each search slower: with 16 it takes half as long again."""
MOST = 100_000
"""Articles in a bundle, as far as tantivy keeps them in one segment."""
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


@dataclass(frozen=True, slots=True)
class Bundle:
    """Some of the articles, in the order of their rows."""

    number: int
    members: Sequence[Member]

    @property
    def key(self) -> bytes:
        """What its words are kept under."""
        return key_of("bundle", str(self.number), *(member.key for member in self.members))


def bundled(members: Sequence[Member]) -> list[Bundle]:
    """The articles in bundles of about the same size."""
    count = 1 if len(members) <= FEW else max(BUNDLES, -(-len(members) // MOST))
    lists: list[list[Member]] = [[] for _ in range(count)]
    for member in members:
        digest = hashlib.blake2b(member.article_id.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        lists[int.from_bytes(digest, "little") % count].append(member)
    return [Bundle(number, some) for number, some in enumerate(lists)]


class Shelf:
    """Indexed bundles on disk by their keys; one whose files are not as they were written is not there."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / FOLDER
        self._used: set[Path] = set()
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def holds(self, bundle: Bundle) -> bool:
        """Whether the bundle is there and sound."""
        place = self.place(bundle)
        try:
            return bool(json.loads((place / _RECORD).read_bytes()) == _files(place))
        except (OSError, ValueError):
            return False

    def begin(self, bundle: Bundle) -> Path:
        """An empty folder to index a bundle into; of this process alone, since a child may outlive its parent."""
        folder = self.place(bundle).with_suffix(f".{os.getpid()}.tmp")
        folder.mkdir(mode=0o700)
        return folder

    def finish(self, bundle: Bundle) -> None:
        """Note that the bundle is whole."""
        place = self.place(bundle)
        folder = place.with_suffix(f".{os.getpid()}.tmp")
        durable.write(folder / _RECORD, json.dumps(_files(folder)).encode())
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)

    def place(self, bundle: Bundle) -> Path:
        """Where a bundle that is there lies."""
        self._used.add(place := self._folder / bundle.key.hex())
        return place

    def prune(self) -> None:
        """Throw away the bundles whose place nobody has asked for."""
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
