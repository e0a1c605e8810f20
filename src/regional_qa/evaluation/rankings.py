"""Judged collections (BEIR folders, TREC qrels and runs) -> measures with intervals, and paired comparisons.

The ir-measures room. Knows nothing about indexes: whatever ranks documents is handed in.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import UsageError
from regional_qa.evaluation.files import lines_of
from regional_qa.types import Hit

Run: TypeAlias = Mapping[str, Mapping[str, float]]
"""Scores by query id and document id, higher is better."""
Qrels: TypeAlias = Mapping[str, Mapping[str, int]]
"""Grades by query id and document id; above 0 is relevant."""
MEASURES = ("nDCG@10", "R@10", "R@100", "RR@10", "Success@1", "Success@5")
"""As ir-measures writes them: R is recall, RR the reciprocal rank, Success@k a hit among the first k."""
CONFIDENCE = 0.95
RESAMPLES = 2000
_SEED = 11


@dataclass(frozen=True, slots=True)
class Collection:
    """Queries by id, and what is known to be relevant to them."""

    queries: Mapping[str, str]
    qrels: Qrels


@dataclass(frozen=True, slots=True)
class Measured:
    """(n_queries,) values of each measure, in the order of ``query_ids``."""

    query_ids: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]

    def mean(self, name: str) -> float:
        """Of a measure over all queries, from 0 to 1."""
        return float(self.values[name].mean())

    def interval(self, name: str) -> tuple[float, float]:
        """Between which the mean lies in 95 of 100 draws of as many queries (percentile bootstrap, Efron 1979)."""
        from scipy.stats import bootstrap

        values = self.values[name]
        if np.ptp(values) == 0:
            return float(values[0]), float(values[0])
        drawn = bootstrap((values,), np.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="percentile",
                          rng=np.random.default_rng(_SEED), batch=100)  # fmt: skip
        return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)

    def lines(self) -> list[str]:
        """For people: a line a measure."""
        rows = []
        for name in self.values:
            low, high = self.interval(name)
            rows.append(f"{name:10} {self.mean(name):.3f}  [{low:.3f}, {high:.3f}]")
        queries = "query" if len(self.query_ids) == 1 else "queries"
        return [*rows, f"{len(self.query_ids)} {queries}, {CONFIDENCE:.0%} bootstrap intervals"]

    def to_json(self) -> dict[str, object]:
        """For programs."""
        measures = {name: {"mean": self.mean(name), "interval": list(self.interval(name))} for name in self.values}
        return {"queries": len(self.query_ids), "measures": measures}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far one run is above another over the same queries; ``p`` is that of a paired permutation test, two-sided."""

    name: str
    difference: float
    p: float
    better: int
    worse: int

    def line(self) -> str:
        """For people."""
        return f"{self.name:10} {self.difference:+.3f}  p = {self.p:.3f}, {self.better} better, {self.worse} worse"


def measure(qrels: Qrels, run: Run) -> Measured:
    """Every measure of every judged query; a query the run lacks counts 0.

    Raises:
        UsageError: nothing is judged.
    """
    import ir_measures

    judged = {query_id: dict(grades) for query_id, grades in qrels.items() if max(grades.values(), default=0) > 0}
    if not judged:
        raise UsageError("nothing is judged relevant; give qrels with a grade above 0")
    ids = {query_id: place for place, query_id in enumerate(judged)}
    wanted = [ir_measures.parse_measure(name) for name in MEASURES]
    values = {name: np.zeros(len(ids)) for name in MEASURES}
    answered = {query_id: dict(run.get(query_id, {})) for query_id in judged}
    for found in ir_measures.iter_calc(wanted, judged, answered):
        values[str(found.measure)][ids[found.query_id]] = found.value
    return Measured(tuple(ids), values)


def compare(qrels: Qrels, run: Run, other: Run) -> list[Comparison]:
    """How far ``run`` is above ``other``, measure by measure (Fisher's randomisation, Smucker et al. 2007)."""
    from scipy.stats import permutation_test

    ours, theirs = measure(qrels, run), measure(qrels, other)
    found = []
    for name in MEASURES:
        apart = ours.values[name] - theirs.values[name]
        p = 1.0
        if np.any(apart):
            tested = permutation_test((apart,), np.mean, permutation_type="samples", n_resamples=RESAMPLES,
                                      rng=np.random.default_rng(_SEED), batch=100)  # fmt: skip
            p = float(tested.pvalue)
        better, worse = int((apart > 0).sum()), int((apart < 0).sum())
        found.append(Comparison(name, float(apart.mean()), p, better, worse))
    return found


