"""What takes a while is worked out once for each generation of an index, beside the requests that wait for it.

Knows nothing about what it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Generic, TypeVar

T = TypeVar("T")


class ByGeneration(Generic[T]):
    """Keeps what the newest generation gave; ``name`` is that of the thread that works."""

    def __init__(self, name: str) -> None:
        self._worker = ThreadPoolExecutor(1, name)
        self._lock = threading.Lock()
        self._generation = ""
        self._result: Future[T] | None = None

    def of(self, generation: str, work: Callable[[], T], patience: float) -> T | None:
        """What ``work`` gives for a generation, or None where it takes longer than ``patience`` seconds; then ask again.

        A fault of the work is raised, and whoever asks next begins anew.
        """
        with self._lock:
            if self._result is None or self._generation != generation or _has_failed(self._result):
                self._generation, self._result = generation, self._worker.submit(work)
            result = self._result
        try:
            return result.result(patience)
        except NotYet:
            return None


def _has_failed(result: Future[T]) -> bool:
    return result.done() and result.exception() is not None
