"""What was worked out before, found by its content: a rebuild works out only what is not here.

Every row carries a digest and is not found when it is damaged; a file that cannot be read is begun anew. So the
cache may be lost at any time, and nothing but time is lost with it. Knows nothing about what a row means.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

logger = logging.getLogger(__name__)

FOLDER, FILE = "cache", "rows.db"
SHORT_BYTES = 8192
"""A longer row may be looked up by itself; most of it lies apart from the others, and is not read with them."""
COMMIT_SECONDS = 2.0
"""What was put is kept after so long even if nobody calls ``commit``."""
_SCHEMA = """
PRAGMA page_size = 16384; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -32000;
CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, key BLOB NOT NULL, digest BLOB NOT NULL, value BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS rows_key ON rows (key);
"""


def key_of(*parts: str | bytes) -> bytes:
    """16 bytes that stand for the parts, which keep their borders.

    >>> key_of("ab", "c") == key_of(b"ab", b"c") != key_of("a", "bc")
    True
    """
    wholes = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    return hashlib.blake2b(b"".join([b"%d:%b" % (len(whole), whole) for whole in wholes]), digest_size=16).digest()


class Cache:
    """Rows by key on disk; only the sole writer of an index opens it. What was put is kept once ``commit`` was called."""

    def __init__(self, index: Path) -> None:
        self.folder = index / FOLDER
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._file = self.folder / FILE
        self._db = self._open()
        self._used: set[int] = set()
        self._ahead: dict[bytes, tuple[int, bytes, bytes]] = {}
        self._read_ahead()
        self._committed = time.monotonic()

    def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The rows of these keys; None for one that is not there or is damaged."""
        found: list[bytes | None] = []
        try:
            for key in keys:
                row = self._ahead.pop(key, None) or self._look_up(key)
                sound = row is not None and row[1] == _digest(key, row[2])
                found.append(row[2] if sound else None)
                if sound:
                    self._used.add(row[0])
        except (sqlite3.DatabaseError, TypeError) as damage:
            self._begin_anew(damage)
            return [None] * len(keys)
        return found

    def holds(self, key: bytes) -> bool:
        """Whether there is a row of this key, sound or not."""
        try:
            return self._db.execute("SELECT 1 FROM rows WHERE key = ?", (key,)).fetchone() is not None
        except sqlite3.DatabaseError as damage:
            self._begin_anew(damage)
            return False

    def put(self, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep ``(key, value)`` rows, in the place of what stood under their keys."""
        whole = [(key, _digest(key, value), value) for key, value in rows]
        try:
            self._put(whole)
        except sqlite3.OperationalError:
            raise  # a full disk, which the build must tell of
        except sqlite3.DatabaseError as damage:
            self._begin_anew(damage)
            self._put(whole)
        if time.monotonic() > self._committed + COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """What was put survives the end of this process, whatever ends it."""
        self._db.commit()
        self._committed = time.monotonic()

    def free(self) -> None:
        """Let go of the memory of what nobody has asked for yet; it is still there to be asked for."""
        self._ahead = {}

    def prune(self) -> None:
        """Forget the rows that were neither got nor put since the cache was opened."""
        with contextlib.suppress(sqlite3.DatabaseError):
            self._db.execute("CREATE TEMP TABLE used (number INTEGER PRIMARY KEY)")
            self._db.executemany("INSERT INTO used VALUES (?)", ((number,) for number in self._used))
            self._db.execute("DELETE FROM rows WHERE number NOT IN (SELECT number FROM used)")
            self._db.commit()

    def _read_ahead(self) -> None:
        """Take the short rows into memory, where they stay until asked for: looking each of them up takes ten times as long."""
        try:
            rows = self._db.execute(
                "SELECT number, key, digest, value FROM rows WHERE length(value) <= ?", (SHORT_BYTES,)
            )
            self._ahead = {key: (number, digest, value) for number, key, digest, value in rows}
        except sqlite3.DatabaseError as damage:
            self._begin_anew(damage)

    def _look_up(self, key: bytes) -> Any:
        return self._db.execute("SELECT number, digest, value FROM rows WHERE key = ?", (key,)).fetchone()

    def _put(self, whole: Sequence[tuple[bytes, bytes, bytes]]) -> None:
        for row in whole:
            self._ahead.pop(row[0], None)
            cursor = self._db.execute("INSERT OR REPLACE INTO rows (key, digest, value) VALUES (?, ?, ?)", row)
            self._used.add(cursor.lastrowid or 0)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._file)
        try:
            db.executescript(_SCHEMA)
        except sqlite3.OperationalError:
            db.close()
            raise
        except sqlite3.DatabaseError:
            db.close()
            self._remove()
            db = sqlite3.connect(self._file)
            db.executescript(_SCHEMA)
        return db

    def _begin_anew(self, damage: Exception) -> None:
        logger.warning("%s is damaged (%s); it is begun anew, and this rebuild takes longer", self._file, damage)
        self._db.close()
        self._remove()
        self._used, self._ahead = set(), {}
        self._db = self._open()

    def _remove(self) -> None:
        for file in (self._file, self._file.with_name(f"{FILE}-journal")):
            file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.commit()
        self._db.close()


def _digest(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, key=key, digest_size=16).digest()
