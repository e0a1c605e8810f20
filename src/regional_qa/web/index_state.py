"""The folder of an index -> what it is: the live generation, what could not be read, what changed since, a rebuild beside it.

Only reads, and answers whatever it finds: an index of another version, none, or one that is being built.
Knows nothing about searching or about pages.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from regional_qa.errors import IndexFault
from regional_qa.indexing import durable
from regional_qa.indexing.bundles import words_under_way
from regional_qa.indexing.generation import LEXICAL
from regional_qa.indexing.report import FILE as REPORT
from regional_qa.reading import FORMATS, Source, corpus_sources
from regional_qa.reading.account import file_of

_TROUBLES = ("skipped", "note")
Stage: TypeAlias = Literal["read", "index", "verify"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file of which something was lost at the rebuild, or noted."""

    origin: str
    reason: str
    lost: bool


@dataclass(frozen=True, slots=True)
class Stale:
    """How many files of the corpus are new, changed or gone since the index was built, by their names and times."""

    new: int
    changed: int
    gone: int
    files: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


@dataclass(frozen=True, slots=True)
class Building:
    """A rebuild that runs now: in which stage, for how long, how many bytes it has written."""

    stage: Stage
    seconds: int
    written: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """What there is to say of an index; ``fault`` where there is none, ``stale`` is None where the corpus is not there."""

    generation: str = ""
    built: str = ""
    embedder: str = ""
    recall: float | None = None
    articles: int = 0
    reprints: int = 0
    passages: int = 0
    size: int = 0
    troubles: tuple[Trouble, ...] = ()
    stale: Stale | None = None
    building: Building | None = None
    fault: str = ""


def index_state(index: Path) -> IndexState:
    """Look at the folder of an index."""
    building = _building(index)
    try:
        name, _ = durable.current(index)
        manifest = json.loads((index / name / durable.MANIFEST).read_text(encoding="utf-8"))
        size = sum(int(record["size"]) for record in manifest["files"].values())
        report = list(_report(index / name / REPORT))
        return IndexState(
            name, str(manifest["built"]), str(manifest["embedder"]), manifest.get("recall"), int(manifest["articles"]),
            int(manifest["reprints"]), int(manifest["passages"]), size, _troubles(report),
            _stale(Path(manifest["corpus"]), manifest["built"], report), building,
        )  # fmt: skip
    except IndexFault as fault:
        return IndexState(building=building, fault=str(fault))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        fault_line = f"the index in {index.name} cannot be read; run `regional-qa check`"
        return IndexState(building=building, fault=fault_line)


def corpus_of(index: Path, generation: str) -> Path | None:
    """Where the articles of a generation were read, as its manifest tells; None where it does not."""
    corpus = _told(index, generation, "corpus")
    return Path(corpus) if isinstance(corpus, str) else None


def built_at(index: Path, generation: str) -> float:
    """When a generation was built, in seconds since 1970; 0 where its manifest does not tell."""
    try:
        return datetime.fromisoformat(_told(index, generation, "built")).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _told(index: Path, generation: str, name: str) -> Any:
    """One entry of a generation's manifest; None where there is none."""
    try:
        return json.loads((index / generation / durable.MANIFEST).read_text(encoding="utf-8"))[name]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _report(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _troubles(report: list[Mapping[str, Any]]) -> tuple[Trouble, ...]:
    found = [
        Trouble(str(record["origin"]), str(record["reason"]), record["kind"] == "skipped")
        for record in report
        if record["kind"] in _TROUBLES
    ]
    return tuple(sorted(found, key=lambda trouble: not trouble.lost))


def _stale(corpus: Path, built: str, report: list[Mapping[str, Any]]) -> Stale | None:
    """What the names and times of the files tell; whether a file says something else only reading it would."""
    if not corpus.exists():
        return None
    known = {str(record["origin"]) for record in report if record["kind"] == "file"}
    touched = known | {file_of(str(record["origin"])) for record in report if record["kind"] in _TROUBLES}
    since = datetime.fromisoformat(built).timestamp() + 1  # it is told in whole seconds
    times = dict(_files(corpus))
    new = sorted(times.keys() - touched)
    changed = sorted(name for name in times.keys() & touched if times[name] > since)
    gone = sorted(known - times.keys())
    return Stale(len(new), len(changed), len(gone), (*new, *changed, *gone))


def _files(corpus: Path) -> Iterator[tuple[str, float]]:
    """The files a rebuild would read, each with the time of its last change."""
    for one in corpus_sources(corpus):
        if isinstance(one, Source) and one.path.name.lower().endswith(FORMATS) and not one.path.is_symlink():
            with contextlib.suppress(OSError):
                yield one.origin, one.path.stat().st_mtime


def _building(index: Path) -> Building | None:
    """The rebuild that runs beside this server, if one does: its folder is there and its lock is held."""
    folder = max(durable.unfinished(index), default=None)
    if folder is None or not durable.is_being_written(index):
        return None
    written, begun = 0, time.time()
    with contextlib.suppress(OSError):
        begun = (index / durable.LOCK).stat().st_mtime
        written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    indexing = (folder / LEXICAL).exists() or words_under_way(index)
    stage: Stage = "verify" if (folder / durable.MANIFEST).exists() else "index" if indexing else "read"
    return Building(stage, max(0, round(time.time() - begun)), written)
