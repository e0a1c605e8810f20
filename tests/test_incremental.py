"""A rebuild with what was worked out before gives what a full one gives, and works out only what changed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from regional_qa.assemble import plug
from regional_qa.assemble import rebuild as rebuild_if_changed
from regional_qa.backends.lexical_tantivy import TantivyIndex
from regional_qa.backends.vectors_faiss import FaissVectors
from regional_qa.errors import IndexFault
from regional_qa.indexing import ahead, apart, bundles, corpus, crew, embedding, probes, unchanged, upkeep
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.cache import Cache, key_of
from regional_qa.indexing.generation import Generation, Parts, open_generation
from regional_qa.indexing.lines import from_line
from regional_qa.indexing.worker import Job
from regional_qa.ports import LexicalIndex, Vectors
from regional_qa.reading import Problem, Source
from regional_qa.retrieval import search
from regional_qa.settings import Settings
from regional_qa.types import Article
from tests.fakes import BigramEmbedder, fake_parts

PLACES = ("安徽", "江西", "甘肃", "江苏", "广东", "Sichuan 四川")
THINGS = ("光伏玻璃产量", "新三样出口", "护理型床位", "劳动力输转", "跨境电商进出口", "晶硅电池营收")
QUERIES = (
    "安徽光伏玻璃产量",
    "江西出口增长多少",
    "护理型床位",
    "solar glass output",
    "劳动力",
    "跨境电商 45.3%",
    "量子",
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several bundles, batches and rows of a file, though there is little of everything."""
    monkeypatch.setattr(bundles, "FEW", 4)
    monkeypatch.setattr(bundles, "BUNDLES", 3)
    monkeypatch.setattr(corpus, "SOME", 5)
    monkeypatch.setattr(embedding, "BATCH", 8)


def story(number: int, edition: int = 0) -> str:
    """A text of one to three passages that tells of figures nobody else has."""
    rng = random.Random(1000 * number + edition)
    sentences = [
        f"{rng.choice(PLACES)}{rng.choice(THINGS)}达{rng.randrange(10, 9999)}万吨，增长{rng.randrange(1, 99)}.{edition}%。"
        for _ in range(rng.randrange(5, 30))
    ]
    return "".join(sentences)


