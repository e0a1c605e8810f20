"""The lexical index: BM25 by tantivy over words cut by rjieba, and over characters and their pairs.

Words weigh what belongs together; pairs find every string, wherever the cutter put its cuts.

Knows nothing about articles, regions or dates; a passage is a row.
"""

from __future__ import annotations

import logging
import operator
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import rjieba
import tantivy
from numpy.typing import NDArray

from regional_qa.errors import IndexDamaged
from regional_qa.knowledge.script import search_key
from regional_qa.ports import Rows

logger = logging.getLogger(__name__)

HEAD_BOOST = 0.5
"""Weight of a word in the head line against the same word in the text."""
_PASSAGES, _ARTICLES = "passages", "articles"
LONGEST_RUN = 2000
"""Characters handed to the word cutter at once, so that text without breaks stays linear."""
MOST_TERMS = 64
"""Distinct query words, and as many characters and pairs, that are looked up; a longer query keeps its first ones."""
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff_]+(?:\.\d+)?%?")
EXACT_SET = 0.2
"""Below this fraction of allowed rows the index looks for them; above, it over-fetches and drops."""


def cut(text: str) -> list[str]:
    """The words of a text as the index sees them.

    >>> cut("安徽光伏產量佔７３.５％。")
    ['安徽', '光伏', '产量', '占', '73.5%']
    """
    return _words(search_key(text))


def pairs(text: str) -> list[str]:
    """The characters of a text and their pairs; other words as they are.

    >>> pairs("安徽，GDP增7.5%")
    ['安', '徽', '安徽', 'gdp', '增', '7.5%']
    """
    return _pairs(search_key(text))


def _words(key: str) -> list[str]:
    words: list[str] = []
    for start in range(0, len(key), LONGEST_RUN):
        words += (word for word in rjieba.cut(key[start : start + LONGEST_RUN]) if any(map(str.isalnum, word)))
    return words


def _pairs(key: str) -> list[str]:
    found: list[str] = []
    for run in _RUN.findall(key):
        if run[0] < "\u3400":
            found.append(run)
        else:
            found += run
            found += map(operator.add, run, run[1:])
    return found


class TantivyIndex:
    """A ``ports.LexicalIndex``: one index over passages, one over whole articles; heads and texts are fields."""

    def __init__(self, passages: tantivy.Index, articles: tantivy.Index) -> None:
        self._schema = passages.schema
        self._passages, self._articles = passages.searcher(), articles.searcher()

    @classmethod
    def build(cls, folder: Path, texts: Iterable[tuple[str, str]], articles: Sequence[int]) -> Self:
        """Index ``(head, text)`` pairs; one writer thread each, so that equal input gives an equal index."""
        try:
            with _Writer(folder / _PASSAGES) as passages, _Writer(folder / _ARTICLES) as whole:
                terms = ((row, *_terms(head), *_terms(text)) for row, (head, text) in enumerate(texts))
                for article, group in groupby(terms, key=lambda one: articles[one[0]]):
                    body_words, body_pairs = [], []
                    for row, head_words, head_pairs, words, pairs in group:
                        passages.add(row, head_words, words, f"{head_pairs} {pairs}")
                        body_words.append(words)
                        body_pairs.append(pairs)
                    whole.add(article, head_words, " ".join(body_words), " ".join([head_pairs, *body_pairs]))
        except ValueError as error:  # how tantivy reports a full disk
            raise OSError(str(error)) from error
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``build`` wrote."""
        try:
            return cls(*(_opened(folder / name) for name in (_PASSAGES, _ARTICLES)))
        except (ValueError, OSError) as error:
            raise IndexDamaged(
                f"the lexical index in {folder} cannot be read ({error}); run `regional-qa rebuild`"
            ) from error

    def search(self, query: str, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, BM25 > 0), best first; equal scores in order of row.

        Single characters and the weight of head lines are left out: a plain union of terms skips whole blocks of
        passages that cannot be among the best, and takes half of the time.
        """
        wanted, total = self._any_word_of(query), len(self)
        if wanted is None or not total or (allowed is not None and not len(allowed)):
            return []
        if allowed is None:
            return list(_best(self._passages, wanted, min(k, total)))
        if len(allowed) < EXACT_SET * total:
            return list(_best(self._passages, self._inside(wanted, allowed), min(k, total)))
        permitted = np.zeros(total, dtype=bool)
        permitted[allowed] = True
        fetch = min(total, int(2 * k * total / len(allowed)) + 1)
        while True:
            best = list(_best(self._passages, wanted, fetch))
            kept = [(row, score) for row, score in best if permitted[row]]
            if len(kept) >= k or len(best) < fetch or fetch >= total:
                return kept[:k]
            fetch = min(total, fetch * 4)

    def whole(self, query: str, articles: Rows) -> NDArray[np.float64]:
        """(len(articles),) BM25 of each article as a whole, 0 where nothing matches."""
        wanted = self._whole_of(query)
        if wanted is None or not len(articles):
            return np.zeros(len(articles))
        found = dict(_best(self._articles, self._inside(wanted, articles), len(articles)))
        return np.array([found.get(article, 0.0) for article in articles.tolist()])

    def terms(self, text: str) -> list[str]:
        """The words of a text, in order, with repeats."""
        return cut(text)

    def document_frequencies(self, terms: Sequence[str]) -> list[int]:
        """In how many passages each word stands, in the head or the text, whichever is more."""
        return [max(self._passages.doc_freq(field, term) for field in ("head", "text")) for term in terms]

    def __len__(self) -> int:
        return int(self._passages.num_docs)

    def _any_word_of(self, query: str) -> tantivy.Query | None:
        """A word or a pair of the query; None for a query without words."""
        words, pairs, _ = _parts(query)
        return self._union([*self._terms("text", words), *self._terms("pairs", pairs)]) if words else None

    def _whole_of(self, query: str) -> tantivy.Query | None:
        """A word or a pair must be there, also in the head line; single characters only add to the score."""
        words, pairs, characters = _parts(query)
        if not words:
            return None
        heads = [tantivy.Query.boost_query(term, HEAD_BOOST) for term in self._terms("head", words)]
        found = self._union([*self._terms("text", words), *heads, *self._terms("pairs", pairs)])
        added = [(tantivy.Occur.Should, term) for term in self._terms("pairs", characters)]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, found), *added])

    def _terms(self, field: str, terms: Iterable[str]) -> list[tantivy.Query]:
        return [tantivy.Query.term_query(self._schema, field, term, "freq") for term in terms]

    def _union(self, queries: Iterable[tantivy.Query]) -> tantivy.Query:
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def _inside(self, wanted: tantivy.Query, rows: Rows) -> tantivy.Query:
        """The query among these rows only, with the scores it has among all."""
        inside = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, "row", rows.tolist()), 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, inside)])


