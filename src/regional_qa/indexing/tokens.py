"""The tokens of every passage on disk, mapped and never read whole.

Knows nothing about what a token means.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import IndexDamaged
from regional_qa.indexing import durable
from regional_qa.ports import Rows, Tokens
from regional_qa.shortlist import Shortlist

_IDS, _STARTS, _COUNTS = "tokens.npy", "token_starts.npy", "token_counts.npy"
_SOME = 1 << 20
_REMEMBERED = 8
"""Filters whose shortlists are kept, some 1 MB each: who asks under a filter asks under it again."""


class TokenStore:
    """Tokens by row, and how often each token occurs in all."""

    def __init__(
        self, ids: NDArray[np.unsignedinteger], starts: NDArray[np.int64], counts: NDArray[np.integer]
    ) -> None:
        self._ids, self._starts, self._counts = ids, starts, counts
        known = np.append(counts, 0)  # the last for every token beyond
        whole = Tokens(ids, starts)  # not ``self``, which would keep a store alive that nobody uses any more

        @functools.lru_cache(_REMEMBERED)
        def shortlist(rows: bytes) -> Shortlist:
            return Shortlist(whole.take(np.frombuffer(rows, dtype=np.int64)))

        self._shortlist = shortlist
        self._rarity = np.log1p(counts.sum() / (known + 1.0)).astype(np.float32)

    @classmethod
    def build(cls, batches: Sequence[Tokens]) -> Self:
        """The batches end to end."""
        most = max((int(batch.ids.max(initial=0)) for batch in batches), default=0)
        small = np.uint16 if most < 1 << 16 else np.uint32
        ids = np.concatenate([batch.ids.astype(small) for batch in batches])
        sizes = np.concatenate([np.diff(batch.starts) for batch in batches])
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        counts = np.zeros(most + 1 if ids.size else 0, dtype=np.int64)
        for start in range(0, len(ids), _SOME):  # numpy counts a copy in eight bytes each
            counts += np.bincount(ids[start : start + _SOME], minlength=len(counts))
        return cls(ids, starts, counts)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Open what ``save`` wrote; None where the model that built the index has no tokens.

        Raises:
            IndexDamaged: a file cannot be read.
        """
        if not (folder / _IDS).exists():
            return None
        try:
            ids = np.load(folder / _IDS, mmap_mode="r", allow_pickle=False)
            starts, counts = (np.load(folder / name, allow_pickle=False) for name in (_STARTS, _COUNTS))
            return cls(ids, starts, counts)
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{folder / _IDS} cannot be read ({error}); run `regional-qa rebuild`") from error

    def save(self, folder: Path) -> None:
        """Write into an existing folder."""
        for name, column in ((_IDS, self._ids), (_STARTS, self._starts), (_COUNTS, self._counts)):
            header = BytesIO()
            np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(column))
            content = np.ascontiguousarray(column).data.cast("B") if column.size else b""  # no view of nothing
            durable.write(folder / name, header.getvalue(), content)

    def take(self, rows: Sequence[int] | Rows) -> Tokens:
        """The tokens of these rows, in the order given."""
        return Tokens(self._ids, self._starts).take(rows)

    def shortlist(self, rows: Rows) -> Shortlist:
        """For some thousands of rows, its passages numbered in their order; the last ones made are remembered."""
        return self._shortlist(rows.tobytes())

    def rarity(self, ids: NDArray[np.uint32]) -> NDArray[np.float32]:
        """(len(ids),) logarithm of how many tokens there are for each of these."""
        return np.asarray(self._rarity[np.minimum(ids, len(self._rarity) - 1)])

    def __len__(self) -> int:
        return len(self._starts) - 1
