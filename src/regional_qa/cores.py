"""The cores of this machine: how many there are, how one search uses two of them, and what the threads on them share.

Knows nothing about what is computed.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_M_ARENA_MAX, _ARENAS = -8, 2


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def beside(function: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs) -> Future[_Result]:
    """Begin a call in another thread; it must not begin any itself. What lets go of the interpreter then runs at once.

    >>> beside(sum, [1, 2]).result()
    3
    """
    return _threads().submit(function, *args, **kwargs)


def one_core(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Let each product of matrices inside a function keep to its thread.

    Those of one query are small: a second core makes none of them quicker, and waiting for it stalls what runs there.
    The limit holds for the whole process while it lasts; calls that overlap may leave it behind.
    """

    @functools.wraps(function)
    def alone(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with _blas().limit(limits=1):
            return function(*args, **kwargs)

    return alone


def share_heap() -> None:
    """Let all threads of this process share few parts of the heap, where its C library is the GNU one.

    It would make eight for each core, and of each keep what a thread there once needed.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def end_threads() -> None:
    """End the threads of ``beside``, as before a fork; the next call begins new ones."""
    _threads().shutdown()
    _threads.cache_clear()


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="beside")


@functools.cache
def _blas() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.cache_clear)  # threads do not come along
