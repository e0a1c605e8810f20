"""Files that survive: one lock, fsynced folders, and the pointer that names the live generation.

Knows nothing about what a generation holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from regional_qa.errors import IndexBusy, IndexDamaged, IndexFault, IndexMissing

LOCK, CURRENT, MANIFEST = "LOCK", "CURRENT", "MANIFEST"
KEPT = 2
"""Generations that stay on disk: the live one and the one to fall back to."""


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
        index.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(index / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or error
        raise IndexFault(f"cannot write the index folder {index} ({reason}); choose another with --index") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise IndexBusy(f"process {holder} is rebuilding {index}; wait for it, then try again") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def digest(file: Path) -> str:
    """Hex sha256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Force every file under a folder, and the folders themselves, to disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        _fsync(path)
    _fsync(folder)


def generations(index: Path) -> list[str]:
    """Names of the finished generations, newest first."""
    if not index.is_dir():
        return []
    return sorted((path.name for path in index.glob("gen-*") if (path / MANIFEST).is_file() and _is_name(path.name)),
                  reverse=True)  # fmt: skip


def next_name(index: Path) -> str:
    """The name of the generation to build: counted, never taken from the clock."""
    taken = [int(path.name[4:]) for path in index.glob("gen-*") if _is_name(path.name)]
    return f"gen-{max(taken, default=0) + 1:06d}"


def publish(index: Path, building: Path, name: str) -> None:
    """Make a finished folder the live generation: sync, rename, then replace the pointer in one step."""
    sync(building)
    building.rename(index / name)
    _fsync(index)
    pointer = index / f"{CURRENT}.tmp"
    pointer.write_text(f"{name} {digest(index / name / MANIFEST)}\n", encoding="ascii")
    _fsync(pointer)
    pointer.replace(index / CURRENT)
    _fsync(index)


def current(index: Path) -> tuple[str, str]:
    """Name and manifest digest of the live generation, read from the pointer once.

    Raises:
        IndexMissing: nothing has been built.
        IndexDamaged: the pointer is not one that ``publish`` wrote.
    """
    if not index.is_dir():
        cure = "choose a folder with --index" if index.exists() else f"run `regional-qa rebuild --index {index}` first"
        raise IndexMissing(f"there is no index in {index}; {cure}")
    pointer = index / CURRENT
    if not pointer.exists():
        raise IndexMissing(f"there is no index in {index}; run `regional-qa rebuild --index {index}` first")
    words: list[str] = []
    with contextlib.suppress(OSError):
        if pointer.is_file():  # a pipe would make us wait
            words = pointer.read_bytes()[:200].decode("ascii", "replace").split()
    if len(words) != 2 or not _is_name(words[0]):
        raise IndexDamaged(f"{index / CURRENT} does not name a generation; run `regional-qa rebuild`")
    return words[0], words[1]


def sweep(index: Path) -> None:
    """Delete unfinished folders and all but the newest generations. Only the sole writer may call it."""
    for leftover in index.glob("gen-[0-9][0-9][0-9][0-9][0-9][0-9].tmp"):  # nothing that is not ours
        shutil.rmtree(leftover, ignore_errors=True)
    for name in generations(index)[KEPT:]:
        shutil.rmtree(index / name, ignore_errors=True)


def _is_name(name: str) -> bool:
    return len(name) == 10 and name.startswith("gen-") and name[4:].isascii() and name[4:].isdigit()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
