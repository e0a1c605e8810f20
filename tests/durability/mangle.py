"""Hostile files of vectors, loaded and searched in a process of its own: ``python -m tests.durability.mangle COUNT``.

Prints how many were refused and how many answered. That it ends by itself is the point: a signal would end it sooner.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import struct
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from regional_qa.backends import vectors_faiss
from regional_qa.backends.vectors_faiss import FaissVectors
from regional_qa.errors import IndexDamaged, ModelError
from regional_qa.indexing.generation import open_generation
from tests.durability.editions import edition_of, publish_edition
from tests.fakes import fake_parts

ROWS, DIM = 400, 16
MEMORY = 3 << 30
KINDS = (b"IxFI", b"IxF2", b"IxFl", b"IxPq", b"IPfs", b"IxSQ", b"IwFl", b"IHNf", b"IxMp", b"IxPT", b"Ixrq", b"IwPf")


def mangled(content: bytes, rng: random.Random) -> bytes:
    """The file with its head, its sizes or its body changed, cut, doubled or declared to be something else."""
    data = bytearray(content)
    act = rng.randrange(7)
    if act == 0:  # some bytes of the head
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(min(120, len(data)))] = rng.randrange(256)
    elif act == 1:  # a size that cannot be
        place = rng.randrange(0, min(160, len(data) - 8))
        data[place : place + 8] = struct.pack("<q", rng.choice((-1, 0, 1, 1 << 20, 1 << 31, 1 << 40, (1 << 63) - 1)))
    elif act == 2:  # any bytes
        for _ in range(rng.randint(1, 40)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif act == 3:
        data = data[: rng.randrange(len(data))]
    elif act == 4:
        data[:4] = rng.choice(KINDS)
    elif act == 5:  # a stretch from elsewhere
        start, to, length = (rng.randrange(len(data)) for _ in range(3))
        data[to : to + length] = data[start : start + length]
    else:  # some small number of the tail
        place = rng.randrange(max(0, len(data) - 200), len(data) - 4)
        data[place : place + 4] = struct.pack("<i", rng.choice((-1, 0, 3, 255, 1 << 16, (1 << 31) - 1)))
    return bytes(data)


def vectors() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """(ROWS, DIM) unit rows in groups, so that a coarse index is worth its place."""
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(40, DIM))[rng.integers(0, 40, ROWS)] + rng.normal(scale=0.3, size=(ROWS, DIM))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def ask_directly(folder: Path, query: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> str:
    """What the store makes of a file that no digest guards: a fault of ours, or sound rows."""
    try:
        store = FaissVectors.load(folder)
        for allowed in (None, np.arange(0, len(store), 3), np.arange(min(len(store), 3))):
            hits = store.search(query, 10, allowed)
            assert all(0 <= row < len(store) for row, _ in hits), hits
        store.cosines(query, list(range(min(len(store), 50))))
    except (IndexDamaged, ModelError):
        return "refused"
    return "answered"


def main(count: int) -> None:
    """Each file once beside its manifest, as on disk, and once without any digest before it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    rng, tally, rows = random.Random(11), Counter[str](), vectors()
    vectors_faiss.MANY = ROWS // 2
    with tempfile.TemporaryDirectory() as place:
        bare = Path(place, "bare")
        bare.mkdir()
        FaissVectors.build(rows).save(bare)
        contents = {path: path.read_bytes() for path in sorted(bare.iterdir())}
        assert len(contents) == 2
        vectors_faiss.MANY = 20_000
        index = Path(place, "index")
        for number in (1, 2):
            publish_edition(Path(place, "corpus"), index, number)
        live = index / "gen-000002" / vectors_faiss.FILE
        sound = live.read_bytes()
        for number in range(count):
            path = [*contents][number % 2]
            bad = mangled(contents[path], rng)
            path.write_bytes(bad)
            tally[ask_directly(bare, rows[0])] += bad != contents[path]
            path.write_bytes(contents[path])
            worse = mangled(sound, rng)
            live.write_bytes(worse)
            generation = open_generation(index, fake_parts())
            tally["wrong"] += edition_of(generation) != (1 if worse != sound else 2)
        shutil.rmtree(index)
    sys.stdout.write(json.dumps(tally) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
