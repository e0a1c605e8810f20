"""The tokens of every passage on disk, of which only those asked for are read.

Knows nothing about what a token means.
"""

from __future__ import annotations

import functools
import os
import weakref
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import IndexDamaged, rebuild_hint
from regional_qa.indexing import durable
from regional_qa.ports import Rows, Tokens
from regional_qa.shortlist import Shortlist

_IDS, _STARTS, _COUNTS = "tokens.npy", "token_starts.npy", "token_counts.npy"
_SOME = 1 << 20
_REMEMBERED = 8
"""Filters whose shortlists are kept, some 1 MB each: who asks under a filter asks under it again."""


class TokenStore:
    """Tokens by row, and how often each token occurs in all."""

    def __init__(self, stored: _Stored, counts: NDArray[np.integer]) -> None:
        self._stored = stored
        self._rarity = np.log1p(counts.sum() / (np.append(counts, 0) + 1.0)).astype(np.float32)
        """The last for every token beyond."""

        @functools.lru_cache(_REMEMBERED)
        def shortlist(rows: bytes) -> Shortlist:  # without ``self``, which it would keep when nobody else does any more
            return Shortlist(stored.take(np.frombuffer(rows, dtype=np.int64)))

        self._shortlist = shortlist

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Open what ``write_tokens`` wrote; None where the model that built the index has no tokens.

        Raises:
            IndexDamaged: a file cannot be read.
        """
        if not (folder / _IDS).exists():
            return None
        try:
            starts, counts = (np.load(folder / name, allow_pickle=False) for name in (_STARTS, _COUNTS))
            return cls(_Stored(folder / _IDS, starts), counts)
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{folder / _IDS} cannot be read ({error}); {rebuild_hint(folder)}") from error

    def take(self, rows: Sequence[int] | Rows) -> Tokens:
        """The tokens of these rows, in the order given."""
        return self._stored.take(rows)

    def shortlist(self, rows: Rows) -> Shortlist:
        """For some thousands of rows, its passages numbered in their order; the last ones made are remembered."""
        return self._shortlist(rows.tobytes())

    def rarity(self, ids: NDArray[np.uint32]) -> NDArray[np.float32]:
        """(len(ids),) logarithm of how many tokens there are for each of these."""
        return np.asarray(self._rarity[np.minimum(ids, len(self._rarity) - 1)])

    def __len__(self) -> int:
        return len(self._stored.starts) - 1


class _Stored:
    """``Tokens`` in a file. Read, not mapped: of what is mapped, all that was ever looked at stays in memory."""

    def __init__(self, file: Path, starts: NDArray[np.int64]) -> None:
        mapped = np.load(file, mmap_mode="r", allow_pickle=False)  # which refuses a file that is too short
        self.starts = starts
        self._kind, self._first = mapped.dtype, int(mapped.offset)
        self._path, self._file = file, os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)

    def take(self, texts: Sequence[int] | Rows) -> Tokens:
        """Some of the texts, in the order given."""
        chosen = np.asarray(texts, dtype=np.int64)
        firsts, sizes = self.starts[chosen], self.starts[chosen + 1] - self.starts[chosen]
        wide, file = self._kind.itemsize, self._file
        places = zip((firsts * wide + self._first).tolist(), (sizes * wide).tolist(), strict=True)
        found = b"".join([os.pread(file, size, first) for first, size in places])
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        if len(found) != wide * starts[-1]:
            raise IndexDamaged(f"{self._path} has been cut short; {rebuild_hint(self._path)}")
        return Tokens(np.frombuffer(found, dtype=self._kind), starts)


def write_tokens(folder: Path, tokens: Tokens) -> None:
    """Write them into an existing folder."""
    most = int(tokens.ids.max(initial=0))
    ids = tokens.ids.astype(np.uint16 if most < 1 << 16 else np.uint32, copy=False)
    counts = np.zeros(most + 1 if ids.size else 0, dtype=np.int64)
    for start in range(0, len(ids), _SOME):  # numpy counts a copy in eight bytes each
        counts += np.bincount(ids[start : start + _SOME], minlength=len(counts))
    for name, column in ((_IDS, ids), (_STARTS, tokens.starts), (_COUNTS, counts)):
        header = BytesIO()
        np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(column))
        content = np.ascontiguousarray(column).data.cast("B") if column.size else b""  # no view of nothing
        durable.write(folder / name, header.getvalue(), content)
