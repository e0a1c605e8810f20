"""A generation of which one byte is not what was published is refused, named, and the one before is served."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from regional_qa.errors import IndexDamaged, IndexMismatch
from regional_qa.indexing import durable
from regional_qa.indexing.check import check
from regional_qa.indexing.generation import open_generation
from regional_qa.indexing.manifest import Manifest, record_files
from tests.durability.editions import edition_of, opened, publish_edition
from tests.fakes import fake_parts

Harm = Callable[[bytes], bytes | None]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two editions."""
    folder = tmp_path_factory.mktemp("two")
    for number in (1, 2):
        publish_edition(folder / "corpus", folder / "index", number)
    return folder / "index"


@pytest.fixture
def index(two: Path, fast_folder: Path) -> Path:
    """A copy of it to be harmed."""
    return Path(shutil.copytree(two, fast_folder / "index"))


def flips(places: int) -> list[Harm]:
    def flip(content: bytes, seed: int) -> bytes:
        place = random.Random(seed).randrange(len(content))
        return content[:place] + bytes([content[place] ^ 1 << seed % 8]) + content[place + 1 :]

    return [lambda content, seed=seed: flip(content, seed) for seed in range(places)]  # type: ignore[misc]


HARMS: list[Harm] = [
    lambda content: content[:-1],
    lambda content: content[: len(content) // 2],
    lambda content: b"",
    lambda content: None,
    lambda content: content + b"\0",
    lambda content: content * 2,
    lambda content: bytes(len(content)),
]


def refused(index: Path, name: str) -> None:
    """The file is named, edition 1 answers."""
    generation = open_generation(index, fake_parts())
    assert edition_of(generation) == 1
    assert "gen-000002" in generation.notice
    assert name in generation.notice
    assert "serving gen-000001" in generation.notice


@pytest.mark.fault("C1", "C2")
@pytest.mark.parametrize("places", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_every_file_is_watched(index: Path, places: int) -> None:
    """Each file of a generation flipped, cut, emptied, deleted, appended to, doubled and zeroed."""
    folder = index / "gen-000002"
    names = [*Manifest.read(folder).files, "MANIFEST"]
    assert len(names) > 15
    for name in names:
        content = (folder / name).read_bytes()
        for harm in (*flips(places), *HARMS):
            harmed = harm(content)
            if harmed is None:
                (folder / name).unlink()
            else:
                (folder / name).write_bytes(harmed)
            refused(index, name)
            (folder / name).write_bytes(content)
    assert opened(index) == 2


@pytest.mark.fault("C2")
def test_nothing_is_added(index: Path) -> None:
    """A file that was not published stands in none of the folders, hidden or not; a lock of the engine may."""
    folder = index / "gen-000002"
    for inside in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        for name in ("stray", ".hidden", "passages.db-wal", "vectors.pkl"):
            (inside / name).write_bytes(b"x")
            refused(index, name)
            (inside / name).unlink()
        (inside / ".tantivy-meta.lock").touch()
    assert opened(index) == 2


@pytest.mark.fault("C2")
def test_what_is_no_file_is_refused_without_waiting(index: Path) -> None:
    """A pipe or a folder in the place of a file."""
    for name in ("MANIFEST", "vectors.faiss", "passages.db", "lexical/passages/meta.json"):
        path = index / "gen-000002" / name
        content = path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        refused(index, name)
        path.unlink()
        path.mkdir()
        refused(index, name)
        path.rmdir()
        path.write_bytes(content)
    assert opened(index) == 2


@pytest.mark.fault("C1", "C2")
def test_a_damaged_manifest_of_the_older_generation_is_not_trusted(index: Path) -> None:
    """The pointer has no digest of it; its own seal tells, and that it stands in its own folder."""
    (index / "gen-000002" / "vectors.faiss").unlink()
    manifest = index / "gen-000001" / "MANIFEST"
    content = manifest.read_text(encoding="ascii")
    manifest.write_text(content.replace('"problems": 0', '"problems": 1'), encoding="ascii")
    with pytest.raises(IndexDamaged, match="gen-000002"):
        open_generation(index, fake_parts())
    manifest.write_text(content, encoding="ascii")
    assert edition_of(open_generation(index, fake_parts())) == 1
    (index / "gen-000001").rename(index / "gen-000007")
    with pytest.raises(IndexDamaged, match="gen-000002"):
        open_generation(index, fake_parts())


@pytest.mark.fault("C3")
@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", b"gen-000009 " + b"0" * 64, b"../../x " + b"0" * 64, b"x" * 1_000_000, b"\0" * 100,
     b"gen-000002", b"gen-000002 " + b"0" * 64, None],
)  # fmt: skip
def test_a_pointer_that_names_nothing_sound(index: Path, content: bytes | None) -> None:
    """Falls back with a notice to what verifies by itself, stays inside the folder; the next rebuild mends it."""
    if content is None:
        (index / "CURRENT").unlink()
    else:
        (index / "CURRENT").write_bytes(content)
    generation = open_generation(index, fake_parts())
    assert generation.notice
    assert edition_of(generation) in (1, 2)
    publish_edition(index.parent / "corpus", index, 3)
    mended = open_generation(index, fake_parts())
    assert (mended.notice, edition_of(mended)) == ("", 3)


