"""Readers beside rebuilds: one generation whole, never an older one, and kept on disk as long as it is read."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from regional_qa.errors import IndexBusy, IndexFault
from regional_qa.indexing import durable, generation
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import open_generation
from regional_qa.retrieval import search
from tests.durability.editions import PROVINCES, QUESTION, edition_of, opened, publish_edition, write_edition
from tests.fakes import fake_parts

ROOT = Path(__file__).parents[2]


@pytest.fixture
def index(fast_folder: Path) -> Path:
    """An index of one edition."""
    publish_edition(fast_folder / "corpus", fast_folder / "index", 1)
    return fast_folder / "index"


@pytest.mark.fault("A3")
@pytest.mark.parametrize("cycles", [10, pytest.param(500, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_writers_killed_at_any_time(cycles: int) -> None:
    """Under two readers: no fault, no mixture, never back; what is left is mended by the next rebuild."""
    command = [sys.executable, "-m", "tests.durability.killing", str(cycles), "17"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    record = json.loads(done.stdout)
    for reader in record["readers"]:
        assert reader["faults"] == []
        assert reader["opens"] > cycles / 2
        assert reader["last"] <= record["published"]
    assert not any(name.endswith(".tmp") for name in record["left"])
    assert len([name for name in record["left"] if name.startswith("gen-")]) <= 2


@pytest.mark.fault("D4", "C11")
def test_an_open_generation_needs_its_files_no_more(index: Path) -> None:
    """It keeps answering while others are published, and even after its folder is gone."""
    old = open_generation(index, fake_parts())
    before = [hit.score for hit in search(old, QUESTION)]
    for number in (2, 3, 4):
        publish_edition(index.parent / "corpus", index, number)
        assert edition_of(old) == 1
    assert {path.name for path in index.glob("gen-*")} == {"gen-000001", "gen-000003", "gen-000004"}
    shutil.rmtree(index)
    assert edition_of(old) == 1
    assert [hit.score for hit in search(old, QUESTION)] == before
    assert len(search(old, "第1版", regions=PROVINCES[:1])) == 1


@pytest.mark.fault("D4")
def test_what_is_read_is_not_swept(index: Path) -> None:
    """Neither while it is being loaded, however long that takes, nor while it answers; afterwards the next sweep takes it."""
    reading = durable.Hold(index / "gen-000001")
    for number in (2, 3, 4):
        publish_edition(index.parent / "corpus", index, number)
    assert edition_of(generation.load_generation(index / "gen-000001", fake_parts())) == 1
    del reading
    publish_edition(index.parent / "corpus", index, 5)
    assert {path.name for path in index.glob("gen-*")} == {"gen-000004", "gen-000005"}


@pytest.mark.fault("D4")
def test_a_reader_overtaken_between_pointer_and_folder(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder it was sent to is gone; it reads the pointer again and gets the newest, without any notice."""
    current, overtaken = durable.current, list[bool]()

    def slow(folder: Path) -> tuple[str, str]:
        found = current(folder)
        if not overtaken:
            overtaken.append(True)
            for number in (2, 3, 4):
                publish_edition(index.parent / "corpus", index, number)
        return found

    monkeypatch.setattr(durable, "current", slow)
    assert opened(index) == 4


@pytest.mark.fault("A6")
def test_a_rebuild_killed_while_sweeping(index: Path) -> None:
    """A half-deleted generation is never opened, and the next sweep takes the rest."""
    for number in (2, 3):
        publish_edition(index.parent / "corpus", index, number)
    half = index / "gen-000002"
    (half / "MANIFEST").unlink()
    (half / "vectors.faiss").unlink()
    (index / "gen-000001.tmp").mkdir()
    assert opened(index) == 3
    publish_edition(index.parent / "corpus", index, 4)
    publish_edition(index.parent / "corpus", index, 5)
    assert {path.name for path in index.glob("gen-*")} == {"gen-000004", "gen-000005"}


