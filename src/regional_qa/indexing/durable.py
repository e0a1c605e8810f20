"""Files that survive: one lock, fsynced folders, and the pointer that names the live generation.

Engines fill a folder that nobody opens; what makes it live, keeps it while it is read and takes it away stands here and
nowhere else. Knows nothing about what a generation holds.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shlex
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from regional_qa.errors import IndexBusy, IndexDamaged, IndexFault, IndexMissing, rebuild_hint

LOCK, CURRENT, MANIFEST = "LOCK", "CURRENT", "MANIFEST"
KEPT = 2
"""Generations that stay on disk: the live one and the one to fall back to."""
PATIENCE_SECONDS = 1.0
"""For whoever only looks; a rebuild takes longer."""
ENGINE_LOCKS = frozenset({".tantivy-writer.lock", ".tantivy-meta.lock"})
"""Files a lexical engine makes for itself when it opens an index; they hold nothing."""


@contextlib.contextmanager
def sole_writer(index: Path) -> Iterator[None]:
    """Hold the index for one rebuild; the kernel frees the lock whatever happens to the process.

    Raises:
        IndexBusy: another process holds it.
        IndexFault: the folder cannot be written.
    """
    if index.exists() and not index.is_dir():
        raise IndexFault(f"the index {index} is a file; choose a folder with --index")
    try:
        _make(index)
        descriptor = os.open(index / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or error
        raise IndexFault(f"cannot write the index folder {index} ({reason}); choose another with --index") from error
    try:
        try:
            _lock_alone(descriptor)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 80, 0).decode("ascii", "replace").strip() or "unknown"
            raise IndexBusy(f"process {holder} is rebuilding {index}; wait for it, then try again") from error
        except OSError as error:
            raise IndexFault(f"{index} cannot be locked ({error.strerror}); choose a folder on a local disk") from error
        with contextlib.suppress(OSError):  # a courtesy to whoever comes second; a full disk shows elsewhere
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} (since {datetime.now():%H:%M:%S})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _lock_alone(descriptor: int) -> None:
    """Lock for writing, tried again for a while: ``is_being_written`` holds the lock for a moment, too."""
    last = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > last:
                raise
            time.sleep(0.01)


def is_being_written(index: Path) -> bool:
    """Whether a process holds the index for a rebuild."""
    try:
        descriptor = os.open(index / LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(descriptor)
    return False


class Hold:
    """Keeps a generation on disk as long as this object lives: a shared kernel lock on its manifest.

    Raises:
        IndexDamaged: there is no manifest, or the generation is being swept away.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = -1
        manifest = folder / MANIFEST
        try:
            self._descriptor = os.open(
                manifest, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
            )  # a pipe would make us wait
            _share(self._descriptor)
            found = os.fstat(self._descriptor)
        except BlockingIOError as error:
            raise IndexDamaged(f"{folder} is being swept away; {rebuild_hint(folder)}") from error
        except OSError as error:
            raise IndexDamaged(f"{manifest} cannot be read ({error.strerror}); {rebuild_hint(folder)}") from error
        if not stat.S_ISREG(found.st_mode) or not found.st_nlink:
            raise IndexDamaged(f"{manifest} is no file any more; {rebuild_hint(folder)}")

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def digest(file: Path) -> str:
    """Hex sha256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(file: Path, *parts: bytes | memoryview) -> None:
    """Write a file anew; only ``publish`` makes it last.

    Raises:
        OSError: it cannot be written; the name of the file is in it, which Python leaves out for a full disk.
    """
    try:
        with file.open("wb") as stream:
            stream.writelines(parts)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error


def append(file: Path, line: bytes, limit: int) -> None:
    """Add a line to a file that others write to as well, and force it to disk: whole or not at all.

    Raises:
        OSError: it cannot be written; with ``EFBIG`` where the file would grow beyond ``limit`` bytes.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = os.fstat(descriptor).st_size
        if before + len(line) > limit:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(file))
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def generations(index: Path) -> list[str]:
    """Names of the finished generations, newest first."""
    return [name for name in _names(index) if (index / name / MANIFEST).is_file()]


def folders(index: Path) -> list[Path]:
    """Every generation's folder that is on disk, whole or not."""
    return [*(index / name for name in _names(index)), *unfinished(index)]


def next_name(index: Path) -> str:
    """The name of the generation to build: counted, never taken from the clock, never that of one before."""
    taken = [int(name[4:]) for name in (*_names(index), live_name(index)) if name]
    return f"gen-{max(taken, default=0) + 1:06d}"


