"""A generation: vectors, words and passages built together, opened together or not at all.

Knows nothing about ranking or answering.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from regional_qa.chunking import VERSION
from regional_qa.errors import IndexDamaged, IndexMismatch, rebuild_hint
from regional_qa.indexing import durable
from regional_qa.indexing.manifest import Manifest, verify_files
from regional_qa.indexing.passages import PassageStore
from regional_qa.indexing.probes import require_probes
from regional_qa.indexing.tokens import TokenStore
from regional_qa.ports import Embedder, LexicalIndex, Reranker, VectorStore, VectorStores

logger = logging.getLogger(__name__)

LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Parts:
    """What is plugged in: a model, and the kinds of store that hold vectors and words."""

    embedder: Embedder
    vector_store: VectorStores
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
    hold: durable.Hold | None = None
    """Keeps its folder on disk as long as somebody has it."""


def open_generation(index: Path, parts: Parts) -> Generation:
    """Open the live generation; a damaged one is named and the newest sound one before it is served.

    Raises:
        IndexMissing: nothing has been built.
        IndexMismatch: built with another model, splitter or format.
        IndexDamaged: no generation is sound.
    """
    while True:
        name = ""
        try:
            name, manifest_digest = durable.current(index)
            return load_generation(index / name, parts, manifest_digest)
        except IndexDamaged as damage:
            if durable.live_name(index) in ("", name):
                return _older(index, parts, name, damage)
            # a rebuild has published meanwhile, and swept away what was to be opened


def _older(index: Path, parts: Parts, rejected: str, damage: IndexDamaged) -> Generation:
    """The newest sound generation but the rejected one, with a notice; without any, the damage is raised."""
    for name in durable.generations(index):
        if name == rejected:
            continue
        try:
            generation = load_generation(index / name, parts)
        except (IndexDamaged, IndexMismatch):
            continue
        notice = f"{damage}; serving {name} instead"
        logger.warning(notice)
        return replace(generation, notice=notice)
    raise damage


def load_generation(folder: Path, parts: Parts, manifest_digest: str = "") -> Generation:
    """Verify and open one generation's folder.

    Raises:
        IndexMismatch: built with another model, splitter or format.
        IndexDamaged: a file is not what the manifest says.
    """
    hold = durable.Hold(folder)
    manifest = Manifest.read(folder, manifest_digest)
    require_match(manifest, parts.embedder, folder)
    if faults := verify_files(folder, manifest):
        raise IndexDamaged(f"{folder}: {'; '.join(faults)}; {rebuild_hint(folder)}")
    passages = PassageStore(folder)
    vectors = parts.vector_store.load(folder)
    lexical = parts.lexical_index.load(folder / LEXICAL)
    tokens = TokenStore.load(folder)
    sizes = {len(passages), len(vectors), len(lexical), manifest.passages, *([len(tokens)] if tokens else [])}
    if len(sizes) > 1:
        raise IndexDamaged(
            f"{folder} holds {len(passages)} passages, {len(vectors)} vectors and {len(lexical)} lexical documents; "
            f"{rebuild_hint(folder)}"
        )
    require_probes(folder, parts.embedder, vectors, lexical, passages)
    return Generation(manifest, parts.embedder, vectors, lexical, passages, tokens, parts.reranker, hold=hold)


def require_match(manifest: Manifest, embedder: Embedder, index: Path) -> None:
    """Refuse an index that this model or this version would search wrongly."""
    built, given = (manifest.embedder_fingerprint, manifest.dim), (embedder.fingerprint, embedder.dim)
    if built != given:
        raise IndexMismatch(
            f"the index was built with the model {manifest.embedder!r} ({built[0][:8]}, {built[1]} numbers), but "
            f"{embedder.name!r} ({given[0][:8]}, {given[1]} numbers) was given; {rebuild_hint(index)} or change `--embedder`"
        )
    if manifest.splitter != VERSION:
        raise IndexMismatch(
            f"the index was built with the splitter {manifest.splitter!r}, this version has {VERSION!r}; "
            f"{rebuild_hint(index)}"
        )
