"""The vector stores on a Milvus server, or in Milvus Lite: each generation has a collection of its own, never changed.

The folder of a generation holds where its vectors are; what is live is said by the index, as for any other store, and an
alias on the server shows it to others. A collection is found by the name that its generation wrote down, so nobody
depends on the alias, and a rebuild that was killed leaves nothing but a collection that the next one drops.

Knows nothing about text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np

from regional_qa.backends.vectors_milvus.making import make
from regional_qa.backends.vectors_milvus.server import Server
from regional_qa.backends.vectors_milvus.store import Collection, MilvusVectors, write
from regional_qa.errors import IndexDamaged, IndexMismatch, StoreUnavailable, rebuild_hint
from regional_qa.ports import HalfVectors, Vectors

NAME_FILE = "milvus.json"


class Milvus:
    """``ports.VectorStores`` of one index on one server."""

    def __init__(self, uri: str, token: str, index: Path) -> None:
        self._server, self._index = Server(uri, token), index

    def build(self, vectors: Vectors | HalfVectors, cache: Path | None = None) -> MilvusVectors:
        """A store over (n, dim) unit rows; they are rounded to half precision first, as those of the other store."""
        half = np.ascontiguousarray(vectors, dtype=np.float16)
        alias = self._alias() or self._name_index()
        return make(self._server, Collection(self._server.uri, f"{alias}_{uuid4().hex[:12]}", alias, *half.shape), half)

    def load(self, folder: Path) -> MilvusVectors:
        """Open what ``save`` wrote, and see that the server has it."""
        found = Collection.read(folder)
        if not self._server.call("has_collection", found.name):
            raise IndexDamaged(
                f"the Milvus server at {self._server.uri} has no collection {found.name} (built at {found.uri}); "
                f"{rebuild_hint(folder)} or change `--uri`"
            )
        fields = self._server.call("describe_collection", found.name)["fields"]
        dim = {field["name"]: field["params"].get("dim") for field in fields}.get("vector")
        store = MilvusVectors(self._server, found)
        store.fetch()
        (counted,) = self._server.call("query", found.name, filter="", output_fields=["count(*)"])
        if (int(dim or 0), counted["count(*)"]) != (found.dim, found.rows):
            raise IndexDamaged(
                f"the collection {found.name} at {self._server.uri} has {counted['count(*)']} vectors of {dim} numbers, "
                f"not {found.rows} of {found.dim}; {rebuild_hint(folder)}"
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
        write(self._index / NAME_FILE, {"name": name, "index": str(self._index.resolve())})
        return name


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
