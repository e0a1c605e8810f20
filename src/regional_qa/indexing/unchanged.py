"""Whether a rebuild would give what is published already: told before anything is built, by fingerprints alone.

Knows nothing about how an index is built.
"""

from __future__ import annotations

from pathlib import Path

from regional_qa.errors import IndexFault, StoreUnavailable
from regional_qa.indexing import durable
from regional_qa.indexing.corpus import survey
from regional_qa.indexing.generation import Parts, load_generation
from regional_qa.indexing.manifest import Manifest
from regional_qa.indexing.pipeline import pipeline_fingerprint
from regional_qa.indexing.report import BuildReport


def unchanged(corpus: Path, index: Path, parts: Parts) -> BuildReport | None:
    """The report of the live generation where it is sound and holds this corpus by this model and code; else None.

    Raises:
        CorpusError: the corpus cannot be opened.
        StoreUnavailable: nothing can be told, nor built.
    """
    fingerprint = survey(corpus).fingerprint
    try:
        name, sha256 = durable.current(index)
        manifest = Manifest.read(index / name, sha256)
        before = (manifest.corpus, manifest.corpus_fingerprint, manifest.pipeline)
        if before != (str(corpus.resolve()), fingerprint, pipeline_fingerprint()):
            return None
        if load_generation(index / name, parts, sha256).vectors.faults():
            return None
        return BuildReport.read(index / name, manifest)
    except StoreUnavailable:
        raise
    except IndexFault:
        return None
