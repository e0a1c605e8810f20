"""Vectors and tokens of articles in files of many articles each, as they were embedded together.

A file is named by its content and is not there when it is damaged, so any may be lost, and nothing but time is lost with
it. They are looked through and read beside other work. Knows nothing about models.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.cores import beside
from regional_qa.indexing import durable
from regional_qa.ports import HalfVectors, Tokens

FOLDER = "vectors"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Batch:
    """Some articles: the key of each, how many passages it has, and their vectors and tokens one after the other."""

    keys: Sequence[bytes]
    counts: NDArray[np.int64]  # (n_articles,)
    vectors: HalfVectors  # (n_passages, dim)
    tokens: Tokens  # of n_passages texts

    def take(self, articles: Sequence[int]) -> Self:
        """Some of the articles, in the order given."""
        edges = _edges(self.counts)
        rows = np.concatenate([np.arange(edges[at], edges[at + 1]) for at in articles])
        keys = [self.keys[at] for at in articles]
        return type(self)(keys, self.counts[list(articles)], self.vectors[rows], self.tokens.take(rows.tolist()))

    @classmethod
    def joined(cls, batches: Sequence[Self]) -> Self:
        """The articles of all of them."""
        return cls(
            list(chain.from_iterable(one.keys for one in batches)),
            np.concatenate([one.counts for one in batches]),
            np.concatenate([one.vectors for one in batches]),
            Tokens(
                np.concatenate([one.tokens.ids for one in batches]),
                _edges(np.concatenate([np.diff(one.tokens.starts) for one in batches])),
            ),
        )

    def packed(self) -> bytes:
        """Bytes that ``unpacked`` reads: four sizes, then the columns."""
        shape = (len(self.keys), *self.vectors.shape, len(self.tokens.ids))
        numbers = np.concatenate([shape, self.counts, np.diff(self.tokens.starts)]).astype(np.int64)
        ids = self.tokens.ids.astype(np.uint32)
        return b"".join([numbers.tobytes(), *self.keys, ids.tobytes(), self.vectors.tobytes()])

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        """What ``packed`` wrote."""
        articles, passages, dim, tokens = np.frombuffer(content, np.int64, 4).tolist()
        numbers = np.frombuffer(content, np.int64, articles + passages, 4 * 8)
        keys_at = (4 + articles + passages) * 8
        ids_at = keys_at + articles * KEY_BYTES
        keys = [content[at : at + KEY_BYTES] for at in range(keys_at, ids_at, KEY_BYTES)]
        ids = np.frombuffer(content, np.uint32, tokens, ids_at)
        vectors = np.frombuffer(content, np.float16, passages * dim, ids_at + ids.nbytes).reshape(passages, dim)
        return cls(keys, numbers[:articles], vectors, Tokens(ids, _edges(numbers[articles:])))


class _Place(NamedTuple):
    """Where an article is kept, how many passages and tokens it has, and the largest token of its file."""

    file: Path
    at: int
    passages: int
    tokens: int
    most: int


class Batches:
    """The batches of a cache; only the sole writer of an index opens them."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / FOLDER
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for left in self._folder.glob("*.tmp"):
            left.unlink()
        self._looking = [beside(_look_at, file) for file in self._folder.iterdir()]
        self._known: dict[bytes, _Place] = {}
        self._gathered: set[bytes] = set()

    def __contains__(self, key: bytes) -> bool:
        return key in self._places()

    def add(self, batch: Batch) -> Path:
        """Keep a batch, from now on for the next rebuild too, whatever ends this one; its file."""
        content = batch.packed()
        file = self._folder / hashlib.sha256(content).hexdigest()
        fresh = file.with_suffix(".tmp")
        durable.write(fresh, content)
        fresh.replace(file)
        self._places().update(_places_in(file, batch))
        return file

    def gather(self, keys: Sequence[bytes], dim: int) -> tuple[HalfVectors, Tokens]:
        """(n_passages, dim) the vectors of these articles, one after the other, and their tokens."""
        self._gathered.update(keys)
        places = [self._places()[key] for key in keys]
        rows, tokens = _edges([one.passages for one in places]), _edges([one.tokens for one in places])
        vectors = np.empty((rows[-1], dim), dtype=np.float16)
        most = max((one.most for one in places), default=0)  # wide numbers that are made narrow later take a second
        sizes, ids = np.empty(rows[-1], dtype=np.int64), np.empty(tokens[-1], dtype=np.min_scalar_type(most))

        def fill(file: Path, numbers: Sequence[int]) -> None:
            batch = Batch.unpacked(file.read_bytes())
            edges = _edges(batch.counts)
            for first, last in _runs(numbers, [places[number].at for number in numbers]):
                here = slice(rows[first], rows[last + 1])
                there = slice(edges[places[first].at], edges[places[last].at + 1])
                starts = batch.tokens.starts[there.start : there.stop + 1]
                vectors[here], sizes[here] = batch.vectors[there], np.diff(starts)
                ids[tokens[first] : tokens[last + 1]] = batch.tokens.ids[starts[0] : starts[-1]]

        held = defaultdict[Path, list[int]](list)
        for number, place in enumerate(places):
            held[place.file].append(number)
        for one in [beside(fill, file, numbers) for file, numbers in held.items()]:
            one.result()
        return vectors, Tokens(ids, _edges(sizes))

    def prune(self, few: int, many: int) -> None:
        """Forget articles that were not gathered; what is left of a file, and files of less than ``few`` passages, are joined.

        The new files are of ``many`` passages or somewhat more, but for the last.
        """
        with contextlib.suppress(OSError, ValueError):  # it is tried again after the next rebuild
            kept = self._joined(few, many)
            for file in set(self._folder.iterdir()) - kept:
                file.unlink()

    def _joined(self, few: int, many: int) -> set[Path]:
        """The files of all that was gathered."""
        used, whole = defaultdict[Path, list[_Place]](list), Counter[Path]()
        for key in self._gathered:
            used[self._known[key].file].append(self._known[key])
        whole.update(place.file for place in self._known.values())
        kept, loose = set[Path](), list[Batch]()
        for file, places in used.items():
            if len(places) == whole[file] and sum(one.passages for one in places) >= few:
                kept.add(file)
                continue
            loose.append(Batch.unpacked(file.read_bytes()).take(sorted(one.at for one in places)))
            if sum(len(one.vectors) for one in loose) >= many:
                kept.add(self.add(Batch.joined(loose)))
                loose = []
        if loose:
            kept.add(self.add(Batch.joined(loose)))
        return kept

    def _places(self) -> dict[bytes, _Place]:
        while self._looking:
            self._known.update(self._looking.pop().result())
        return self._known


def _look_at(file: Path) -> dict[bytes, _Place]:
    """The articles in a file; none where it is damaged."""
    with contextlib.suppress(OSError, ValueError):
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() == file.name:
            return _places_in(file, Batch.unpacked(content))
    return {}


def _places_in(file: Path, batch: Batch) -> dict[bytes, _Place]:
    tokens = np.diff(batch.tokens.starts[_edges(batch.counts)])
    columns = zip(batch.keys, batch.counts.tolist(), tokens.tolist(), strict=True)
    most = int(batch.tokens.ids.max(initial=0))
    return {key: _Place(file, at, passages, count, most) for at, (key, passages, count) in enumerate(columns)}


def _edges(sizes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """(n + 1,) where each of n stretches of these sizes begins, and the last ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _runs(numbers: Sequence[int], places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of those numbers that follow one another as their places do."""
    steps = np.flatnonzero((np.diff(numbers) != 1) | (np.diff(places) != 1)) + 1
    for first, stop in pairwise([0, *steps.tolist(), len(numbers)]):
        yield numbers[first], numbers[stop - 1]
