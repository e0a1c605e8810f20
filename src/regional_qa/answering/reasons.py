"""Sentences that may answer -> the reasons for and against each, as numbers.

Knows nothing about how the reasons add up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.answering.kinds import FIGURES, PLAIN, TYPED
from regional_qa.answering.matching import Matcher
from regional_qa.answering.sought import names, sought
from regional_qa.answering.understanding import Understanding
from regional_qa.indexing.generation import Generation
from regional_qa.indexing.tokens import TokenStore
from regional_qa.interaction import Halves
from regional_qa.knowledge.aims import aims
from regional_qa.knowledge.asking import matter
from regional_qa.knowledge.regions import Mention
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.sentences import Sentence
from regional_qa.knowledge.speech import speaker
from regional_qa.knowledge.synonyms import synonyms
from regional_qa.ports import TokenEmbedder, Tokens
from regional_qa.types import Article

REASONS = (
    "own", "near", "article", "gap_own", "gap", "gap_article", "new", "agreed", "cosine", "support", "named", "numbers", "passage",
    "date", "figure", "typed", "noun", "around", "asks_kind", "beside", "years", "other_years", "aims", "part", "some", "long", "short", "asks",
)  # fmt: skip
AGREEING = 0.3
"""How much worse than the best a sentence may meet the question's words and still be heard on what is new."""
COMMON = 0.02
"""Share of the passages in which a word may stand that is to count as new."""
NEAR_CHARS = 400
"""How much of its paragraph before a sentence is heard with it: what the paragraph is about is told once."""
BEFORE = 4
"""Sentences before one whose words are held against the question with its own."""
SYNONYM_MET = 0.9
"""The cosine at which a word counts as met whose listed synonym stands in a text."""
_SOME = re.compile(r"其中|[^，,。]{3}[中里][，,]")
"""What is said of a part only: 输转劳动力中，脱贫劳动力199.9万人."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?|第[一二三四五六七八九十]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """The sentence at ``at`` of an article's ``sentences``, and how good its best passage is, the best of all 0."""

    article: Article
    sentences: Sequence[Sentence]
    at: int
    passage: float

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.sentences[self.at]

    @property
    def near(self) -> str:
        """What is heard with the sentence: the headline, what its paragraph says right before it, and who says it."""
        one = self.sentence
        before = "".join(other.text for other in self.sentences[: self.at] if other.paragraph == one.paragraph)
        return f"{self.article.section} {self.article.title} {before[-NEAR_CHARS:]}{self._speaker()}"

    def _speaker(self) -> str:
        """Who says what is quoted, where the paragraph names them behind it."""
        behind = speaker(self.sentences, self.at)
        return "" if behind is None else self.sentences[behind].text


def reasons(
    generation: Generation,
    asked: Understanding,
    places: tuple[Mention, ...],
    candidates: Sequence[Candidate],
    matcher: Matcher,
) -> NDArray[np.float64]:
    """(n, n_reasons) by ``REASONS``, for each candidate."""
    heard = _Heard.of(candidates)
    met, cosines = _words_met(generation, asked, heard)
    rows = [
        _said(matcher, asked, places, candidate, cosine)
        for candidate, cosine in zip(candidates, cosines.tolist(), strict=True)
    ]
    agreed = _agreed(generation, asked, candidates, met[:, 0])
    return np.column_stack([met, agreed, np.array(rows, dtype=np.float64)])


@dataclass(frozen=True, slots=True)
class _Heard:
    """All sentences of the candidates' articles end to end, each article led by its headline.

    Candidate ``i`` is ``texts[places[i]]``; its article is ``texts[articles[i].start : articles[i].stop]``.
    """

    texts: tuple[str, ...]
    places: tuple[int, ...]
    articles: tuple[range, ...]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> Self:
        """Those of these candidates; an article is heard once."""
        texts: list[str] = []
        known: dict[str, range] = {}
        for candidate in candidates:
            article = candidate.article
            if article.article_id not in known:
                start = len(texts)
                texts += (f"{article.section} {article.title}", *(one.text for one in candidate.sentences))
                known[article.article_id] = range(start, len(texts))
        articles = tuple(known[candidate.article.article_id] for candidate in candidates)
        places = tuple(article[1 + one.at] for article, one in zip(articles, candidates, strict=True))
        return cls(tuple(texts), places, articles)


