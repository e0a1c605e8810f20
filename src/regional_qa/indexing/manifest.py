"""The manifest: what a generation was built from and with, and the digest of each of its files.

Knows nothing about searching.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from regional_qa.errors import IndexDamaged, IndexMismatch
from regional_qa.indexing.durable import LOCK, MANIFEST, digest

FORMAT = 7
_ENGINE_LOCKS = frozenset({".tantivy-writer.lock", ".tantivy-meta.lock", LOCK})
"""Files a lexical engine makes for itself when it opens an index; they hold nothing."""


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
        """Write it as JSON into the generation's folder."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, sha256: str = "") -> Manifest:
        """Read it back; ``sha256`` is what the pointer says of it, where it says something.

        Raises:
            IndexDamaged: it is not a manifest, or not the one that was published.
            IndexMismatch: a newer version of this program wrote it.
        """
        try:
            if sha256 and digest(folder / MANIFEST) != sha256:
                raise IndexDamaged(f"{folder / MANIFEST} has changed since it was published; run `regional-qa rebuild`")
            content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise IndexMismatch(
                    f"{folder} has index format {content['format']!r}, this version reads {FORMAT}; "
                    "run `regional-qa rebuild`"
                )
            files = {name: FileRecord(int(record["size"]), str(record["sha256"]))
                     for name, record in content.pop("files").items()}  # fmt: skip
            return cls(files=files, **content)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise IndexDamaged(f"{folder / MANIFEST} cannot be read; run `regional-qa rebuild`") from error


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Size and digest of every file of a finished folder, by its path inside it."""
    return {name: FileRecord(path.stat().st_size, digest(path)) for name, path in _files(folder)}


def verify_files(folder: Path, manifest: Manifest) -> list[str]:
    """What differs between a folder and its manifest, one line for each file; empty when nothing does."""
    found = dict(_files(folder))
    faults = [f"{name} is not in the manifest" for name in sorted(set(found) - set(manifest.files))]
    for name, record in sorted(manifest.files.items()):
        if name not in found:
            faults.append(f"{name} is missing")
        elif found[name].stat().st_size != record.size:
            faults.append(f"{name} has {found[name].stat().st_size} bytes, not {record.size}")
        elif digest(found[name]) != record.sha256:
            faults.append(f"{name} has changed since it was built")
    return faults


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in _ENGINE_LOCKS and path != folder / MANIFEST:
            yield path.relative_to(folder).as_posix(), path
