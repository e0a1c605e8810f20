"""Raw data -> pairs of texts that mean the same: news, questions and paragraphs, Chinese and English terms.

Only sources whose terms are stated; ``SOURCES.md`` lists them. Knows nothing about tokens or vectors.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

Pair = tuple[str, str]

PARALLEL = {  # file -> how often each of its pairs is taken
    "cedict": 1.0,
    "open_wordnet": 1.0,
    "cn_admin_divisions": 3.0,
    "stat_yearbook_indicators": 6.0,
    "sdg_indicators": 6.0,
    "quantecon_glossary": 6.0,
    "tico19_terms": 6.0,
    "osm_presets": 1.0,
    "mlqe_pe_wiki": 3.0,
    "tico19": 3.0,
    "3am_captions": 0.5,
    "python_docs": 0.2,
    "tensorflow_docs": 0.2,
    "angular_docs": 0.2,
    "vue_docs": 0.2,
}
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?[”』」）]*")
_FIGURE = re.compile(r"[近约超逾]?\d[\d.,]*(?:[万亿千百]*(?:元|美元|人次|人|户|家|个|辆|台|吨|亩|公里|平方米|千瓦时?|千瓦|颗|套|件|列|%|％|倍|个百分点))")
PASSAGE_CHARS = 220


def news(shared: Path) -> Iterator[tuple[str, str, str]]:
    """(id, headline or empty, body) of every article that no held-out question stands on."""
    held_out = set((shared / "data/train/exclude_doc_ids.txt").read_text(encoding="utf-8").split())
    for file in sorted((shared / "data/news").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                article = json.loads(line)
                if article["_id"] not in held_out:
                    yield article["_id"], article["title"] or "", article["text"]


def news_pairs(articles: list[tuple[str, str, str]], rng: random.Random) -> tuple[list[Pair], list[Pair]]:
    """Pieces of articles with the passage around them, and questions or headlines with the passage that answers."""
    pieces: list[Pair] = []
    questions: list[Pair] = []
    for _, title, body in articles:
        sentences = [s.strip() for s in _SENTENCE.findall(body) if len(s.strip()) >= 8]
        if title and len(title) >= 6:
            questions.append((title, body[:PASSAGE_CHARS]))
        for _ in range(min(3, len(sentences) // 2)):
            at = rng.randrange(len(sentences))
            pieces.append((_piece(sentences[at], rng), _around(sentences, at, rng.random() < 0.3)))
        figures = [at for at, sentence in enumerate(sentences) if _FIGURE.search(sentence)]
        for at in rng.sample(figures, min(3, len(figures))):
            questions.append((_question(sentences[at], rng), _around(sentences, at, True)))
    return pieces, questions


def question_pairs(shared: Path) -> list[Pair]:
    """Questions with their paragraph, headlines with their body."""
    pairs = []
    held_out = set((shared / "data/train/exclude_doc_ids.txt").read_text(encoding="utf-8").split())
    for name in ("qa_zh_squadlike", "crud_title_body"):
        with gzip.open(shared / f"data/train/{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [row for row in map(json.loads, lines) if row.get("id") not in held_out]
        pairs += [(row["query"], row["pos"][: 2 * PASSAGE_CHARS]) for row in rows for _ in range(6 if name[0] == "q" else 1)]
    return pairs


def parallel_pairs(shared: Path, rng: random.Random) -> list[Pair]:
    """Chinese with English, each source as often as its weight says."""
    pairs = []
    for name, weight in PARALLEL.items():
        with gzip.open(shared / f"data/parallel/{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            rows = [tuple(line.rstrip("\n").split("\t")[:2]) for line in lines]
        rows = [(zh, en) for zh, en in (row for row in rows if len(row) == 2) if zh and en]
        whole, part = divmod(weight, 1)
        pairs += rows * int(whole) + rng.sample(rows, int(len(rows) * part))
    return pairs


def _piece(sentence: str, rng: random.Random) -> str:
    """The sentence, or 6 to 24 characters of it."""
    if rng.random() < 0.4:
        return sentence
    length = rng.randint(6, 24)
    start = rng.randrange(max(1, len(sentence) - length))
    return sentence[start : start + length]


def _around(sentences: list[str], at: int, with_it: bool) -> str:
    """The passage around a sentence, with the sentence itself or without."""
    first = max(0, at - 2)
    chosen = [s for i, s in enumerate(sentences[first : at + 5], start=first) if with_it or i != at]
    return "".join(chosen)[:PASSAGE_CHARS]


def _question(sentence: str, rng: random.Random) -> str:
    """A statement with a figure turned into the question for it: 出口增长73.5% -> 出口增长多少."""
    figure = rng.choice(list(_FIGURE.finditer(sentence)))
    before = re.split(r"[，,；;：:]", sentence[: figure.start()])
    stem = "".join(before[-2:])[-28:] if len(before[-1]) < 6 else before[-1][-28:]
    return f"{stem}{'多少' if rng.random() < 0.8 else '是多少'}"