def _agreed(
    generation: Generation, asked: Understanding, candidates: Sequence[Candidate], own: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n,) how many other articles say the same new thing about as clearly; ``own`` is how well each meets the words."""
    clear = np.maximum(0.0, 1 - (own.max(initial=0.0) - own) / AGREEING).tolist()
    question = search_key(asked.question)
    told: dict[str, dict[str, float]] = {}
    said: list[set[str]] = []
    for candidate, weight in zip(candidates, clear, strict=True):
        said.append(_new_things(generation, asked, question, candidate) if weight else set())
        for thing in said[-1]:
            by_article = told.setdefault(thing, {})
            article_id = candidate.article.article_id
            by_article[article_id] = max(by_article.get(article_id, 0.0), weight)
    if asked.scope.kind in PLAIN:
        names = list(told)
        most = COMMON * len(generation.lexical)
        counts = generation.lexical.document_frequencies(names)
        told = {name: told[name] for name, count in zip(names, counts, strict=True) if count <= most}
    agreed = np.zeros(len(candidates))
    for row, (candidate, things) in enumerate(zip(candidates, said, strict=True)):
        article_id = candidate.article.article_id
        others = (
            sum(weight for other, weight in told[thing].items() if other != article_id)
            for thing in things & told.keys()
        )
        agreed[row] = math.log1p(max(others, default=0.0))
    return agreed


def _new_things(generation: Generation, asked: Understanding, question: str, candidate: Candidate) -> set[str]:
    """What a sentence holds of the kind asked for, where a plain fact is asked its words, less what the question says."""
    key = search_key(candidate.sentence.text)
    if asked.scope.kind in PLAIN:
        things = {word for word in generation.lexical.terms(key) if len(word) > 1}
    else:
        things = {span.of(key).replace(" ", "") for span in sought(asked, key)}
    return {thing for thing in things if thing not in question}


def _words_met(
    generation: Generation, asked: Understanding, heard: _Heard
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, 7) how well the question's words are met by a sentence, with what is near it, and in its article; and (n,)
    the cosines of sentence and question.
    """
    question = asked.question
    query = generation.embedder.encode_queries([question])[0]
    if generation.tokens and isinstance(generation.embedder, TokenEmbedder):
        tokens = generation.embedder.tokenize(heard.texts)
        weights, met, new = _soft(generation.embedder, generation.tokens, asked, heard.texts, tokens)
        vectors = generation.embedder.pool(tokens.take(heard.places))
    else:
        weights, met, new = _literal(generation, matter(question), heard.texts)
        vectors = generation.embedder.encode_passages([heard.texts[place] for place in heard.places])
    cosines = (vectors @ query).astype(np.float64)
    found = np.zeros((len(heard.places), 7))
    for row, (at, article) in enumerate(zip(heard.places, heard.articles, strict=True) if len(weights) else ()):
        own = met[:, at]
        near = np.maximum(own, met[:, [article.start, *range(max(at - BEFORE, article.start + 1), at)]].max(axis=1))
        whole = met[:, article.start : article.stop].max(axis=1)
        gaps = ((weights * (1 - one)).max() / weights.max() for one in (own, near, whole))
        found[row] = weights @ own, weights @ (near - own), weights @ (whole - near), *gaps, new[at]
    return found, cosines


