"""The lexical index: BM25 by tantivy over words cut by rjieba, and over characters and their pairs.

Words weigh what belongs together; pairs find every string, wherever the cutter put its cuts.

Knows nothing about articles, regions or dates; a passage is a row.
"""

from __future__ import annotations

import logging
import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import rjieba
import tantivy

from regional_qa.errors import IndexDamaged
from regional_qa.knowledge.script import search_key
from regional_qa.ports import Rows

logger = logging.getLogger(__name__)

HEAD_BOOST = 0.5
"""Weight of a word in the head line against the same word in the text."""
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
    """A ``ports.LexicalIndex``; heads and texts are two fields of one document."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path, texts: Iterable[tuple[str, str]]) -> Self:
        """Index ``(head, text)`` pairs; one writer thread, so that equal input gives an equal index."""
        index = tantivy.Index(_schema(), path=str(folder))
        try:
            writer = index.writer(heap_size=128_000_000, num_threads=1)
            for row, (head, text) in enumerate(texts):
                document = tantivy.Document()
                document.add_unsigned("row", row)
                head_key, key = search_key(head), search_key(text)
                document.add_text("head", " ".join(_words(head_key)))
                document.add_text("text", " ".join(_words(key)))
                document.add_text("pairs", " ".join(_pairs(f"{head_key} {key}")))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
        except ValueError as error:  # how tantivy reports a full disk
            raise OSError(str(error)) from error
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``build`` wrote."""
        try:
            return cls(tantivy.Index.open(str(folder)))
        except (ValueError, OSError) as error:
            raise IndexDamaged(
                f"the lexical index in {folder} cannot be read ({error}); run `regional-qa rebuild`"
            ) from error

    def search(self, query: str, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, BM25 > 0), best first; equal scores in order of row."""
        key = search_key(query)
        words, characters = (list(dict.fromkeys(terms))[:MOST_TERMS] for terms in (_words(key), _pairs(key)))
        total = len(self)
        if not words or not total or (allowed is not None and not len(allowed)):
            return []
        wanted = self._any_of(words, characters)
        if allowed is None:
            return list(self._best(wanted, min(k, total)))
        if len(allowed) < EXACT_SET * total:
            rows = tantivy.Query.term_set_query(self._index.schema, "row", allowed.tolist())
            inside = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, tantivy.Query.const_score_query(rows, 0.0))]
            )
            return list(self._best(inside, min(k, total)))
        permitted = np.zeros(total, dtype=bool)
        permitted[allowed] = True
        fetch = min(total, int(2 * k * total / len(allowed)) + 1)
        while True:
            best = list(self._best(wanted, fetch))
            kept = [(row, score) for row, score in best if permitted[row]]
            if len(kept) >= k or len(best) < fetch or fetch >= total:
                return kept[:k]
            fetch = min(total, fetch * 4)

    def terms(self, text: str) -> list[str]:
        """The words of a text, in order, with repeats."""
        return cut(text)

    def document_frequencies(self, terms: Sequence[str]) -> list[int]:
        """In how many passages each word stands, in the head or the text, whichever is more."""
        return [max(self._searcher.doc_freq(field, term) for field in ("head", "text")) for term in terms]

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def _any_of(self, words: Sequence[str], characters: Sequence[str]) -> tantivy.Query:
        """A word or a pair must be there; a single character only adds to the score."""
        schema = self._index.schema
        queries: list[tantivy.Query] = []
        single: list[tantivy.Query] = []
        for word in words:
            head = tantivy.Query.term_query(schema, "head", word, "freq")
            queries.append(tantivy.Query.term_query(schema, "text", word, "freq"))
            queries.append(tantivy.Query.boost_query(head, HEAD_BOOST))
        for term in characters:
            (queries if len(term) > 1 else single).append(tantivy.Query.term_query(schema, "pairs", term, "freq"))
        found = tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
        added = [(tantivy.Occur.Should, query) for query in single]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, found), *added])

    def _best(self, query: tantivy.Query, k: int) -> Iterator[tuple[int, float]]:
        hits = self._searcher.search(query, limit=k, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        ranked = sorted(zip(rows, (score for score, _ in hits), strict=True), key=lambda hit: (-hit[1], hit[0]))
        return ((int(row), float(score)) for row, score in ranked)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    for field in ("head", "text", "pairs"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
