"""What a search asks of every passage, as columns: its article, the day it was published, the regions it may be about.

Knows nothing about texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import IndexDamaged, rebuild_hint
from regional_qa.ports import Rows

FILE = "columns.npz"
NEARLY_ALL = 0.9
"""Share of the dated passages that makes a year the usual one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """One entry for each passage, by its row."""

    articles: NDArray[np.int32]
    days: NDArray[np.int32]
    """Counted as ``date.toordinal`` does; 0 where it is not known."""
    regions: NDArray[np.uint64]
    """Bit ``i`` says that the passage may be about ``names[i]``."""
    names: NDArray[np.str_]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, str]]) -> Self:
        """From ``(article, day, regions as JSON)``.

        >>> columns = Columns.of([(0, 738000, '["安徽"]'), (0, 0, '["江西", "安徽"]'), (1, 738001, "[]")])
        >>> columns.about(["江西", "西藏"]).tolist(), columns.about(["安徽"]).tolist()
        ([False, True, False], [True, True, False])
        """
        whole = list(rows)
        listed: dict[str, tuple[str, ...]] = {
            one: tuple(json.loads(one)) for one in dict.fromkeys(r for *_, r in whole)
        }
        names = list(dict.fromkeys(name for some in listed.values() for name in some))
        bits = {packed: sum(1 << names.index(name) for name in some) for packed, some in listed.items()}
        return cls(
            np.array([article for article, _, _ in whole], dtype=np.int32),
            np.array([day for _, day, _ in whole], dtype=np.int32),
            np.array([bits[packed] for *_, packed in whole], dtype=np.uint64),
            np.array(names, dtype=np.str_),
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``save`` wrote.

        Raises:
            IndexDamaged: the file cannot be read.
        """
        try:
            with (folder / FILE).open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return cls(**arrays)
        except (OSError, ValueError, TypeError, KeyError, BadZipFile) as error:
            raise IndexDamaged(f"{folder / FILE} cannot be read ({error}); {rebuild_hint(folder)}") from error

    def save(self, folder: Path) -> None:
        """Write into an existing folder."""
        columns: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        np.savez(folder / FILE, **columns)

    def about(self, regions: Sequence[str], rows: Rows | None = None) -> NDArray[np.bool_]:
        """Which passages, of all or of ``rows``, may be about any of the regions."""
        mask = np.uint64(sum(1 << place for place, name in enumerate(self.names.tolist()) if name in regions))
        return np.asarray((self.regions if rows is None else self.regions[rows]) & mask != 0)

    def published(self, since: date | None, until: date | None) -> NDArray[np.bool_]:
        """Which passages were published in ``[since, until]``; one of unknown date always may have been."""
        first, last = (since or date.min).toordinal(), (until or date.max).toordinal()
        return np.asarray((self.days == 0) | ((self.days >= first) & (self.days <= last)))

    def among(self, regions: Sequence[str], since: date | None, until: date | None) -> Rows:
        """Rows about any of the regions, where some are given, and published in ``[since, until]``."""
        keep = self.about(regions) if regions else np.ones(len(self), dtype=bool)
        if since is not None or until is not None:
            keep &= self.published(since, until)
        return np.flatnonzero(keep).astype(np.int64)

    def usual_year(self) -> int | None:
        """The year in which nearly all dated passages were published; None where there is no such year."""
        dated = self.days[self.days > 0]
        if not len(dated):
            return None
        year = date.fromordinal(int(np.median(dated))).year
        inside = (dated >= date(year, 1, 1).toordinal()) & (dated <= date(year, 12, 31).toordinal())
        return year if inside.mean() >= NEARLY_ALL else None

    def __len__(self) -> int:
        return len(self.articles)
