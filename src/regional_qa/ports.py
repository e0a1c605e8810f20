"""The sockets: what a third-party library must do to be plugged in. ``backends/`` holds the plugs.

A passage is known here by its row, an integer from 0 in the order of the passage store.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]  # (dim,), length 1
Vectors: TypeAlias = NDArray[np.float32]  # (n, dim), rows of length 1
HalfVectors: TypeAlias = NDArray[np.float16]  # (n, dim), rows of length 1, as they are kept
Rows: TypeAlias = NDArray[np.int64]  # (n,), rows of the passage store, ascending


class Embedder(Protocol):
    """Turns text into unit vectors. Queries and passages may be encoded differently."""

    name: str
    """What the user called the model."""
    fingerprint: str
    """Changes whenever the vectors could: model, revision, weights, prompts. Written to the manifest."""
    dim: int
    """Columns of every array returned."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1; a text without known words gives a zero row."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1; a text without known words gives a zero row."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Texts as a model reads them, end to end: text ``i`` is ``ids[starts[i]:starts[i + 1]]``."""

    ids: NDArray[np.unsignedinteger]  # (n_tokens,)
    starts: NDArray[np.int64]  # (n + 1,)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, texts: Sequence[int] | Rows) -> Tokens:
        """Some of the texts, in the order given.

        >>> Tokens(np.array([7, 8, 9], dtype=np.uint32), np.array([0, 2, 3])).take([1, 0]).ids.tolist()
        [9, 7, 8]
        """
        chosen = np.asarray(texts, dtype=np.int64)
        firsts, lasts = self.starts[chosen], self.starts[chosen + 1]
        starts = np.concatenate([[0], np.cumsum(lasts - firsts)]).astype(np.int64)
        parts = [self.ids[first:last] for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]
        return Tokens(np.concatenate(parts) if parts else self.ids[:0], starts)


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An Embedder with a vector for each token, so that a query can be held against a passage word by word."""

    def tokenize(self, texts: Sequence[str]) -> Tokens:
        """The tokens of each text; words the model does not know are left out."""

    def pool(self, tokens: Tokens) -> Vectors:
        """(n, dim), the same as ``encode_passages`` of the texts."""

    def word_cosines(
        self, asked: NDArray[np.uint32], told: NDArray[np.unsignedinteger]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(q,) lengths of the vectors of the tokens ``asked``, by which they weigh, and (q, len(told)) their cosines with
        the tokens ``told``."""


class Reranker(Protocol):
    """Reads a query and a passage together, slowly and well."""

    name: str

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """(n,) how well each text answers the query, higher is better, on the model's own scale."""


class Phraser(Protocol):
    """Puts quotations into its own words. It may be slow, wrong or hostile: nothing it says is shown unproven."""

    def phrase(self, question: str, quotations: Sequence[str]) -> Generator[str, None, None]:
        """A short text that answers from the quotations alone, each sentence with the labels [1], [2], … it rests on.

        It comes in pieces of any length, as they are said; closed before its end, it stops whatever says them.

        Raises:
            PhrasingError: there is no text, or it breaks off; the message may be shown.
        """


class VectorStore(Protocol):
    """Finds the nearest vectors by cosine.

    Where another machine holds the vectors, every method may raise ``StoreUnavailable``, within seconds.
    """

    @property
    def recall(self) -> float:
        """Recall@10 against an exact search, on a sample of the rows it was built from; 1 where search is exact, nan where
        a store that was opened does not know."""

    def save(self, folder: Path) -> None:
        """Write into an existing folder, if only where the vectors are."""

    def search(self, query: Vector, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, cosine), best first, at most ``min(k, len)``; only rows in ``allowed`` where given."""

    def cosines(self, query: Vector, rows: Sequence[int]) -> NDArray[np.float32]:
        """(len(rows),) cosine of ``query`` (dim,) with each row."""

    def faults(self) -> list[str]:
        """What is wrong outside of the folder, though answers are right; a rebuild mends it."""

    def __len__(self) -> int: ...


class VectorStores(Protocol):
    """Makes, opens and clears away the vector stores of an index, one for each generation."""

    def build(self, vectors: Vectors | HalfVectors, cache: Path | None = None) -> VectorStore:
        """A store over (n, dim) unit rows; row ``i`` is passage ``i``.

        What it works out it may keep in the folder ``cache``, which may be lost at any time, for the next to be quicker.
        """

    def load(self, folder: Path) -> VectorStore:
        """Open what ``save`` wrote.

        Raises:
            IndexMismatch: another kind of store wrote into this folder.
            IndexDamaged: what it wrote cannot be read.
        """

    def tidy(self, folders: Sequence[Path], live: Path | None) -> None:
        """Keep outside of the index only what the generations in ``folders`` need, and show ``live`` as the newest.

        Called by the sole writer before it builds anything, and after it has published.
        """


class LexicalIndex(Protocol):
    """Finds passages by the words they share with a query (BM25)."""

    @classmethod
    def bundle(cls, folder: Path, number: int, texts: Iterable[tuple[int, str, str]]) -> None:
        """Index passages ``(article, head, text)`` into an existing folder that ``join`` takes as its bundle ``number``.

        The passages of an article follow one another.
        """

    @classmethod
    def bind(cls, folder: Path, bundles: Sequence[Path]) -> None:
        """Make one, in an existing folder, of bundles that follow one another; ``join`` takes it in their place.

        Far quicker than indexing them again, so that little is to be indexed where little changed.
        """

    @classmethod
    def join(cls, folder: Path, bundles: Sequence[Path], articles: Sequence[int]) -> Self:
        """Make one index, in an existing folder, of all bundles; row ``i`` is passage ``i``, of article ``articles[i]``.

        Scores do not depend on how the passages were bundled.
        """

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``join`` wrote.

        Raises:
            IndexDamaged: the files cannot be read.
        """

    def search(self, query: str, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, score > 0), best first; no match gives ``[]``."""

    def whole(self, query: str, articles: Rows) -> NDArray[np.float64]:
        """(len(articles),) the score of each article as a whole, 0 where nothing matches; ``articles`` are distinct."""

    def terms(self, text: str) -> list[str]:
        """The terms the index sees in a text, in order, with repeats."""

    def document_frequencies(self, terms: Sequence[str]) -> list[int]:
        """In how many passages each term stands."""

    def __len__(self) -> int: ...
