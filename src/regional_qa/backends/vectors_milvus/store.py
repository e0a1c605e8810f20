"""The vectors of one generation in a collection that is never changed, and what its folder tells of it.

Knows nothing about how a collection is made.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np

from regional_qa.backends.vectors_milvus.server import Server
from regional_qa.errors import IndexDamaged, IndexMismatch, ModelError, StoreUnavailable, rebuild_hint
from regional_qa.ports import Rows, Vector

FILE = "vectors.milvus.json"
LONGEST_LOAD = 60.0
"""Seconds a server may take to fetch a generation into memory."""
BROAD, OVERFETCH, MOST_HITS = 0.1, 3, 16_384
"""A filter that lets a larger share of rows pass is applied here, to so many times the rows; a server gives no more hits."""


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
                f"{folder} has no vectors of the store 'milvus'; {rebuild_hint(folder)} or change `--store`"
            ) from error
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamaged(f"{folder / FILE} cannot be read; {rebuild_hint(folder)}") from error
        if not isinstance(found.name, str) or not all(type(size) is int for size in (found.rows, found.dim)):
            raise IndexDamaged(f"{folder / FILE} cannot be read; {rebuild_hint(folder)}")
        return found


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
        write(folder / FILE, asdict(self._collection))

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
            raise IndexDamaged(f"the collection {self._collection.name} has lost row {min(lost)}; rebuild the index")
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
        return [f"the alias {alias} names {shown} instead of {self._collection.name}"]

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
                "finite numbers; rebuild the index with this model"
            )


def write(file: Path, content: object) -> None:
    """Write a small file anew, as JSON."""
    try:
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:  # of a full disk Python does not say which file
        raise OSError(error.errno, error.strerror, str(file)) from error
