"""Corpus -> a published generation: read, cut, embed, index, verify, publish.

Knows nothing about searching; the live generation is untouched until the new one is whole.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from regional_qa.chunking import VERSION, cut_article
from regional_qa.errors import CorpusError, IndexFault, ModelError, UsageError
from regional_qa.facts import find_facts
from regional_qa.indexing import durable
from regional_qa.indexing.generation import LEXICAL, Parts, load_generation
from regional_qa.indexing.manifest import Manifest, record_files
from regional_qa.indexing.passages import PassageStore, PassageWriter
from regional_qa.indexing.probes import write_probes
from regional_qa.indexing.report import FILE as REPORT
from regional_qa.indexing.report import BuildReport
from regional_qa.indexing.reprints import Sketches, identified
from regional_qa.indexing.space import bytes_needed, cannot_write, require_room
from regional_qa.indexing.tokens import TokenStore
from regional_qa.knowledge.regions import provinces_in
from regional_qa.ports import Embedder, TokenEmbedder, Tokens, Vectors
from regional_qa.reading import FORMATS, Problem, read_corpus
from regional_qa.reading.account import Account, file_of
from regional_qa.types import Article, Passage

logger = logging.getLogger(__name__)

BATCH = 4096
"""Passages embedded at a time; bounds memory, not quality."""

LEAST_FRACTION = 0.5
"""A corpus with a smaller share of the articles of the index before is taken for an accident."""

Progress = Callable[[str, int, int], None]
"""Told ``(stage, done, total)``; a total of 0 is not known yet."""


def rebuild(
    corpus: Path,
    index: Path,
    parts: Parts,
    progress: Progress = lambda stage, done, total: None,
    *,
    allow_shrink: bool = False,
) -> BuildReport:
    """Build a generation from every article under ``corpus`` and make it the live one.

    Raises:
        CorpusError: no corpus, no article in it, or (without ``allow_shrink``) less than half of what the
            index holds, as when a disk is not mounted.
        UsageError: the corpus and the index lie in one another.
        IndexBusy: another process is rebuilding this index.
        IndexFault: the index cannot be written.
    """
    articles = read_corpus(corpus)
    if index.resolve().is_relative_to(corpus.resolve()) or corpus.resolve().is_relative_to(index.resolve()):
        raise UsageError(f"the corpus {corpus} and the index {index} lie in one another; choose separate folders")
    with durable.sole_writer(index):
        name = durable.next_name(index)
        durable.sweep(index)
        needed = bytes_needed(index, corpus)
        require_room(index, needed)
        building = index / f"{name}.tmp"
        try:
            building.mkdir(mode=0o700)
            report = _fill(building, name, corpus, articles, parts, progress)
            if not allow_shrink:
                _require_most(report, index, corpus)
            progress("verify", 0, 1)
            load_generation(building, parts)
            progress("verify", 1, 1)
            durable.publish(index, building, name)
        except (OSError, sqlite3.Error) as error:
            raise cannot_write(index, name, needed, error) from error
        finally:
            durable.abandon(index, name)
        durable.sweep(index)
    return report


def _require_most(report: BuildReport, index: Path, corpus: Path) -> None:
    """Refuse a corpus that has lost more than half of its articles."""
    try:
        manifest = Manifest.read(index / durable.current(index)[0])
    except IndexFault:
        return
    before, now = manifest.articles + manifest.reprints, report.articles + len(report.reprints)
    if now < before * LEAST_FRACTION:
        raise CorpusError(
            f"the corpus {corpus} has {now} articles, the index {before}; is a folder missing? "
            "If this is meant, say --allow-shrink"
        )


def _fill(
    folder: Path, name: str, corpus: Path, stream: Iterable[Article | Problem], parts: Parts, progress: Progress
) -> BuildReport:
    with PassageWriter(folder) as writer:
        report = _read(writer, name, stream, _Outlook(corpus), progress)
        if not writer.articles:
            raise CorpusError(_no_article(corpus, report.problems))
        texts, articles = _cut(writer, progress)
    report = replace(report, passages=len(texts))
    vectors, tokens = _embed(parts.embedder, texts, progress)
    parts.vector_store.build(vectors).save(folder)
    if tokens:
        TokenStore.build(tokens).save(folder)
    del vectors, tokens
    (folder / LEXICAL).mkdir()
    lexical = parts.lexical_index.build(folder / LEXICAL, _counted(texts, progress), articles)
    write_probes(folder, parts.embedder, parts.vector_store.load(folder), lexical, PassageStore(folder))
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
        articles=report.articles,
        reprints=len(report.reprints),
        passages=report.passages,
        problems=len(report.problems),
        files=record_files(folder),
    ).write(folder)
    return report


def _read(
    writer: PassageWriter, name: str, stream: Iterable[Article | Problem], outlook: _Outlook, progress: Progress
) -> BuildReport:
    """Write every article, and fold the reprints among them."""
    problems: list[Problem] = []
    accounts: dict[str, Account] = {}
    sketches = Sketches()
    repeated = 0
    for item in identified(stream):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        if item is None:
            repeated += 1
            continue
        writer.add_article(item)
        sketches.add(item)
        accounts.setdefault(file_of(item.origin), Account()).add(item)
        if writer.articles % 100 == 0:
            progress("read", writer.articles, outlook.expected(item.origin, writer.articles))
    if writer.articles:
        progress("read", writer.articles, writer.articles)
    reprints = []
    for row, whole in sketches.reprints(writer.article).items():
        writer.fold(row, whole)
        one = writer.article(row)
        reprints.append((one.origin, one.article_id, writer.article(whole).article_id))
    articles = writer.articles - len(reprints)
    return BuildReport(name, articles, 0, repeated, tuple(sorted(reprints)), accounts, tuple(problems))


def _cut(writer: PassageWriter, progress: Progress) -> tuple[list[tuple[str, str]], list[int]]:
    """Write the passages and facts of every article that is searched; for each the line above it and its text, and its article."""
    texts: list[tuple[str, str]] = []
    articles: list[int] = []
    rows = writer.searched()
    for count, row in enumerate(rows, start=1):
        article = writer.article(row)
        passages = locate(article, cut_article(article))
        writer.add_passages(row, article, passages)
        named = {region for passage in passages for region in passage.regions}
        writer.add_facts(row, find_facts(article, named))
        line = head(article)
        texts += ((line, passage.text) for passage in passages)
        articles += [row] * len(passages)
        if count % 100 == 0 or count == len(rows):
            progress("cut", count, len(rows))
    return texts, articles


def head(article: Article) -> str:
    """The line a passage is searched with besides its own text: headline, section, regions and date.

    >>> head(Article("a", "光储产业迈上新台阶", "…", regions=("安徽",)))
    '光储产业迈上新台阶 安徽'
    """
    published = f"{article.published.year}年{article.published.month}月" if article.published else ""
    return " ".join(filter(None, (article.title, article.section, *article.regions, published)))


def locate(article: Article, passages: Iterable[Passage]) -> list[Passage]:
    """Give every passage the provinces it may be about: those it names, its article's, and the last named before it."""
    whole = dict.fromkeys((*article.regions, *provinces_in(f"{article.section} {article.title}")))
    before: tuple[str, ...] = ()
    located = []
    for passage in passages:
        named = provinces_in(passage.text)
        regions = tuple(dict.fromkeys((*named, *whole, *before)))
        located.append(Passage(passage.passage_id, passage.article_id, passage.span, passage.text, regions))
        before = named[-1:] or before
    return located


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


