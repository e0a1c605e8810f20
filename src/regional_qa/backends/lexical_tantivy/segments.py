"""Segments on disk: each bundle is written as one, some are bound into one by tantivy, all are joined into an index.

Knows nothing about queries or scores.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import tantivy

from regional_qa.errors import IndexDamaged, rebuild_hint
from regional_qa.places import place_of

PASSAGES, ARTICLES = "passages", "articles"
FIELDS = {PASSAGES: ("head", "text", "pairs"), ARTICLES: ("text", "characters")}
_META = "meta.json"
_HEAP_BYTES = 1_000_000_000
"""Enough for one segment of some 300,000 passages; taken only as far as it is used."""


class Writer:
    """An index of one bundle under construction; whole and closed when left."""

    def __init__(self, folder: Path, kind: str, number: int) -> None:
        (folder / kind).mkdir()
        index = tantivy.Index(_schema(kind), path=str(folder / kind))
        self._writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        self._fields = FIELDS[kind]
        self._place = place_of(number, 0)

    def add(self, *terms: str) -> None:
        """Terms parted by blanks, a text for each field."""
        document = tantivy.Document()
        document.add_unsigned("place", self._place)
        for field, text in zip(self._fields, terms, strict=True):
            document.add_text(field, text)
        self._writer.add_document(document)
        self._place += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self._writer.commit()
            self._writer.wait_merging_threads()


def bind(folder: Path, bundles: Sequence[Path]) -> Path:
    """Let tantivy merge the segments of some bundles, as it does of itself with eight or more that are about as large.

    Gives the folder in which it was done, which is no more needed.

    Raises:
        OSError: the disk is full.
    """
    loose = folder.with_suffix(".loose")
    join(loose, bundles, _link)
    try:
        writer = tantivy.Index.open(str(loose)).writer(heap_size=_HEAP_BYTES, num_threads=1)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:
        raise OSError(str(error)) from error
    join(folder, [loose], _link)
    return loose


def _link(file: Path, other: Path) -> None:
    """Give a file of segments, which is never written again, another name; a copy where the disk has no links."""
    try:
        other.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, other)


def join(folder: Path, bundles: Sequence[Path], put: Callable[[Path, Path], object] = shutil.copyfile) -> None:
    """Put the segments of all bundles into one index; tantivy's list of them is ours to write.

    They are named by their number, since tantivy merges them in the order of their names.
    """
    folder.mkdir()
    metas = [json.loads((bundle / _META).read_bytes()) for bundle in bundles]
    segments: list[dict[str, Any]] = []
    for bundle, meta in zip(bundles, metas, strict=True):
        for segment in meta["segments"]:
            name = UUID(int=len(segments))
            for file in bundle.glob(f"{UUID(segment['segment_id']).hex}.*"):
                put(file, folder / f"{name.hex}{file.suffix}")
            segments.append(segment | {"segment_id": str(name)})
    (folder / _META).write_text(json.dumps(metas[0] | {"segments": segments}), encoding="utf-8")


def open_index(folder: Path) -> tantivy.Index:
    """Open what ``join`` made, also where nothing can be written.

    Raises:
        IndexDamaged: it cannot be read.
    """
    try:
        try:
            return tantivy.Index.open(str(folder))
        except ValueError as error:
            if "Lockfile" not in str(error):
                raise
        # The engine wants to make a lock beside the index. It has everything mapped before the links go.
        with tempfile.TemporaryDirectory() as mirror:
            for file in folder.iterdir():
                if file.suffix != ".lock":
                    Path(mirror, file.name).symlink_to(file.resolve())
            return tantivy.Index.open(mirror)
    except (ValueError, OSError) as error:
        reason = f"the lexical index in {folder} cannot be read ({error}); {rebuild_hint(folder)}"
        raise IndexDamaged(reason) from error


def _schema(kind: str) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("place", indexed=True, fast=True)
    for field in FIELDS[kind]:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
