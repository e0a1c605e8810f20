"""The lexical index: BM25 by tantivy over words, and over characters and their pairs.

An index is joined from bundles, each indexed by itself into one segment: tantivy counts words over all segments, so the
scores are those of one whole index, and a bundle that did not change is copied. Many segments make a search slow, so
bundles are bound, eight into one segment, by tantivy's merging, which takes a quarter of the time of indexing them.

Knows nothing about articles, regions or dates; a passage is a row.
"""

from __future__ import annotations

import functools
import json
import logging
import operator
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from regional_qa.backends.lexical_tantivy.segments import ARTICLES, FIELDS, PASSAGES, Writer, bind, join, open_index
from regional_qa.backends.lexical_tantivy.terms import cut, terms_of
from regional_qa.cores import beside
from regional_qa.places import Places
from regional_qa.ports import Rows

logger = logging.getLogger(__name__)

_SIZES, _PLACES = "sizes.json", "places.npz"
MOST_TERMS = 64
"""Distinct query words, and as many characters and pairs, that are looked up; a longer query keeps its first ones."""
COMMON, MANY = {PASSAGES: 0.1, ARTICLES: 0.2}, 5000
"""A term that stands in more than this share, and in more than so many, is not looked up beside rarer ones."""
FEW_PLACES = 2000
"""Up to so many, a query for each place is quicker than one for all of them, which looks through the whole dictionary."""
_REMEMBERED = 1 << 14
"""Terms whose frequency is not asked for again."""
EXACT_SET = 0.01
"""Below this fraction of allowed rows the index looks for them; above, it over-fetches and drops."""
_SPARE = 8
"""Rows fetched beyond those wanted, to see whether more are as good as the last."""
OVERFETCH = 2
"""So many times what would be enough if the allowed rows were spread evenly."""


