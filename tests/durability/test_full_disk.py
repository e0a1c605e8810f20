"""A disk that is full, failing or read-only: one line that says what to do, and the index before is served."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from regional_qa.cli import main
from regional_qa.errors import IndexDamaged, IndexFault
from regional_qa.indexing import build, durable
from regional_qa.indexing.generation import open_generation
from regional_qa.indexing.manifest import record_files
from tests.durability.editions import edition_of, opened, publish_edition
from tests.fakes import fake_parts

ROOT = Path(__file__).parents[2]
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def may_mount() -> bool:
    """Whether this system lets a process have a disk of its own."""
    try:
        return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.fault("B1")
@pytest.mark.skipif(not may_mount(), reason="mounting a disk of its own is not permitted here")
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_a_full_disk_at_every_write(step: int) -> None:
    """On real disks of growing size, each too small: path and bytes needed are named, nothing unfinished stays."""
    command = [*NAMESPACE, sys.executable, "-m", "tests.durability.full_disk", str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    *small, enough = map(json.loads, done.stdout.splitlines())
    assert len(small) >= 20 / step
    for record in small:
        assert (record["served"], record["left"]) == (1, [])
        found = re.search(r"cannot write \S*/disk/index/\S+ .* needs at least [\d,]+ bytes", record["fault"])
        assert found, record["fault"]
        assert "gen-000001 is served as before" in record["fault"]
    assert enough["served"] == 2
    assert "fault" not in enough


@contextmanager
def failing(patch: pytest.MonkeyPatch, owner: object, name: str, number: int, kind: int) -> Iterator[list[int]]:
    """Let the ``number``-th call of a function fail; yields how often it was called."""
    act: Callable[..., object] = getattr(owner, name)
    calls = [0]

    def failing_once(*arguments: object, **options: object) -> object:
        calls[0] += 1
        if calls[0] == number:
            raise OSError(kind, os.strerror(kind))
        return act(*arguments, **options)

    with patch.context() as inner:
        inner.setattr(owner, name, failing_once)
        yield calls


@pytest.mark.fault("B1", "B3")
@pytest.mark.parametrize(("name", "kind"), [("fsync", errno.EIO), ("rename", errno.ENOSPC)])
def test_an_operation_that_fails(fast_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: int) -> None:
    """Each fsync and each rename in turn: what is served is what the fault says, whole, and the next rebuild succeeds."""
    index = fast_folder / "index"
    publish_edition(fast_folder / "corpus", index, 1)
    number = published = 0
    while True:
        number += 1
        before = opened_number(index)
        said = ""
        with failing(monkeypatch, os, name, number, kind) as calls:
            try:
                publish_edition(fast_folder / "corpus", index, before + 1)
            except IndexFault as fault:
                said = str(fault)
        assert not said or f"{durable.live_name(index)} is served" in said
        after = opened_number(index)
        published += after > before
        assert not list(index.glob("*.tmp"))
        if calls[0] < number:
            break
    assert number > (20 if name == "fsync" else 1)
    assert published <= 4  # only the last ones: the pointer was replaced already, or it went well
    publish_edition(fast_folder / "corpus", index, 99)
    assert edition_of(open_generation(index, fake_parts())) == 99


def opened_number(index: Path) -> int:
    generation = open_generation(index, fake_parts())
    assert not generation.notice
    return edition_of(generation)


@pytest.mark.fault("B2")
def test_a_tail_lost_before_publishing(fast_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of any file the last bytes, lost before its digest was taken: found when the generation is verified."""
    index = fast_folder / "index"
    publish_edition(fast_folder / "corpus", index, 1)
    names = [name for name in record_files(index / "gen-000001") if not name.startswith("lexical/")]
    for name in (*names, *(f"*.{kind}" for kind in ("term", "idx", "pos", "store", "fast", "fieldnorm"))):

        def lost(folder: Path, name: str = name) -> object:
            (path, *_) = folder.rglob(name)
            os.truncate(path, path.stat().st_size * 3 // 4)
            return record_files(folder)

        if name == "report.jsonl":
            continue  # nothing is answered from it
        with monkeypatch.context() as patch:
            patch.setattr(build, "record_files", lost)
            with pytest.raises((IndexDamaged, IndexFault), match="rebuild"):
                publish_edition(fast_folder / "corpus", index, 2)
        assert opened(index) == 1, name


@pytest.mark.fault("B5")
def test_too_little_room_is_seen_before_the_work(fast_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes needed and free, before an article is read; told by the corpus first, then by the index before."""
    room = namedtuple("room", "f_bavail f_frsize f_blocks")
    corpus, index = fast_folder / "corpus", fast_folder / "index"
    for number in (1, 2):
        with monkeypatch.context() as patch:
            patch.setattr(os, "statvfs", lambda path: room(1, 1000, 9))
            patch.setattr(build, "_fill", None)
            with pytest.raises(IndexFault, match=r"needs about [\d,]+ bytes and \S*index has 1,000 free") as caught:
                publish_edition(corpus, index, number)
            assert caught.value.exit_code == 1
        publish_edition(corpus, index, number)
        assert opened(index) == number


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder with an index of two editions that this process cannot write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for number in (1, 2):
        publish_edition(folder / "corpus", folder / "index", number)
    for path in (folder / "index", *(folder / "index").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    for path in (folder / "index", *(folder / "index").rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.fault("B4")
def test_a_read_only_index(read_only: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It opens and answers; a rebuild ends with 1 and says why."""
    assert opened(read_only / "index") == 2
    assert main(["rebuild", "--corpus", str(read_only / "corpus"), "--index", str(read_only / "index")]) == 1
    assert "cannot write the index folder" in capsys.readouterr().err
