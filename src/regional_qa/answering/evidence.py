"""Candidate passages -> the sentences that may answer, each with how probable that is.

Knows nothing about how an answer is worded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.answering.candidates import candidates
from regional_qa.answering.kinds import FIGURES, PERSON, PLAIN
from regional_qa.answering.matching import NEARLY, Matcher
from regional_qa.answering.reasons import REASONS, Candidate, reasons
from regional_qa.answering.sought import lacks_title
from regional_qa.answering.told import is_counted, told
from regional_qa.answering.understanding import Understanding
from regional_qa.answering.wording import is_english
from regional_qa.indexing.generation import Generation
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.sentences import Sentence
from regional_qa.knowledge.speech import speaker
from regional_qa.types import Article, Hit


@dataclass(frozen=True, slots=True)
class Judgement:
    """Weights of the reasons, fitted by ``training/fit_evidence.py``: which sentence is best, and whether it answers."""

    best: Mapping[str, float]
    answers: Mapping[str, float]
    bias: float
    enough: float
    """Probability from which a sentence is given as the answer."""

    @classmethod
    def read(cls, path: Path, kind: str) -> Self:
        """The judgement of a kind of question, from the file that the fitting wrote."""
        record = json.loads(path.read_text(encoding="utf-8"))[kind]
        return cls(record["best"], record["answers"], record["bias"], record["enough"])

    def scores(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) how good each sentence is among the others; ``found`` is (n, n_reasons)."""
        return np.asarray(found @ np.array([self.best[name] for name in REASONS]))

    def probabilities(self, found: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) that each sentence answers; besides the reasons it counts how far it is above the next."""
        odds = self.bias + found @ np.array([self.answers[name] for name in REASONS])
        odds += self.answers["score"] * scores + self.answers["margin"] * margins(scores)
        return np.asarray(1 / (1 + np.exp(-odds)))


def margins(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how far each score is above the next one; 0 for the least.

    >>> margins(np.array([3.0, 1.0, 2.5])).tolist()
    [0.5, 0.0, 1.5]
    """
    order = np.argsort(-scores, kind="stable")
    above = np.zeros(len(scores))
    above[order[:-1]] = -np.diff(scores[order])
    return above


def leads(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how far each score is above the best of the others; where there are none, above 0.

    >>> leads(np.array([3.0, 1.0, 2.5])).tolist()
    [0.5, -2.0, -0.5]
    """
    second, best = np.sort(np.concatenate([scores, [0.0]] if len(scores) < 2 else [scores]))[-2:]
    return np.asarray(np.where(scores == best, best - second, scores - best))


LEAST = 1e-6
"""Of a probability whose logarithm is taken."""
ODDS, UNNAMED = 1.5, 4.0
"""What the odds weigh beside the score, and what it costs not to name what is measured."""
FILE = Path(__file__).with_name("evidence.json")
SAME_LANGUAGE, FOREIGN = Judgement.read(FILE, "same language"), Judgement.read(FILE, "foreign")


def judgement(asked: Understanding) -> Judgement:
    """The one for Chinese questions, or the one for English ones, whose words never stand in a Chinese sentence."""
    return FOREIGN if is_english(asked.question) else SAME_LANGUAGE


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence weighed as an answer; ``probability`` that it is one, from 0 to 1."""

    article: Article
    sentence: Sentence
    at: int
    """Which sentence of its article it is, from 0."""
    named: float
    """1 where what the question measures is named, less where it may be; see ``Matcher.support``."""
    beside: bool
    """Whether a figure stands right beside what is measured."""
    has_kind: bool
    beside_kind: bool
    """Whether the kind of thing asked for stands in the sentence, or in the one before or after it in its paragraph."""
    years_agree: bool
    part: str
    score: float
    lead: float
    """How far the score is above all others; below 0 where another is best."""
    probability: float

    @property
    def merit(self) -> float:
        """By which the sentences that answer are ordered: the score, the odds that it answers, and what is not named."""
        odds = math.log(max(self.probability, LEAST) / max(1 - self.probability, LEAST))
        return self.score + ODDS * odds - UNNAMED * (1 - self.named)


def weigh(
    generation: Generation, asked: Understanding, hits: Iterable[Hit], places: tuple[Mention, ...]
) -> list[Evidence]:
    """Every sentence of the hits' articles near a hit that is about the places and years asked for, best first."""
    found = candidates(generation, asked, hits, places)
    if not found:
        return []
    matcher = Matcher(generation, asked, [one.sentence.text for one in found])
    weighed = reasons(generation, asked, places, found, matcher)
    judge = judgement(asked)
    scores = judge.scores(weighed)
    probabilities = judge.probabilities(weighed, scores)
    evidence = [
        _evidence(asked, places, candidate, row, *numbers)
        for candidate, row, *numbers in zip(
            found, weighed, scores.tolist(), leads(scores).tolist(), probabilities.tolist(), strict=True
        )
    ]
    return sorted(evidence, key=lambda e: (-e.score, e.article.article_id, e.sentence.span))


def _evidence(
    asked: Understanding,
    places: tuple[Mention, ...],
    candidate: Candidate,
    weighed: NDArray[np.float64],
    score: float,
    lead: float,
    probability: float,
) -> Evidence:
    one = candidate.sentence
    named, beside, figure = (float(weighed[REASONS.index(name)]) for name in ("named", "beside", "figure"))
    kind = asked.scope.kind
    may_hold = bool(figure) or kind not in FIGURES  # known already, and most sentences hold none
    if kind in PLAIN:
        has_kind = not lacks_title(asked, search_key(one.text))
    else:
        spans = told(asked, one.text, candidate.article.published) if may_hold else []
        has_kind = bool(spans)
        if has_kind and not any(is_counted(asked, one.text, span) for span in spans):
            named = min(named, NEARLY)
    years_agree = bool(set(asked.scope.years) & set(one.years))
    part = next((part for place in places if (part := one.only_part_of(place))), "")
    return Evidence(
        candidate.article, one, candidate.at, named, bool(beside), has_kind, has_kind or _is_near(asked, candidate),
        years_agree, part, score, lead, probability,
    )  # fmt: skip


def _is_near(asked: Understanding, candidate: Candidate) -> bool:
    """Whether a name asked for stands in the sentence before or after, or in that of who speaks, in the same paragraph."""
    if asked.unit != PERSON:
        return False
    behind = speaker(candidate.sentences, candidate.at)
    places = (candidate.at - 1, candidate.at + 1, *(() if behind is None else (behind,)))
    around = (candidate.sentences[at] for at in places if 0 <= at < len(candidate.sentences))
    published, paragraph = candidate.article.published, candidate.sentence.paragraph
    return any(one.paragraph == paragraph and told(asked, one.text, published) for one in around)
