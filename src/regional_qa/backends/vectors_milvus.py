"""The vector store on a Milvus server, or in Milvus Lite: each generation has a collection of its own, never changed.

The folder of a generation holds where its vectors are; what is live is said by the index, as for any other store, and an
alias on the server shows it to others. A collection is found by the name that its generation wrote down, so nobody
depends on the alias, and a rebuild that was killed leaves nothing but a collection that the next one drops.

pymilvus tries again for minutes and logs tracebacks; here every call ends within seconds, in an answer or one line.
Knows nothing about text.
"""

from __future__ import annotations

import functools
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import grpc
import numpy as np
from pymilvus import DataType, MilvusClient, MilvusException

from regional_qa.errors import IndexDamaged, IndexMismatch, ModelError, StoreUnavailable
from regional_qa.ports import HalfVectors, Rows, Vector, Vectors

FILE, NAME_FILE = "vectors.milvus.json", "milvus.json"
SECONDS = 3.0
"""Within which a server answers any call; what takes longer is begun, and then asked after."""
LONGEST_WORK = 3600.0
"""Seconds a server may take to index a generation."""
LONGEST_LOAD = 60.0
"""Seconds it may take to fetch one into memory; while it does, an older one answers."""
MANY = 200_000
"""Rows from which on a graph is built (HNSW); below, every vector is looked at."""
BREADTHS = (128, 256, 512, 1024)
"""How many neighbours a search of the graph keeps in view: the first that finds enough."""
LEAST_RECALL = 0.97
"""Recall@10 on a sample; a graph that misses more is given up."""
BROAD, OVERFETCH, MOST_HITS = 0.1, 3, 16_384
"""A filter that lets a larger share of rows pass is applied here, to so many times the rows; a server gives no more hits."""
_BATCH_BYTES = 1_000_000
_SAMPLE, _SOME = 50, 16_384
_LOGGERS = ("pymilvus", "milvus_lite")

for _name in _LOGGERS:  # what they have to say comes as a fault
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


_NO_ANSWER = ("unavailable", "fail connecting", "timeout", "deadline", "not ready", "illegal connection")


