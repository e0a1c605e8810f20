"""Whoever works out what a rebuild needs, the index is the same; who is stopped or killed costs time and nothing else."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from regional_qa import assemble
from regional_qa.assemble import _embedder, plug
from regional_qa.backends.lexical_tantivy import TantivyIndex
from regional_qa.backends.vectors_faiss import FaissVectors
from regional_qa.cli import main
from regional_qa.errors import IndexFault, ModelError, UsageError
from regional_qa.indexing import afar, bundles, embedding, upkeep
from regional_qa.indexing.afar import Hands
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Parts, open_generation
from regional_qa.ports import Embedder
from regional_qa.settings import Settings
from tests.fakes import BigramEmbedder, fake_parts
from tests.test_incremental import CHAIN, Counting, everything, write

SHARED = Path(__file__).parents[2] / "shared"
HAS_RAY = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(not HAS_RAY, reason="ray is not installed")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several bundles and shards, though there is little of everything; no worker knows a model yet."""
    monkeypatch.setattr(bundles, "FEW", 4)
    monkeypatch.setattr(bundles, "BUNDLES", 3)
    monkeypatch.setattr(embedding, "BATCH", 8)
    monkeypatch.setattr(afar, "SHARD", 5)
    monkeypatch.setattr(afar, "_models", {})


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rebuilding process itself studies nothing, embeds nothing and indexes no words."""

    def never(*_: Any) -> Any:
        raise AssertionError("worked out by the rebuild itself")

    monkeypatch.setattr(embedding.Embedding, "add", never)
    monkeypatch.setattr(upkeep, "do_beside", never)
    monkeypatch.setattr(upkeep.Upkeep, "_job", never)


@pytest.mark.parametrize("step", range(3))
def test_workers_give_what_the_rebuild_itself_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """From nothing and after changes: passages, facts, vectors, tokens and rankings, bit for bit."""
    parts = plug(Settings())
    with ThreadPoolExecutor(2) as threads:
        hands = Hands(threads, 2, lambda: parts.embedder)
        for files, records in CHAIN[: step + 1]:
            source = write(tmp_path / "corpus", files, records)
            with monkeypatch.context() as patch:
                forbid(patch)
                rebuild(source, tmp_path / "afar", parts, allow_shrink=True, hands=hands)
    rebuild(source, tmp_path / "here", parts)
    assert everything(open_generation(tmp_path / "afar", parts)) == everything(
        open_generation(tmp_path / "here", parts)
    )


class AfterSome(ThreadPoolExecutor):
    """Loses its workers after so many pieces."""

    def __init__(self, most: int) -> None:
        super().__init__(1)
        self._left = most

    def submit(self, do: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        self._left -= 1
        if self._left < 0:
            lost: Future[Any] = Future()
            lost.set_exception(IndexFault("the workers were ended again and again"))
            return lost
        return super().submit(do, *arguments, **named)


def test_what_was_done_before_a_stop_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces that had come back are kept, whoever was lost; done twice is at most what was under way."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    embedder = Counting()
    whole = Counting()
    rebuild(source, tmp_path / "here", Parts(whole, FaissVectors, TantivyIndex))
    for most in (3, 3):
        with AfterSome(most) as threads, pytest.raises(IndexFault, match="again and again"):
            rebuild(source, tmp_path / "index", fake_parts(), hands=Hands(threads, 1, lambda: embedder))
    before = len(embedder.texts)
    assert 0 < before < len(whole.texts)
    with ThreadPoolExecutor(1) as threads:
        rebuild(source, tmp_path / "index", fake_parts(), hands=Hands(threads, 1, lambda: embedder))
    assert set(embedder.texts) == set(whole.texts)
    assert len(embedder.texts) <= len(whole.texts) + 2 * 3 * afar.SHARD
    parts = fake_parts()
    assert everything(open_generation(tmp_path / "index", parts)) == everything(
        open_generation(tmp_path / "here", parts)
    )
    assert not list(tmp_path.glob("index/**/*.tmp"))


def test_workers_of_another_kind_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another model, other code: the line says so, and nothing is published."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    with ThreadPoolExecutor(1) as threads, pytest.raises(ModelError, match="another than this rebuild's"):
        rebuild(source, tmp_path / "index", fake_parts(), hands=Hands(threads, 1, lambda: BigramEmbedder(64, "other")))
    with ThreadPoolExecutor(1) as threads:  # of its own: what was under way above asks for the code, too
        told = iter(["ours", *["theirs"] * 100])
        monkeypatch.setattr(afar, "pipeline_fingerprint", lambda: next(told))
        with pytest.raises(IndexFault, match="install the same"):
            rebuild(source, tmp_path / "index", fake_parts(), hands=Hands(threads, 1, BigramEmbedder))
    assert not list(tmp_path.glob("index/gen-*"))


def test_a_damaged_cache_is_mended(tmp_path: Path) -> None:
    """What is there but not sound is worked out by the rebuild itself."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    rebuild(source, tmp_path / "index", fake_parts())
    rows = tmp_path / "index" / "cache" / "rows.db"
    content = bytearray(rows.read_bytes())
    for at in range(20_000, len(content), 997):
        content[at] ^= 1
    rows.write_bytes(content)
    write(source, *CHAIN[2])
    with ThreadPoolExecutor(2) as threads:
        rebuild(source, tmp_path / "index", fake_parts(), hands=Hands(threads, 2, BigramEmbedder))
    rebuild(source, tmp_path / "full", fake_parts())
    parts = fake_parts()
    assert everything(open_generation(tmp_path / "index", parts)) == everything(
        open_generation(tmp_path / "full", parts)
    )