def write(folder: Path, files: dict[str, int], records: Sequence[tuple[str, int]]) -> Path:
    """A corpus of single files, name to edition, and one file of records ``(id, edition)``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, edition in files.items():
        text = f"---\ntitle: {name} 号\n---\n{story(int(name), edition)}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    lines = [
        json.dumps({"_id": name, "title": f"记录{name}", "text": story(int(name), edition), "date": "2024-02-23"})
        for name, edition in records
    ]
    (folder / "records.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def everything(generation: Generation) -> dict[str, object]:
    """All that can be seen of a generation: passages, facts, vectors, tokens, rankings with their scores."""
    passages, lexical = generation.passages, generation.lexical
    rows = list(range(len(passages)))
    rankings = [[(hit.passage.passage_id, hit.score) for hit in search(generation, one, k=20)] for one in QUERIES]
    filtered = [
        [(hit.passage.passage_id, hit.score) for hit in search(generation, one, k=20, regions=("江西",))]
        for one in QUERIES
    ]
    tokens = generation.tokens.take(rows) if generation.tokens else None
    return {
        "passages": passages.get(rows),
        "articles": list(passages.every_article()),
        "facts": passages.facts((), (), None, None),
        "cosines": [
            generation.vectors.cosines(vector, rows).tolist() for vector in generation.embedder.encode_queries(QUERIES)
        ],
        "tokens": (tokens.ids.tolist(), tokens.starts.tolist()) if tokens else None,
        "words": [lexical.search(one, 50) for one in QUERIES],
        "whole": [lexical.whole(one, np.unique(passages.articles_of(np.array(rows)))).tolist() for one in QUERIES],
        "rankings": (rankings, filtered),
        "files": {
            name: record
            for name, record in generation.manifest.files.items()
            if name.startswith(("vectors", "tokens", "token_", "coarse"))
        },
    }


CHAIN = (
    ({str(n): 0 for n in range(12)}, [(str(n), 0) for n in range(20, 40)]),
    ({str(n): 0 for n in range(12)}, [(str(n), int(n == 27)) for n in range(20, 40)]),  # one record
    ({str(n): int(n == 5) for n in range(12)}, [(str(n), int(n == 27)) for n in range(20, 40)]),  # one file
    ({str(n): int(n == 5) for n in range(14)}, [("99", 0), *((str(n), int(n == 27)) for n in range(20, 40))]),  # added
    ({str(n): int(n == 5) for n in range(1, 14, 2)}, [(str(n), 0) for n in range(20, 40, 3)]),  # deleted
    ({"7": 0, "8": 3}, [("20", 0)]),  # so few that there is one bundle
)


@pytest.mark.parametrize(("children", "steps"), [(1, 6), (2, 2)])
def test_a_chain_of_changes_ends_where_a_full_rebuild_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: int, steps: int
) -> None:
    """Passages, facts, vectors, tokens and rankings are the same bit for bit, in one process or in several."""
    monkeypatch.setattr(upkeep, "LITTLE", 0)
    monkeypatch.setattr(upkeep, "cores", lambda: children)
    parts = plug(Settings())
    for files, records in CHAIN[:steps]:
        source = write(tmp_path / "corpus", files, records)
        report = rebuild(source, tmp_path / "chain", parts, allow_shrink=True)
        shutil.rmtree(tmp_path / "full", ignore_errors=True)
        full = rebuild(source, tmp_path / "full", parts)
        assert replace(report, generation="") == replace(full, generation="")
        chained, fresh = (open_generation(tmp_path / name, parts) for name in ("chain", "full"))
        assert everything(chained) == everything(fresh)


def test_bundles_that_are_bound_end_where_a_full_rebuild_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many bundles as the engine binds into one: those that did not change are bound anew, not indexed."""
    monkeypatch.setattr(bundles, "BUNDLES", bundles.BOUND)
    begun: list[int] = []
    bundle = TantivyIndex.bundle.__func__  # type: ignore[attr-defined]

    def counted(kind: type[LexicalIndex], folder: Path, number: int, texts: Iterator[tuple[int, str, str]]) -> None:
        begun.append(number)
        bundle(kind, folder, number, texts)

    for step, (files, records) in enumerate(CHAIN[:3]):
        source = write(tmp_path / "corpus", files, records)
        with monkeypatch.context() as patch:
            patch.setattr(TantivyIndex, "bundle", classmethod(counted))
            rebuild(source, tmp_path / "chain", fake_parts())
        shutil.rmtree(tmp_path / "full", ignore_errors=True)
        rebuild(source, tmp_path / "full", fake_parts())
        assert len(begun) == bundles.BOUND + (0, 1, 3)[step]  # a text of another id may leave one bundle for another
        chained, fresh = (open_generation(tmp_path / name, fake_parts()) for name in ("chain", "full"))
        assert everything(chained) == everything(fresh)
        meta = json.loads(
            (tmp_path / "chain" / f"gen-{step + 1:06d}" / "lexical" / "passages" / "meta.json").read_bytes()
        )
        assert len(meta["segments"]) == 1


@pytest.mark.parametrize("dies", [False, True])
def test_what_is_read_apart_is_what_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: bool) -> None:
    """Files that changed are read by another process, and where it dies the rest of them is read by this one."""
    rebuild(write(tmp_path / "corpus", *CHAIN[0]), tmp_path / "index", fake_parts())
    source = write(tmp_path / "corpus", *CHAIN[3])
    read: list[bytes] = []
    receive = apart.Apart._receive

    def told(line: bytes) -> Article | Problem:
        read.append(line)
        return from_line(line)

    def killed(helper: apart.Apart, process: subprocess.Popen[bytes], sources: Sequence[Source]) -> None:
        if dies:
            process.kill()
        receive(helper, process, sources)

    monkeypatch.setattr(corpus, "cores", lambda: 2)
    monkeypatch.setattr(apart, "from_line", told)
    monkeypatch.setattr(apart.Apart, "_receive", killed)
    rebuild(source, tmp_path / "index", fake_parts())
    assert len(read) == (0 if dies else 24)
    rebuild(source, tmp_path / "full", fake_parts())
    chained, fresh = (open_generation(tmp_path / name, fake_parts()) for name in ("index", "full"))
    assert everything(chained) == everything(fresh)


