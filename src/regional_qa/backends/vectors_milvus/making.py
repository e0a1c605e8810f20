"""Vectors -> a collection of their own, indexed and in the server's memory.

Nobody reads it before it is whole: its name is told only then. Knows nothing about generations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from pymilvus import DataType, MilvusClient

from regional_qa.backends.vectors_milvus.server import Server
from regional_qa.backends.vectors_milvus.store import Collection, MilvusVectors
from regional_qa.errors import ModelError
from regional_qa.ports import HalfVectors, Rows, Vectors

LONGEST_WORK = 3600.0
"""Seconds a server may take to write or index a generation."""
MANY = 200_000
"""Rows from which on a graph is built (HNSW); below, every vector is looked at."""
BREADTHS = (128, 256, 512, 1024)
"""How many neighbours a search of the graph keeps in view: the first that finds enough."""
LEAST_RECALL = 0.97
"""Recall@10 on a sample; a graph that misses more is given up."""
_BATCH_BYTES = 1_000_000
_SAMPLE, _SOME = 50, 16_384


def make(server: Server, made: Collection, half: HalfVectors) -> MilvusVectors:
    """The store over (n, dim) unit rows."""
    if not all(np.isfinite(some).all() for some in _single(half)):
        raise ModelError("the embedding model gave vectors that are not finite numbers; try another `--embedder`")
    _create(server, made)
    _insert(server, made, half)
    is_lite = str(server.call("get_server_version")).startswith("milvus_lite")
    if len(half) >= MANY and not is_lite:  # a graph of Lite loses rows under a filter
        return _with_graph(server, made, half)
    _index(server, made, "FLAT")
    return MilvusVectors(server, made)


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
        rows = [{"row": start + row, "vector": one} for row, one in enumerate(some)]
        server.call("insert", made.name, rows, retry_times=0)  # twice would be too many
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