@dataclass(frozen=True, slots=True)
class Collection:
    """Where the vectors of a generation are, as its folder tells; no secret is in it."""

    uri: str
    name: str
    alias: str
    rows: int
    dim: int
    breadth: int = 0
    """0 where a search looks at every vector."""
    recall: float = 1.0

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What ``MilvusVectors.save`` wrote."""
        try:
            found = cls(**json.loads((folder / FILE).read_bytes()))
        except FileNotFoundError as error:
            raise IndexMismatch(
                f"{folder} has no vectors of the store 'milvus'; run `regional-qa rebuild` or change `--store`"
            ) from error
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamaged(f"{folder / FILE} cannot be read; run `regional-qa rebuild`") from error
        if not isinstance(found.name, str) or not all(type(size) is int for size in (found.rows, found.dim)):
            raise IndexDamaged(f"{folder / FILE} cannot be read; run `regional-qa rebuild`")
        return found


class Milvus:
    """``ports.VectorStores`` of one index on one server."""

    def __init__(self, uri: str, token: str, index: Path) -> None:
        self._server, self._index = Server(uri, token), index

    def build(self, vectors: Vectors | HalfVectors) -> MilvusVectors:
        """A store over (n, dim) unit rows; they are rounded to half precision first, as those of the other store."""
        half = np.ascontiguousarray(vectors, dtype=np.float16)
        if not all(np.isfinite(half[start : start + _SOME]).all() for start in range(0, len(half), _SOME)):
            raise ModelError("the embedding model gave vectors that are not finite numbers; try another `--embedder`")
        alias = self._alias() or self._name_index()
        made = Collection(self._server.uri, f"{alias}_{uuid4().hex[:12]}", alias, *half.shape)
        _create(self._server, made)
        _insert(self._server, made, half)
        is_lite = "lite" in str(self._server.call("get_server_version")).split("-")[0]
        if len(half) >= MANY and not is_lite:  # Lite loses rows of a graph under a filter
            return _with_graph(self._server, made, half)
        _index(self._server, made, "FLAT")
        return MilvusVectors(self._server, made)

    def load(self, folder: Path) -> MilvusVectors:
        """Open what ``save`` wrote, and see that the server has it."""
        found = Collection.read(folder)
        if not self._server.call("has_collection", found.name):
            raise IndexDamaged(
                f"the Milvus server at {self._server.uri} has no collection {found.name} (built at {found.uri}); "
                "run `regional-qa rebuild` or change `--uri`"
            )
        fields = self._server.call("describe_collection", found.name)["fields"]
        dim = {field["name"]: field["params"].get("dim") for field in fields}.get("vector")
        store = MilvusVectors(self._server, found)
        store.fetch()
        (counted,) = self._server.call("query", found.name, filter="", output_fields=["count(*)"])
        if (int(dim or 0), counted["count(*)"]) != (found.dim, found.rows):
            raise IndexDamaged(
                f"the collection {found.name} at {self._server.uri} has {counted['count(*)']} vectors of {dim} numbers, "
                f"not {found.rows} of {found.dim}; run `regional-qa rebuild`"
            )
        return store

    def tidy(self, folders: Sequence[Path], live: Path | None) -> None:
        """Drop the collections of this index that no folder names; let the alias name the live one."""
        present = set(self._server.call("list_collections"))
        alias = self._alias()
        kept = {one.name: one for folder in folders if (one := _named(folder))}
        shown = _named(live) if live else None
        if shown and shown.name in present:
            _show(self._server, shown)
        for name in sorted(present - kept.keys()):
            if alias and name.startswith(f"{alias}_"):
                self._server.call("drop_collection", name)

    def _alias(self) -> str:
        """The name of the index on the server; empty where it has none yet.

        The path stands beside it: a copy of an index must not clear away what the original needs.
        """
        try:
            known = json.loads((self._index / NAME_FILE).read_bytes())
            return str(known["name"]) if known["index"] == str(self._index.resolve()) else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _name_index(self) -> str:
        name = f"regional_qa_{uuid4().hex[:8]}"
        self._index.mkdir(parents=True, exist_ok=True)
        _write(self._index / NAME_FILE, {"name": name, "index": str(self._index.resolve())})
        return name


class MilvusVectors:
    """A ``ports.VectorStore`` over one collection."""

    def __init__(self, server: Server, collection: Collection) -> None:
        self._server, self._collection = server, collection

    @property
    def recall(self) -> float:
        """Recall@10 as measured when the graph was built; 1 without one."""
        return self._collection.recall

    def save(self, folder: Path) -> None:
        """Write where the vectors are."""
        _write(folder / FILE, asdict(self._collection))

    def fetch(self) -> None:
        """See that the server has the vectors in memory."""
        name = self._collection.name
        self._server.call("load_collection", name, _async=True)
        self._server.wait(
            lambda: self._server.call("get_load_state", name)["state"].name == "Loaded", f"loading {name}", LONGEST_LOAD
        )

    def search(self, query: Vector, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, cosine), best first; equal cosines in order of row."""
        self._require_fit(query)
        count = min(k, len(self) if allowed is None else len(allowed))
        if count < 1:
            return []
        if allowed is None:
            return self._near(query, count)
        if len(allowed) > BROAD * len(self):
            fetched = min(len(self), MOST_HITS, OVERFETCH * count * len(self) // len(allowed))
            permitted = np.zeros(len(self), dtype=bool)
            permitted[allowed] = True
            found = [hit for hit in self._near(query, fetched) if permitted[hit[0]]]
            if len(found) >= count:
                return found[:count]
        return self._near(query, count, f"row in {allowed.tolist()}")

    def cosines(self, query: Vector, rows: Sequence[int] | Rows) -> Vector:
        """(len(rows),) cosine of the query with each row."""
        self._require_fit(query)
        wanted = [int(row) for row in rows]
        if not wanted:
            return np.empty(0, dtype=np.float32)
        found = dict(self._near(query, len(set(wanted)), f"row in {sorted(set(wanted))}"))
        if missed := sorted(set(wanted) - found.keys()):  # by the graph
            vectors = self._server.call("get", self._collection.name, ids=missed, output_fields=["row", "vector"])
            found |= {one["row"]: float(np.asarray(one["vector"], dtype=np.float32) @ query) for one in vectors}
        if lost := set(wanted) - found.keys():
            raise IndexDamaged(
                f"the collection {self._collection.name} has lost row {min(lost)}; run `regional-qa rebuild`"
            )
        return np.array([found[row] for row in wanted], dtype=np.float32)

    def faults(self) -> list[str]:
        """Whether others are shown an older generation, or none."""
        alias = self._collection.alias
        try:
            shown = self._server.call("describe_alias", alias)["collection_name"]
        except StoreUnavailable as fault:
            shown = f"nothing ({fault})"
        if shown == self._collection.name:
            return []
        return [f"the alias {alias} names {shown} instead of {self._collection.name}; run `regional-qa rebuild`"]

    def __len__(self) -> int:
        return self._collection.rows

    def _near(self, query: Vector, count: int, expression: str = "") -> list[tuple[int, float]]:
        breadth = self._collection.breadth
        parameters = {"params": {"ef": max(breadth, count)}} if breadth else {}
        search = functools.partial(
            self._server.call, "search", self._collection.name, [query], limit=count, filter=expression,
            search_params=parameters, output_fields=["row"],
        )  # fmt: skip
        try:
            (hits,) = search()
        except StoreUnavailable as fault:
            if "not loaded" not in str(fault) and "call load" not in str(fault):
                raise
            self.fetch()  # a server that was started anew may have forgotten
            (hits,) = search()
        return sorted(zip(hits.ids, map(float, hits.distances), strict=True), key=lambda hit: (-hit[1], hit[0]))

    def _require_fit(self, query: Vector) -> None:
        if query.shape != (self._collection.dim,) or not np.isfinite(query).all():
            raise ModelError(
                f"the embedding model gave a vector of shape {query.shape}, the index needs ({self._collection.dim},) "
                "finite numbers; run `regional-qa rebuild` with this model"
            )


def _create(server: Server, made: Collection) -> None:
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=made.dim)
    # it is written before anybody reads it, so no reader need wait for a writer
    server.call("create_collection", made.name, schema=schema, consistency_level="Eventually")


