"""Tiny honest stand-ins, so that the whole path from corpus to answer runs offline in seconds."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from regional_qa.backends.lexical_tantivy import TantivyIndex
from regional_qa.backends.vectors_faiss import FaissVectors
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, Parts, open_generation
from regional_qa.knowledge.script import search_key
from regional_qa.ports import Vectors

T = TypeVar("T")


class BigramEmbedder:
    """Hashes character pairs into a unit vector: texts that share pairs are near each other."""

    name = "bigrams"

    def __init__(self, dim: int = 64, fingerprint: str = "bigrams-1") -> None:
        self.dim = dim
        self.fingerprint = fingerprint

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            key = search_key(text)
            for pair in {key[i : i + 2] for i in range(len(key))}:
                digest = hashlib.blake2s(pair.encode(), digest_size=8).digest()
                vectors[row, digest[0] % self.dim] += 1.0 if digest[1] % 2 else -1.0
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
        return unit


def fake_parts(**options: object) -> Parts:
    """Real stores, fake model."""
    return Parts(BigramEmbedder(**options), FaissVectors, TantivyIndex)  # type: ignore[arg-type]


def write_corpus(folder: Path, **articles: str) -> Path:
    """A corpus of Markdown articles: ``name="front matter\\n---\\nbody"`` or just a body."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in articles.items():
        front, _, body = text.rpartition("\n---\n")
        head = f"---\n{front}\n---\n" if front else ""
        (folder / f"{name}.md").write_text(f"{head}{body}\n", encoding="utf-8")
    return folder


def indexed(folder: Path, articles: Mapping[str, str]) -> Generation:
    """An index of these articles, by the stand-ins, in ``folder``."""
    rebuild(write_corpus(folder / "corpus", **articles), folder / "index", fake_parts())
    return open_generation(folder / "index", fake_parts())


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> float:
    """Wait for something that another thread does; the seconds it took. Far more than the promise, on a busy machine."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, "it did not come true"
        time.sleep(0.01)
    return time.monotonic() - start


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, run in a thread of its own, since another test may have a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result(60)
