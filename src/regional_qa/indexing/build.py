"""Corpus -> a published generation: read, study, embed, index, verify, publish.

All that is worked out goes through the cache by its content, so that an incremental rebuild is a full one with less to
do, and gives the same. Knows nothing about searching; the live generation is untouched until the new one is whole.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from regional_qa.chunking import VERSION
from regional_qa.errors import CorpusError, IndexFault, UsageError
from regional_qa.indexing import durable
from regional_qa.indexing.afar import Hands, index_afar, study_afar
from regional_qa.indexing.ahead import Ahead
from regional_qa.indexing.batches import Batches
from regional_qa.indexing.bundles import Member, Shelf, bound, bundled
from regional_qa.indexing.cache import Cache, key_of
from regional_qa.indexing.corpus import Survey, read, survey
from regional_qa.indexing.embedding import Embedding
from regional_qa.indexing.generation import LEXICAL, Parts, load_generation
from regional_qa.indexing.manifest import Manifest, record_files
from regional_qa.indexing.passages import PassageStore, PassageWriter
from regional_qa.indexing.pipeline import pipeline_fingerprint
from regional_qa.indexing.probes import write_probes
from regional_qa.indexing.report import FILE as REPORT
from regional_qa.indexing.report import BuildReport, counted
from regional_qa.indexing.reprints import Sketches, identified, is_reprint
from regional_qa.indexing.space import bytes_needed, cannot_write, require_room
from regional_qa.indexing.tokens import write_tokens
from regional_qa.indexing.upkeep import Upkeep
from regional_qa.indexing.worker import seldom_collected
from regional_qa.ports import HalfVectors, VectorStore, VectorStores
from regional_qa.reading import FORMATS, Problem
from regional_qa.reading.account import Account, file_of

logger = logging.getLogger(__name__)

LEAST_FRACTION = 0.5
"""A corpus with a smaller share of the articles of the index before is taken for an accident."""

Progress = Callable[[str, int, int], None]
"""Told ``(stage, done, total)``; a total of 0 is not known yet."""


@seldom_collected()
def rebuild(
    corpus: Path,
    index: Path,
    parts: Parts,
    progress: Progress = lambda stage, done, total: None,
    *,
    allow_shrink: bool = False,
    hands: Hands | None = None,
) -> BuildReport:
    """Build a generation from every article under ``corpus`` and make it the live one; ``hands`` are workers elsewhere.

    Raises:
        CorpusError: no corpus, no article in it, or (without ``allow_shrink``) less than half of what the
            index holds, as when a disk is not mounted.
        UsageError: the corpus and the index lie in one another.
        IndexBusy: another process is rebuilding this index.
        IndexFault: the index cannot be written.
    """
    if index.resolve().is_relative_to(corpus.resolve()) or corpus.resolve().is_relative_to(index.resolve()):
        raise UsageError(f"the corpus {corpus} and the index {index} lie in one another; choose separate folders")
    surveyed = survey(corpus)
    with durable.sole_writer(index):
        name = durable.next_name(index)
        durable.sweep(index)
        _tidy(index, parts)
        needed = bytes_needed(index, corpus)
        require_room(index, needed)
        building = index / f"{name}.tmp"
        try:
            building.mkdir(mode=0o700)
            with Cache(index) as cache, Shelf(cache.folder) as shelf:
                embedding = Embedding(parts.embedder, Batches(cache.folder))
                report = _fill(building, name, corpus, surveyed, parts, cache, shelf, embedding, progress, hands)
                if not allow_shrink:
                    _require_most(report, index, corpus)
                progress("verify", 0, 1)
                load_generation(building, parts)
                progress("verify", 1, 1)
                durable.publish(index, building, name)
                cache.prune()
                shelf.prune()
                embedding.prune()
        except (OSError, sqlite3.Error) as error:
            raise cannot_write(index, name, needed, error) from error
        finally:
            durable.abandon(index, name)
        durable.sweep(index)
        try:
            _tidy(index, parts)
        except IndexFault as fault:  # what is published is published
            logger.warning("%s; the next rebuild clears away what is left of older ones", fault)
    return report


def _tidy(index: Path, parts: Parts) -> None:
    """Have the store of vectors clear away what no generation on disk needs."""
    live = durable.live_name(index)
    parts.vector_store.tidy(durable.folders(index), index / live if live else None)


def _require_most(report: BuildReport, index: Path, corpus: Path) -> None:
    """Refuse a corpus that has lost more than half of its articles."""
    try:
        manifest = Manifest.read(index / durable.current(index)[0])
    except IndexFault:
        return
    before, now = manifest.articles + manifest.reprints, report.articles + len(report.reprints)
    if now < before * LEAST_FRACTION:
        raise CorpusError(
            f"the corpus {corpus} has {counted(now, 'article')}, the index {before:,}; is a folder missing? "
            "If this is meant, say --allow-shrink"
        )


def _fill(
    folder: Path,
    name: str,
    corpus: Path,
    surveyed: Survey,
    parts: Parts,
    cache: Cache,
    shelf: Shelf,
    embedding: Embedding,
    progress: Progress,
    hands: Hands | None,
) -> BuildReport:
    with ThreadPoolExecutor(1) as aside:
        with PassageWriter(folder) as writer:
            with Ahead(parts.lexical_index) as ahead:
                report, members = _read(writer, name, surveyed, _Outlook(corpus), cache, ahead, progress)
            if not writer.articles:
                raise CorpusError(_no_article(corpus, report.problems))

            def indexed(done: int) -> None:
                progress("index", done, report.articles)

            if hands:
                members = study_afar(hands, writer, members, embedding, cache, indexed)
            volumes = bound(bundled(members))
            if hands:
                index_afar(hands, writer, shelf.lacking(volumes)[1], parts.lexical_index, shelf)
            upkeep = Upkeep(writer, volumes, embedding, cache, shelf, parts.lexical_index)
            keys = [member.key for volume in volumes for bundle in volume.bundles for member in bundle.members]
            with upkeep.working() as events:
                upkeep.study(events, indexed)
                cache.free()
                rows, tokens = embedding.gather(keys)
                saving = aside.submit(_save_vectors, folder, rows, parts.vector_store, cache.folder)
                del rows
                upkeep.finish(events)
                if tokens is not None:
                    write_tokens(folder, tokens)
                del tokens
                articles = upkeep.write()
        (folder / LEXICAL).mkdir()
        lexical = parts.lexical_index.join(folder / LEXICAL, [shelf.place(volume) for volume in volumes], articles)
        vectors = saving.result()
    write_probes(folder, parts.embedder, vectors, lexical, PassageStore(folder))
    report = replace(report, passages=len(articles), recall=vectors.recall)
    lines = (json.dumps(record, ensure_ascii=False) for record in report.records())
    durable.write(folder / REPORT, "".join(f"{line}\n" for line in lines).encode())
    Manifest(
        generation=name,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        corpus=str(corpus.resolve()),
        embedder=parts.embedder.name,
        embedder_fingerprint=parts.embedder.fingerprint,
        dim=parts.embedder.dim,
        splitter=VERSION,
        pipeline=pipeline_fingerprint(),
        corpus_fingerprint=surveyed.fingerprint,
        recall=report.recall,
        articles=report.articles,
        reprints=len(report.reprints),
        passages=report.passages,
        problems=len(report.problems),
        files=record_files(folder),
    ).write(folder)
    return report


def _save_vectors(folder: Path, vectors: HalfVectors, kind: VectorStores, cache: Path) -> VectorStore:
    store = kind.build(vectors, cache)
    store.save(folder)
    return store


def _read(
    writer: PassageWriter,
    name: str,
    surveyed: Survey,
    outlook: _Outlook,
    cache: Cache,
    ahead: Ahead,
    progress: Progress,
) -> tuple[BuildReport, list[Member]]:
    """Write every article, fold the reprints among them; the others are to be searched."""
    problems: list[Problem] = []
    accounts: defaultdict[str, Account] = defaultdict(Account)
    members: list[Member] = []
    sketches = Sketches()
    repeated = 0

    def keep(studies: Iterable[tuple[int, bytes]]) -> None:
        for row, study in studies:
            members[row] = members[row].studied(study, cache)

    for item in identified(read(surveyed, cache)):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        if item is None:
            repeated += 1
            continue
        members.append(Member.of(writer.add_article(item), item, cache))
        if members[-1].study is None:
            ahead.add(members[-1].row, item)
        sketches.add(item, members[-1].sketch)
        accounts[file_of(item.origin)].add(item)
        if writer.articles % 100 == 0:
            keep(ahead.done())
            progress("read", writer.articles, outlook.expected(item.origin, writer.articles))
    keep(ahead.finish())
    if writer.articles:
        progress("read", writer.articles, writer.articles)

    def repeats(row: int, whole: int) -> bool:
        key = key_of("reprint", members[row].key, members[whole].key)
        (known,) = cache.get([key])
        if known is None:
            known = b"1" if is_reprint(writer.article(row), writer.article(whole)) else b"0"
            cache.put([(key, known)])
        return known == b"1"

    folded = sketches.reprints(repeats)
    reprints = tuple(writer.fold(folded))
    numbers = {file: account.numbers() for file, account in accounts.items()}
    report = BuildReport(name, writer.articles - len(reprints), 0, repeated, reprints, numbers, tuple(problems))
    return report, [member for member in members if member.row not in folded]


class _Outlook:
    """Guesses how many articles a corpus holds, from the bytes of the files that are read to their end."""

    def __init__(self, corpus: Path) -> None:
        paths = [path for path in corpus.rglob("*") if path.is_file()] if corpus.is_dir() else [corpus]
        self._sizes = {path.relative_to(corpus).as_posix(): path.stat().st_size for path in paths}
        self._total = sum(self._sizes.values())
        self._read = 0
        self._file = ""
        self._guess = 0

    def expected(self, origin: str, articles: int) -> int:
        """Articles in all, as far as can be told now; 0 until the first file is read."""
        file = file_of(origin)
        if self._file and file != self._file:
            self._read += self._sizes.get(self._file, 0)
            self._guess = round(articles * self._total / self._read) if self._read else 0
        self._file = file
        return max(self._guess, articles) if self._guess else 0


def _no_article(corpus: Path, problems: Sequence[Problem]) -> str:
    seen = ""
    if problems:
        first = problems[0]
        seen = f" ({len(problems)} left out, the first: {first.origin}: {first.reason})"
    return f"no article in {corpus}{seen}; put {', '.join(FORMATS)} files there or choose another folder with --corpus"