def _insert(server: Server, made: Collection, half: HalfVectors) -> None:
    size = max(1, _BATCH_BYTES // (4 * made.dim))
    for start in range(0, made.rows, size):
        some = half[start : start + size].astype(np.float32)
        server.call("insert", made.name, [{"row": start + row, "vector": one} for row, one in enumerate(some)])
    server.call("flush", made.name, _async=True)
    server.wait(
        lambda: int(server.call("get_collection_stats", made.name)["row_count"]) >= made.rows,
        f"writing {made.name}", LONGEST_WORK,
    )  # fmt: skip


def _index(server: Server, made: Collection, kind: str) -> None:
    """Index the vectors by themselves, or by a graph, and fetch them into the server's memory."""
    parameters = MilvusClient.prepare_index_params()
    graph = {"M": 16, "efConstruction": 200} if kind == "HNSW" else {}
    parameters.add_index("vector", index_type=kind, metric_type="IP", params=graph)
    server.call("create_index", made.name, parameters, sync=False)
    if graph:
        server.wait(
            lambda: server.call("describe_index", made.name, "vector")["indexed_rows"] >= made.rows,
            f"indexing {made.name}", LONGEST_WORK,
        )  # fmt: skip
    MilvusVectors(server, made).fetch()


def _with_graph(server: Server, made: Collection, half: HalfVectors) -> MilvusVectors:
    """A store whose graph finds enough; where none does, every vector is looked at."""
    _index(server, made, "HNSW")
    queries = half[:: max(1, made.rows // _SAMPLE)].astype(np.float32)
    exact = _exact(queries, half)
    for breadth in BREADTHS:
        store = MilvusVectors(server, replace(made, breadth=breadth))
        found = ([row for row, _ in store.search(query, 10)] for query in queries)
        recall = float(np.mean([np.isin(best, near).mean() for best, near in zip(exact, found, strict=True)]))
        if recall >= LEAST_RECALL:
            return MilvusVectors(server, replace(made, breadth=breadth, recall=recall))
    server.call("release_collection", made.name)
    server.call("drop_index", made.name, "vector")
    _index(server, made, "FLAT")
    return MilvusVectors(server, made)


def _exact(queries: Vectors, half: HalfVectors) -> Rows:
    """(n_queries, 10) the nearest rows of each."""
    cosines = np.concatenate([queries @ some.T for some in _single(half)], axis=1)
    return np.asarray(np.argsort(-cosines, axis=1)[:, :10], dtype=np.int64)


def _single(half: HalfVectors) -> Iterator[Vectors]:
    for start in range(0, len(half), _SOME):
        yield half[start : start + _SOME].astype(np.float32)


def _show(server: Server, shown: Collection) -> None:
    try:
        server.call("create_alias", shown.name, shown.alias)
    except StoreUnavailable:  # there is one, or nothing works
        server.call("alter_alias", shown.name, shown.alias)


def _named(folder: Path) -> Collection | None:
    try:
        return Collection.read(folder)
    except (IndexDamaged, IndexMismatch):
        return None


def _write(file: Path, content: object) -> None:
    try:
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:  # of a full disk Python does not say which file
        raise OSError(error.errno, error.strerror, str(file)) from error
