"""Settings -> plugged-in parts, and the assistant over them; the only module that names a backend."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from regional_qa.assistant import Assistant
from regional_qa.errors import UsageError
from regional_qa.indexing.generation import Parts
from regional_qa.indexing.manifest import built_from
from regional_qa.ports import Embedder, Phraser, Reranker, VectorStores
from regional_qa.settings import BUNDLED, CORPUS, Settings

if TYPE_CHECKING:
    from regional_qa.indexing.afar import Hands
    from regional_qa.indexing.build import Progress
    from regional_qa.indexing.check import CheckReport
    from regional_qa.indexing.report import BuildReport

Workers = Literal["local", "ray"]
_BUNDLED_FOLDER = Path(__file__).parent / "models" / "bundled"


def open_assistant(settings: Settings | None = None, *, left: Callable[[], bool] = lambda: False) -> Assistant:
    """Open the live generation of an index.

    ``left`` says, in the thread of ``ask``, whether whoever asked is gone, so that no language model works for nobody.

    Raises:
        UsageError: what is given are no Settings.
        IndexFault: there is no index, or none that is sound and fits the model.
        ModelError: the embedding model is missing or broken.
    """
    settings = Settings.load() if settings is None else _required(settings)
    return Assistant(settings.index, plug(settings), _phraser(settings, left))


def rebuild(
    settings: Settings,
    progress: Progress = lambda stage, done, total: None,
    *,
    allow_shrink: bool = False,
    workers: Workers = "local",
) -> BuildReport:
    """Bring the index up to date with the corpus and publish it; where nothing changed nothing is built.

    ``workers`` are child processes of this one, or those of a Ray cluster; both give the same index.

    Raises:
        UsageError: what is given are no Settings.
        CorpusError: no corpus, no article in it, or (without ``allow_shrink``) less than half of the index.
        IndexFault: the index is busy or cannot be written.
        ModelError: the embedding model is missing or broken.
    """
    from regional_qa.indexing.build import rebuild as build
    from regional_qa.indexing.unchanged import unchanged

    parts = plug(_required(settings))
    corpus = corpus_of(settings)
    same = unchanged(corpus, settings.index, parts)
    if same:
        return same
    with contextlib.ExitStack() as stack:
        hands = _ray(settings.embedder, stack) if workers == "ray" else None
        return build(corpus, settings.index, parts, progress, allow_shrink=allow_shrink, hands=hands)


def corpus_of(settings: Settings) -> Path:
    """What a rebuild reads: the corpus that is named, else the one the index was built from, else ``corpus``."""
    return settings.corpus or built_from(settings.index) or CORPUS


def check(settings: Settings) -> CheckReport:
    """Hold the live index against its files, the model and the corpus (the one it was built from if none is named).

    Raises:
        IndexFault: there is no index, or its manifest cannot be read.
        ModelError: the embedding model is missing or broken.
    """
    from regional_qa.indexing.check import check as check_index

    return check_index(settings.index, plug(settings), settings.corpus)


def plug(settings: Settings) -> Parts:
    """The parts that these settings choose."""
    from regional_qa.backends.lexical_tantivy import TantivyIndex

    return Parts(_embedder(settings.embedder), _vectors(settings), TantivyIndex, _reranker(settings.reranker))


def _vectors(settings: Settings) -> VectorStores:
    if settings.store == "faiss":
        from regional_qa.backends.vectors_faiss import FaissVectors

        return FaissVectors
    try:
        from regional_qa.backends.vectors_milvus import Milvus
    except ImportError as error:
        install = "pip install -c constraints.txt -e '.[milvus]'"
        raise UsageError(f"the store milvus needs {error.name}; run `{install}`") from error
    return Milvus(settings.milvus_uri, settings.milvus_token, settings.index)


def _embedder(name: str) -> Embedder:
    from regional_qa.backends.embedder_static import StaticEmbedder, is_static

    folder = _BUNDLED_FOLDER if name == BUNDLED else Path(name)
    if is_static(folder):
        return StaticEmbedder.load(folder)
    from regional_qa.backends.embedder_sentence_transformers import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder.load(name)


def _ray(embedder: str, stack: contextlib.ExitStack) -> Hands:
    """The workers of a Ray cluster, until the stack is closed; they open the model for themselves."""
    from regional_qa.backends.workers_ray import RayWorkers
    from regional_qa.indexing.afar import Hands

    place = Path(embedder)
    name = str(place.resolve()) if embedder != BUNDLED and place.exists() else embedder
    stack.enter_context(contextlib.redirect_stdout(sys.stderr))  # where Ray tells of lost workers; the results are ours
    executor = stack.enter_context(RayWorkers())
    return Hands(executor, executor.width, functools.partial(_embedder, name))


def _reranker(name: str) -> Reranker | None:
    if not name:
        return None
    from regional_qa.backends.embedder_sentence_transformers import CrossEncoderReranker

    return CrossEncoderReranker.load(name)


def _phraser(settings: Settings, left: Callable[[], bool]) -> Phraser | None:
    if not settings.llm_url:
        return None
    from regional_qa.backends.phraser_openai import OpenAIPhraser

    return OpenAIPhraser(settings.llm_url, settings.llm_model, settings.llm_key, left=left)


def _required(settings: Settings) -> Settings:
    if not isinstance(settings, Settings):
        raise UsageError(f"settings must be Settings, got {settings!r}; write Settings.load(index={str(settings)!r})")
    return settings
