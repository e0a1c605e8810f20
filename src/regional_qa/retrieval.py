"""Query -> hits: search by words and by meaning, fuse the two scores, filter by region and date.

Knows nothing about answers, or about which library holds the vectors.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.cores import beside, one_core
from regional_qa.errors import UsageError
from regional_qa.indexing.generation import Generation
from regional_qa.indexing.tokens import TokenStore
from regional_qa.interaction import Halves, worth
from regional_qa.knowledge.asking import matter
from regional_qa.knowledge.dates import narrowed
from regional_qa.knowledge.regions import provinces_in
from regional_qa.knowledge.taiwan import mainland
from regional_qa.ports import Rows, TokenEmbedder, Vector
from regional_qa.types import Hit

MOST_CHARS = 500
"""Longest query, in characters."""
MOST_HITS = 100
"""Largest ``k``."""
CANDIDATES = ((100, 100), (60, 40), (60, 20))
"""Passages that words and vectors bring to the fusion, if no more are wanted: for a query of which the index knows little,
more than half (``KNOWN``), or all that counts (``Fusion.high``)."""
FILTERED = ((33, 67), (20, 40), (20, 20))
"""The same under a filter, where the best are found sooner and fetched more slowly."""
KNOWN = 0.5
LISTED, NARROW, SOUGHT = 3, 160, 0.01
"""Of few allowed rows, so many times the wanted ones are listed by their tokens, and the words' index looks for these alone.

