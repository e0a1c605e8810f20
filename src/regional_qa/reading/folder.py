"""A folder or a file -> Articles and Problems, one at a time: what is opened, how, and by which reader.

Only plain files are opened: links, pipes and devices are named and left alone. Knows nothing about the
formats' insides.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from regional_qa.errors import CorpusError
from regional_qa.reading.cleaning import clean, storable, unseen_letters
from regional_qa.reading.decoding import decode, refuse_binary
from regional_qa.reading.documents import DOCUMENTS, read_document
from regional_qa.reading.markdown import read_markdown
from regional_qa.reading.newspaper import read_newspaper
from regional_qa.reading.problem import Problem, UnreadableError
from regional_qa.reading.records import read_records
from regional_qa.reading.tables import read_table
from regional_qa.types import Article

MAX_FILE_BYTES = 50_000_000
"""Of a file that is read as a whole; records are read line by line from files of any size."""
FORMATS = (".md", ".txt", ".jsonl", ".jsonl.gz", ".csv", *DOCUMENTS)
_NOT_ARTICLES = ("readme.md", "sources.md")
_ABOUT = "by its name about the corpus, and no article of it; rename it to have it read"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a corpus: where it lies, and how Problems and articles name it."""

    path: Path
    origin: str


def read_corpus(path: Path) -> Iterator[Article | Problem]:
    """Every article of a folder (with its subfolders, sorted by name, hidden files left out) or of one file.

    Raises:
        CorpusError: ``path`` does not exist, cannot be opened or is neither a folder nor a file. A folder
            without articles raises nothing.
    """
    sources = corpus_sources(path)
    return (
        item for one in sources for item in ([one] if isinstance(one, Problem) else read_file(one.path, one.origin))
    )


def corpus_sources(path: Path) -> Iterator[Source | Problem]:
    """The files that ``read_corpus`` reads, in its order; what is left out there is a Problem.

    Raises:
        CorpusError: as ``read_corpus``.
    """
    shown = storable(str(path))
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "not a path"
        raise CorpusError(f"{shown!r} cannot be opened ({reason}); give a folder or file of articles") from None
    if stat.S_ISDIR(mode):
        return _walk(path)
    if stat.S_ISREG(mode):
        return iter([Source(path.resolve(), storable(path.name))])
    raise CorpusError(f"{shown!r} is neither a folder nor a file; give a folder or file of articles")


def read_file(path: Path, origin: str) -> Iterator[Article | Problem]:
    """The articles of one file; ``origin`` is how Problems and articles name it."""
    name = path.name.lower()
    try:
        if path.is_symlink() and path.is_dir():
            raise UnreadableError("a link to a folder, which is not followed; copy the folder itself into the corpus")
        if not name.endswith(FORMATS):
            raise UnreadableError(f"not a format we read: {', '.join(FORMATS)}")
        with _open_plain(path) as file:
            yield from _read_open(file, name, origin)
    except UnreadableError as fault:
        yield fault.at(origin)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Problem(origin, "the gzip data is broken here; what came before is read")
    except OSError as fault:
        yield Problem(origin, f"cannot be read: {fault.strerror or fault}")


def _walk(folder: Path) -> Iterator[Source | Problem]:
    """Walk without following links or recursing; what is left out is a Problem."""
    waiting = [(folder, "", True)]  # (path, origin, is a folder), the next one last
    while waiting:
        path, origin, is_folder = waiting.pop()
        if not is_folder:
            about = path.name.lower() in _NOT_ARTICLES
            yield Problem(origin, _ABOUT, lost=False) if about else Source(path, origin)
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as fault:
            yield Problem(origin or storable(path.name), f"the folder cannot be listed: {fault.strerror}")
            continue
        above = f"{origin}/" if origin else ""
        for entry in inside:
            if not entry.name.startswith("."):
                waiting.append((Path(entry.path), above + storable(entry.name), entry.is_dir(follow_symlinks=False)))


def fingerprint(path: Path) -> str:
    """Hex sha256 of what ``read_file`` would read; of the reason where it cannot be opened."""
    try:
        if not path.name.lower().endswith(FORMATS):
            return "not read"
        with _open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (UnreadableError, OSError) as fault:
        return hashlib.sha256(str(fault).encode(errors="replace")).hexdigest()


def _open_plain(path: Path) -> io.BufferedReader:
    """Open without following a link or waiting for a pipe.

    Raises:
        UnreadableError: not a plain file.
        OSError: it cannot be opened.
    """
    if path.is_symlink():
        raise UnreadableError("a symbolic link; copy the file itself into the corpus")
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError("not a plain file (a pipe, socket or device)")
    return os.fdopen(handle, "rb")


def _read_open(file: BinaryIO, name: str, origin: str) -> Iterator[Article | Problem]:
    if name.endswith(".jsonl.gz"):
        with gzip.open(file) as unpacked:
            yield from read_records(cast("BinaryIO", unpacked), origin)
        return
    if name.endswith(".jsonl"):
        refuse_binary(os.pread(file.fileno(), 4096, 0))
        before = _written(file)
        yield from read_records(file, origin)
        if _written(file) != before:
            yield Problem(origin, _CHANGING, lost=False)
        return
    if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
        raise UnreadableError(f"larger than {MAX_FILE_BYTES // 1_000_000} MB; split it or store it as .jsonl")
    data = _whole(file)
    suffix = PurePath(name).suffix
    if suffix in DOCUMENTS:
        if not data.strip():
            raise UnreadableError("the file is empty")
        yield from read_document(data, DOCUMENTS[suffix], origin)
        return
    text, unreadable = decode(data)
    if unreadable:
        yield Problem(origin, f"{unreadable} unreadable bytes are shown as \ufffd; the rest is read", lost=False)
    if told := unseen_letters(text):
        yield Problem(origin, f"{told}; the rest is read", lost=False)
    if not clean(text):
        raise UnreadableError("the file is empty")
    yield from _TEXTS[suffix](text, origin)


def _whole(file: BinaryIO) -> bytes:
    """All of a file; read once more where it changed meanwhile, so that nobody is quoted by halves.

    Raises:
        UnreadableError: it changes all the time.
    """
    for _ in range(2):
        before = _written(file)
        file.seek(0)
        data = file.read(MAX_FILE_BYTES + 1)
        if _written(file) == before:
            return data
    raise UnreadableError(_CHANGING)


def _written(file: BinaryIO) -> tuple[int, int]:
    """Changes when somebody writes into the file."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


_CHANGING = "it was written to while it was read; read it again when that is done"
_TEXTS: Mapping[str, Callable[[str, str], Iterator[Article | Problem]]] = {
    ".md": read_markdown,
    ".txt": read_newspaper,
    ".csv": read_table,
}
