"""A connection to Milvus: every call ends within seconds, in an answer or in one line that names the cure.

pymilvus by itself tries again for minutes and logs tracebacks. Knows nothing about what is stored.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import grpc
from pymilvus import MilvusClient, MilvusException

from regional_qa.errors import StoreUnavailable

SECONDS, WRITING_SECONDS = 3, 60
"""Within which a server answers a question, and takes what is written; what takes longer is begun, and then asked after."""
_WRITING = ("Insert", "Flush", "CreateIndex", "LoadCollection")
_SERVICE = "milvus.proto.milvus.MilvusService"
_SHORT_SECONDS = 2
"""By so much at most gRPC ends a call before a deadline of this kind (seen: 1.0 to 1.9)."""
_DEADLINES = {
    "methodConfig": [
        {"name": [{}], "timeout": f"{SECONDS + _SHORT_SECONDS}s"},
        {"name": [{"service": _SERVICE, "method": one} for one in _WRITING], "timeout": f"{WRITING_SECONDS}s"},
    ]
}
"""Kept by gRPC: a deadline given to pymilvus is how long it tries again where nobody listens any more."""
_OPTIONS = {
    "grpc.service_config": json.dumps(_DEADLINES),
    "grpc.service_config_disable_resolution": 1,
    "grpc.keepalive_time_ms": 2**31
    - 1,  # where every call has a deadline pings are idle, and some servers hang up on them
}
_NO_ENTRY = ("unauthenticated", "permission_denied", "auth check failure", "authenticat", "privilege")
_NO_ANSWER = ("unavailable", "fail connecting", "timeout", "deadline", "not ready")

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
            return getattr(self._connected(), name)(*arguments, **{"retry_times": 1, **named})
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise self._fault(error) from None  # what a server repeats may hold the token

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
                self._client = MilvusClient(
                    self.uri, token=self._token, timeout=SECONDS, dedicated=True, grpc_options=_OPTIONS
                )
            return self._client

    def _fault(self, error: Exception) -> StoreUnavailable:
        rpc = error if isinstance(error, grpc.Call) else error.__cause__  # while connecting, pymilvus hides the reason
        code = rpc.code().name if isinstance(rpc, grpc.Call) else ""
        reason = getattr(error, "message", "") or (rpc.details() if isinstance(rpc, grpc.Call) else "") or repr(error)
        lower = f"{code} {reason}".lower()
        if any(word in lower for word in _NO_ENTRY):
            cure = "refuses the token; set REGIONAL_QA_MILVUS_TOKEN to USER:PASSWORD or an API key"
        elif "open local milvus" in lower:
            cure = (
                "cannot be opened by Milvus Lite, which serves one process at a time; stop the other, or run a server"
            )
        elif any(word in lower for word in _NO_ANSWER):
            why = "deadline exceeded" if "deadline" in lower else "unavailable"
            cure = f"does not answer ({why}); start it or change `--uri`"
        else:
            said = " ".join(reason.replace(self._token or "\0", "…").split())
            cure = f"refuses ({said[:200]}); see to its log"
        return StoreUnavailable(f"the Milvus server at {self.uri} {cure}")
