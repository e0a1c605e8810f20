"""What an index was made by: a digest over the code and data that turn a corpus into an index, and their libraries.

Whoever changes a rule of reading need not remember to change a version. Knows nothing about models or files of a corpus.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_SHAPING = (
    "types.py",
    "ports.py",
    "places.py",
    "chunking.py",
    "facts.py",
    "knowledge",
    "reading",
    "indexing",
    "backends",
)
_LIBRARIES = (
    *("faiss-cpu", "langchain-text-splitters", "lxml", "numpy", "opencc", "pypdf", "python-docx"),
    *(
        "python-frontmatter",
        "pyyaml",
        "rjieba",
        "sentence-transformers",
        "sentencepiece",
        "tantivy",
        "tokenizers",
        "torch",
        "trafilatura",
    ),
)


@functools.cache
def pipeline_fingerprint() -> str:
    """Changes whenever the same corpus and model might give another index."""
    digest = hashlib.sha256(sys.version.encode())
    for name in _SHAPING:
        place = _PACKAGE / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                content = file.read_bytes()
                digest.update(f"{file.relative_to(_PACKAGE).as_posix()}:{len(content)}\n".encode())
                digest.update(content)
    for library in _LIBRARIES:
        try:
            digest.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{library}\n".encode())
    return digest.hexdigest()
