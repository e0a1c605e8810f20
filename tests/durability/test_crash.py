"""Killed or without power at any durable operation of a rebuild, the index is exactly the old or the new one."""

from __future__ import annotations

import itertools
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from regional_qa.errors import IndexMissing
from regional_qa.indexing import durable
from regional_qa.indexing.generation import open_generation
from tests.durability.disk import Moment, Recorder, Tree, lay_out, mark
from tests.durability.editions import edition_of, opened, publish_edition
from tests.fakes import fake_parts

NONE = 0
"""The edition of an index that was never published."""


def recorded(folder: Path, editions: int, deaf_to: int = 0) -> Recorder:
    """A rebuild recorded that follows so many editions; two of them leave one to be swept away."""
    folder.mkdir()
    for number in range(1, editions + 1):
        publish_edition(folder / "corpus", folder / "disk" / "index", number)
    (folder / "disk").mkdir(exist_ok=True)
    recorder = Recorder(folder / "disk", deaf_to)
    recorder.record(lambda: publish_edition(folder / "corpus", folder / "disk" / "index", editions + 1))
    return recorder


def edition(tree: Tree, folder: Path) -> int:
    """The edition that a disk with this tree serves."""
    lay_out(tree, folder)
    try:
        return opened(folder / "index")
    except IndexMissing:
        return NONE
    finally:
        shutil.rmtree(folder)


def inside(tree: Tree) -> Tree:
    """The folder of the index; empty where there is none."""
    index = tree.get("index", {})
    assert not isinstance(index, bytes)
    return index


def distinct(trees: Iterable[Tree]) -> Iterator[Tree]:
    """Each tree once, as far as a reader sees it: the pointer, and what it names."""
    seen = set()
    for tree in trees:
        index = inside(tree)
        pointer = index.get("CURRENT")
        name = pointer[:10].decode() if isinstance(pointer, bytes) else ""
        shown = mark({one: index[one] for one in ("CURRENT", name) if one in index})
        if shown not in seen:
            seen.add(shown)
            yield tree


def cut_off(moments: list[Moment], rng: random.Random) -> Iterator[Tree]:
    return distinct(tree for moment in moments for tree in moment.cut_off(rng))


def survives(recorder: Recorder, old: int, folder: Path) -> str:
    """What a power cut breaks, empty if nothing; the last moments first, since most is unsynced there."""
    rng = random.Random(7)
    places = (folder / str(number) for number in itertools.count())
    for tree in cut_off(recorder.moments[-1:], rng):
        if (found := _tried(tree, next(places))) != str(old + 1) or "CURRENT" not in inside(tree):
            return f"after the rebuild: {found}"
    for tree in cut_off(recorder.moments[::-1], rng):
        if (found := _tried(tree, next(places))) not in (str(old), str(old + 1)):
            return found
    return ""


def _tried(tree: Tree, folder: Path) -> str:
    try:
        return str(edition(tree, folder))
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is what a user would get
        return repr(fault)


@pytest.mark.fault("A1", "A2", "A6")
@pytest.mark.parametrize("editions", [0, 1, 2])
def test_killed_at_any_operation(fast_folder: Path, editions: int) -> None:
    """Old or new, never back once it was new; the next rebuild succeeds and leaves nothing unfinished."""
    moments = recorded(fast_folder / "recorded", editions).moments
    found = [edition(moment.killed(), fast_folder / "killed") for moment in moments]
    assert found == sorted(found)
    assert set(found) == {editions, editions + 1}
    assert found[-1] == editions + 1
    last = {tuple(inside(moment.killed())): moment for moment in moments}
    for moment in last.values():  # one for each set of folders that a killed rebuild may leave
        lay_out(moment.killed(), fast_folder / "again")
        index = fast_folder / "again" / "index"
        publish_edition(fast_folder / "recorded" / "corpus", index, 9)
        assert not list(index.glob("*.tmp"))
        assert len(list(index.glob("gen-*"))) <= 2
        assert edition_of(open_generation(index, fake_parts())) == 9
        shutil.rmtree(fast_folder / "again")


@pytest.mark.fault("A4")
@pytest.mark.parametrize("editions", [0, 1, 2])
def test_power_lost_at_any_operation(fast_folder: Path, editions: int) -> None:
    """Old or new, without any fallback; new for certain once the rebuild has returned."""
    recorder = recorded(fast_folder / "recorded", editions)
    assert survives(recorder, editions, fast_folder / "cut") == ""


@pytest.mark.fault("A4")
@pytest.mark.parametrize("editions", [1, pytest.param(0, marks=pytest.mark.soak)])
def test_every_fsync_is_needed(fast_folder: Path, editions: int) -> None:
    """With any one of them left out, a power cut breaks something: so the model sees what it must, and none is idle."""
    total = len(recorded(fast_folder / "0", editions).syncs)
    assert total > 20
    idle = []
    for deaf_to in range(1, total + 1):
        recorder = recorded(fast_folder / str(deaf_to), editions, deaf_to)
        if not survives(recorder, editions, fast_folder / "cut"):
            idle.append(recorder.syncs[deaf_to - 1])
        shutil.rmtree(fast_folder / str(deaf_to))
    assert idle == []


@pytest.mark.fault("A4")
def test_one_module_makes_files_last() -> None:
    """What syncs, locks and points stands in ``durable.py`` alone, so that what is recorded here is all there is."""
    source = Path(durable.__file__).parents[1]
    words = re.compile(r"\bfsync\(|\bflock\(|\bCURRENT\b|\bfdatasync\(")
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if words.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"indexing/durable.py"}


@pytest.mark.fault("A1", "A4")
def test_the_next_rebuild_mends_what_a_power_cut_left(fast_folder: Path) -> None:
    """Whatever was lost while the second edition was built, the third is whole, and of one edition."""
    recorder = recorded(fast_folder / "recorded", 1)
    rng, seen = random.Random(3), set[int]()
    for moment in recorder.moments[:: max(1, len(recorder.moments) // 12)]:
        for tree in itertools.islice(moment.cut_off(rng), 4):
            if (shown := mark(tree)) in seen:
                continue
            seen.add(shown)
            index = lay_out(tree, fast_folder / "cut") / "index"
            publish_edition(fast_folder / "recorded" / "corpus", index, 3)
            generation = open_generation(index, fake_parts())
            assert (generation.notice, edition_of(generation)) == ("", 3)
            shutil.rmtree(fast_folder / "cut")
    assert len(seen) > 5
