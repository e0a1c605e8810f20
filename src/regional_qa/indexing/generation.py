"""A generation: vectors, words and passages built together, opened together or not at all.

Knows nothing about ranking or answering.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from regional_qa.chunking import VERSION
from regional_qa.errors import IndexDamaged, IndexMismatch, IndexMissing
from regional_qa.indexing import durable
from regional_qa.indexing.manifest import Manifest, verify_files
from regional_qa.indexing.passages import PassageStore
from regional_qa.indexing.tokens import TokenStore
from regional_qa.ports import Embedder, LexicalIndex, Reranker, VectorStore

logger = logging.getLogger(__name__)

LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Parts:
    """What is plugged in: a model, and the kinds of store that hold vectors and words."""

    embedder: Embedder
    vector_store: type[VectorStore]
    lexical_index: type[LexicalIndex]
    reranker: Reranker | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """One published index, whole and verified."""

    manifest: Manifest
    embedder: Embedder
    vectors: VectorStore
    lexical: LexicalIndex
    passages: PassageStore
    tokens: TokenStore | None = None
    """Where the model has a vector for each token."""
    reranker: Reranker | None = None
    notice: str = ""
    """Says so when this is not the newest generation."""


def open_generation(index: Path, parts: Parts) -> Generation:
    """Open the live generation; a damaged one is named and the newest sound one before it is served.

    Raises:
        IndexMissing: nothing has been built.
        IndexMismatch: built with another model, splitter or format.
        IndexDamaged: no generation is sound.
    """
    rejected = ""
    try:
        rejected, manifest_digest = durable.current(index)
        return load_generation(index / rejected, parts, manifest_digest)
    except IndexDamaged as damage:
        for older in durable.generations(index):
            if older == rejected:
                continue
            try:
                generation = load_generation(index / older, parts)
            except (IndexDamaged, IndexMismatch):
                continue
            notice = f"{damage}; serving {older} instead"
            logger.warning(notice)
            return replace(generation, notice=notice)
        raise


def live_name(index: Path) -> str:
    """What the pointer names just now; empty where it cannot be read."""
    try:
        return durable.current(index)[0]
    except (IndexMissing, IndexDamaged):
        return ""


def load_generation(folder: Path, parts: Parts, manifest_digest: str = "") -> Generation:
    """Verify and open one generation's folder.

    Raises:
        IndexMismatch: built with another model, splitter or format.
        IndexDamaged: a file is not what the manifest says.
    """
    manifest = Manifest.read(folder, manifest_digest)
    require_match(manifest, parts.embedder)
    if faults := verify_files(folder, manifest):
        raise IndexDamaged(f"{folder}: {'; '.join(faults)}; run `regional-qa rebuild`")
    passages = PassageStore(folder)
    vectors = parts.vector_store.load(folder)
    lexical = parts.lexical_index.load(folder / LEXICAL)
    tokens = TokenStore.load(folder)
    sizes = {len(passages), len(vectors), len(lexical), manifest.passages, *([len(tokens)] if tokens else [])}
    if len(sizes) > 1:
        raise IndexDamaged(
            f"{folder} holds {len(passages)} passages, {len(vectors)} vectors and {len(lexical)} lexical documents; "
            "run `regional-qa rebuild`"
        )
    return Generation(manifest, parts.embedder, vectors, lexical, passages, tokens, parts.reranker)


def require_match(manifest: Manifest, embedder: Embedder) -> None:
    """Refuse an index that this model or this version would search wrongly."""
    if manifest.embedder_fingerprint != embedder.fingerprint:
        raise IndexMismatch(
            f"the index was built with the model {manifest.embedder!r} ({manifest.embedder_fingerprint[:8]}), but "
            f"{embedder.name!r} ({embedder.fingerprint[:8]}) was given; run `regional-qa rebuild` or change `--embedder`"
        )
    if manifest.splitter != VERSION:
        raise IndexMismatch(
            f"the index was built with the splitter {manifest.splitter!r}, this version has {VERSION!r}; "
            "run `regional-qa rebuild`"
        )