class TantivyIndex:
    """A ``ports.LexicalIndex``: one index over passages, one over whole articles; heads and texts are fields."""

    def __init__(self, passages: tantivy.Index, articles: tantivy.Index, places: Places) -> None:
        self._schemas = {PASSAGES: passages.schema, ARTICLES: articles.schema}
        self._searchers = {PASSAGES: passages.searcher(), ARTICLES: articles.searcher()}
        self._places = places
        searchers = self._searchers  # not ``self``, which would keep an index alive that nobody uses any more

        @functools.lru_cache(_REMEMBERED)
        def frequency(kind: str, field: str, term: str) -> int:
            return int(searchers[kind].doc_freq(field, term))

        self._frequency = frequency

    @classmethod
    def bundle(cls, folder: Path, number: int, texts: Iterable[tuple[int, str, str]]) -> None:
        """Index the passages of one bundle; one writer thread each, so that equal input gives an equal index."""
        size = 0
        try:
            with Writer(folder, PASSAGES, number) as passages, Writer(folder, ARTICLES, number) as whole:
                heads = functools.lru_cache(1)(terms_of)  # the passages of an article share theirs
                terms = ((article, heads(head), terms_of(text)) for article, head, text in texts)
                for _, group in groupby(terms, key=operator.itemgetter(0)):
                    words, characters = [], []
                    for _, head, text in group:
                        passages.add(head.words, text.words, f"{head.pairs} {text.pairs}")
                        size += 1
                        words.append(text.words)
                        characters.append(text.characters)
                    whole.add(" ".join(words), " ".join([head.characters, *characters]))
        except ValueError as error:  # how tantivy reports a full disk
            raise OSError(str(error)) from error
        (folder / _SIZES).write_text(json.dumps([size]), encoding="utf-8")

    @classmethod
    def bind(cls, folder: Path, bundles: Sequence[Path]) -> None:
        """Make one segment of theirs, so that a search has few to look into."""
        binding = [beside(bind, folder / kind, [bundle / kind for bundle in bundles]) for kind in FIELDS]
        for loose in [one.result() for one in binding]:
            shutil.rmtree(loose)
        (folder / _SIZES).write_text(json.dumps(_sizes(bundles)), encoding="utf-8")

    @classmethod
    def join(cls, folder: Path, bundles: Sequence[Path], articles: Sequence[int]) -> Self:
        """Copy the segments of all bundles together."""
        try:
            for name in (PASSAGES, ARTICLES):
                join(folder / name, [bundle / name for bundle in bundles])
            Places.of(_sizes(bundles), articles).save(folder / _PLACES)
        except OSError as error:  # of a full disk Python does not say which file, or names the one it read
            raise OSError(error.errno, error.strerror, str(folder)) from error
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``join`` wrote."""
        return cls(open_index(folder / PASSAGES), open_index(folder / ARTICLES), Places.load(folder / _PLACES))

    def search(self, query: str, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, BM25 > 0), best first; equal scores in order of row.

        A plain union of terms skips whole blocks of passages that cannot be among the best.
        """
        wanted, total = self._any_word_of(query), len(self)
        if wanted is None or not total or (allowed is not None and not len(allowed)):
            return []
        if allowed is None:
            return _listed(*self._best(wanted, min(k, total)))
        if len(allowed) < EXACT_SET * total:
            inside = self._inside(PASSAGES, wanted, self._places.of_passages(allowed))
            return _listed(*self._best(inside, min(k, total)))
        permitted = np.zeros(total, dtype=bool)
        permitted[allowed] = True
        fetch = min(total, int(OVERFETCH * k * total / len(allowed)) + 1)
        while True:
            rows, scores = self._best(wanted, fetch)
            kept = permitted[rows]
            if kept.sum() >= k or len(rows) < fetch or fetch >= total:
                return _listed(rows[kept][:k], scores[kept][:k])
            fetch = min(total, fetch * 4)

    def whole(self, query: str, articles: Rows) -> NDArray[np.float64]:
        """(len(articles),) BM25 of each article as a whole, 0 where nothing matches."""
        wanted = self._whole_of(query)
        if wanted is None or not len(articles):
            return np.zeros(len(articles))
        places = self._places.of_articles(articles)
        met, scores = _scored(self._searchers[ARTICLES], self._inside(ARTICLES, wanted, places), len(articles))
        found = dict(zip(met, scores.tolist(), strict=True))
        return np.array([found.get(place, 0.0) for place in places.tolist()])

    def terms(self, text: str) -> list[str]:
        """The words of a text, in order, with repeats."""
        return cut(text)

    def document_frequencies(self, terms: Sequence[str]) -> list[int]:
        """In how many passages each word stands, in the head or the text, whichever is more."""
        return [max(self._frequency(PASSAGES, field, term) for field in ("head", "text")) for term in terms]

    def __len__(self) -> int:
        return int(self._searchers[PASSAGES].num_docs)

    def _best(self, query: tantivy.Query, k: int) -> tuple[Rows, NDArray[np.float64]]:
        """The best ``k`` rows and their scores, equal scores in order of row.

        tantivy takes equal ones as its segments have them, which depends on how they were merged; so all that are as
        good as the last are looked at.
        """
        fetch = k + _SPARE
        while True:
            places, scores = _scored(self._searchers[PASSAGES], query, fetch)
            if len(scores) < fetch or scores[-1] < scores[k - 1]:
                break
            fetch *= 2
        rows = self._places.rows(places)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _any_word_of(self, query: str) -> tantivy.Query | None:
        """A word or a pair of the query; None for a query without words."""
        terms = terms_of(query)
        return self._telling(PASSAGES, {"text": _distinct(terms.words), "pairs": _distinct(terms.pairs)})

    def _whole_of(self, query: str) -> tantivy.Query | None:
        """A word or a single character of the query; None for a query without any."""
        terms = terms_of(query)
        return self._telling(ARTICLES, {"text": _distinct(terms.words), "characters": _distinct(terms.characters)})

    def _telling(self, kind: str, terms: Mapping[str, Sequence[str]]) -> tantivy.Query | None:
        """Any term of the fields, less those that nearly everything holds: they cost most and tell least."""
        most = max(COMMON[kind] * self._searchers[kind].num_docs, MANY)
        asked = [(field, term, self._frequency(kind, field, term)) for field, some in terms.items() for term in some]
        met = [one for one in asked if one[2]]
        chosen = [one for one in met if one[2] <= most] or met
        queries = [tantivy.Query.term_query(self._schemas[kind], field, term, "freq") for field, term, _ in chosen]
        return _union(queries) if queries else None

    def _inside(self, kind: str, wanted: tantivy.Query, places: Rows) -> tantivy.Query:
        """The query at these places only, with the scores it has among all."""
        if len(places) <= FEW_PLACES:
            there = _union([tantivy.Query.term_query(self._schemas[kind], "place", place) for place in places.tolist()])
        else:
            there = tantivy.Query.term_set_query(self._schemas[kind], "place", places.tolist())
        inside = tantivy.Query.const_score_query(there, 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, inside)])


def _union(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _distinct(terms: str) -> list[str]:
    return list(dict.fromkeys(terms.split()))[:MOST_TERMS]


def _scored(searcher: tantivy.Searcher, query: tantivy.Query, k: int) -> tuple[list[int], NDArray[np.float64]]:
    """The places and scores of the best."""
    hits = searcher.search(query, limit=k, count=False).hits
    places = searcher.fast_field_values("place", [address for _, address in hits])
    return places, np.array([score for score, _ in hits], dtype=np.float64)


def _listed(rows: Rows, scores: NDArray[np.float64]) -> list[tuple[int, float]]:
    return list(zip(rows.tolist(), scores.tolist(), strict=True))


def _sizes(bundles: Sequence[Path]) -> list[int]:
    """The passages of each bundle, also of those that were bound."""
    return [size for bundle in bundles for size in json.loads((bundle / _SIZES).read_bytes())]