def _soft(
    embedder: TokenEmbedder, store: TokenStore, asked: Understanding, texts: Sequence[str], tokens: Tokens
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """(q,) weights of the words asked, (q, n) how well each text meets each, and (n,) how new its newest word is."""
    ids = embedder.tokenize([matter(asked.question)]).ids
    halves = Halves(tokens.starts)
    told = tokens.ids[halves.tokens]
    lengths, cosines = embedder.word_cosines(ids, told)
    weights = lengths * store.rarity(ids)
    news = (store.rarity(told) * (1 - cosines.max(axis=0, initial=0.0)) / 10)[None]
    weights = weights / max(float(weights.sum()), 1e-9)
    met = halves.nearest(halves.best(cosines))
    for places, by in _by_synonyms(embedder, asked.terms, ids, texts):
        met[np.ix_(places, by)] = np.maximum(met[np.ix_(places, by)], SYNONYM_MET)
    return weights, met, halves.nearest(halves.best(news))[0]


def _by_synonyms(
    embedder: TokenEmbedder, terms: Sequence[str], ids: NDArray[np.unsignedinteger], texts: Sequence[str]
) -> Iterator[tuple[list[int], list[int]]]:
    """Where among ``ids`` the tokens of a word stand, and which of the texts have a synonym of it, word by word."""
    listed = {term: names for term in terms if (names := synonyms(term))}
    if not listed:
        return
    keys = [search_key(text) for text in texts]
    ends = np.cumsum([len(key) + 1 for key in keys])
    whole = "\n".join(keys)
    spelled = embedder.tokenize([term.replace("-", " ") for term in listed])
    for row, names in enumerate(listed.values()):
        own = spelled.take([row]).ids
        starts = [
            at for at in range(len(ids) - len(own) + 1) if len(own) and np.array_equal(ids[at : at + len(own)], own)
        ]
        found = {int(np.searchsorted(ends, at, side="right")) for name in names for at in _all(name, whole)}
        if starts and found:
            yield sorted({at + i for at in starts for i in range(len(own))}), sorted(found)


def _all(name: str, text: str) -> Iterator[int]:
    """Every place where a name begins."""
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + 1)


def _literal(
    generation: Generation, asked: str, texts: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The same for a model without tokens: a word is met where it literally stands, and none is new."""
    terms = list(dict.fromkeys(generation.lexical.terms(asked)))
    keys = [search_key(text) for text in texts]
    met = np.array([[term in key for key in keys] for term in terms], dtype=np.float32).reshape(len(terms), len(texts))
    rarity = np.log1p(len(generation.lexical) / (1 + np.array(generation.lexical.document_frequencies(terms))))
    weights = (rarity / max(float(rarity.sum()), 1e-9)).astype(np.float32)
    return weights, met, np.zeros(len(texts), dtype=np.float32)


def _said(
    matcher: Matcher, asked: Understanding, places: tuple[Mention, ...], candidate: Candidate, cosine: float
) -> list[float]:
    """What the rules find for and against a sentence."""
    one, text = candidate.sentence, candidate.sentence.text
    support, named = matcher.support(text, candidate.near, candidate.article.text)
    numbers = set(_NUMBER.findall(search_key(asked.question)))
    key, kind = search_key(text), asked.scope.kind
    found = sought(asked, key)
    fits = bool(found)
    return [
        cosine,
        support,
        named,
        sum(number in key for number in numbers) / len(numbers) if numbers else 1.0,
        candidate.passage,
        kind == "date" and fits,
        kind in FIGURES and fits,
        kind in TYPED and fits,
        names(asked, key),
        matcher.around(key, found) if kind not in PLAIN else 0.0,
        kind not in PLAIN,
        matcher.is_beside(text),
        bool(set(asked.scope.years) & set(one.years)),
        bool(asked.scope.years) and not set(asked.scope.years) & set(one.years),
        aims(text) != asked.aims,
        any(one.only_part_of(place) for place in places),
        bool(_SOME.search(text)),
        max(math.log(len(text) / 40), 0.0),
        max(math.log(40 / len(text)), 0.0),
        text.rstrip("”』」）》’) ").endswith(("?", "？")),
    ]
