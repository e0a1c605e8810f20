"""Room on the disk: how much a rebuild needs, looked at before the work and told when it runs out.

Knows nothing about what is written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import stat
import sys
from pathlib import Path

from regional_qa.errors import IndexFault
from regional_qa.indexing import durable
from regional_qa.indexing.cache import FOLDER as CACHE
from regional_qa.indexing.manifest import Manifest

GROWTH, LEAST = 20, 3_500_000
"""Bytes of index and cache for a byte of corpus (17.1 measured over 3,000 news), and of any (2.6 million for 27 articles)."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SAID = (
    "no space left",
    "disk is full",
    "disk quota",
    "file too large",
    "requested and",
)  # the last is how numpy says it


def bytes_needed(index: Path, corpus: Path) -> int:
    """A guess at what the next generation and the cache will take: by the live one, or by the size of the corpus.

    The cache grows as large as a generation. The smaller guess where the larger would not fit: a corpus may have shrunk.
    """
    try:
        manifest = Manifest.read(index / durable.current(index)[0])
    except IndexFault:
        return GROWTH * _size(corpus) + LEAST
    generation = sum(record.size for record in manifest.files.values())
    needed = generation + max(0, generation - _size(index / CACHE))
    return needed if needed <= _free(index) else min(needed, GROWTH * _size(corpus) + LEAST)


def require_room(index: Path, needed: int) -> None:
    """Refuse before the work what cannot end well.

    Raises:
        IndexFault: fewer bytes are free than needed.
    """
    free = _free(index)
    if free < needed:
        raise IndexFault(
            f"the new index needs about {needed:,} bytes and {index} has {free:,} free; "
            f"free some space or choose another folder with --index. {_served(index)}"
        )


def cannot_write(index: Path, name: str, needed: int, error: OSError | sqlite3.Error) -> IndexFault:
    """The fault for an error met while generation ``name`` was built; a full disk is told with the bytes needed."""
    building = index / f"{name}.tmp"
    place, reason = getattr(error, "filename", None) or building, getattr(error, "strerror", None) or error
    said = f"cannot write {place} ({reason}); "
    if getattr(error, "errno", None) in _FULL or any(words in str(error).lower() for words in _SAID):
        free = _free(index) + _size(building) + _size(index / name)
        said += f"the new index needs at least {max(needed, free + 1):,} bytes and {free:,} are free for it; "
        said += "free some space or choose another folder with --index. "
    else:
        said += "see to the disk or choose another folder with --index. "
    return IndexFault(said + _served(index))


def _served(index: Path) -> str:
    live = durable.live_name(index)
    return f"{live} is served as before" if live else "Nothing was published"


def _free(index: Path) -> int:
    found = os.statvfs(index)
    return found.f_bavail * found.f_frsize if found.f_blocks else sys.maxsize  # some file systems cannot tell


def _size(path: Path) -> int:
    """Bytes that a file takes on the disk, or all files under a folder."""
    total = 0
    for one in path.rglob("*") if path.is_dir() else [path]:
        with contextlib.suppress(OSError):  # what vanishes meanwhile takes nothing
            found = one.lstat()
            total += 0 if stat.S_ISDIR(found.st_mode) else found.st_blocks * 512
    return total
