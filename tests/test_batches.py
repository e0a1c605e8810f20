"""Batches of vectors: what was put in comes out, in any order and whatever files it lies in."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from regional_qa.indexing.batches import Batch, Batches
from regional_qa.ports import Tokens


def key(number: int) -> bytes:
    return bytes([number]) * 32


def batch(*numbers: int) -> Batch:
    """Article ``n`` has ``n`` passages, the vectors (n, 0), (n, 1), … and of passage ``i`` the token n, ``i`` times."""
    vectors = np.array([(n, i) for n in numbers for i in range(n)], dtype=np.float16).reshape(-1, 2)
    ids = [n for n in numbers for i in range(n) for _ in range(i)]
    starts = np.cumsum([0, *(i for n in numbers for i in range(n))])
    return Batch(
        [key(n) for n in numbers], np.array(numbers, dtype=np.int64), vectors, Tokens(np.array(ids, np.uint32), starts)
    )


def require(batches: Batches, *numbers: int) -> None:
    vectors, tokens = batches.gather([key(n) for n in numbers], 2)
    whole = batch(*numbers)
    np.testing.assert_array_equal(vectors, whole.vectors)
    np.testing.assert_array_equal(tokens.ids, whole.tokens.ids)
    np.testing.assert_array_equal(tokens.starts, whole.tokens.starts)


def test_articles_come_out_in_any_order(tmp_path: Path) -> None:
    """From this rebuild or one before; one without any passage, too."""
    batches = Batches(tmp_path)
    batches.add(batch(3, 1, 2, 0))
    batches.add(batch(5, 4))
    for some in (batches, Batches(tmp_path)):
        require(some, 0, 1, 2, 3, 4, 5)
        require(some, 3, 1, 2, 5, 4)
        require(some, 4)
        assert key(6) not in some


def test_what_was_not_gathered_is_forgotten(tmp_path: Path) -> None:
    """Files that hold nothing else stay as they are; the others are joined."""
    batches = Batches(tmp_path)
    whole = batches.add(batch(7, 8))
    for some in (batch(3, 1), batch(2, 6), batch(5)):
        batches.add(some)
    require(batches, 7, 8, 3, 6, 5)
    batches.prune(few=6, many=100)
    assert len(list(whole.parent.iterdir())) == 2
    assert whole.exists()
    after = Batches(tmp_path)
    require(after, 3, 5, 6, 7, 8)
    assert key(1) not in after


def test_a_damaged_file_is_not_there(tmp_path: Path) -> None:
    """A file is named by its content; what another rebuild has begun is cleared away."""
    batches = Batches(tmp_path)
    damaged = batches.add(batch(3, 1))
    batches.add(batch(2))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    damaged.with_suffix(".tmp").write_bytes(b"begun")
    after = Batches(tmp_path)
    assert [number for number in (1, 2, 3) if key(number) in after] == [2]
    assert not list(tmp_path.rglob("*.tmp"))
