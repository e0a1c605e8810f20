"""The passage store: articles, the spans cut from them and their facts, in one SQLite file.

A passage's text is never stored; it is read out of its article by its span, so the two cannot differ.
Knows nothing about vectors or words.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import IndexDamaged, UsageError, rebuild_hint
from regional_qa.indexing import fact_table
from regional_qa.indexing.columns import Columns
from regional_qa.indexing.study import Study
from regional_qa.ports import Rows
from regional_qa.types import Article, Fact, Passage, Reprint, Span, Stretch

FILE = "passages.db"
SOME = 256
"""Articles written at a time, which is quicker."""
_SCHEMA = """
CREATE TABLE articles (
    row INTEGER PRIMARY KEY, article_id TEXT UNIQUE NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    publisher TEXT NOT NULL, published TEXT, regions TEXT NOT NULL, section TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, origin TEXT NOT NULL, layout TEXT NOT NULL, inferred TEXT NOT NULL,
    place TEXT NOT NULL, reprint_of INTEGER REFERENCES articles (row)
);
CREATE INDEX articles_reprint ON articles (reprint_of) WHERE reprint_of IS NOT NULL;
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, passage_id TEXT NOT NULL, article INTEGER NOT NULL REFERENCES articles (row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, regions TEXT NOT NULL, published INTEGER NOT NULL
);
"""
_INDEXES = ("CREATE INDEX passages_article ON passages (article)", *fact_table.INDEXES)
"""Made when all is written, which is quicker."""
_REMEMBERED = 16
"""Filters whose rows are kept, 1.4 MB each where all of 180,000 pass."""
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ARTICLE = (
    "article_id, title, text, publisher, published, regions, section, source, url, origin, layout, inferred, place"
)
_REPRINT = "article_id, title, publisher, published, origin"


class PassageWriter:
    """Fills a new store in one transaction, in pages that hold most articles whole; rows count up from 0.

    First all articles, then which of them are reprints, then the passages of the others.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = sqlite3.connect(folder / FILE)
        self._db.executescript(
            "PRAGMA page_size = 16384; PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;"
            + _SCHEMA
            + fact_table.SCHEMA
        )
        self.articles = 0
        self._waiting: list[tuple[Any, ...]] = []
        self._columns: list[tuple[int, int, str]] = []

    def add_article(self, article: Article) -> int:
        """Append an article; its row."""
        published = article.published.isoformat() if article.published else None
        self._waiting.append(
            (
                self.articles, article.article_id, article.title, article.text, article.publisher, published,
                _regions(article.regions), article.section, article.source, article.url,
                article.origin, _packed(article.layout), " ".join(article.inferred), article.place,
            ),
        )  # fmt: skip
        self.articles += 1
        if len(self._waiting) == SOME:
            self._write_waiting()
        return self.articles - 1

    def _write_waiting(self) -> None:
        if self._waiting:
            statement = f"INSERT INTO articles VALUES (?{', ?' * 13}, NULL)"  # noqa: S608 - only question marks
            self._db.executemany(statement, self._waiting)
            self._waiting = []

    def article(self, row: int) -> Article:
        """An article added before."""
        self._write_waiting()
        return _read_article(self._db, "row", row)

    def fold(self, reprints: Mapping[int, int]) -> list[tuple[str, str, str]]:
        """Note which articles are reprints, row -> row of another one; they are kept, but not searched.

        Of each its origin, its id and that of the other, sorted.
        """
        self._write_waiting()
        rows = ((whole, row) for row, whole in reprints.items())
        self._db.executemany("UPDATE articles SET reprint_of = ? WHERE row = ?", rows)
        return sorted(
            self._db.execute(
                "SELECT one.origin, one.article_id, whole.article_id FROM articles one, articles whole "
                "WHERE one.reprint_of = whole.row"
            )
        )

    def add_studies(self, studies: Iterable[tuple[int, int, Study]]) -> list[int]:
        """Append the passages and facts of articles, ``(row, day it was published or 0, study)``; of each passage its row."""
        facts: list[tuple[Any, ...]] = []

        def passages() -> Iterator[tuple[Any, ...]]:
            for row, day, study in studies:
                for passage_id, start, end, regions in study.passages:
                    yield len(self._columns), passage_id, row, start, end, regions, day
                    self._columns.append((row, day, regions))
                facts.extend((row, *fact) for fact in study.facts)

        self._db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", passages())
        fact_table.write_facts(self._db, facts)
        return [row for row, _, _ in self._columns]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self._write_waiting()
            for index in _INDEXES:
                self._db.execute(index)
            self._db.commit()
            Columns.of(self._columns).save(self._folder)
        self._db.close()