@pytest.mark.fault("A6")
def test_stopped_again_and_again_the_live_one_stays(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebuilds that end between the folder and the pointer leave generations that nothing names; they never crowd it out."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    for _ in range(4):
        with monkeypatch.context() as patch:
            patch.setattr(durable, "abandon", lambda *_: None)
            patch.setattr(Path, "replace", stopped)
            with pytest.raises(KeyboardInterrupt):
                publish_edition(index.parent / "corpus", index, 2)
        assert opened(index) == 1
    assert len(list(index.glob("gen-*"))) <= 3


@pytest.mark.fault("D2")
def test_a_second_rebuild_is_told_at_once(index: Path) -> None:
    """It names the process that holds the index and since when, and changes nothing."""
    with durable.sole_writer(index):
        for _ in range(2):
            with pytest.raises(
                IndexBusy, match=rf"process {os.getpid()} \(since \d\d:\d\d:\d\d\) is rebuilding"
            ) as caught:
                rebuild(index.parent / "corpus", index, fake_parts())
            assert caught.value.exit_code == 75
    rebuild(index.parent / "corpus", index, fake_parts())


@pytest.mark.fault("B4")
def test_a_file_system_without_locks(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read as well; a rebuild is refused with the cure, since two at once could not be told apart."""

    def lockless(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", lockless)
    assert opened(index) == 1
    with pytest.raises(IndexFault, match="local disk"):
        publish_edition(index.parent / "corpus", index, 2)


HOLDER = """
import signal, subprocess, sys
from pathlib import Path
from regional_qa.indexing.durable import sole_writer
with sole_writer(Path(sys.argv[1])):
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    print(child.pid, flush=True)
    signal.pause()
"""


@pytest.mark.fault("D3")
def test_the_lock_dies_with_its_holder(index: Path) -> None:
    """Though a child of the killed rebuild lives on."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, index], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        with pytest.raises(IndexBusy, match=str(holder.pid)):
            publish_edition(index.parent / "corpus", index, 2)
        os.kill(child, signal.SIGSTOP)  # it must not notice that its parent is gone
        holder.kill()
    publish_edition(index.parent / "corpus", index, 2)
    os.kill(child, signal.SIGCONT)
    assert opened(index) == 2


@pytest.mark.fault("D8")
def test_many_threads_find_what_one_finds(index: Path) -> None:
    """A thousand searches from eight threads, the first ones all at once."""
    parts = fake_parts()
    alone = open_generation(index, parts)
    filters: list[tuple[str, ...]] = [(), *((name,) for name in PROVINCES)]
    words = [f"{name}{word}" for name in PROVINCES for word in ("光伏", "玻璃产量", "增长", "第1版")]
    asked = [(word, regions) for word in words for regions in filters] * 21  # 1008

    def ask(one: tuple[str, tuple[str, ...]]) -> list[tuple[str, float]]:
        return [(hit.passage.passage_id, hit.score) for hit in search(shared, one[0], regions=one[1])]

    shared = alone
    expected = {one: ask(one) for one in set(asked)}
    shared = open_generation(index, parts)  # nothing of it is warm
    gate = threading.Barrier(8)
    with ThreadPoolExecutor(8, initializer=gate.wait) as pool:
        assert list(pool.map(ask, asked)) == [expected[one] for one in asked]


@pytest.mark.fault("D9")
def test_the_clock_orders_nothing(index: Path) -> None:
    """Generations are counted: times of files far in the future or the past change nothing, nor does a lost folder."""
    for path in index.rglob("*"):
        os.utime(path, (4e9, 4e9))
    publish_edition(index.parent / "corpus", index, 2)
    for path in (index / "gen-000002", index / "CURRENT"):
        os.utime(path, (0, 0))
    assert opened(index) == 2
    shutil.rmtree(index / "gen-000002")
    assert edition_of(open_generation(index, fake_parts())) == 1
    publish_edition(index.parent / "corpus", index, 3)
    assert opened(index) == 3
    assert write_edition(index.parent / "corpus", 3)
