"""Static embedding models: one vector a token, a text is their mean, brought to length 1.

Opens the sentence-transformers format with numpy, tokenizers and safetensors alone; importing torch
would cost every question seconds. Knows nothing about what is embedded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import ModelError
from regional_qa.ports import Vectors

WEIGHTS, TOKENIZER, MODULES = "model.safetensors", "tokenizer.json", "modules.json"
TOKENS_AT_ONCE = 200_000
"""Tokens whose vectors are gathered at once; bounds memory to some 200 MB."""
LONGEST_CHARS = 100_000
"""Characters of a text that are embedded; the mean hardly moves after."""


def is_static(folder: Path) -> bool:
    """Whether a folder holds a sentence-transformers model that is a static table, optionally normalised."""
    try:
        modules = json.loads((folder / MODULES).read_text(encoding="utf-8"))
        kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
        return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]) and modules[0]["path"] == ""
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return False


class StaticEmbedder:
    """A ``ports.Embedder`` over a static table; queries and passages are encoded alike."""

    def __init__(self, name: str, fingerprint: str, table: NDArray[np.float16], tokenizer: Any) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dim = int(table.shape[1])
        self._table = table
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open a model folder.

        Raises:
            ModelError: a file is missing or damaged.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            table = load_file(folder / WEIGHTS)["embedding.weight"]
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            fingerprint = hashlib.sha256(
                b"".join(hashlib.sha256((folder / name).read_bytes()).digest() for name in (WEIGHTS, TOKENIZER, MODULES))
            ).hexdigest()
        except Exception as error:  # noqa: BLE001 - tokenizers raises bare Exception for a damaged file
            if not isinstance(error, (OSError, KeyError, SafetensorError)) and type(error) is not Exception:
                raise
            raise ModelError(
                f"the embedding model in {folder} cannot be read ({str(error).splitlines()[0]}); "
                "reinstall the package or give another --embedder"
            ) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(folder.name, fingerprint, table, tokenizer)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1; a text without known tokens gives a zero row."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1; a text without known tokens gives a zero row."""
        means = np.zeros((len(texts), self.dim), dtype=np.float32)  # (n, dim)
        cut = [text[:LONGEST_CHARS] for text in texts]
        encodings = self._tokenizer.encode_batch_fast(cut, add_special_tokens=False) if cut else []
        ids = [encoding.ids for encoding in encodings]
        start = 0
        while start < len(ids):
            end, tokens = start + 1, len(ids[start])
            while end < len(ids) and tokens + len(ids[end]) <= TOKENS_AT_ONCE:
                tokens += len(ids[end])
                end += 1
            means[start:end] = self._means(ids[start:end])
            start = end
        norms = np.linalg.norm(means, axis=1, keepdims=True)
        unit: Vectors = np.divide(means, norms, out=np.zeros_like(means), where=norms > 0)
        return unit

    def _means(self, ids: Sequence[Sequence[int]]) -> Vectors:
        lengths = np.array([len(one) for one in ids])
        means = np.zeros((len(ids), self.dim), dtype=np.float32)
        some = lengths > 0
        if some.any():
            rows = self._table[np.concatenate([np.asarray(one, dtype=np.int64) for one in ids if one])]  # (n_tokens, dim)
            starts = np.cumsum([0, *lengths[some][:-1]])
            means[some] = np.add.reduceat(rows.astype(np.float32), starts, axis=0) / lengths[some][:, None]
        return means