def _parts(query: str) -> tuple[list[str], list[str], list[str]]:
    """The distinct words of a query, its pairs and other terms of several characters, and its single characters."""
    key = search_key(query)
    words, terms = (list(dict.fromkeys(found))[:MOST_TERMS] for found in (_words(key), _pairs(key)))
    return words, [term for term in terms if len(term) > 1], [term for term in terms if len(term) == 1]


class _Writer:
    """A new index under construction; whole and closed when left."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._writer = self._index.writer(heap_size=128_000_000, num_threads=1)

    def add(self, row: int, head: str, text: str, pairs: str) -> None:
        """Terms parted by blanks."""
        document = tantivy.Document()
        document.add_unsigned("row", row)
        for name, terms in (("head", head), ("text", text), ("pairs", pairs)):
            document.add_text(name, terms)
        self._writer.add_document(document)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self._writer.commit()
            self._writer.wait_merging_threads()


def _terms(text: str) -> tuple[str, str]:
    """The words of a text, and its characters and pairs, parted by blanks."""
    key = search_key(text)
    return " ".join(_words(key)), " ".join(_pairs(key))


def _best(searcher: tantivy.Searcher, query: tantivy.Query, k: int) -> Iterator[tuple[int, float]]:
    hits = searcher.search(query, limit=k, count=False).hits
    rows = searcher.fast_field_values("row", [address for _, address in hits])
    ranked = sorted(zip(rows, (score for score, _ in hits), strict=True), key=lambda hit: (-hit[1], hit[0]))
    return ((int(row), float(score)) for row, score in ranked)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    for field in ("head", "text", "pairs"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _opened(folder: Path) -> tantivy.Index:
    """The index in a folder; in one that cannot be written, by links, since the engine wants to make a lock beside it.

    It has everything mapped before the links go.
    """
    try:
        return tantivy.Index.open(str(folder))
    except ValueError as error:
        if "Lockfile" not in str(error):
            raise
    with tempfile.TemporaryDirectory() as mirror:
        for file in folder.iterdir():
            if file.suffix != ".lock":
                Path(mirror, file.name).symlink_to(file.resolve())
        return tantivy.Index.open(mirror)
