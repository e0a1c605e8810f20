"""The cores of this machine: how many there are, how one search uses two of them, and what the threads on them share.

Knows nothing about what is computed.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar

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
    Where the limit is one for the whole process it lasts from the first of the calls that overlap to the end of the last.
    """

    @functools.wraps(function)
    def alone(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with _limit, _blas("openmp").limit(limits=1):
            return function(*args, **kwargs)

    return alone


def share_heap() -> None:
    """Let all threads of this process share few parts of the heap, where its C library is the GNU one.

    It would make eight for each core, and of each keep what a thread there once needed.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="beside")


class _Limit:
    """On the libraries in which all threads share one; counted, for whoever comes second would take it for the host's."""

    def __init__(self) -> None:
        self._lock, self._calls = threading.Lock(), 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._calls:
                self._limiter = _blas("").limit(limits=1)
                _let_go()
            self._calls += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls -= 1
            if not self._calls:
                self._limiter.restore_original_limits()
                _let_go()

    def begin_anew(self) -> None:
        """In a child of a fork, to which the calls of other threads did not come along."""
        self._lock = threading.Lock()
        if self._calls:
            self._calls = 1
            self.__exit__()


_limit = _Limit()


@functools.cache
def _blas(layer: Literal["openmp", ""]) -> ThreadpoolController:
    """The libraries in which each thread has a limit of its own, or the others."""
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController().select(user_api="blas")
    own = {one.filepath for one in found.lib_controllers if getattr(one, "threading_layer", "") == "openmp"}
    chosen = own if layer else {one.filepath for one in found.lib_controllers} - own
    return found.select(filepath=list(chosen))


def _let_go() -> None:
    """What OpenBLAS is told by one thread no other can take back while it lives, unless that says that it may."""
    from threadpoolctl import OpenBLASController

    OpenBLASController.clear_controlling_thread()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.cache_clear)  # threads do not come along
    os.register_at_fork(after_in_child=_limit.begin_anew)
