"""The manifest: what a generation was built from and with, and the digest of each of its files.

Knows nothing about searching.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from regional_qa.cores import beside
from regional_qa.errors import IndexDamaged, IndexMismatch, rebuild_hint
from regional_qa.indexing import durable
from regional_qa.indexing.durable import MANIFEST, digest

FORMAT = 11
_SEAL = "seal"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Size in bytes and hex sha256 of one file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that must match for a generation to be opened."""

    generation: str
    built: str
    corpus: str
    embedder: str
    embedder_fingerprint: str
    dim: int
    splitter: str
    pipeline: str
    corpus_fingerprint: str
    recall: float
    articles: int
    reprints: int
    passages: int
    problems: int
    files: Mapping[str, FileRecord]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it as JSON into the generation's folder, with its own digest as the last entry."""
        content = asdict(self)
        durable.write(folder / MANIFEST, _json(content | {_SEAL: _seal(content)}))

    @classmethod
    def read(cls, folder: Path, sha256: str = "") -> Manifest:
        """Read it back; ``sha256`` is what the pointer says of it, where it says something.

        Raises:
            IndexDamaged: it is not a manifest, not the one that was published, or of another generation.
            IndexMismatch: another version of this program wrote it.
        """
        try:
            if sha256 and digest(folder / MANIFEST) != sha256:
                raise IndexDamaged(f"{folder / MANIFEST} has changed since it was published; {rebuild_hint(folder)}")
            content = json.loads((folder / MANIFEST).read_bytes())
            if content["format"] != FORMAT:
                raise IndexMismatch(
                    f"{folder} has index format {content['format']!r}, this version reads {FORMAT}; "
                    f"{rebuild_hint(folder)}"
                )
            if content.pop(_SEAL) != _seal(content):
                raise IndexDamaged(f"{folder / MANIFEST} has changed since it was written; {rebuild_hint(folder)}")
            files = {name: FileRecord(int(record["size"]), str(record["sha256"]))
                     for name, record in content.pop("files").items()}  # fmt: skip
            manifest = cls(files=files, **content)
            if any(type(content[one.name]).__name__ != one.type for one in fields(cls) if one.name != "files"):
                raise TypeError(f"{folder / MANIFEST} has a value of another type")
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise IndexDamaged(f"{folder / MANIFEST} cannot be read; {rebuild_hint(folder)}") from error
        if manifest.generation != folder.name.removesuffix(".tmp"):
            raise IndexDamaged(f"{folder} holds the files of {manifest.generation}; {rebuild_hint(folder)}")
        return manifest


def built_from(index: Path) -> Path | None:
    """The corpus that an index was built from, by whatever version, where that is still there."""
    for name in (durable.live_name(index), *durable.generations(index)):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            corpus = Path(json.loads((index / name / MANIFEST).read_bytes())["corpus"])
            return corpus if corpus.exists() else None
    return None


def _json(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, indent=1).encode("ascii")


def _seal(content: Mapping[str, object]) -> str:
    return hashlib.sha256(_json(content)).hexdigest()


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Size and digest of every file of a finished folder, by its path inside it."""
    found = [(name, path.stat().st_size, beside(digest, path)) for name, path in _files(folder)]
    return {name: FileRecord(size, sha256.result()) for name, size, sha256 in found}


def verify_files(folder: Path, manifest: Manifest) -> list[str]:
    """What differs between a folder and its manifest, one line for each file; empty when nothing does."""
    found = dict(_files(folder))
    faults = [f"{name} is not in the manifest" for name in sorted(set(found) - set(manifest.files))]
    told = [beside(_fault, name, found.get(name), record) for name, record in sorted(manifest.files.items())]
    return [*faults, *filter(None, (one.result() for one in told))]


def _fault(name: str, path: Path | None, record: FileRecord) -> str:
    """How a file differs from what is recorded of it; empty where it does not."""
    if path is None:
        return f"{name} is missing"
    try:
        size = path.stat().st_size
        if size != record.size:
            return f"{name} has {size} bytes, not {record.size}"
        return "" if digest(path) == record.sha256 else f"{name} has changed since it was built"
    except OSError as error:
        return f"{name} cannot be read ({error.strerror})"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in durable.ENGINE_LOCKS and path != folder / MANIFEST:
            yield path.relative_to(folder).as_posix(), path
