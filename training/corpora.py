"""Raw data -> texts and pairs of texts that mean the same, of sources whose terms are stated (``SOURCES.md``).

Knows nothing about tokens or vectors.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

Fold = Callable[[str], str]


class Pair(NamedTuple):
    """Two texts that mean the same, and how often they are drawn compared with others of their group."""

    left: str
    right: str
    weight: float


class Article(NamedTuple):
    """One news article, folded: headline (may be empty), sentences, and whether it tells of a region's economy."""

    title: str
    sentences: list[str]
    is_regional: bool


PARALLEL = {  # file -> weight of each of its pairs
    "cedict": 1.0,
    "open_wordnet": 1.0,
    "cn_admin_divisions": 4.0,
    "stat_yearbook_indicators": 10.0,
    "sdg_indicators": 8.0,
    "quantecon_glossary": 8.0,
    "tico19_terms": 4.0,
    "osm_presets": 1.0,
    "mlqe_pe_wiki": 10.0,
    "tico19": 8.0,
    "3am_captions": 1.0,
    "python_docs": 0.3,
    "tensorflow_docs": 0.3,
    "angular_docs": 0.3,
    "vue_docs": 0.3,
}
SENTENCES = ("mlqe_pe_wiki", "tico19", "3am_captions")
TERMS = tuple(name for name in PARALLEL if "docs" not in name and name not in SENTENCES)
ARTICLES_ONE_IN, QUESTIONS_ONE_IN, SENTENCES_ONE_IN = 20, 6, 12
"""Shares kept aside."""
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?[”』」）]*")
_UNITS = "元|美元|人次|人|户|家|个|辆|台|吨|亩|公里|平方米|千瓦|颗|套|件|列|%|倍"
_FIGURE = re.compile(rf"[近约超逾]?\d[\d.,]*[万亿千百]*(?:{_UNITS})")
_MARKUP = re.compile(r"<[^>]+>|\[([^\]]*)\]\([^)]*\)")
_ASIDE = re.compile(r"\s*\([^)]*\)?|^to (?=\w)|^(?:a|an|the) (?=\w)")


def is_kept_aside(text: str, one_in: int) -> bool:
    """Whether a text, one in so many, is kept from training, to fit on it what comes after the model.

    >>> sum(is_kept_aside(str(number), 6) for number in range(600))
    95
    """
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % one_in == 0


def news(shared: Path, fold: Fold) -> Iterator[Article]:
    """Every article that no held-out question stands on and that is not kept aside."""
    held_out = _held_out(shared)
    for file in sorted((shared / "data/news").glob("*.jsonl.gz")):
        for row in _rows(file):
            if row["_id"] not in held_out and not is_kept_aside(row["_id"], ARTICLES_ONE_IN):
                yield Article(fold(row["title"] or ""), split_sentences(fold(row["text"])), row["regional_econ"])


def split_sentences(text: str) -> list[str]:
    """The sentences of a text that hold four characters or more."""
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if len(sentence.strip()) >= 4]


def question_pairs(shared: Path, fold: Fold) -> tuple[list[Pair], list[Pair]]:
    """Questions with their paragraph; headlines with their body."""
    held_out = _held_out(shared)
    questions = [
        Pair(fold(row["query"]), fold(row["pos"]), 8.0)
        for row in _rows(shared / "data/train/qa_zh_squadlike.jsonl.gz")
        if not is_kept_aside(row["pos"], QUESTIONS_ONE_IN)
    ]
    headlines = [
        Pair(fold(row["query"]), fold(row["pos"])[:600], 2.0)
        for row in _rows(shared / "data/train/crud_title_body.jsonl.gz")
        if row["id"] not in held_out and not is_kept_aside(row["id"], ARTICLES_ONE_IN)
    ]
    return questions, headlines


def parallel_pairs(shared: Path, fold: Fold) -> dict[str, list[Pair]]:
    """Chinese with English, by source."""
    groups = {}
    for name, weight in PARALLEL.items():
        pairs = []
        with gzip.open(shared / f"data/parallel/{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                zh, en, *_ = [*_MARKUP.sub(r"\1", fold(line.rstrip("\n"))).split("\t"), "", ""]
                aside = name in SENTENCES and is_kept_aside(zh, SENTENCES_ONE_IN)
                if zh and en and zh != en and not aside:
                    pairs.append(Pair(zh, en, weight))
        groups[name] = pairs
    return groups


def glosses(groups: dict[str, list[Pair]]) -> Iterator[tuple[str, str]]:
    """(Chinese word, short English for it), best known sense first."""
    for name in TERMS:
        for zh, en, _ in groups[name]:
            plain = _ASIDE.sub("", en).strip()
            if plain and len(zh) <= 8 and plain.count(" ") < 3:
                yield zh, plain


def figure_question(sentence: str, rng: random.Random) -> str | None:
    """A statement with a figure as the question for it, or None.

    >>> figure_question("上半年,全省出口增长73.5%。", random.Random(3))
    '全省出口增长多少'
    """
    figures = list(_FIGURE.finditer(sentence))
    if not figures:
        return None
    clauses = re.split(r"[,，;；:：、]", sentence[: rng.choice(figures).start()])
    stem = "".join(clauses[-2:]) if len(clauses[-1]) < 6 else clauses[-1]
    return f"{stem[-30:]}{'多少' if rng.random() < 0.8 else '是多少'}" if len(stem) >= 4 else None


def _held_out(shared: Path) -> set[str]:
    """Articles behind questions that are kept aside."""
    return set((shared / "data/train/exclude_doc_ids.txt").read_text(encoding="utf-8").split())


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a gzipped JSON-lines file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