def _embed(embedder: Embedder, texts: list[tuple[str, str]], progress: Progress) -> tuple[Vectors, list[Tokens]]:
    """The vectors of all texts and, where the model has any, their tokens."""
    vectors = np.empty((len(texts), embedder.dim), dtype=np.float32)  # (n_passages, dim)
    tokens: list[Tokens] = []
    for start in range(0, len(texts), BATCH):
        batch = [f"{line}\n{text}" for line, text in texts[start : start + BATCH]]
        if isinstance(embedder, TokenEmbedder):
            tokens.append(embedder.tokenize(batch))
            vectors[start : start + len(batch)] = embedder.pool(tokens[-1])
        else:
            found = embedder.encode_passages(batch)
            if found.shape != (len(batch), embedder.dim):
                raise ModelError(f"the model {embedder.name!r} gave vectors of shape {found.shape}; try another one")
            vectors[start : start + len(batch)] = found
        progress("embed", start + len(batch), len(texts))
    return vectors, tokens


def _counted(texts: list[tuple[str, str]], progress: Progress) -> Iterator[tuple[str, str]]:
    for count, text in enumerate(texts, start=1):
        yield text
        if count % BATCH == 0 or count == len(texts):
            progress("index", count, len(texts))


def _no_article(corpus: Path, problems: Sequence[Problem]) -> str:
    seen = ""
    if problems:
        first = problems[0]
        seen = f" ({len(problems)} could not be read, the first: {first.origin}: {first.reason})"
    return f"no article in {corpus}{seen}; put {', '.join(FORMATS)} files there or choose another folder with --corpus"
