"""Hold an index against its manifest and its corpus, and name every fault with its cure.

Changes nothing. Knows nothing about searching.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from regional_qa.errors import CorpusError, IndexDamaged, IndexFault, rebuild_hint
from regional_qa.indexing import durable
from regional_qa.indexing.corpus import survey
from regional_qa.indexing.generation import Parts, load_generation, require_match
from regional_qa.indexing.manifest import Manifest, verify_files
from regional_qa.indexing.passages import PassageStore
from regional_qa.indexing.report import counted
from regional_qa.indexing.reprints import identified
from regional_qa.reading import read_corpus
from regional_qa.types import Article


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the index is and what is wrong with it; no faults means sound and up to date."""

    generation: str
    built: str
    embedder: str
    articles: int
    passages: int
    recall: float
    """Of vector search, at 10, against an exact one, as measured when the index was built."""
    faults: tuple[str, ...]

    def summary(self) -> list[str]:
        """A line for each fault, and one of what the index is."""
        state = counted(len(self.faults), "fault") if self.faults else "sound"
        return [
            *(f"fault: {fault}" for fault in self.faults),
            f"{self.generation}: {state}; {counted(self.articles, 'article')}, {counted(self.passages, 'passage')}, "
            f"model {self.embedder}, built {self.built}, vector search finds {self.recall:.1%} of the nearest ten",
        ]


def check(index: Path, parts: Parts, corpus: Path | None = None) -> CheckReport:
    """Check the live generation against its files, the model, and ``corpus`` (the one it was built from if None).

    Raises:
        IndexMissing: nothing has been built.
        IndexDamaged: the pointer or the manifest cannot be read.
    """
    name, sha256 = durable.current(index)
    manifest = Manifest.read(index / name, sha256)
    cure = rebuild_hint(index, corpus)
    faults = [f"{fault}; {cure}" for fault in verify_files(index / name, manifest)]
    try:
        require_match(manifest, parts.embedder, index)
        if not faults:
            faults += [f"{fault}; {cure}" for fault in load_generation(index / name, parts).vectors.faults()]
            faults += _stale(manifest, PassageStore(index / name), corpus or Path(manifest.corpus), cure)
    except IndexFault as fault:
        faults.append(str(fault))
    faults += _beside(index, name)
    return CheckReport(
        name, manifest.built, manifest.embedder, manifest.articles, manifest.passages, manifest.recall, tuple(faults)
    )


def _beside(index: Path, live: str) -> list[str]:
    """What is wrong with the generation to fall back to."""
    faults = []
    for name in [name for name in durable.generations(index) if name < live][:1]:
        try:
            found = verify_files(index / name, Manifest.read(index / name))
        except IndexDamaged as fault:
            found = [str(fault)]
        except IndexFault:
            found = []  # of another version: nothing to fall back to, and no damage
        faults += [
            f"{name}, which would be served if {live} were damaged: {fault}; the next rebuild replaces it"
            for fault in found
        ]
    return faults


def _stale(manifest: Manifest, passages: PassageStore, corpus: Path, cure: str) -> list[str]:
    """How the articles on disk differ from those in the index; they are read only where a file differs."""
    try:
        if survey(corpus).fingerprint == manifest.corpus_fingerprint:
            return []
    except CorpusError as fault:
        return [str(fault)]
    indexed = _known(passages.every_article())
    found = _known(item for item in identified(read_corpus(corpus)) if isinstance(item, Article))
    new = {found[article_id].place for article_id in found.keys() - indexed.keys()}
    gone = {indexed[article_id].place for article_id in indexed.keys() - found.keys()}
    edited = len(new & gone)  # the text is the name of an article that has no other
    changed = edited + sum(
        found[article_id].sha256 != indexed[article_id].sha256 for article_id in found.keys() & indexed.keys()
    )
    if not (new or gone or changed):
        return []
    counts = f"{len(new) - edited} new, {changed} changed, {len(gone) - edited} gone"
    return [f"the index is stale: {counts} in {corpus}; {cure}"]


@dataclass(frozen=True, slots=True)
class _Known:
    """What tells an article: its content, and its file with its number there."""

    sha256: str
    place: tuple[str, int]


def _known(articles: Iterable[Article]) -> dict[str, _Known]:
    numbers: Counter[str] = Counter()
    known = {}
    for article in articles:
        numbers[article.origin] += 1
        known[article.article_id] = _Known(article.sha256, (article.origin, numbers[article.origin]))
    return known
