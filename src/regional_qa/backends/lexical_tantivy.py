"""The lexical index: BM25 by tantivy over words cut by rjieba.

Knows nothing about articles, regions or dates; a passage is a row.
"""

from __future__ import annotations

import logging
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
"""Distinct query terms that are looked up; a longer query keeps its first ones."""
EXACT_SET = 0.2
"""Below this fraction of allowed rows the index looks for them; above, it over-fetches and drops."""


def cut(text: str) -> list[str]:
    """The words of a text as the index sees them.

    >>> cut("安徽光伏產量佔７３.５％。")
    ['安徽', '光伏', '产量', '占', '73.5%']
    """
    key = search_key(text)
    words: list[str] = []
    for start in range(0, len(key), LONGEST_RUN):
        words += (word for word in rjieba.cut(key[start : start + LONGEST_RUN]) if any(map(str.isalnum, word)))
    return words


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
                document.add_text("head", " ".join(cut(head)))
                document.add_text("text", " ".join(cut(text)))
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
        terms = list(dict.fromkeys(cut(query)))[:MOST_TERMS]
        total = len(self)
        if not terms or not total or (allowed is not None and not len(allowed)):
            return []
        wanted = self._any_of(terms)
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

    def _any_of(self, terms: Sequence[str]) -> tantivy.Query:
        schema = self._index.schema
        clauses = []
        for term in terms:
            head = tantivy.Query.term_query(schema, "head", term, "freq")
            clauses.append((tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq")))
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(head, HEAD_BOOST)))
        return tantivy.Query.boolean_query(clauses)

    def _best(self, query: tantivy.Query, k: int) -> Iterator[tuple[int, float]]:
        hits = self._searcher.search(query, limit=k, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        ranked = sorted(zip(rows, (score for score, _ in hits), strict=True), key=lambda hit: (-hit[1], hit[0]))
        return ((int(row), float(score)) for row, score in ranked)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    for field in ("head", "text"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