def publish_by_hand(index: Path, **changes: object) -> None:
    """Seal the second generation anew, as somebody would who knows how, and point to it."""
    folder = index / "gen-000002"
    before = Manifest.read(folder)
    values = {name: getattr(before, name) for name in Manifest.__dataclass_fields__}
    Manifest(**(values | {"files": record_files(folder)} | changes)).write(folder)
    (index / "CURRENT").write_text(f"gen-000002 {durable.digest(folder / 'MANIFEST')}\n", encoding="ascii")


@pytest.mark.fault("C4")
@pytest.mark.parametrize(
    "changes",
    [{"passages": "3"}, {"passages": -1}, {"files": {}}, {"files": []}, {"generation": 5}, {"dim": None}, {"embedder_fingerprint": 1}],
    ids=str,
)  # fmt: skip
def test_a_manifest_of_wrong_types(index: Path, changes: dict[str, object]) -> None:
    """Valid JSON, sealed and pointed to, and yet nothing that can be opened: refused with the cure."""
    publish_by_hand(index, **changes)
    generation = open_generation(index, fake_parts())
    assert edition_of(generation) == 1
    assert "rebuild" in generation.notice


@pytest.mark.fault("C4")
def test_an_index_by_a_newer_version(index: Path) -> None:
    """Never searched, and no older generation in its place: the program is what must change."""
    publish_by_hand(index, format=99)
    with pytest.raises(IndexMismatch, match="format 99"):
        open_generation(index, fake_parts())


@pytest.mark.fault("C5")
@pytest.mark.parametrize("names", [["vectors.faiss"], ["passages.db"], ["lexical"], ["vectors.faiss", "lexical"]])
def test_generations_are_never_mixed(index: Path, names: list[str]) -> None:
    """Files of another generation, though digests and seal were made to fit: the counts or the passages tell."""
    publish_edition(index.parent / "corpus", index, 3)
    for name in names:
        source, target = index / "gen-000003" / name, index / "gen-000002" / name
        if source.is_dir():
            shutil.rmtree(target)
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    publish_by_hand(index)
    generation = open_generation(index, fake_parts())
    assert generation.manifest.generation == "gen-000003"
    assert "gen-000002 holds stores of different generations" in generation.notice


@pytest.mark.fault("C6")
def test_all_generations_bad(index: Path) -> None:
    """One fault that names the newest and its file; check says the same; a rebuild mends it."""
    for name in ("gen-000001", "gen-000002"):
        (index / name / "passages.db").write_bytes(b"")
    with pytest.raises(IndexDamaged, match=r"gen-000002.*passages\.db.*rebuild"):
        open_generation(index, fake_parts())
    assert any("passages.db" in fault for fault in check(index, fake_parts()).faults)
    publish_edition(index.parent / "corpus", index, 3)
    assert opened(index) == 3


@pytest.mark.fault("C1", "C2", "C6")
def test_check_names_each_fault_with_its_cure(index: Path) -> None:
    """Of the live generation and of the one to fall back to."""
    assert check(index, fake_parts()).faults == ()
    (index / "gen-000002" / "stray").touch()
    (index / "gen-000002" / "vectors.faiss").unlink()
    (index / "gen-000001" / "passages.db").write_bytes(b"")
    live, missing, older = check(index, fake_parts()).faults
    cure = f"run `regional-qa rebuild --index {index}`"
    assert live == f"stray is not in the manifest; {cure}"
    assert missing == f"vectors.faiss is missing; {cure}"
    assert "gen-000001, which would be served if gen-000002 were damaged: passages.db has 0 bytes" in older
