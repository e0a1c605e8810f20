"""A connection to Milvus: every call ends within seconds, in an answer or in one line that names the cure.

pymilvus by itself tries again for minutes and logs tracebacks. Knows nothing about what is stored.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import grpc
from pymilvus import MilvusClient, MilvusException

from regional_qa.errors import StoreUnavailable

SECONDS = 3.0
"""Within which a server answers any call; what takes longer is begun, and then asked after."""
_NO_ANSWER = ("unavailable", "fail connecting", "timeout", "deadline", "not ready", "illegal connection")

for _name in ("pymilvus", "milvus_lite"):  # what they have to say comes as a fault
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Server:
    """A connection, made at first use, that tells every fault in one line; threads may share it."""

    def __init__(self, uri: str, token: str) -> None:
        self.uri, self._token = uri, token
        self._client: MilvusClient | None = None
        self._lock = threading.Lock()

    def call(self, name: str, *arguments: Any, **named: Any) -> Any:
        """What the server answers.

        Raises:
            StoreUnavailable: nothing in time, or no.
        """
        try:
            return getattr(self._connected(), name)(*arguments, timeout=SECONDS, **named)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise self._fault(error) from error

    def wait(self, done: Callable[[], bool], work: str, seconds: float) -> None:
        """Ask until it is done."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise StoreUnavailable(f"the Milvus server at {self.uri} does not finish {work}; see to its log")
            time.sleep(0.1)

    def _connected(self) -> MilvusClient:
        with self._lock:
            if self._client is None:
                self._client = MilvusClient(self.uri, token=self._token, timeout=SECONDS, dedicated=True)
            return self._client

    def _fault(self, error: Exception) -> StoreUnavailable:
        text = " ".join(f"{getattr(error, 'message', '') or error}".split())
        if self._token:
            text = text.replace(self._token, "…")
        lower = f"{getattr(error, 'code', '')} {text}".lower()
        if "auth" in lower or "permission" in lower:
            return StoreUnavailable(
                f"the Milvus server at {self.uri} refuses the token; set REGIONAL_QA_MILVUS_TOKEN to USER:PASSWORD or a key"
            )
        if "open local milvus" in lower:
            return StoreUnavailable(
                f"Milvus Lite cannot open {self.uri}; one process may use it at a time: stop the other, or run a server"
            )
        if isinstance(error, grpc.RpcError | grpc.FutureTimeoutError) or any(word in lower for word in _NO_ANSWER):
            return StoreUnavailable(
                f"the Milvus server at {self.uri} does not answer within {SECONDS:g} s; start it or change `--uri`"
            )
        return StoreUnavailable(f"the Milvus server at {self.uri} refuses ({text[:200]}); see to its log")