class Counting(BigramEmbedder):
    """Counts the texts it was given but for probe sentences."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts += [text for text in texts if text not in probes.SENTENCES]
        return super().encode_passages(texts)


def counting() -> tuple[Parts, Counting]:
    """Real stores, and a model that counts."""
    embedder = Counting()
    return Parts(embedder, FaissVectors, TantivyIndex), embedder


def test_only_what_changed_is_embedded(tmp_path: Path) -> None:
    """One record of a file costs its own passages; an article that moves to another line or file's end costs none."""
    write(tmp_path / "corpus", *CHAIN[0])
    rebuild(tmp_path / "corpus", tmp_path / "index", fake_parts())
    write(tmp_path / "corpus", *CHAIN[1])
    parts, embedder = counting()
    rebuild(tmp_path / "corpus", tmp_path / "index", parts)
    assert 1 <= len(embedder.texts) <= 3
    assert all("记录27" in text for text in embedder.texts)
    files, records = CHAIN[1]
    write(tmp_path / "corpus", files, records[::-1])
    rebuild(tmp_path / "corpus", tmp_path / "index", parts)
    assert len(embedder.texts) <= 3


class Killing(Counting):
    """Kills its own process at will, and tells a file how much it was given."""

    def __init__(self, most: int, told: Path) -> None:
        super().__init__()
        self._limit, self._told = most, told

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if len(self.texts) + len(texts) > self._limit:
            os.kill(os.getpid(), signal.SIGKILL)
        found = super().encode_passages(texts)
        self._told.write_text(str(len(self.texts)), encoding="ascii")
        return found


@pytest.mark.fault("A5")
def test_a_rebuild_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """What was embedded before is not embedded again but for one batch, and the result is that of a full rebuild."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    parts, whole = counting()
    rebuild(source, tmp_path / "full", parts)
    before = 0
    for most in (20, 15):
        pid = os.fork()
        if not pid:
            rebuild(source, tmp_path / "index", Parts(Killing(most, tmp_path / "told"), FaissVectors, TantivyIndex))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        before += int((tmp_path / "told").read_text(encoding="ascii"))
    parts, rest = counting()
    rebuild(source, tmp_path / "index", parts)
    assert before > 20
    assert before + len(rest.texts) <= len(whole.texts) + 2 * 16  # a batch ends with a whole article
    assert not list(tmp_path.glob("index/**/*.tmp"))
    parts = fake_parts()
    assert everything(open_generation(tmp_path / "index", parts)) == everything(
        open_generation(tmp_path / "full", parts)
    )


@pytest.mark.fault("A9")
def test_a_child_that_is_killed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with the cure; the generation before is served, nothing unfinished stays, the next rebuild succeeds."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    rebuild(source, tmp_path / "index", fake_parts())
    write(source, *CHAIN[3])
    do = crew.Child.do

    def killed(child: crew.Child, job: Job, lexical: type[LexicalIndex]) -> Iterator[bytes]:
        child._process.kill()
        return do(child, job, lexical)

    monkeypatch.setattr(upkeep, "LITTLE", 0)
    monkeypatch.setattr(upkeep, "cores", lambda: 2)
    with monkeypatch.context() as patch:
        patch.setattr(crew.Child, "do", killed)
        with pytest.raises(IndexFault, match="ended by the system"):
            rebuild(source, tmp_path / "index", fake_parts())
    assert open_generation(tmp_path / "index", fake_parts()).manifest.generation == "gen-000001"
    assert not list(tmp_path.glob("index/**/*.tmp"))
    assert rebuild(source, tmp_path / "index", fake_parts()).generation == "gen-000002"


@pytest.mark.parametrize("dies", [False, True])
def test_what_is_studied_ahead_is_what_is_studied_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    """While the corpus is read a child studies, and where it dies the rebuild goes on without it."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    rebuild(source, tmp_path / "full", fake_parts())
    done: list[int] = []
    add, do = ahead.Ahead.add, crew.Child.do

    def slowly(helper: ahead.Ahead, row: int, article: Article) -> None:
        add(helper, row, article)
        while helper._waiting.full() and any(thread.is_alive() for _, thread in helper._children):
            time.sleep(0.01)

    def watched(child: crew.Child, job: Job, lexical: type[LexicalIndex]) -> Iterator[bytes]:
        if dies:
            child._process.kill()
        for study in do(child, job, lexical):
            done.append(len(job.items))
            yield study

    monkeypatch.setattr(ahead, "LITTLE", 0)
    monkeypatch.setattr(ahead, "SHARD", 4)
    monkeypatch.setattr(ahead, "cores", lambda: 2)
    monkeypatch.setattr(ahead.Ahead, "add", slowly)
    monkeypatch.setattr(crew.Child, "do", watched)
    rebuild(source, tmp_path / "index", fake_parts())
    assert bool(done) is not dies
    assert everything(open_generation(tmp_path / "index", fake_parts())) == everything(
        open_generation(tmp_path / "full", fake_parts())
    )