@pytest.mark.skipif(HAS_RAY, reason="ray is installed")
def test_without_ray_the_cure_is_told(tmp_path: Path) -> None:
    """One line of wrong usage."""
    settings = Settings(corpus=write(tmp_path / "corpus", *CHAIN[0]), index=tmp_path / "index")
    with pytest.raises(UsageError, match="install it"):
        assemble.rebuild(settings, workers="ray")


@pytest.fixture(scope="module")
def ray_workers() -> Iterator[Executor]:
    """The workers of a Ray cluster of our own, one for each core."""
    if not HAS_RAY:
        pytest.skip("ray is not installed")
    from regional_qa.backends.workers_ray import RayWorkers

    with RayWorkers() as executor:
        yield executor


def ended_once(mark: str) -> Embedder:
    """The bundled model; the first worker that opens it is killed."""
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        return _embedder("bundled")
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ray_gives_what_the_rebuild_itself_gives_though_a_worker_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ray_workers: Executor
) -> None:
    """The first worker is killed in its work; Ray begins it anew, nothing is lost and nothing doubled."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    parts = plug(Settings())
    load = functools.partial(ended_once, str(tmp_path / "killed"))
    with monkeypatch.context() as patch:
        forbid(patch)
        rebuild(source, tmp_path / "ray", parts, hands=Hands(ray_workers, 2, load))
    assert (tmp_path / "killed").exists()
    rebuild(source, tmp_path / "here", parts)
    assert everything(open_generation(tmp_path / "ray", parts)) == everything(open_generation(tmp_path / "here", parts))


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ray_over_the_newspaper_files(
    tmp_path: Path, ray_workers: Executor, capsys: pytest.CaptureFixture[str]
) -> None:
    """The five files, by `rebuild --workers ray` as a user says it: passage for passage, vector for vector."""
    if not (SHARED / "articles").is_dir():
        pytest.skip("no ../shared/articles")
    corpus = Path(shutil.copytree(SHARED / "articles", tmp_path / "corpus"))
    settings = Settings(corpus=corpus, index=tmp_path / "here")
    report = assemble.rebuild(settings)
    arguments = ["rebuild", "--corpus", str(corpus), "--index", str(tmp_path / "ray"), "--workers", "ray", "--json"]
    assert main(arguments) in (0, 2)
    assert json.loads(capsys.readouterr().out)["passages"] == report.passages
    parts = plug(Settings())
    afar_index, here = (open_generation(tmp_path / name, parts) for name in ("ray", "here"))
    assert report.passages == len(afar_index.passages) > 100
    assert everything(afar_index) == everything(here)


@needs_ray
@pytest.mark.slow
def test_a_fault_in_a_worker_is_told_as_it_was(ray_workers: Executor) -> None:
    """One line, of its own class."""
    with pytest.raises(IndexFault) as fault:
        ray_workers.submit(afar._require_same_code, "other").result(120)
    assert str(fault.value).count("\n") == 0
