"""J7: the server that holds the vectors is down, dies, hangs, refuses or holds something else.

A fault is told within five seconds in one line with its cure; what was published stays, and answers once it is back.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from regional_qa.backends.lexical_tantivy import TantivyIndex
from regional_qa.cli import main
from regional_qa.errors import IndexFault, RegionalQAError, StoreUnavailable
from regional_qa.indexing import durable
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.check import check
from regional_qa.indexing.generation import Generation, Parts, open_generation
from regional_qa.indexing.unchanged import unchanged
from regional_qa.retrieval import search
from tests.durability.editions import QUESTION, edition_of, write_edition
from tests.fakes import BigramEmbedder
from tests.milvus import MilvusServer, lite_server, real_server, require_client, require_lite

T = TypeVar("T")
TOKEN = "root:not-the-password"


@pytest.fixture(params=["lite", "real"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MilvusServer]:
    """A server that the test may do anything to."""
    started = (lite_server if request.param == "lite" else real_server)(tmp_path / "server")
    yield started
    started.kill()


def parts(uri: str, index: Path, token: str = "") -> Parts:
    """As ``assemble`` would plug them for this server."""
    from regional_qa.backends.vectors_milvus import Milvus

    return Parts(BigramEmbedder(), Milvus(uri, token, index), TantivyIndex)


def publish(server: MilvusServer, folder: Path, edition: int) -> None:
    """Write the edition and rebuild."""
    rebuild(write_edition(folder / "corpus", edition), folder / "index", parts(server.uri, folder / "index"))


def opened(server: MilvusServer, folder: Path) -> Generation:
    """What a new process would open."""
    return open_generation(folder / "index", parts(server.uri, folder / "index"))


def told(work: Callable[[], object]) -> str:
    """The fault, in one line and within five seconds."""
    start = time.monotonic()
    with pytest.raises(IndexFault) as fault:
        work()
    assert time.monotonic() - start < 5, f"{fault.value} after {time.monotonic() - start:.1f} s"
    assert "\n" not in str(fault.value)
    return str(fault.value)


def patiently(work: Callable[[], T]) -> T:
    """What comes of it once a server that was started anew has loaded what it holds."""
    end = time.monotonic() + 90
    while True:
        try:
            return work()
        except StoreUnavailable:
            assert time.monotonic() < end
            time.sleep(0.2)


def collections(server: MilvusServer) -> tuple[set[str], str]:
    """The collections on the server, and which of them the alias of the one index names."""
    from pymilvus import MilvusClient

    client = MilvusClient(server.uri)
    names = set(client.list_collections())
    alias = {name.rpartition("_")[0] for name in names}
    shown = client.describe_alias(alias.pop())["collection_name"] if len(alias) == 1 else ""
    client.close()
    return names, shown


@pytest.mark.fault("J7")
def test_down_at_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command says so; nothing is built, and the address is named with the cure."""
    require_client()
    corpus, index = write_edition(tmp_path / "corpus", 1), tmp_path / "index"
    store = ["--index", str(index), "--store", "milvus", "--uri", "http://127.0.0.1:9"]
    nobody = "http://127.0.0.1:9"
    assert "does not answer" in told(lambda: rebuild(corpus, index, parts(nobody, index)))
    assert main(["rebuild", "--corpus", str(corpus), *store]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "http://127.0.0.1:9 does not answer" in err
    assert "--uri" in err
    assert not durable.folders(index)


@pytest.mark.fault("J7")
def test_dies_and_comes_back(server: MilvusServer, tmp_path: Path) -> None:
    """A question under way says that the server is gone, as does the next, or a rebuild; once it is back the same process
    answers again, from what it held before."""
    publish(server, tmp_path, 1)
    generation = opened(server, tmp_path)
    assert edition_of(generation) == 1
    shown = collections(server)
    with ThreadPoolExecutor(1) as asking:
        server.pause()  # so that the question is under way
        question = asking.submit(told, lambda: search(generation, QUESTION))
        time.sleep(0.5)
        server.kill()
        assert "does not answer (unavailable)" in question.result()
    assert "does not answer" in told(lambda: search(generation, QUESTION))
    assert "does not answer" in told(lambda: publish(server, tmp_path, 2))
    assert "does not answer" in told(lambda: opened(server, tmp_path))
    assert "does not answer" in "".join(check(tmp_path / "index", parts(server.uri, tmp_path / "index")).faults)
    server.start()
    assert patiently(lambda: edition_of(generation)) == 1
    assert edition_of(opened(server, tmp_path)) == 1
    assert collections(server) == shown
    patiently(lambda: publish(server, tmp_path, 2))
    assert edition_of(opened(server, tmp_path)) == 2


@pytest.mark.fault("J7")
def test_hangs(server: MilvusServer, tmp_path: Path) -> None:
    """A server that takes a question and says nothing is left after three seconds; it may answer the next."""
    publish(server, tmp_path, 1)
    generation = opened(server, tmp_path)
    server.pause()
    try:
        assert "does not answer" in told(lambda: search(generation, QUESTION))
        assert "does not answer" in told(lambda: opened(server, tmp_path))
        assert "does not answer" in told(lambda: publish(server, tmp_path, 2))
    finally:
        server.resume()
    assert patiently(lambda: edition_of(generation)) == 1


@pytest.mark.fault("J7")
@pytest.mark.parametrize("stage", ["index", "verify"])
def test_dies_during_a_rebuild(server: MilvusServer, tmp_path: Path, stage: str) -> None:
    """Nothing is published, the alias stays, the generation before answers; what was begun is dropped by the next."""
    publish(server, tmp_path, 1)
    before, shown = collections(server)
    killed: list[float] = []

    def kill(now: str, done: int, total: int) -> None:
        if now == stage and not killed:
            server.kill()
            killed.append(time.monotonic())

    corpus, index = write_edition(tmp_path / "corpus", 2), tmp_path / "index"
    with pytest.raises(StoreUnavailable, match="does not answer"):
        rebuild(corpus, index, parts(server.uri, index), kill)
    assert time.monotonic() - killed[0] < 5
    server.start()
    assert collections(server)[1] == shown
    assert durable.live_name(index) == "gen-000001"
    assert patiently(lambda: edition_of(opened(server, tmp_path))) == 1
    patiently(lambda: publish(server, tmp_path, 2))
    after, shown_now = collections(server)
    assert edition_of(opened(server, tmp_path)) == 2
    assert len(after) == 2
    assert before < after
    assert shown_now == (after - before).pop()


@pytest.mark.fault("J7")
def test_a_rebuild_that_is_killed(server: MilvusServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its collection stays behind unseen, and the next rebuild drops it."""
    publish(server, tmp_path, 1)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(durable, "publish", stop)
        with pytest.raises(KeyboardInterrupt):
            publish(server, tmp_path, 2)
    assert len(collections(server)[0]) == 2
    assert edition_of(opened(server, tmp_path)) == 1
    for edition in (2, 3, 4):
        publish(server, tmp_path, edition)
    names, shown = collections(server)
    assert len(names) == durable.KEPT
    assert shown in names
    assert edition_of(opened(server, tmp_path)) == 4


@pytest.mark.fault("J7")
def test_the_alias_is_gone(server: MilvusServer, tmp_path: Path) -> None:
    """Answers do not need it; ``check`` names it, and a rebuild of the same corpus sets it again."""
    from pymilvus import MilvusClient

    publish(server, tmp_path, 1)
    (name,), shown = collections(server)
    assert shown == name
    client = MilvusClient(server.uri)
    client.drop_alias(name.rpartition("_")[0])
    index = tmp_path / "index"
    assert edition_of(opened(server, tmp_path)) == 1
    (fault,) = check(index, parts(server.uri, index)).faults
    assert "alias" in fault
    assert "rebuild" in fault
    assert unchanged(tmp_path / "corpus", index, parts(server.uri, index)) is None
    publish(server, tmp_path, 1)
    assert check(index, parts(server.uri, index)).faults == ()
    client.close()


@pytest.mark.fault("J7")
def test_another_collection_of_this_name(server: MilvusServer, tmp_path: Path) -> None:
    """Of another dimension, or gone: the generation before is served with a notice; without one there is a cure."""
    from pymilvus import MilvusClient

    for edition in (1, 2):
        publish(server, tmp_path, edition)
    _, live = collections(server)
    client = MilvusClient(server.uri)
    client.drop_alias(live.rpartition("_")[0])
    client.drop_collection(live)
    generation = opened(server, tmp_path)
    assert f"no collection {live}" in generation.notice
    assert edition_of(generation) == 1
    client.create_collection(live, dimension=5)
    client.insert(live, [{"id": row, "vector": np.ones(5).tolist()} for row in range(3)])
    generation = opened(server, tmp_path)
    assert "not 3 of 64" in generation.notice
    assert edition_of(generation) == 1
    client.drop_collection(live)
    (older,) = client.list_collections()
    client.drop_collection(older)
    assert f"run `regional-qa rebuild --index {tmp_path / 'index'}`" in told(lambda: opened(server, tmp_path))
    publish(server, tmp_path, 3)
    assert edition_of(opened(server, tmp_path)) == 3
    client.close()


@pytest.mark.fault("J7")
def test_a_copy_of_an_index_takes_nothing_away(server: MilvusServer, tmp_path: Path) -> None:
    """It reads what the original has, and rebuilds under a name of its own."""
    publish(server, tmp_path, 1)
    original = tmp_path / "index"
    copy = tmp_path / "copy"
    shutil.copytree(original, copy)
    assert edition_of(open_generation(copy, parts(server.uri, copy))) == 1
    for edition in (2, 3, 4):
        rebuild(write_edition(tmp_path / "corpus", edition), copy, parts(server.uri, copy))
    assert edition_of(opened(server, tmp_path)) == 1


@pytest.mark.fault("J7")
@pytest.mark.parametrize("code", ["UNAUTHENTICATED", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "INTERNAL"])
def test_refuses(tmp_path: Path, code: str) -> None:
    """The token is named, never shown; any other refusal in the server's words."""
    require_client()
    with refusing(code) as uri:
        index = tmp_path / "index"
        fault = told(lambda: rebuild(write_edition(tmp_path / "corpus", 1), index, parts(uri, index, TOKEN)))
    assert TOKEN not in fault
    assert ("REGIONAL_QA_MILVUS_TOKEN" in fault) == code.startswith(("UNAUTH", "PERM"))
    assert not durable.folders(index)


@contextlib.contextmanager
def refusing(code: str) -> Iterator[str]:
    """A server that refuses everything, and repeats what it was sent."""
    import grpc

    class Refusing(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, details: Any) -> Any:
            sent = str(details.invocation_metadata)

            def refuse(request: bytes, context: Any) -> bytes:
                context.abort(grpc.StatusCode[code], f"no: {TOKEN} {sent}")
                raise AssertionError

            return grpc.unary_unary_rpc_method_handler(refuse)

    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((Refusing(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(0)


@pytest.mark.fault("J7")
def test_a_real_server_with_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the right token it answers; with a wrong one or none the fault names the variable, and no file has the token."""
    right = "root:Milvus"  # as every Milvus starts with
    server = real_server(tmp_path / "server", "common.security.authorizationEnabled=true")
    try:
        corpus, index = write_edition(tmp_path / "corpus", 1), tmp_path / "index"
        for token in ("", TOKEN):
            fault = told(lambda token=token: rebuild(corpus, index, parts(server.uri, index, token)))  # type: ignore[misc]
            assert "REGIONAL_QA_MILVUS_TOKEN" in fault
        rebuild(corpus, index, parts(server.uri, index, right))
        assert edition_of(open_generation(index, parts(server.uri, index, right))) == 1
        assert not [path for path in index.rglob("*") if path.is_file() and b"Milvus" in path.read_bytes()]
    finally:
        server.kill()


@pytest.mark.fault("J7")
def test_lite_serves_one_process(tmp_path: Path) -> None:
    """A file that another process has open is told as that; the engine's own complaint is not printed."""
    require_lite()
    corpus, uri = write_edition(tmp_path / "corpus", 1), str(tmp_path / "vectors.db")
    store = ["--index", str(tmp_path / "index"), "--store", "milvus", "--uri", uri]
    assert main(["rebuild", "--corpus", str(corpus), *store]) == 0
    assert main(["ask", QUESTION, *store]) == 0
    words = [sys.executable, "-m", "regional_qa", "ask", QUESTION, *store]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert "one process at a time" in done.stderr


def test_faults_are_ours() -> None:
    """The chat shows the message of any fault of this tree."""
    assert issubclass(StoreUnavailable, RegionalQAError)