@pytest.mark.fault("C10")
@pytest.mark.parametrize("fault", ["flip", "rows", "garbage", "cut", "lost", "words", "word file", "vectors", "folder"])
def test_a_damaged_cache_costs_time_and_nothing_else(tmp_path: Path, fault: str) -> None:
    """Whatever happens to it, the next rebuild gives what a full one gives."""
    source = write(tmp_path / "corpus", *CHAIN[0])
    rebuild(source, tmp_path / "index", fake_parts())
    damage(tmp_path / "index" / "cache", fault)
    write(source, *CHAIN[3])
    rebuild(source, tmp_path / "index", fake_parts())
    rebuild(source, tmp_path / "full", fake_parts())
    chained, fresh = (open_generation(tmp_path / name, fake_parts()) for name in ("index", "full"))
    assert everything(chained) == everything(fresh)


def damage(cache: Path, fault: str) -> None:
    """Harm a cache in one of several ways."""
    rows = cache / "rows.db"
    content = bytearray(rows.read_bytes())
    words = next(cache.glob("lexical/*/passages/*.idx"))
    if fault == "flip":
        for at in range(20_000, len(content), 997):
            content[at] ^= 1
        rows.write_bytes(content)
    elif fault == "rows":  # as if every other row had been swapped or changed by somebody
        with sqlite3.connect(rows) as db:
            db.execute("UPDATE rows SET value = substr(value, 2) WHERE number % 2")
        db.close()
    elif fault == "garbage":
        rows.write_bytes(b"nonsense" * 1000)
    elif fault == "cut":
        rows.write_bytes(content[: len(content) // 2])
    elif fault == "lost":
        rows.unlink()
    elif fault == "words":
        words.write_bytes(words.read_bytes()[:-1] + b"x")
    elif fault == "vectors":  # one is flipped, one is cut, one is there twice, and one is lost
        for number, file in enumerate(sorted(cache.glob("vectors/*"))):
            known = file.read_bytes()
            file.write_bytes((known[:-1] + b"x", known[: len(known) // 2], known * 2, b"")[number % 4])
    elif fault == "word file":
        words.unlink()
    else:
        shutil.rmtree(cache)


def test_the_cache_keeps_what_is_used(tmp_path: Path) -> None:
    """A row comes back as it was put; one that no rebuild asks for any more is forgotten."""
    for asked in ([b"a", b"b"], [b"a"], [b"a", b"b"]):
        with Cache(tmp_path) as cache:
            found = cache.get([key_of(one) for one in asked])
            cache.put((key_of(one), one * 3) for one, value in zip(asked, found, strict=True) if value is None)
            cache.prune()
    assert found == [b"aaa", None]


def test_nothing_changed_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same corpus, model and code: the generation stays, with its report; a change of any of them builds anew."""
    corpus = write(tmp_path / "corpus", *CHAIN[0])
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    (corpus / "bad.txt").write_bytes(b"\x00\x01" * 50)
    first = rebuild_if_changed(settings)
    again = rebuild_if_changed(settings)
    assert (first.changed, again.changed, again.generation) == (True, False, "gen-000001")
    assert replace(again, changed=True) == first
    assert again.summary()[-1].startswith("unchanged gen-000001: 32 articles")
    with monkeypatch.context() as patch:
        patch.setattr(unchanged, "pipeline_fingerprint", lambda: "newer code")
        assert rebuild_if_changed(settings).generation == "gen-000002"
    (corpus / "7.md").rename(corpus / "70.md")
    assert rebuild_if_changed(settings).generation == "gen-000003"
    (settings.index / "gen-000003" / "passages.db").write_bytes(b"damaged")
    assert rebuild_if_changed(settings).generation == "gen-000004"