def rank(
    queries: Mapping[str, str], search: Callable[[str], Sequence[Hit]], told: Callable[[int], None] = lambda count: None
) -> Run:
    """The run of a way of searching: an article scores as its best passage, and so do its reprints.

    ``told`` hears after each query how many are done.
    """
    run: dict[str, dict[str, float]] = {}
    for count, (query_id, query) in enumerate(queries.items(), start=1):
        scores = run.setdefault(query_id, {})
        for hit in search(query):
            for article_id in (hit.article.article_id, *(again.article_id for again in hit.article.reprints)):
                scores[article_id] = max(hit.score, scores.get(article_id, -math.inf))
        told(count)
    return run


def read_beir(folder: Path) -> Collection:
    """Queries from ``queries.jsonl`` that ``qrels.tsv`` judges, with their grades.

    Raises:
        UsageError: the folder lacks a file or a line is not what it should be; the message names it.
    """
    queries: dict[str, str] = {}
    for place, line in lines_of(folder / "queries.jsonl"):
        try:
            row = json.loads(line)
            text = row["text"]
            if not isinstance(text, str):
                raise TypeError("`text` must be text")
            queries[str(row["_id"])] = text
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise UsageError(f'{place} is not a query; write it as {{"_id": "…", "text": "…"}}') from error
    qrels = read_qrels(folder / "qrels.tsv")
    return Collection({query_id: queries[query_id] for query_id in queries if query_id in qrels}, qrels)


def read_qrels(path: Path) -> Qrels:
    """Grades from a file of TREC (query, iteration, document, grade) or of BEIR (query, document, grade, with a head line).

    Raises:
        UsageError: it cannot be read or a line is neither; the message names it.
    """
    qrels: dict[str, dict[str, int]] = {}
    for place, line in lines_of(path):
        words = line.split("\t") if "\t" in line else line.split()
        try:
            query_id, *_, document_id, grade = words
            if len(words) not in (3, 4):
                raise ValueError("three or four columns")
            if query_id != "query-id":
                qrels.setdefault(query_id, {})[document_id] = int(grade)
        except ValueError as error:
            raise UsageError(
                f"{place} is not query id, document id and whole grade; write them with tabs, or as TREC qrels"
            ) from error
    return qrels


def read_run(path: Path) -> Run:
    """A TREC run: query, Q0, document, rank, score, tag.

    Raises:
        UsageError: it cannot be read or a line is no such line; the message names it.
    """
    run: dict[str, dict[str, float]] = {}
    for place, line in lines_of(path):
        try:
            query_id, _, document_id, _, score, _ = line.split()
            run.setdefault(query_id, {})[document_id] = float(score)
        except ValueError as error:
            raise UsageError(f"{place} is not a line of a TREC run: query Q0 document rank score tag") from error
    return run


def require_writable(path: Path) -> None:
    """See that a run can be written to a file, before it is worked out.

    Raises:
        UsageError: it cannot.
    """
    with _writing(path), path.open("a"):
        pass


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write scores by query id and document id as a TREC run: query, ``Q0``, document, rank from 1, score, tag.

    Best first; equal scores as trec_eval sorts them, the greater document id first; no line for a query without documents.

    Raises:
        UsageError: the file cannot be written, an id or the tag is empty or holds a blank, or a score is not finite.
    """
    with _writing(path):
        path.write_text("".join(_run_lines(run, tag)), encoding="utf-8", newline="\n")


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); give a file in a folder that exists") from error


def _run_lines(run: Run, tag: str) -> Iterator[str]:
    for query_id, scores in run.items():
        ranked = sorted(scores.items(), key=lambda one: (one[1], one[0]), reverse=True)
        for place, (document_id, score) in enumerate(ranked, start=1):
            if any(word.split() != [word] for word in (query_id, document_id, tag)):
                raise UsageError(f"{query_id!r}, {document_id!r}, {tag!r}: write ids and tag of a run without blanks")
            if not math.isfinite(score):
                raise UsageError(f"{query_id} scores {document_id} with {score}; a TREC run needs finite ones")
            yield f"{query_id} Q0 {document_id} {place} {float(score)!r} {tag}\n"
