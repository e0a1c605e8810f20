"""Corpus -> a published generation: read, cut, embed, index, verify, publish.

Knows nothing about searching; the live generation is untouched until the new one is whole.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from regional_qa.chunking import VERSION, cut_article
from regional_qa.errors import CorpusError, IndexFault, UsageError
from regional_qa.indexing import durable
from regional_qa.indexing.generation import LEXICAL, Parts, load_generation
from regional_qa.indexing.manifest import Manifest, record_files
from regional_qa.indexing.passages import PassageWriter
from regional_qa.knowledge.regions import provinces_in
from regional_qa.ports import Embedder, Vectors
from regional_qa.reading import FORMATS, Problem, read_corpus
from regional_qa.types import Article, Passage

logger = logging.getLogger(__name__)

BATCH = 4096
"""Passages embedded at a time; bounds memory, not quality."""

LEAST_FRACTION = 0.5
"""A corpus with a smaller share of the articles of the index before is taken for an accident."""

Progress = Callable[[str, int, int], None]
"""Told ``(stage, done, total)``; a total of 0 is not known yet."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a rebuild did: the published generation, its counts, and what could not be read."""

    generation: str
    articles: int
    passages: int
    folded: int
    problems: tuple[Problem, ...]


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
        durable.sweep(index)
        name = durable.next_name(index)
        building = index / f"{name}.tmp"
        try:
            building.mkdir(mode=0o700)
            report = _fill(building, name, corpus, articles, parts, progress)
            if not allow_shrink:
                _require_most(report, index, corpus)
            progress("verify", 0, 1)
            durable.sync(building)
            load_generation(building, parts)
            progress("verify", 1, 1)
            durable.publish(index, building, name)
        except (OSError, sqlite3.Error) as error:
            place, reason = getattr(error, "filename", None) or building, getattr(error, "strerror", None) or error
            raise IndexFault(
                f"cannot write {place} ({reason}); "
                "free some space or choose another folder with --index. The index before is untouched"
            ) from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
        durable.sweep(index)
    return report


def _require_most(report: BuildReport, index: Path, corpus: Path) -> None:
    """Refuse a corpus that has lost more than half of its articles."""
    try:
        before = Manifest.read(index / durable.current(index)[0]).articles
    except IndexFault:
        return
    if report.articles < before * LEAST_FRACTION:
        raise CorpusError(
            f"the corpus {corpus} has {report.articles} articles, the index {before}; is a folder missing? "
            "If this is meant, say --allow-shrink"
        )


def _fill(
    folder: Path, name: str, corpus: Path, stream: Iterable[Article | Problem], parts: Parts, progress: Progress
) -> BuildReport:
    problems: list[Problem] = []
    texts: list[tuple[str, str]] = []
    with PassageWriter(folder) as writer:
        folded, outlook = 0, _Outlook(corpus)
        for article in _folding_repeats(stream, problems):
            if article is None:
                folded += 1
                continue
            passages = locate(article, cut_article(article))
            writer.add(article, passages)
            texts += ((head(article), passage.text) for passage in passages)
            if writer.articles % 100 == 0:
                progress("read", writer.articles, outlook.expected(article.origin, writer.articles))
    if not texts:
        raise CorpusError(_no_article(corpus, problems))
    progress("read", writer.articles, writer.articles)
    vectors = _embed(parts.embedder, texts, progress)
    parts.vector_store.build(vectors).save(folder)
    del vectors
    (folder / LEXICAL).mkdir()
    parts.lexical_index.build(folder / LEXICAL, _counted(texts, progress))
    lines = (
        json.dumps({"origin": problem.origin, "reason": problem.reason, "lost": problem.lost}, ensure_ascii=False)
        for problem in problems
    )
    (folder / "report.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    Manifest(
        generation=name,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        corpus=str(corpus.resolve()),
        embedder=parts.embedder.name,
        embedder_fingerprint=parts.embedder.fingerprint,
        dim=parts.embedder.dim,
        splitter=VERSION,
        articles=writer.articles,
        passages=writer.passages,
        problems=len(problems),
        files=record_files(folder),
    ).write(folder)
    return BuildReport(name, writer.articles, writer.passages, folded, tuple(problems))


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


def _folding_repeats(stream: Iterable[Article | Problem], problems: list[Problem]) -> Iterator[Article | None]:
    """Yield each article once, None for one seen before; two different texts under one id are reported."""
    seen: dict[str, bytes] = {}
    for item in stream:
        if isinstance(item, Problem):
            problems.append(item)
            continue
        content = bytes.fromhex(item.sha256)
        if item.article_id not in seen:
            seen[item.article_id] = content
            yield item
            continue
        if seen[item.article_id] != content:
            reason = f"another article has the id {item.article_id!r}; the first is kept, give this one its own id"
            problems.append(Problem(item.origin, reason))
        yield None


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
        file = origin.partition(":")[0]
        if self._file and file != self._file:
            self._read += self._sizes.get(self._file, 0)
            self._guess = round(articles * self._total / self._read) if self._read else 0
        self._file = file
        return max(self._guess, articles) if self._guess else 0


def _embed(embedder: Embedder, texts: list[tuple[str, str]], progress: Progress) -> Vectors:
    vectors = np.empty((len(texts), embedder.dim), dtype=np.float32)  # (n_passages, dim)
    for start in range(0, len(texts), BATCH):
        batch = [f"{line}\n{text}" for line, text in texts[start : start + BATCH]]
        vectors[start : start + len(batch)] = embedder.encode_passages(batch)
        progress("embed", start + len(batch), len(texts))
    return vectors


def _counted(texts: list[tuple[str, str]], progress: Progress) -> Iterator[tuple[str, str]]:
    for count, text in enumerate(texts, start=1):
        yield text
        if count % BATCH == 0 or count == len(texts):
            progress("index", count, len(texts))


def _no_article(corpus: Path, problems: list[Problem]) -> str:
    seen = ""
    if problems:
        first = problems[0]
        seen = f" ({len(problems)} could not be read, the first: {first.origin}: {first.reason})"
    return f"no article in {corpus}{seen}; put {', '.join(FORMATS)} files there or choose another folder with --corpus"
