"""Where passages and articles stand in an index that is joined from bundles.

Knows nothing about words or vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np

from regional_qa.errors import IndexDamaged, rebuild_hint
from regional_qa.ports import Rows

NUMBER_BITS = 32


def place_of(bundle: int, number: int) -> int:
    """The place of a passage or article by its number inside its bundle."""
    return bundle << NUMBER_BITS | number


@dataclass(frozen=True)
class Places:
    """Where the rows of passages and articles stand: a place is the number of the bundle and the number inside it.

    Places stay when another bundle grows; rows do not.
    """

    starts: Rows  # (n_bundles,) the first passage of each
    articles: Rows  # (n_searched,) the row of each article, in the order of the places
    article_places: Rows  # (n_searched,)

    @classmethod
    def of(cls, sizes: Sequence[int], articles: Sequence[int]) -> Self:
        """``sizes`` are the passages of each bundle, ``articles`` the article of each passage.

        >>> places = Places.of([2, 0, 3], [8, 8, 4, 4, 6])
        >>> places.rows(places.of_passages(np.array([1, 2, 4]))).tolist()
        [1, 2, 4]
        >>> [place >> NUMBER_BITS for place in places.of_articles(np.array([4, 6, 8])).tolist()]
        [2, 2, 0]
        """
        ends = np.cumsum(sizes, dtype=np.int64)
        starts = ends - sizes
        whole = [
            np.array([key for key, _ in groupby(articles[a:b])], dtype=np.int64)
            for a, b in zip(starts, ends, strict=True)
        ]
        places = [place_of(number, 0) + np.arange(len(rows)) for number, rows in enumerate(whole)]
        return cls(starts, np.concatenate(whole), np.concatenate(places).astype(np.int64))

    @classmethod
    def load(cls, file: Path) -> Self:
        """Open what ``save`` wrote.

        Raises:
            IndexDamaged: the file cannot be read.
        """
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return cls(**arrays)
        except (OSError, ValueError, TypeError, KeyError, BadZipFile) as error:
            raise IndexDamaged(f"{file} cannot be read ({error}); {rebuild_hint(file)}") from error

    def save(self, file: Path) -> None:
        """Write it."""
        np.savez(file, **vars(self))

    def of_passages(self, rows: Rows) -> Rows:
        """(len(rows),) the places of these passages."""
        numbers = np.searchsorted(self.starts, rows, side="right") - 1
        return np.asarray(numbers << NUMBER_BITS | rows - self.starts[numbers])

    def rows(self, places: Sequence[int]) -> Rows:
        """(len(places),) the passages at these places."""
        whole = np.array(places, dtype=np.int64)
        return np.asarray(self.starts[whole >> NUMBER_BITS] + (whole & (1 << NUMBER_BITS) - 1))

    def of_articles(self, rows: Rows) -> Rows:
        """(len(rows),) the places of these articles."""
        return np.asarray(self.article_places[self._order[np.searchsorted(self.articles, rows, sorter=self._order)]])

    @cached_property
    def _order(self) -> Rows:
        return np.argsort(self.articles)
