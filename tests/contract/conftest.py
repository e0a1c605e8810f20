"""Every plug that a contract is held against; an absent one skips with its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from regional_qa.backends.vectors_faiss import FaissVectors
from regional_qa.ports import VectorStores
from tests.milvus import MilvusServer


@pytest.fixture(params=["faiss", "milvus lite", "milvus server"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStores:
    """The stores of one index, by each plug."""
    if request.param == "faiss":
        return FaissVectors
    server: MilvusServer = request.getfixturevalue("lite" if request.param == "milvus lite" else "real")
    from regional_qa.backends.vectors_milvus import Milvus

    return Milvus(server.uri, "", tmp_path / "index")
