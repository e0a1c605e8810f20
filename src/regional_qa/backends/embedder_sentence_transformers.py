"""Any sentence-transformers model, by folder or by the name of one already downloaded.

Uses the model's own query and passage prompts. Never reaches for the network and never runs code that
comes with a model. Knows nothing about what is embedded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from regional_qa.errors import ModelError
from regional_qa.ports import Vectors

_HASHED = ("*.json", "*.safetensors", "*.bin", "*.txt", "*.model")


class SentenceTransformerEmbedder:
    """A ``ports.Embedder`` over a sentence-transformers model."""

    def __init__(self, name: str, fingerprint: str, model: Any) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dim = int(model.get_embedding_dimension())
        self._model = model

    @classmethod
    def load(cls, name: str) -> Self:
        """Open a model folder, or a model by name from the local cache.

        Raises:
            ModelError: it is not there, or cannot be opened. Found out before anything heavy is imported.
        """
        folder = _locate(name)
        os.environ["HF_HUB_OFFLINE"] = "1"  # read at import: from here on nothing asks the hub
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, AttributeError, TypeError) as error:
            reason = (str(error).splitlines() or ["unreadable"])[0]
            raise ModelError(
                f"{name!r} cannot be opened as a sentence-transformers model ({reason}); download it again"
            ) from error
        return cls(name, _fingerprint(folder), model)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1, with the model's query prompt."""
        return self._unit(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1, with the model's passage prompt."""
        return self._unit(self._model.encode_document, texts)

    def _unit(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = encode(list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.nan_to_num(np.asarray(vectors, dtype=np.float32))


def _locate(name: str) -> Path:
    """The folder of a model, without importing anything heavy."""
    folder = Path(name).expanduser()
    if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
        return folder
    cache = Path(os.environ.get("HF_HUB_CACHE") or Path(os.environ.get("HF_HOME", "~/.cache/huggingface")) / "hub")
    for full in (name, f"sentence-transformers/{name}"):
        cached = cache.expanduser() / f"models--{full.replace('/', '--')}"
        revision = cached / "refs" / "main"
        if revision.is_file():
            snapshot = cached / "snapshots" / revision.read_text(encoding="utf-8").strip()
            if (snapshot / "modules.json").is_file() or (snapshot / "config.json").is_file():
                return snapshot
    raise ModelError(
        f"there is no embedding model {name!r} here, neither a folder nor downloaded before; download it where there is "
        "a network and give its folder with --embedder, or leave --embedder out for the bundled one"
    )


def _fingerprint(folder: Path) -> str:
    """Hex sha256 over every file that can change a vector."""
    files = sorted(path for pattern in _HASHED for path in folder.rglob(pattern))
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            digest.update(path.relative_to(folder).as_posix().encode() + hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