def publish(index: Path, building: Path, name: str) -> None:
    """Make a finished folder the live generation: sync, rename, then replace the pointer in one step.

    A write that the disk did not confirm is never tried again: what it lost is unknown, so nothing is published.
    """
    for path in sorted(building.rglob("*"), reverse=True):
        if path.name not in ENGINE_LOCKS:
            _sync(path)
    _sync(building)
    building.rename(index / name)
    _sync(index)
    fresh = index / f"{CURRENT}.tmp"
    try:
        write(fresh, f"{name} {digest(index / name / MANIFEST)}\n".encode("ascii"))
        _sync(fresh)
        fresh.replace(index / CURRENT)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync(index)


def abandon(index: Path, name: str) -> None:
    """Take away what was built under this name, unless it was published."""
    _remove(index / f"{name}.tmp")
    if live_name(index) != name:
        _remove(index / name)


def _remove(folder: Path) -> None:
    """Delete a folder in which an engine that was just closed may still make a lock file."""
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def current(index: Path) -> tuple[str, str]:
    """Name and manifest digest of the live generation, read from the pointer once.

    Raises:
        IndexMissing: nothing has been built.
        IndexDamaged: the pointer is not one that ``publish`` wrote.
    """
    if not index.is_dir():
        if index.exists():
            raise IndexMissing(f"there is no index in {index}; choose a folder with --index")
        raise _missing(index)
    file = index / CURRENT
    if not file.exists() and not generations(index):
        raise _missing(index)
    words: list[str] = []
    with contextlib.suppress(OSError):
        if file.is_file():  # a pipe would make us wait
            words = file.read_bytes()[:200].decode("ascii", "replace").split()
    if len(words) != 2 or not _is_name(words[0]):
        raise IndexDamaged(f"{file} does not name a generation; {rebuild_hint(index)}")
    return words[0], words[1]


def _missing(index: Path) -> IndexMissing:
    return IndexMissing(
        f"there is no index in {index}; {rebuild_hint(index)} first",
        f"{index} 里还没有索引，请先运行 regional-qa rebuild --index {shlex.quote(str(index))}",
    )


def pointer(index: Path) -> str:
    """What the pointer says just now, right or wrong; it changes with every publishing, also of a name used before."""
    try:
        return " ".join(current(index))
    except (IndexMissing, IndexDamaged) as fault:
        return str(fault)


def live_name(index: Path) -> str:
    """What the pointer names just now; empty where it cannot be read."""
    try:
        return current(index)[0]
    except (IndexMissing, IndexDamaged):
        return ""


def sweep(index: Path) -> None:
    """Delete unfinished folders, and all but the live generation and the newest before it. Only the sole writer may.

    One that is being read stays for a later sweep, and so does what cannot be deleted.
    """
    for leftover in unfinished(index):
        shutil.rmtree(leftover, ignore_errors=True)
    live, whole = live_name(index), generations(index)
    published = [name for name in whole if name <= live] or whole  # a pointer that names nothing tells nothing
    for name in set(_names(index)) - set(published[:KEPT]) - {live}:
        with contextlib.suppress(OSError):
            _discard(index / name)


def unfinished(index: Path) -> list[Path]:
    """What a rebuild that was stopped has left; nothing that is not ours."""
    return sorted(index.glob("gen-[0-9][0-9][0-9][0-9][0-9][0-9].tmp"))


def _discard(folder: Path) -> None:
    """Take a generation away unless it is read; its new name first, so that a half-deleted one is never opened."""
    with contextlib.ExitStack() as stack:
        if (folder / MANIFEST).is_file():
            descriptor = os.open(folder / MANIFEST, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder.rename(folder.with_name(f"{folder.name}.tmp")), ignore_errors=True)


def _names(index: Path) -> list[str]:
    """Names of the folders of generations, whole or not, newest first."""
    return sorted((path.name for path in index.glob("gen-*") if _is_name(path.name) and path.is_dir()), reverse=True)


def _is_name(name: str) -> bool:
    return len(name) == 10 and name.startswith("gen-") and name[4:].isascii() and name[4:].isdigit()


def _share(descriptor: int) -> None:
    """Lock for reading; where the file system knows no locks, reading goes without."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError):
            raise


def _make(folder: Path) -> None:
    """Make a folder and those it lies in, each to last."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        _sync(one.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(descriptor)
