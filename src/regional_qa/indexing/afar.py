"""What a rebuild has to work out, worked out elsewhere: shards of articles studied and embedded, bundles of them indexed.

All of it comes into the cache, as if a rebuild before had left it there, and the rebuild goes on from it. So it gives
the same whoever worked, and one that was stopped loses only what was under way. Knows nothing about what the workers are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from regional_qa.errors import IndexFault, ModelError
from regional_qa.indexing import durable
from regional_qa.indexing.bundles import Bundle, Member, Shelf
from regional_qa.indexing.cache import Cache
from regional_qa.indexing.embedding import Embedded, Embedding, embedded
from regional_qa.indexing.passages import PassageWriter
from regional_qa.indexing.pipeline import pipeline_fingerprint
from regional_qa.indexing.study import Study
from regional_qa.indexing.worker import Job, work
from regional_qa.ports import Embedder, LexicalIndex
from regional_qa.types import Article

K = TypeVar("K")
R = TypeVar("R")

SHARD = 250
"""Articles of a piece of work: a second or two of it, lost at most when a worker is."""
AHEAD = 2
"""Pieces under way for each worker, so that none waits for the next."""
_models: dict[str, Embedder] = {}
"""The model of a worker, opened once."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Workers: where pieces are handed to, how many are worked on at a time, and how a worker opens the model."""

    executor: Executor
    width: int
    load: Callable[[], Embedder]


@dataclass(frozen=True, slots=True)
class _Shard:
    """Articles, each with its study where that is known, and the code and model they must be worked out by."""

    pipeline: str
    fingerprint: str
    load: Callable[[], Embedder]
    items: Sequence[tuple[Article, bytes | None]]


@dataclass(frozen=True, slots=True)
class _Words:
    """A bundle of articles with their studies, whose words are to be indexed."""

    pipeline: str
    number: int
    lexical: type[LexicalIndex]
    items: Sequence[tuple[Article, bytes]]


def study_afar(
    hands: Hands,
    writer: PassageWriter,
    members: Sequence[Member],
    embedding: Embedding,
    cache: Cache,
    progress: Callable[[int], None],
) -> list[Member]:
    """Let the articles be studied and embedded whose study or vectors the cache lacks; all, with their studies."""
    found = {member.row: member for member in members}
    lacking = [m for m in members if m.study is None or not embedding.knows(m.key)]
    pipeline, done = pipeline_fingerprint(), len(members) - len(lacking)
    pieces = (
        (
            some,
            _Shard(
                pipeline, embedding.embedder.fingerprint, hands.load, [(writer.article(m.row), m.study) for m in some]
            ),
        )
        for some in (lacking[at : at + SHARD] for at in range(0, len(lacking), SHARD))
    )
    for some, (studies, made) in _worked_on(hands, _study, pieces):
        for member, study in zip(some, studies, strict=True):
            found[member.row] = member.studied(study, cache)
        embedding.keep([member.key for member in some], made)
        cache.commit()
        done += len(some)
        progress(done)
    return [found[member.row] for member in members]


def index_afar(
    hands: Hands, writer: PassageWriter, bundles: Sequence[Bundle], lexical: type[LexicalIndex], shelf: Shelf
) -> None:
    """Let the words of these bundles be indexed; every article must have its study."""
    pipeline = pipeline_fingerprint()
    pieces = (
        (
            bundle,
            _Words(pipeline, bundle.number, lexical, [(writer.article(m.row), m.study or b"") for m in bundle.members]),
        )
        for bundle in bundles
    )
    for bundle, files in _worked_on(hands, _index, pieces):
        folder = shelf.begin(bundle)
        for name, content in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            durable.write(folder / name, content)
        shelf.finish(bundle)


def _worked_on(hands: Hands, do: Callable[[Any], R], pieces: Iterable[tuple[K, Any]]) -> Iterator[tuple[K, R]]:
    """What became of each piece, as soon as it is done; no more are made ready than the workers need."""
    waiting, under_way = iter(pieces), dict[Future[R], K]()

    def hand_out(count: int) -> None:
        for key, piece in islice(waiting, count):
            under_way[hands.executor.submit(do, piece)] = key

    hand_out(AHEAD * hands.width)
    while under_way:
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        hand_out(len(done))
        for future in sorted(done, key=lambda one: one.exception() is not None):  # what is done is kept
            yield under_way.pop(future), future.result()


def _study(shard: _Shard) -> tuple[list[bytes], Embedded]:
    """In a worker: the packed study of each article, and what ``embedded`` gives."""
    _require_same_code(shard.pipeline)
    model = _model(shard.load, shard.fingerprint)
    studies = [Study.unpacked(known) if known else Study.of(article) for article, known in shard.items]
    articles = [article for article, _ in shard.items]
    texts = [study.searched(article) for study, article in zip(studies, articles, strict=True)]
    return [study.packed() for study in studies], embedded(model, texts)


def _index(words: _Words) -> list[tuple[str, bytes]]:
    """In a worker: the files of a bundle, which may not be written where the rebuild is."""
    _require_same_code(words.pipeline)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for _ in work(Job(words.number, folder, words.items), words.lexical):
            pass
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files]


def _require_same_code(pipeline: str) -> None:
    if pipeline_fingerprint() != pipeline:
        raise IndexFault(
            "a worker has another version of regional-qa, of Python or of a library than this rebuild; "
            "install the same on all machines, then rebuild again"
        )


def _model(load: Callable[[], Embedder], fingerprint: str) -> Embedder:
    if fingerprint not in _models:
        model = load()
        if model.fingerprint != fingerprint:
            raise ModelError(
                f"a worker's model {model.name!r} is another than this rebuild's; give all machines the same"
            )
        _models[fingerprint] = model
    return _models[fingerprint]
