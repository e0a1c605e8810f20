"""The raw data, tokenised, as draws: functions that give a batch of pairs, in the turn they take in training.

Knows nothing about vectors.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from batches import Asked, Drawn, Glossary, News, Texts
from corpora import Article, Pair, figure_question, glosses, news, parallel_pairs, question_pairs
from numpy.typing import NDArray
from tokenizers import Tokenizer
from vocabulary import build_tokenizer, count_words, folding

Draw = Callable[[int, np.random.Generator], tuple[Texts, Texts]]
SAMPLE = 20_000
REGIONAL_WEIGHT = 4.0  # the product's field is 12 % of the news


def prepare(shared: Path, work: Path, rng: random.Random) -> tuple[Tokenizer, list[Draw], NDArray[np.float32], Texts]:
    """The tokenizer, the draws, how often each token occurs in its language, from 0 to 1, and a sample of passages."""
    work.mkdir(exist_ok=True)
    normalizer = folding(shared / "data/parallel/traditional_to_simplified_chars.json")
    fold = normalizer.normalize_str
    articles = list(news(shared, fold))
    groups = parallel_pairs(shared, fold)
    questions, headlines = question_pairs(shared, fold)
    counts = _counts(articles, groups, questions)
    tokenizer = build_tokenizer(counts, normalizer)

    sentences = Texts.of(tokenizer, [s for article in articles for s in article.sentences])
    sizes = [len(article.sentences) for article in articles]
    weights = np.repeat([REGIONAL_WEIGHT if article.is_regional else 1.0 for article in articles], sizes)
    passages = News(sentences, np.repeat(np.arange(len(articles)), sizes), weights)
    parallel = [pair for group in groups.values() for pair in group]
    translated = _drawn(tokenizer, parallel)
    short = list(glosses(groups))
    glossary = Glossary(
        tokenizer.get_vocab_size(),
        Texts.of(tokenizer, [zh for zh, _ in short]),
        Texts.of(tokenizer, [en for _, en in short]),
    )
    asked = _asked(tokenizer, articles, passages, rng)
    titled = _drawn(tokenizer, questions + headlines)
    switched = partial(_switched, [passages.draw, asked.draw, titled.draw], glossary)
    print(
        f"{len(articles):,} articles, {len(sentences):,} sentences, {len(parallel):,} translations, "
        f"{asked.rows.size:,} figure questions, {len(questions):,} questions, {len(headlines):,} headlines, "
        f"{np.count_nonzero(glossary.known):,} tokens with a gloss"
    )
    draws: list[Draw] = [passages.draw, translated.draw, titled.draw, switched, asked.draw, translated.draw, switched]
    some = np.random.default_rng(rng.randrange(1 << 30))
    sample = passages.around(some.integers(0, len(sentences), SAMPLE), np.ones(SAMPLE, dtype=np.bool_), some)
    return tokenizer, draws, _frequencies(tokenizer, sentences, translated.right), sample


def _switched(draws: list[Draw], glossary: Glossary, size: int, rng: np.random.Generator) -> tuple[Texts, Texts]:
    """Pairs with the question, the passage or both said in English word by word."""
    left, right = draws[rng.integers(len(draws))](size, rng)
    which = rng.integers(3)
    if which != 1:
        left = glossary.say(left, 0.9, rng)
    if which != 0:
        right = glossary.say(right, 0.9, rng)
    return left, right


def _counts(articles: list[Article], groups: dict[str, list[Pair]], questions: list[Pair]) -> Counter[str]:
    """Word counts over all sources; a term list counts for more than its length, technical documents for less."""
    counts = count_words(s for article in articles for s in article.sentences)
    counts.update(count_words((text for pair in questions for text in pair[:2]), 2.0))
    for group in groups.values():
        if group:
            counts.update(count_words((text for pair in group for text in pair[:2]), min(4.0, group[0].weight)))
    return counts


def _drawn(tokenizer: Tokenizer, pairs: list[Pair]) -> Drawn:
    """Tokenised pairs with their weights."""
    left = Texts.of(tokenizer, [pair.left for pair in pairs])
    right = Texts.of(tokenizer, [pair.right for pair in pairs])
    return Drawn(left, right, np.array([pair.weight for pair in pairs]))


def _asked(tokenizer: Tokenizer, articles: list[Article], passages: News, rng: random.Random) -> Asked:
    """Up to three questions an article, after its figures."""
    questions, rows, first = [], [], 0
    for article in articles:
        found = [(figure_question(sentence, rng), first + at) for at, sentence in enumerate(article.sentences)]
        kept = [(question, row) for question, row in found if question]
        for question, row in rng.sample(kept, min(len(kept), 3)):
            questions.append(question)
            rows.append(row)
        first += len(article.sentences)
    return Asked(Texts.of(tokenizer, questions), np.array(rows), passages)


def _frequencies(tokenizer: Tokenizer, chinese: Texts, english: Texts) -> NDArray[np.float32]:
    """(n_tokens,) share of each token in the language where it is commoner."""
    size = tokenizer.get_vocab_size()
    shares = [np.bincount(texts.ids, minlength=size) / texts.ids.size for texts in (chinese, english)]
    return np.maximum(*shares).astype(np.float32)
