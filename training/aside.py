"""Texts kept aside from training, as judged collections: what comes after the model is chosen and fitted on them.

Nothing under ``eval`` is read.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import rjieba
from corpora import (
    ARTICLES_ONE_IN,
    QUESTIONS_ONE_IN,
    SENTENCES,
    SENTENCES_ONE_IN,
    figure_question,
    is_kept_aside,
    split_sentences,
)

MARKED = Path(__file__).with_name("answers.jsonl")
Judged = list[tuple[str, str, tuple[str, ...]]]
"""Queries, each with the id of the one document that holds it and, where they are known, the sentences."""
Document = tuple[str, str]
"""Title, which may be empty, and text."""


def sets(shared: Path, rng: random.Random) -> list[tuple[dict[str, Document], dict[str, Judged]]]:
    """Documents by id, and for each such collection its judged queries by the name of the set."""
    paragraphs: dict[str, str] = {}
    questions: Judged = []
    squadlike = list(_rows(shared / "data/train/qa_zh_squadlike.jsonl.gz"))
    for row in squadlike:
        paragraphs.setdefault(row["pos"], f"p{len(paragraphs)}")
        if is_kept_aside(row["pos"], QUESTIONS_ONE_IN):
            questions.append((row["query"], paragraphs[row["pos"]], ()))
    by_hand, by_hand_news = _by_hand({at: paragraphs[row["pos"]] for at, row in enumerate(squadlike)})
    excluded = set((shared / "data/train/exclude_doc_ids.txt").read_text(encoding="utf-8").split())
    named = {key: ("", text) for text, key in paragraphs.items()}
    twins = _twins(shared)
    shorter = [(_shortened(query, rng), right, where) for query, right, where in questions]
    reworded = [(_reworded(query, twins, rng), right, where) for query, right, where in questions]
    titled: dict[str, Document] = {}
    headlines: Judged = []
    figures: Judged = []
    for file in sorted((shared / "data/news").glob("*.jsonl.gz")):
        for row in _rows(file):
            titled[row["_id"]] = (row["title"] or "", row["text"])
            if row["_id"] in excluded or not is_kept_aside(row["_id"], ARTICLES_ONE_IN):
                continue
            if row["title"]:
                headlines.append((row["title"], row["_id"], ()))
            asked = [(question, one) for one in split_sentences(row["text"]) if (question := figure_question(one, rng))]
            if some := rng.sample(asked, min(len(asked), 2)):
                figures.append(("？".join(question for question, _ in some), row["_id"], tuple(one for _, one in some)))
    chinese: dict[str, Document] = {}
    english: dict[str, Document] = {}
    from_english: Judged = []
    from_chinese: Judged = []
    for name in SENTENCES[:2]:
        with gzip.open(shared / f"data/parallel/{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                zh, en = line.rstrip("\n").split("\t")[:2]
                key = f"{name}{number}"
                chinese[key], english[key] = ("", zh), ("", en)
                if is_kept_aside(zh, SENTENCES_ONE_IN) and len(words := en.split()) > 9:
                    start = rng.randrange(len(words) - 8)
                    from_english.append((" ".join(words[start : start + 8]), key, ()))
                    start = rng.randrange(max(1, len(zh) - 12))
                    from_chinese.append((zh[start : start + 12], key, ()))
    untitled = {key: ("", text) for key, (_, text) in titled.items()}
    return [
        (named, {"questions": questions, "shorter questions": shorter, "reworded questions": reworded} | by_hand),
        (untitled, {"headlines": headlines}),
        (titled, {"figures": figures} | by_hand_news),
        (chinese, {"English to Chinese": from_english}),
        (english, {"Chinese to English": from_chinese}),
    ]


def _by_hand(paragraphs: Mapping[int, str]) -> tuple[dict[str, Judged], dict[str, Judged]]:
    """The questions of ``answers.jsonl`` in other words and in English, over ``paragraphs`` by their row and over news."""
    over_paragraphs: dict[str, Judged] = {}
    over_news: dict[str, Judged] = {}
    for line in MARKED.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        sets, document = (over_paragraphs, paragraphs[one["row"]]) if "row" in one else (over_news, one["id"])
        for field in ("question", "reworded", "english"):
            if one.get(field):
                sets.setdefault(f"{field}, {'paragraphs' if 'row' in one else 'news'}", []).append(
                    (one[field], document, ())
                )
    return over_paragraphs, over_news


def _shortened(question: str, rng: random.Random) -> str:
    """The question with each word left out or not, as a coin falls."""
    rest = "".join(word for word in rjieba.cut(question) if rng.random() < 0.5)
    return rest if any(map(str.isalnum, rest)) else question


def _reworded(question: str, twins: Mapping[str, list[str]], rng: random.Random) -> str:
    """The question with most of the words that have twins exchanged for one of them."""
    words = rjieba.cut(question)
    return "".join(rng.choice(twins[word]) if word in twins and rng.random() < 0.7 else word for word in words)


def _twins(shared: Path) -> dict[str, list[str]]:
    """Chinese words with others of the same English gloss."""
    words: dict[str, set[str]] = defaultdict(set)
    for name in ("cedict", "open_wordnet"):
        with gzip.open(shared / f"data/parallel/{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                zh, en = line.rstrip("\n").split("\t")[:2]
                if 2 <= len(zh) <= 5:
                    words[en.lower().removeprefix("to ").strip()].add(zh)
    twins: dict[str, set[str]] = defaultdict(set)
    for alike in words.values():
        if 2 <= len(alike) <= 8:
            for word in alike:
                twins[word] |= alike - {word}
    return {word: sorted(others) for word, others in twins.items()}


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
