"""Any sentence-transformers model or cross-encoder by name or folder; never the network.

Whether the model is there is settled by looking at files, before the seconds that importing torch takes.
Knows nothing about passages or indexes.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from regional_qa.errors import ModelError
from regional_qa.ports import Vectors

_MARKS = ("modules.json", "config_sentence_transformers.json", "config.json")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")
_DEFAULT_OWNER = "sentence-transformers"
_SHAPING = {".json", ".safetensors", ".bin", ".txt", ".model"}
_READ_BYTES = 1 << 20


class SentenceTransformerEmbedder:
    """An Embedder over a sentence-transformers model that is already on this machine."""

    def __init__(self, name: str, fingerprint: str, model: Any) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._model = model
        self.dim = int(model.get_embedding_dimension())

    @classmethod
    def load(cls, name_or_folder: str) -> Self:
        """Open a folder, or a model by name from the local Hugging Face cache.

        Raises:
            ModelError: it is not there, or cannot be opened without running code of its own.
        """
        folder = find_model(name_or_folder)
        model = _opened(folder, name_or_folder, "SentenceTransformer", "a sentence-transformers model")
        return cls(name_or_folder, _fingerprint(folder), model)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1, with the model's query prompt."""
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, rows of length 1, with the model's passage prompt."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        raw = encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        # A model in half precision divides a text without words by its length 0, and rounds the length of the others.
        vectors = np.nan_to_num(np.asarray(raw, dtype=np.float32), nan=0.0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors


class CrossEncoderReranker:
    """A Reranker over a sentence-transformers cross-encoder that is already on this machine."""

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self._model = model

    @classmethod
    def load(cls, name_or_folder: str) -> Self:
        """Open a folder, or a model by name from the local Hugging Face cache.

        Raises:
            ModelError: it is not there, or cannot be opened without running code of its own.
        """
        return cls(
            name_or_folder, _opened(find_model(name_or_folder), name_or_folder, "CrossEncoder", "a cross-encoder")
        )

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """(n,) the model's own scores, higher is better."""
        if not texts:
            return np.zeros(0)
        raw = self._model.predict([(query, text) for text in texts], convert_to_numpy=True, show_progress_bar=False)
        return np.nan_to_num(np.asarray(raw, dtype=np.float64).reshape(len(texts), -1)[:, -1])


def _opened(folder: Path, name: str, class_name: str, kind: str) -> Any:
    """The model in ``folder``, or one line that says why not; nothing is looked up besides."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    from safetensors import SafetensorError

    faults = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError, SafetensorError)
    try:
        import sentence_transformers

        opened = getattr(sentence_transformers, class_name)
        return opened(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)
    except faults as error:
        cause = " ".join(str(error).split())[:200]
        raise ModelError(f"{name} cannot be opened as {kind} ({cause}); choose another model") from error


def find_model(name_or_folder: str) -> Path:
    """The folder of a model: the one named, or the snapshot of that name in the local Hugging Face cache.

    Raises:
        ModelError: neither is there.
    """
    folder = _home(Path(name_or_folder))
    if folder.is_dir():
        if not any((folder / mark).is_file() for mark in _MARKS):
            raise ModelError(
                f"{name_or_folder} is a folder without a model in it (no {_MARKS[0]}); give a model's folder"
            )
        return folder
    if _HUB_NAME.fullmatch(name_or_folder):
        for name in (
            (name_or_folder,) if "/" in name_or_folder else (f"{_DEFAULT_OWNER}/{name_or_folder}", name_or_folder)
        ):
            snapshot = _cached_snapshot(name)
            if snapshot is not None:
                return snapshot
    raise ModelError(
        f"model {name_or_folder!r} is neither a folder nor in the local Hugging Face cache, and nothing is "
        "downloaded here; download it on a machine with a network and pass its folder"
    )


def _cached_snapshot(name: str) -> Path | None:
    """The snapshot of the main revision in the cache, read from files so that nothing heavy is imported."""
    repository = _cache_folder() / f"models--{name.replace('/', '--')}"
    try:
        revision = (repository / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    snapshot = repository / "snapshots" / revision
    return snapshot if any((snapshot / mark).is_file() for mark in _MARKS) else None


def _cache_folder() -> Path:
    """Where huggingface_hub keeps models, by its own environment variables."""
    if cache := os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE"):
        return _home(Path(cache))
    home = os.environ.get("HF_HOME") or os.environ.get("XDG_CACHE_HOME", "~/.cache") + "/huggingface"
    return _home(Path(home)) / "hub"


def _home(path: Path) -> Path:
    """The path with its ``~`` filled in, where there is such a home."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _fingerprint(folder: Path) -> str:
    """Digest over every file that can shape a vector: configuration (with prompts), tokenizer, weights."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _SHAPING and path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}:{path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
    return digest.hexdigest()
