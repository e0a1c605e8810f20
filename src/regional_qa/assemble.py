"""Settings -> plugged-in parts, and the assistant over them; the only module that names a backend."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from regional_qa.errors import UsageError
from regional_qa.indexing.generation import Generation, Parts
from regional_qa.indexing.live import Live
from regional_qa.indexing.manifest import built_from
from regional_qa.knowledge.regions import resolve
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import synonyms
from regional_qa.ports import Embedder, Phraser, Reranker, VectorStores
from regional_qa.retrieval import search
from regional_qa.settings import BUNDLED, CORPUS, Settings
from regional_qa.types import Answer, Article, Fact, Hit

if TYPE_CHECKING:
    from regional_qa.answering.phrasing import Step
    from regional_qa.indexing.afar import Hands
    from regional_qa.indexing.build import Progress
    from regional_qa.indexing.check import CheckReport
    from regional_qa.indexing.report import BuildReport

_OLDER = "索引中最新的一版打不开，这是较早一版（{name}）的回答；请重建索引"
Workers = Literal["local", "ray"]
_BUNDLED_FOLDER = Path(__file__).parent / "models" / "bundled"


class Assistant:
    """Searches and answers over the live generation of the index; a ``phraser``, where there is one, words the answers anew.

    A generation that a rebuild publishes is noticed within two seconds and answers from then on; a call that has begun
    ends on the one it began with. Several calls that must see one index go to ``latest()``.

    Args of its methods: ``regions`` are names as people write them (安徽, 安徽省, Anhui, 合肥, 京津冀);
    ``since`` and ``until`` are publication dates, both inclusive.
    """

    def __init__(self, index: Path, parts: Parts, phraser: Phraser | None = None) -> None:
        self._live = Live(index, parts)
        self._held: Generation | None = None
        self._phraser = phraser

    @property
    def _generation(self) -> Generation:
        return self._held or self._live.generation

    @property
    def generation(self) -> str:
        """The name of the generation that answers."""
        return self._generation.manifest.generation

    @property
    def notice(self) -> str:
        """Says so when an older generation is served because the newest is damaged; else empty."""
        return self._generation.notice

    def latest(self) -> Assistant:
        """This assistant held to the newest generation that is loaded: it stays the same whatever is published."""
        held = copy(self)
        held._held = self._live.generation
        return held

    def counts(self) -> Mapping[str, int]:
        """How many ``articles`` and ``passages`` are searched."""
        passages = self._generation.passages
        return {"articles": passages.articles, "passages": len(passages)}

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> list[Hit]:
        """The best ``k`` passages, rank from 1.

        Raises:
            UsageError: an empty or over-long query, an unknown region, or a ``k`` out of range.
        """
        _require_dates(since, until)
        chosen = _provinces(regions)
        return search(self._generation, query, k=k, regions=chosen, since=since, until=until)

    def ask(
        self,
        question: str,
        *,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        previous: str = "",
        worded: bool = True,
    ) -> Answer:
        """The answer in the articles' own sentences, or an abstention with its reason.

        ``previous`` is the question before, which completes a follow-up such as 那江西呢？
        Unless ``worded``, no language model is asked.

        Raises:
            UsageError: an empty or over-long question, or an unknown region.
        """
        from regional_qa.answering.phrasing import phrase

        found = self._found(question, regions, since, until, previous)
        return phrase(found, self._phraser if worded else None)

    def ask_in_steps(
        self,
        question: str,
        *,
        regions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        previous: str = "",
    ) -> Generator[Step, None, None]:
        """As ``ask``, the answer at once and then every sentence of a language model's wording as soon as it is proven.

        The last step holds what ``ask`` gives. Closed before its end, it stops the language model.

        Raises:
            UsageError: an empty or over-long question, or an unknown region.
        """
        from regional_qa.answering.phrasing import steps

        found = self._found(question, regions, since, until, previous)
        return steps(found, self._phraser)

    def _found(
        self, question: str, regions: Sequence[str], since: date | None, until: date | None, previous: str
    ) -> Answer:
        """What the articles answer."""
        from regional_qa.answering.answer import answer  # a rebuild, a search or a check does without

        _require_dates(since, until)
        if not isinstance(previous, str):
            raise UsageError(f"previous must be the question before this one, got {previous!r}")
        chosen = _provinces(regions)
        generation = self._generation
        found = answer(generation, question, regions=chosen, since=since, until=until, previous=previous)
        if generation.notice:
            found = replace(found, notes=(*found.notes, _OLDER.format(name=found.generation)))
        return found

    def facts(
        self,
        *,
        regions: Sequence[str] = (),
        metric: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> list[Fact]:
        """The figures of the articles with what they say, in the order of the articles.

        ``metric`` is a word that the metric holds, or what it is of: 产量, 光伏玻璃, 营收; listed synonyms count too.
        A fact's headline, publisher and day are those of ``article(fact.article_id)``.

        Raises:
            UsageError: an unknown region, or a metric that is no text.
        """
        _require_dates(since, until)
        if not isinstance(metric, str):
            raise UsageError(f"metric must be a word such as '产量', got {metric!r}")
        word = search_key(metric.strip())
        words = [word, *(other for other in synonyms(word) if len(other) > 1)] if word else []
        return self._generation.passages.facts(_provinces(regions), words, since, until)

    def article(self, article_id: str) -> Article:
        """One article in full.

        Raises:
            UsageError: there is none of this id.
        """
        if not isinstance(article_id, str) or not article_id.isprintable():
            raise UsageError(f"there is no article {article_id!r}; an id is a line of text")
        return self._generation.passages.article(article_id)

    def articles(self) -> Iterator[Article]:
        """Every article, reprints among them, in the order they were read."""
        return self._generation.passages.every_article()


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


def _provinces(regions: Sequence[str]) -> tuple[str, ...]:
    if isinstance(regions, str) or not all(isinstance(region, str) for region in regions):
        raise UsageError(f"regions must be a list of names such as ['安徽'], got {regions!r}")
    return tuple(dict.fromkeys(province for region in regions for province in resolve(region)))


def _require_dates(*days: object) -> None:
    for day in days:
        if day is not None and type(day) is not date:
            raise UsageError(f"since and until must be datetime.date, got {day!r}")