``n`` rows of ``total`` are few up to ``n * n == NARROW * total``: a list takes time with ``n``, to fetch more of all and
drop the others with ``total / n``. More than the share ``SOUGHT`` of all no index of words
looks for one by one, so a list would gain nothing.
"""
RERANKED = 30
"""Best passages that a reranker, where one is named, reads again."""
ALIKE = 1e-6
"""Standard deviation of scores below which they tell nothing."""
REGION_BONUS = 0.5
"""Added, in standard deviations, to a passage about a region that the query names."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights of the standardised scores against each other, fitted by ``training/fit_fusion.py``.

    They pass from ``unknown``, for a query of which the index knows hardly a word, to ``known`` while the query's
    ``coverage`` rises from ``low`` to ``high``.
    """

    known: Mapping[str, float]
    unknown: Mapping[str, float]
    low: float
    high: float

    @classmethod
    def read(cls, path: Path) -> Self:
        """From the file that the fitting wrote."""
        record = json.loads(path.read_text(encoding="utf-8"))
        return cls(record["known"], record["unknown"], *record["coverage"])

    def weights(self, names: Collection[str], coverage: float) -> NDArray[np.float64]:
        """The weights of these scores for a query of that coverage; they sum up to 1.

        What a model without tokens cannot give falls to ``dense``.
        """
        trust = min(max((coverage - self.low) / (self.high - self.low), 0.0), 1.0)
        mixed = {name: trust * self.known[name] + (1 - trust) * self.unknown[name] for name in self.known}
        missing = sum(weight for name, weight in mixed.items() if name not in names)
        weights = np.array([mixed[name] + (missing if name == "dense" else 0.0) for name in names])
        return np.asarray(weights / max(weights.sum(), 1e-9))


FUSION = Fusion.read(Path(__file__).with_name("fusion.json"))


@one_core
def search(
    generation: Generation,
    query: str,
    *,
    k: int = 10,
    regions: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> list[Hit]:
    """The best ``k`` passages for a query, rank from 1, higher score better.

    ``regions`` (province-level short names) and the publication dates ``since`` and ``until``,
    both inclusive, filter; an undated article passes every date filter. A region that the query
    itself names only lifts its passages; a year filters only with a word such as 发表 or 报道.

    Raises:
        UsageError: an empty or over-long query, or a ``k`` out of range.
    """
    query = mainland(clean_query(query))
    require_hits(k)
    since, until, query = narrowed(since, until, query)
    if since and until and since > until:
        return []
    query = clean_query(query)
    allowed = generation.passages.allowed(regions, since, until)
    known = coverage(generation, query)
    rows, lexical, vector = candidates(generation, query, known, k, allowed)
    if not len(rows):
        return []
    scores = scores_of(generation, query, vector, rows, lexical)
    fused = fuse(scores, known)
    if asked := provinces_in(query):
        fused = fused + REGION_BONUS * generation.passages.about(asked, rows)
    best = sorted(range(len(rows)), key=lambda i: (-fused[i], rows[i]))
    if generation.reranker:
        head = best[:RERANKED]
        texts = [passage.text for passage, _ in generation.passages.get(rows[head].tolist())]
        read = generation.reranker.scores(query, texts)
        scores["reranker"] = np.full(len(rows), np.nan)
        scores["reranker"][head] = read
        fused[head] = fused[best[0]] + standard(read) - standard(read).min()
        best = sorted(range(len(rows)), key=lambda i: (-fused[i], rows[i]))
    best = best[:k]
    found = generation.passages.get(rows[best].tolist())
    return [
        Hit(
            passage,
            article,
            rank,
            round(float(fused[i]), 4),
            {name: float(part[i]) for name, part in scores.items() if not np.isnan(part[i])},
        )
        for rank, (i, (passage, article)) in enumerate(zip(best, found, strict=True), start=1)
    ]


def candidates(
    generation: Generation, query: str, known: float, k: int, allowed: Rows | None = None
) -> tuple[Rows, NDArray[np.float64], Vector]:
    """Rows that the words or the vector bring, ascending, (n,) their scores by words, and the vector.

    ``known`` as in ``fuse``; ``k`` rows are wanted. A row that only the vector brings has the least score of the others:
    it lies below all of them.
    """
    counts = (CANDIDATES if allowed is None else FILTERED)[(known >= KNOWN) + (known >= FUSION.high)]
    by_words, by_vector = (max(count, k) for count in counts)
    asked = matter(query)
    words = beside(generation.lexical.search, asked, by_words, _listed(generation, asked, by_words, allowed))
    vector = generation.embedder.encode_queries([query])[0]
    near = [row for row, _ in generation.vectors.search(vector, by_vector, allowed)]
    met = dict(words.result())
    rows = np.unique(np.array([*met, *near], dtype=np.int64))
    least = min(met.values()) if len(met) >= by_words else 0.0
    return rows, np.array([met.get(row, least) for row in rows.tolist()]), vector


def _listed(generation: Generation, asked: str, count: int, allowed: Rows | None) -> Rows | None:
    """The rows that words need look at: those allowed, or where they are few, the best of them by their tokens."""
    store, embedder, listed = generation.tokens, generation.embedder, LISTED * count
    total = len(generation.passages)
    few = allowed is not None and listed < len(allowed) <= math.sqrt(NARROW * total) and listed < SOUGHT * total
    if allowed is not None and few and store and isinstance(embedder, TokenEmbedder):
        ids = embedder.tokenize([asked]).ids
        return allowed[store.shortlist(allowed).best(ids, store.rarity(ids), listed)]
    return allowed


def scores_of(
    generation: Generation, query: str, vector: Vector, rows: Rows, lexical: NDArray[np.float64]
) -> dict[str, NDArray[np.floating]]:
    """(n,) scores of each of ``rows`` by the names of ``FUSION.known``; those the model cannot give are left out."""
    articles, place = np.unique(generation.passages.articles_of(rows), return_inverse=True)
    whole = beside(generation.lexical.whole, matter(query), articles)
    scores: dict[str, NDArray[np.floating]] = {
        "lexical": lexical,
        "dense": generation.vectors.cosines(vector, rows.tolist()),
    }
    if generation.tokens and isinstance(generation.embedder, TokenEmbedder):
        scores |= _word_by_word(generation.embedder, generation.tokens, query, rows, place)
    return {**scores, "article_lexical": whole.result()[place]}


@np.errstate(invalid="ignore")  # OpenBLAS may raise the flag for what lies in lanes it does not use (0.3.31, sgemv)
def _word_by_word(
    embedder: TokenEmbedder, store: TokenStore, query: str, rows: Rows, place: NDArray[np.int64]
) -> dict[str, NDArray[np.floating]]:
    """(n,) scores by late interaction; ``place`` tells the article of each row, as a number from 0.

    Words weigh by the length of their vectors times their rarity in this index; in the *sharp* score by their length
    alone, and a cosine counts by its square, so that words which are merely akin count for little. In the scores without
    order it is the other way round (``worth``).
    """
    asked = embedder.tokenize([matter(query)]).ids
    passages = store.take(rows)
    halves = Halves(passages.starts)
    lengths, cosines = embedder.word_cosines(asked, passages.ids[halves.tokens])
    rare = _shares(lengths * store.rarity(asked))
    best, pairs = halves.best(cosines), halves.nearest_pairs(cosines)
    near = halves.nearest(best)
    order = np.argsort(place, kind="stable")
    firsts = np.flatnonzero(np.diff(place[order], prepend=-1))
    whole = np.maximum.reduceat(near[:, order], firsts, axis=1)  # (q, n_articles)
    return {
        "article_late": (rare @ worth(whole))[place],
        "in_order": _shares(rare[:-1] + rare[1:]) @ pairs,
        "in_order_sharp": _shares(lengths[:-1] + lengths[1:]) @ pairs**2,
        "together": halves.together(rare, best),
    }


def _shares(weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """The weights, so that they sum up to 1."""
    return weights / max(float(weights.sum()), 1e-9)


def fuse(scores: Mapping[str, NDArray[np.floating]], known: float) -> NDArray[np.float64]:
    """Add several scores of the same candidates, each brought to mean 0 and deviation 1 over them.

    Args:
        scores: (n,) each, by the names of ``FUSION.known``.
        known: from 0 to 1; see ``coverage``.

    Returns:
        (n,) fused scores, higher is better.
    """
    stacked = np.stack(list(scores.values()), axis=1, dtype=np.float64)
    stacked -= stacked.mean(axis=0)
    deviations = stacked.std(axis=0)
    return np.asarray(stacked @ (FUSION.weights(scores, known) / np.where(deviations > ALIKE, deviations, np.inf)))


def coverage(generation: Generation, query: str) -> float:
    """How much of the query's words the index knows, from 0 to 1; a rare word counts for more."""
    terms = list(dict.fromkeys(generation.lexical.terms(query)))
    if not terms:
        return 0.0
    counts = np.array(generation.lexical.document_frequencies(terms))
    rarity = np.log1p(len(generation.lexical) / np.maximum(counts, 0.5))
    return float(rarity[counts > 0].sum() / rarity.sum())


