"""One core for what is small: the limit lasts as long as any call, and is gone afterwards."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import OpenBLASController, ThreadpoolController, threadpool_limits

from regional_qa.cores import one_core


def threads() -> set[int]:
    """Of a product of matrices, just now."""
    assert np.ones(1) @ np.ones(1)  # the library is loaded
    return {one.num_threads for one in ThreadpoolController().select(user_api="blas").lib_controllers}


@pytest.fixture(autouse=True)
def _two() -> Iterator[None]:
    """What the host has chosen, whatever this machine has."""
    limit = threadpool_limits(2, user_api="blas")
    OpenBLASController.clear_controlling_thread()
    yield
    limit.restore_original_limits()
    OpenBLASController.clear_controlling_thread()


def test_calls_that_overlap_leave_no_limit_behind() -> None:
    """Neither the first, which ends while the second goes on, nor a fault."""
    begun, go_on = threading.Event(), threading.Event()
    seen: list[set[int]] = []

    @one_core
    def first() -> None:
        begun.set()
        go_on.wait()

    @one_core
    def second() -> None:
        go_on.set()
        ended.result()
        seen.append(threads())
        raise ValueError("whatever")

    with ThreadPoolExecutor(1) as thread:
        ended = thread.submit(first)
        begun.wait()
        with pytest.raises(ValueError, match="whatever"):
            second()
        assert threads() == {2}  # though the thread that set the limit is still there
    assert seen == [{1}]


def test_a_forked_child_begins_anew() -> None:
    """A call of another thread would never end there."""
    inside, leave = threading.Event(), threading.Event()

    @one_core
    def call() -> None:
        inside.set()
        leave.wait()

    thread = threading.Thread(target=call)
    thread.start()
    inside.wait()
    if not (child := os.fork()):
        os._exit(threads() != {2})
    _, status = os.waitpid(child, 0)
    leave.set()
    thread.join()
    assert (status, threads()) == (0, {2})
