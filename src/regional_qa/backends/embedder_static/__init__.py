"""A static sentence-transformers model without torch: one vector a token, a text is their mean, of length 1.

Opens any folder that ``SentenceTransformer`` opens as StaticEmbedding (then Normalize), and gives the same vectors.
Knows nothing about passages or indexes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.backends.embedder_static.tokenizer import FILE as TOKENIZER
from regional_qa.backends.embedder_static.tokenizer import Tokenizer, open_tokenizer
from regional_qa.errors import ModelError
from regional_qa.ports import Tokens, Vector, Vectors

_WEIGHTS = "model.safetensors"
_FILES = ("modules.json", TOKENIZER, _WEIGHTS)
_TABLE = "embedding.weight"
# The other form that StaticEmbedding opens: small whole numbers with a factor for each row.
_SHORT_TABLE, _SCALES = "embeddings", "weights"
# What a round holds in memory: so many bytes of a file, the tokens of so many texts or characters, and so many rows.
_PIECE = 1 << 20
_BATCH_TEXTS = 4096
_BATCH_CHARS = 2_000_000
_MOST_ROWS = 4096
# Rows compared at once: products so small are made without copying the rows first, in half of the time.
_FEW_ROWS = 64


class StaticEmbedder:
    """A TokenEmbedder over a table of token vectors; queries and passages are encoded alike."""

    def __init__(
        self, name: str, fingerprint: str, tokenizer: Tokenizer, table: NDArray[Any], scales: NDArray[np.float32]
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dim = int(table.shape[1])
        self._tokenizer = tokenizer
        self._table, self._scales = table, scales
        self._lengths = scales * np.sqrt(np.einsum("ij,ij->i", table, table, dtype=np.float32))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open a folder as sentence-transformers writes it.

        Raises:
            ModelError: a file is missing or damaged, or the model is not a static one.
        """
        from safetensors import SafetensorError, safe_open

        if not is_static(folder):
            raise ModelError(f"{folder} holds no static embedding model (modules.json); give the folder of one")
        try:
            fingerprint = _digest(folder)
        except OSError as error:
            raise ModelError(f"{folder} lacks {error.filename}; restore the folder or choose another model") from error
        try:
            with safe_open(folder / _WEIGHTS, "numpy") as stored:
                table, scales = _weights({name: stored.get_tensor(name) for name in stored.keys()})  # noqa: SIM118
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            raise ModelError(f"{folder / _WEIGHTS} is damaged ({error}); restore the folder") from error
        tokenizer = open_tokenizer(folder)
        if table.ndim != 2 or len(table) < tokenizer.size or scales.shape != (len(table),):
            raise ModelError(f"{folder}: weights {table.shape} do not fit the tokenizer; restore the folder")
        return cls(folder.resolve().name, fingerprint, tokenizer, table, scales)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1; a text without known words gives a zero row."""
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1; a text without known words gives a zero row."""
        return self._encode(texts)

    def tokenize(self, texts: Sequence[str]) -> Tokens:
        """The tokens of each text; words the model does not know are left out."""
        found, sizes = [np.empty(0, dtype=np.uint32)], [np.zeros(1, dtype=np.int64)]
        for first, last in _batches(texts):
            every = self._tokenizer.encode(texts[first:last])
            edges = np.cumsum([0, *map(len, every)])
            ids = np.fromiter(chain.from_iterable(every), dtype=np.uint32, count=edges[-1])
            known = self._lengths[ids] > 0
            found.append(ids[known])
            sizes.append(np.diff(np.concatenate([[0], np.cumsum(known)])[edges]))
        return Tokens(np.concatenate(found), np.cumsum(np.concatenate(sizes)))

    def pool(self, tokens: Tokens) -> Vectors:
        """(n, dim) float32, rows of length 1, the mean of each text's vectors; a text without tokens gives a zero row."""
        vectors = np.zeros((len(tokens), self.dim), dtype=np.float32)
        for row, start, stop in zip(vectors, tokens.starts.tolist(), tokens.starts[1:].tolist(), strict=False):
            self._add_up(tokens.ids[start:stop], row)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    def word_cosines(
        self, asked: NDArray[np.uint32], told: NDArray[np.unsignedinteger]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(q,) lengths of the vectors of the tokens ``asked`` and (q, len(told)) their cosines with those ``told``."""
        seen = np.zeros(len(self._table), dtype=bool)
        seen[told] = True
        words = np.flatnonzero(seen)
        places = np.empty(len(seen), dtype=np.int64)
        places[words] = np.arange(len(words))
        directions = self._rows(asked) / self._lengths[asked, None]
        distinct = np.empty((len(asked), len(words)), dtype=np.float32)
        for first in range(0, len(words), _FEW_ROWS):
            part = slice(first, first + _FEW_ROWS)
            rows = self._table.take(words[part], axis=0).astype(np.float32, copy=False)
            np.matmul(directions, rows.T, out=distinct[:, part])
        distinct *= self._scales[words] / self._lengths[words]  # of so few numbers, not of every row
        return self._lengths[asked], distinct.take(places.take(told), axis=1)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self.pool(self.tokenize(texts))

    def _rows(self, ids: NDArray[np.integer]) -> Vectors:
        """(len(ids), dim) the vectors of these tokens."""
        return self._table.take(ids, axis=0) * self._scales[ids, None]

    def _add_up(self, ids: NDArray[np.uint32], row: Vector) -> None:
        """Add the vectors of ``ids`` to ``row``; the sum points where the mean does.

        A product sums the gathered rows eleven times faster than ``np.add.reduceat`` over whole batches.
        """
        for first in range(0, len(ids), _MOST_ROWS):
            some = ids[first : first + _MOST_ROWS]
            row += self._scales[some] @ self._table.take(some, axis=0).astype(np.float32, copy=False)


def _digest(folder: Path) -> str:
    """Hex sha256 of the model's files, read piece by piece."""
    digest = hashlib.sha256()
    for name in _FILES:
        with (folder / name).open("rb") as stream:
            digest.update(f"{name}:{os.fstat(stream.fileno()).st_size}\n".encode())
            while piece := stream.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()


def _weights(stored: dict[str, NDArray[Any]]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """(n_tokens, dim) numbers as they are stored, and (n_tokens,) by what each row of them is multiplied."""
    if _TABLE in stored:
        table = stored[_TABLE].astype(np.float32)
        return table, np.ones(len(table), dtype=np.float32)
    return stored[_SHORT_TABLE], stored[_SCALES].astype(np.float32)


def is_static(folder: Path) -> bool:
    """Whether ``folder`` is a sentence-transformers model of a token table alone, so that torch is not needed.

    >>> is_static(Path("no/such/folder"))
    False
    """
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [(str(one["type"]).rsplit(".", 1)[-1], one["path"]) for one in modules]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return kinds[:1] == [("StaticEmbedding", "")] and [kind for kind, _ in kinds[1:]] in ([], ["Normalize"])


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches [first, last) of bounded count and size; a giant text stands alone."""
    first = chars = 0
    for at, text in enumerate(texts):
        if at > first and (at - first == _BATCH_TEXTS or chars + len(text) > _BATCH_CHARS):
            yield first, at
            first, chars = at, 0
        chars += len(text)
    if first < len(texts):
        yield first, len(texts)
