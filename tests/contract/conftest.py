"""Every plug that a contract is held against; an absent one skips with its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from regional_qa.backends.vectors_faiss import FaissVectors
from regional_qa.ports import VectorStores
from tests.milvus import MilvusServer, lite_server, real_server


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """Milvus Lite in a process of its own."""
    server = lite_server(tmp_path_factory.mktemp("lite") / "server")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """A real Milvus in a process of its own."""
    server = real_server(tmp_path_factory.mktemp("real") / "server")
    yield server
    server.kill()


@pytest.fixture(params=["faiss", "milvus lite", "milvus server"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStores:
    """The stores of one index, by each plug."""
    if request.param == "faiss":
        return FaissVectors
    server: MilvusServer = request.getfixturevalue("lite" if request.param == "milvus lite" else "real")
    from regional_qa.backends.vectors_milvus import Milvus

    return Milvus(server.uri, "", tmp_path / "index")