class PassageStore:
    """Reads what ``PassageWriter`` wrote; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        try:
            uri = self._file.resolve().as_uri() + "?mode=ro&immutable=1"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self.articles = int(
                self._db.execute("SELECT count(*) FROM articles WHERE reprint_of IS NULL").fetchone()[0]
            )
            last = self._db.execute("SELECT max(row) FROM passages").fetchone()[0]
        except sqlite3.Error as error:
            raise IndexDamaged(f"{self._file} cannot be read ({error}); {rebuild_hint(self._file)}") from error
        self._columns = Columns.load(folder)
        columns = self._columns  # not ``self``, which would keep a store alive that nobody uses any more

        @functools.lru_cache(_REMEMBERED)
        def among(regions: tuple[str, ...], since: date | None, until: date | None) -> Rows:
            rows = columns.among(regions, since, until)
            rows.flags.writeable = False
            return rows

        self._among = among
        if len(self) != (0 if last is None else last + 1):
            raise IndexDamaged(f"{self._file} and the columns beside it do not agree; {rebuild_hint(self._file)}")

    def __len__(self) -> int:
        return len(self._columns)

    def get(self, rows: Sequence[int]) -> list[tuple[Passage, Article]]:
        """The passages of these rows, in the order given, each with its article."""
        query = f"SELECT * FROM passages WHERE row IN ({_marks(rows)})"  # noqa: S608 - only question marks
        with contextlib.closing(self._db.execute(query, rows)) as cursor:
            records = {record[0]: record for record in cursor}
        articles = _read_articles(self._db, "row", list({record[2] for record in records.values()}))
        found = []
        for row in rows:
            if row not in records:
                raise IndexDamaged(f"{self._file} has no passage {row}; {rebuild_hint(self._file)}")
            _, passage_id, parent, start, end, regions, _ = records[row]
            article, span = articles[parent], Span(start, end)
            passage = Passage(passage_id, article.article_id, span, span.of(article.text), tuple(json.loads(regions)))
            found.append((passage, article))
        return found

    def articles_of(self, rows: Rows) -> Rows:
        """(len(rows),) the row of the article that each passage stands in."""
        return self._columns.articles[rows].astype(np.int64)

    def about(self, regions: Sequence[str], rows: Rows) -> NDArray[np.bool_]:
        """(len(rows),) whether each of these passages may be about any of the regions."""
        return self._columns.about(regions, rows)

    @functools.cached_property
    def usual_year(self) -> int | None:
        """The year in which nearly all dated passages were published; None where there is no such year."""
        return self._columns.usual_year()

    def article(self, article_id: str) -> Article:
        """One article by its id.

        Raises:
            UsageError: there is none.
        """
        return _read_article(self._db, "article_id", article_id)

    def every_article(self) -> Iterator[Article]:
        """All articles, reprints among them, in the order they were read."""
        for (article_id,) in self._db.execute("SELECT article_id FROM articles ORDER BY row").fetchall():
            yield self.article(article_id)

    def facts(self, regions: Sequence[str], words: Sequence[str], since: date | None, until: date | None) -> list[Fact]:
        """The facts of these provinces with one of the words in their metric, published in ``[since, until]``."""
        return fact_table.read_facts(self._db, regions, words, since, until)

    def allowed(self, regions: Sequence[str], since: date | None, until: date | None) -> Rows | None:
        """Rows about any of the regions and published in ``[since, until]``; None where nothing is asked.

        A passage of unknown date passes every date filter.
        """
        if not regions and since is None and until is None:
            return None
        return self._among(tuple(regions), since, until)


def _read_articles(db: sqlite3.Connection, column: str, keys: Sequence[str | int]) -> dict[int, Article]:
    """Row -> article, of all whose column has one of the keys."""
    query = f"SELECT row, {_ARTICLE} FROM articles WHERE {column} IN ({_marks(keys)})"  # noqa: S608 - our own columns
    records = db.execute(query, keys).fetchall()
    reprints: dict[int, list[Reprint]] = {record[0]: [] for record in records}
    query = f"SELECT reprint_of, {_REPRINT} FROM articles WHERE reprint_of IN ({_marks(reprints)}) ORDER BY row"  # noqa: S608
    for row, other, name, paper, day, place in db.execute(query, list(reprints)):
        reprints[row].append(Reprint(other, name, paper, _day(day), place))
    return {
        row: Article(
            article_id, title, text, publisher, _day(published), tuple(json.loads(regions)), section, source, url,
            origin, _unpacked(layout), tuple(inferred.split()), tuple(reprints[row]), place,
        )
        for row, article_id, title, text, publisher, published, regions, section, source, url, origin, layout, inferred,
        place in records
    }  # fmt: skip


def _read_article(db: sqlite3.Connection, column: str, key: str | int) -> Article:
    for article in _read_articles(db, column, [key]).values():
        return article
    raise UsageError(f"there is no article {key!r} in this index; it may have left with the last rebuild")


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))


@functools.lru_cache
def _regions(names: tuple[str, ...]) -> str:
    """As JSON; most articles have the regions of many others."""
    return _json(names)


def _day(published: str | None) -> date | None:
    return date.fromisoformat(published) if published else None


def _packed(layout: Iterable[Stretch]) -> str:
    """A layout as JSON; empty where there is none, as for most records."""
    rows = [(one.span.start, one.span.end, one.original, one.role) for one in layout]
    return _json(rows) if rows else ""


def _unpacked(packed: str) -> tuple[Stretch, ...]:
    rows = json.loads(packed) if packed else []
    return tuple(Stretch(Span(start, end), original, role) for start, end, original, role in rows)
