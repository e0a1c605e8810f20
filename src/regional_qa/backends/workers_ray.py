"""A Ray cluster as an executor of the standard library (the Ray room).

The cluster is the one that RAY_ADDRESS names, else one of this machine's cores that lives as long as the executor.
Knows nothing about what is worked on.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from regional_qa.errors import IndexFault, UsageError

R = TypeVar("R")

RETRIES = 20
"""How often a piece is begun anew whose worker was ended; it tells of one that ends every worker, as for want of memory."""
STORE_BYTES = 1 << 30
"""Memory for what is under way, of a cluster of our own; beyond it Ray goes to disk."""
_MISSING = "`--workers ray` needs Ray; install it: pip install -c constraints.txt -e '.[ray]'"
_AWAY = "Ray's cluster cannot be reached or begun ({}); see to RAY_ADDRESS, or try again"
_LOST = (
    "the workers of Ray were ended again and again, perhaps for want of memory; see to them and rebuild "
    "again, it goes on where it was. The index before is untouched"
)


class RayWorkers(Executor):
    """Each piece is a task of one core; Ray begins it anew elsewhere when its worker or its machine is lost.

    Raises:
        UsageError: Ray is not installed, or the cluster is not there.
    """

    def __init__(self) -> None:
        elsewhere = bool(os.environ.get("RAY_ADDRESS"))
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
        if (
            not elsewhere
        ):  # a cluster of our own listens on every address of the machine, but takes only who has its token
            os.environ.setdefault("RAY_AUTH_MODE", "token")
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        try:
            import ray
        except ImportError as error:
            raise UsageError(_MISSING) from error
        self._ray, self._own = ray, not ray.is_initialized()
        alone = {} if elsewhere else {"include_dashboard": False, "object_store_memory": STORE_BYTES}
        try:
            if self._own:
                ray.init(configure_logging=False, logging_level=logging.ERROR, log_to_driver=False, **alone)
        except Exception as error:  # Ray raises bare ones, too, as where it starts too slowly
            ray.shutdown()
            raise UsageError(_AWAY.format(" ".join(str(error).split()))) from error
        self._task = ray.remote(num_cpus=1, max_retries=RETRIES, retry_exceptions=False)(_alone)

    @property
    def width(self) -> int:
        """How many pieces are worked on at a time."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, do: Callable[..., R], /, *arguments: Any, **named: Any) -> Future[R]:
        """Hand out a piece; what it raises is raised by the future as it was."""
        ours: Future[R] = Future()
        ours.set_running_or_notify_cancel()
        self._task.remote(do, arguments, named).future().add_done_callback(lambda theirs: self._settle(theirs, ours))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the cluster if it is our own, else leave it; what is under way is given up."""
        if self._own:
            self._ray.shutdown()

    def _settle(self, theirs: Future[R], ours: Future[R]) -> None:
        fault = theirs.exception()
        if fault is None:
            ours.set_result(theirs.result())
        elif isinstance(fault, self._ray.exceptions.RayTaskError):
            ours.set_exception(fault.cause)
        else:
            ours.set_exception(IndexFault(f"{_LOST} ({type(fault).__name__})"))


def _alone(do: Callable[..., R], arguments: tuple[Any, ...], named: dict[str, Any]) -> R:
    """In a worker, beside one for each core: so none may start threads for all of them."""
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    return do(*arguments, **named)