def standard(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The values less their mean, over their deviation; zeros where all are alike."""
    deviation = float(values.std())
    return (values - values.mean()) / deviation if deviation > ALIKE else np.zeros_like(values)


def require_hits(k: object) -> None:
    """Refuse a number of hits that cannot be given.

    Raises:
        UsageError: no whole number, or one out of range.
    """
    if type(k) is not int or not 1 <= k <= MOST_HITS:
        raise UsageError(f"k must be a whole number from 1 to {MOST_HITS}, got {k!r}")


def clean_query(query: str) -> str:
    """The query without broken characters, as a terminal may send them.

    Raises:
        UsageError: no text, nothing to search for, or more than ``MOST_CHARS`` characters.
    """
    if not isinstance(query, str):
        raise UsageError(f"the question must be text, got {query!r}")
    if len(query) > MOST_CHARS:
        raise UsageError(
            f"the question has more than {MOST_CHARS} characters; shorten it", f"问题超过 {MOST_CHARS} 字，请缩短"
        )
    query = query.encode("utf-8", "ignore").decode()
    if not any(map(str.isalnum, query)):
        raise UsageError(
            "the question is empty; ask for instance 安徽光伏产量占全国多少",
            "没有写要问什么，请写出问题，例如：安徽光伏产量占全国多少",
        )
    return query
