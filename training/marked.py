"""Questions with their answers marked -> the sentences an answer would weigh for them, as cases to fit on.

Knows nothing about how the reasons for a sentence add up.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fit_fusion import SHARED
from numpy.typing import NDArray
from tqdm import tqdm

from regional_qa.answering.answer import PASSAGES
from regional_qa.answering.candidates import candidates
from regional_qa.answering.matching import Matcher
from regional_qa.answering.reasons import Candidate, reasons
from regional_qa.answering.understanding import KIND_WORDS, understand
from regional_qa.assemble import plug
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.knowledge.synonyms import names_figure, synonyms
from regional_qa.retrieval import MOST_HITS, search
from regional_qa.settings import Settings
from regional_qa.types import Hit

NEWS = SHARED / "data" / "news"
MARKED = Path(__file__).with_name("answers.jsonl")
FOLDS = 5
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question over one corpus: (n, n_reasons) of its sentences, and which of them hold the answer."""

    reasons: Matrix
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cases:
    """One set of questions: over all articles, over those that do not hold the answer, and with another thing asked; the
    same in other words, and such as are not told, both over all articles and none in English."""

    held: list[Case]
    others: list[Case]
    swapped: list[Case]
    reworded: list[Case]
    not_told: list[Case]

    def part(self, fold: int, *, own: bool) -> Cases:
        """A fifth of it, or the rest."""
        every = (self.held, self.others, self.swapped, self.reworded, self.not_told)
        return Cases(*(_part(cases, fold, own) for cases in every))


