"""What is collected: soak tests only when they are asked for. Milvus servers are started once, for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.milvus import MilvusServer, lite_server, real_server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the soak tests out unless the markers asked for name them."""
    if "soak" not in config.getoption("markexpr"):
        left_out = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """Milvus Lite in a process of its own."""
    server = lite_server(tmp_path_factory.mktemp("lite") / "server")
    yield server
    server.kill()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """A real Milvus in a process of its own, gone before another module may want one: two do not share a machine."""
    server = real_server(tmp_path_factory.mktemp("real") / "server")
    yield server
    server.kill()
