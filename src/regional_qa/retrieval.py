"""Query -> hits: search by words and by meaning, fuse the two scores, filter by region and date.

Knows nothing about answers, or about which library holds the vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import UsageError
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.dates import published_in
from regional_qa.knowledge.regions import provinces_in
from regional_qa.ports import TokenEmbedder
from regional_qa.types import Hit

MOST_CHARS = 500
"""Longest query, in characters."""
MOST_HITS = 100
"""Largest ``k``."""
CANDIDATES = 100
"""Passages each way of searching brings to the fusion."""
WEIGHTS = {"lexical": 1.0, "dense": 0.3, "late": 0.5, "article": 0.5}
"""Of the standardised scores against each other."""
REGION_BONUS = 0.5
"""Added, in standard deviations, to a passage about a region that the query names."""
COVERAGE_LOW, COVERAGE_HIGH = 0.2, 0.7
"""Shares of the query's words that the index knows: the lexical weight rises from 0 to 1 between them."""


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
    query = clean_query(query)
    if type(k) is not int or not 1 <= k <= MOST_HITS:
        raise UsageError(f"k must be a whole number from 1 to {MOST_HITS}, got {k!r}")
    first, last, query = published_in(query)
    since, until = since or first, until or last
    query = clean_query(query)
    if since and until and since > until:
        raise UsageError(f"the first date {since} lies after the last date {until}; exchange them")
    allowed = generation.passages.allowed(regions, since, until)
    vector = generation.embedder.encode_queries([query])[0]
    lexical = dict(generation.lexical.search(query, CANDIDATES, allowed))
    dense = dict(generation.vectors.search(vector, CANDIDATES, allowed))
    rows = sorted(lexical.keys() | dense.keys())
    if not rows:
        return []
    scores = {
        "lexical": np.array([lexical.get(row, 0.0) for row in rows]),
        "dense": generation.vectors.cosines(vector, rows).astype(np.float64),
    }
    scores |= late_interaction(generation, query, rows)
    fused = fuse(scores, lexical_weight=coverage_weight(generation, query))
    if asked := set(provinces_in(query)):
        about = [bool(asked.intersection(passage.regions)) for passage, _ in generation.passages.get(rows)]
        fused = fused + REGION_BONUS * np.array(about)
    best = sorted(range(len(rows)), key=lambda i: (-fused[i], rows[i]))[:k]
    found = generation.passages.get([rows[i] for i in best])
    return [
        Hit(passage, article, rank, round(float(fused[i]), 4), {name: float(part[i]) for name, part in scores.items()})
        for rank, (i, (passage, article)) in enumerate(zip(best, found, strict=True), start=1)
    ]


def late_interaction(generation: Generation, query: str, rows: Sequence[int]) -> dict[str, NDArray[np.float64]]:
    """How near the nearest word is to each word of the query: in each passage, and in all of ``rows`` of its article.

    Empty where the model has no vector for each token.
    """
    if not (generation.tokens and isinstance(generation.embedder, TokenEmbedder)):
        return {}
    weights, near = generation.embedder.nearest_words(query, generation.tokens.take(rows))
    _, article = np.unique(generation.passages.articles_of(rows), return_inverse=True)
    order = np.argsort(article, kind="stable")
    firsts = np.searchsorted(article[order], np.arange(article.max() + 1))
    whole = np.maximum.reduceat(near[:, order], firsts, axis=1)[:, article]
    return {"late": (weights @ near).astype(np.float64), "article": (weights @ whole).astype(np.float64)}


def fuse(scores: Mapping[str, NDArray[np.float64]], *, lexical_weight: float) -> NDArray[np.float64]:
    """Add several scores of the same candidates, each brought to mean 0 and deviation 1 over them.

    Args:
        scores: (n,) each, by the names of ``WEIGHTS``; BM25 is 0 where no word matched.
        lexical_weight: from 0 to 1; see ``coverage_weight``.

    Returns:
        (n,) fused scores, higher is better.

    >>> fuse({"lexical": np.array([4.0, 0.0]), "dense": np.array([0.2, 0.4])}, lexical_weight=1.0).tolist()
    [0.5, -0.5]
    """
    fused = np.zeros(len(next(iter(scores.values()))))
    for name, part in scores.items():
        fused += WEIGHTS[name] * (lexical_weight if name == "lexical" else 1.0) * _standard(part)
    return fused


def coverage_weight(generation: Generation, query: str) -> float:
    """How far the lexical score can be trusted: by the share of the query's words that the index knows."""
    terms = list(dict.fromkeys(generation.lexical.terms(query)))
    if not terms:
        return 0.0
    share = sum(count > 0 for count in generation.lexical.document_frequencies(terms)) / len(terms)
    return min(max((share - COVERAGE_LOW) / (COVERAGE_HIGH - COVERAGE_LOW), 0.0), 1.0)


def clean_query(query: str) -> str:
    """The query without broken characters, as a terminal may send them.

    Raises:
        UsageError: no text, nothing to search for, or more than ``MOST_CHARS`` characters.
    """
    if not isinstance(query, str):
        raise UsageError(f"the question must be text, got {query!r}")
    if len(query) > MOST_CHARS:
        raise UsageError(f"the question has {len(query)} characters; ask in at most {MOST_CHARS}")
    query = query.encode("utf-8", "ignore").decode()
    if not any(map(str.isalnum, query)):
        raise UsageError("the question is empty; ask for instance 安徽光伏产量占全国多少")
    return query


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = float(values.std())
    return (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros_like(values)