def _part(cases: Sequence[Case], fold: int, own: bool) -> list[Case]:
    """A fifth of the cases, neighbours together (questions about one article), or the rest."""
    return [case for at, case in enumerate(cases) if (at * FOLDS // len(cases) == fold) == own]


def collected() -> Iterator[tuple[str, Cases]]:
    """The sets by name."""
    marked = [json.loads(line) for line in MARKED.read_text(encoding="utf-8").splitlines()]
    rows = list(_rows(SHARED / "data/train/qa_zh_squadlike.jsonl.gz"))
    paragraphs = {row["pos"]: f"p{number}" for number, row in enumerate(rows)}
    asked = [
        _Asked(article_id=paragraphs[rows[one["row"]]["pos"]], question=rows[one["row"]]["query"], **_told(one))
        for one in marked
        if "row" in one
    ]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        lines = (json.dumps({"_id": key, "text": text}) for text, key in paragraphs.items())
        corpus.write_text("\n".join(lines), encoding="utf-8")
        yield from _cases_of("questions", corpus, {key: text for text, key in paragraphs.items()}, asked)
    texts = {row["_id"]: row["text"] for file in sorted(NEWS.glob("*.jsonl.gz")) for row in _rows(file)}
    asked = [_Asked(article_id=one["id"], question=one["question"], **_told(one)) for one in marked if "id" in one]
    yield from _cases_of("news", NEWS, texts, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, the same in English or empty and in other words, another that is not told, and where in which article
    the answer and its sentence stand."""

    article_id: str
    question: str
    english: str
    reworded: str
    not_told: str
    answer: tuple[int, int]
    stated: tuple[int, int]


def _told(one: dict[str, Any]) -> dict[str, Any]:
    """What is marked of every question."""
    places = {key: (one[key][0], one[key][1]) for key in ("answer", "stated")}
    return {"english": one.get("english", ""), "reworded": one["reworded"], "not_told": one["not_told"], **places}


def _cases_of(
    name: str, corpus: Path, texts: Mapping[str, str], asked: Sequence[_Asked]
) -> Iterator[tuple[str, Cases]]:
    """The set in Chinese, then in English; ``texts`` are those of the articles by id, as they were marked."""
    with opened(corpus) as generation:
        english = [one for one in asked if one.english]
        for label, some, wording in ((name, asked, "question"), (f"{name}, English", english, "english")):
            questions = [getattr(one, wording) for one in some]
            swaps = _Swaps(generation, questions)
            cases = Cases([], [], [], [], [])
            for one, question in tqdm(zip(some, questions, strict=True), label, len(some)):
                _add(cases, generation, one, question, texts[one.article_id], swaps)
            yield label, cases


@contextmanager
def opened(corpus: Path) -> Iterator[Generation]:
    """An index of the corpus, for the time being."""
    parts = plug(Settings())
    with tempfile.TemporaryDirectory() as folder:
        rebuild(corpus, Path(folder), parts)
        yield open_generation(Path(folder), parts)


def _add(cases: Cases, generation: Generation, one: _Asked, question: str, text: str, swaps: _Swaps) -> None:
    """What a question gives, of each kind, where any sentence is found."""
    own = generation.passages.article(one.article_id)
    first = own.text.index(text[one.stated[0] : one.stated[1]])
    stated = range(first, first + one.stated[1] - one.stated[0])
    gold = text[one.answer[0] : one.answer[1]]

    def holds(candidate: Candidate) -> bool:
        span = candidate.sentence.span
        is_stated = (
            candidate.article.article_id == own.article_id and span.start < stated.stop and stated.start < span.end
        )
        return is_stated or (len(gold) > 1 and gold in candidate.sentence.text)

    def is_other(hit: Hit) -> bool:
        return hit.article.article_id != own.article_id and gold not in hit.article.text

    def is_any(_: Hit) -> bool:
        return True

    def is_none(_: Candidate) -> bool:
        return False

    asked = [
        (cases.held, question, is_any, holds),
        (cases.others, question, is_other, holds),
        (cases.swapped, swaps.instead(question, own.text), is_any, is_none),
    ]
    if question == one.question:
        asked += [(cases.reworded, one.reworded, is_any, holds), (cases.not_told, one.not_told, is_any, is_none)]
    for kind, wording, wanted, right in asked:
        if found := _case(generation, wording, wanted, right):
            kind.append(found)


def _case(
    generation: Generation, question: str, wanted: Callable[[Hit], bool], holds: Callable[[Candidate], bool]
) -> Case | None:
    """The sentences of the best hits wanted, as an answer would weigh them."""
    asked = understand(question, generation.lexical.terms)
    provinces = tuple(dict.fromkeys(province for place in asked.places for province in place.provinces))
    hits = [hit for hit in search(generation, question, k=MOST_HITS, regions=provinces) if wanted(hit)]
    found = candidates(generation, asked, hits[:PASSAGES], asked.places)
    if not found:
        return None
    matcher = Matcher(generation, asked, [candidate.sentence.text for candidate in found])
    return Case(reasons(generation, asked, asked.places, found, matcher), np.array([holds(one) for one in found]))


class _Swaps:
    """Questions about another thing of the same sort (风电 for 光伏), which their articles do not answer."""

    def __init__(self, generation: Generation, questions: Sequence[str]) -> None:
        self._generation = generation
        words = {word for question in questions for word in self._telling(question)}
        self._words = sorted(words)
        self._vectors = generation.embedder.encode_passages(self._words)  # (n_words, dim)

    def instead(self, question: str, text: str) -> str:
        """The question with its rarest word exchanged for the one nearest to it that the text does not have."""
        word = min(self._telling(question), key=self._frequency, default="")
        if not word:
            return question
        near = self._vectors @ self._vectors[self._words.index(word)]
        order = (self._words[at] for at in np.argsort(-near))
        said = {word, *synonyms(word)}
        other = next(
            one for one in order if one not in said and one not in question.lower() and one not in text.lower()
        )
        return re.sub(re.escape(word), other, question, flags=re.IGNORECASE)

    def _telling(self, question: str) -> list[str]:
        """The words that name what a question is about, as they stand in it."""
        terms = understand(question, self._generation.lexical.terms).terms
        names = (
            term for term in terms if term not in KIND_WORDS and not names_figure(term) and term in question.lower()
        )
        return [name for name in names if len(name) > (3 if name.isascii() else 1)]

    def _frequency(self, word: str) -> int:
        return self._generation.lexical.document_frequencies([word])[0]


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
