"""Milvus servers of the tests' own: Lite as a process, and the real one of the wheel ``milvus`` where it is installed.

Each listens on a port of this machine, has a folder of its own, can be killed and started again. The real one listens
on every address of the machine, so the tests are best run in a network of their own:
``unshare -rn sh -c 'ip link set lo up; pytest …'``. Knows nothing about what is stored.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

COMMAND = os.environ.get("REGIONAL_QA_TEST_MILVUS", "") or shutil.which("milvus-server") or ""
"""``milvus-server`` of the wheel ``milvus==2.3.5``, best from an environment of its own."""
LONGEST_START = 180.0
"""Seconds; a real server takes a minute of quiet after one that was killed, until the session of that one has run out."""
_unpacked: list[Path] = []
"""The programs of the wheel, once a first server has unpacked them: 250 MB, and up to a minute on a busy machine."""


class MilvusServer:
    """A server process with its children; ``kill`` leaves them no time."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._folder, self._command = folder, command
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def pid(self) -> int:
        """Of the process that was started; others may be its children."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        from regional_qa.backends.vectors_milvus.server import Server
        from regional_qa.errors import StoreUnavailable

        words = [word.format(port=self.port, folder=self._folder / "data") for word in self._command]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                words, stdout=log, stderr=log, cwd=self._folder, env=os.environ | {"HOME": str(self._folder)},
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + LONGEST_START
        while True:
            try:
                Server(self.uri, "root:Milvus").call("list_collections")
                return
            except StoreUnavailable as fault:
                if time.monotonic() > end or self._process.poll() is not None:
                    self.kill()
                    told = (self._folder / "log").read_text(errors="replace")[-2000:]
                    raise AssertionError(f"{fault}\n{told}") from None
                time.sleep(0.2)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait()

    def pause(self) -> None:
        """Let it hold every connection and say nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            os.killpg(self._process.pid, number)


def lite_server(folder: Path) -> MilvusServer:
    """Milvus Lite behind a port; skips by name where it is not installed."""
    require_lite()
    words = ["-m", "milvus_lite", "server", "--data-dir", "{folder}", "--host", "127.0.0.1", "--port", "{port}"]
    return MilvusServer(folder, [sys.executable, *words])


def real_server(folder: Path, *settings: str) -> MilvusServer:
    """The server of the wheel; skips by name where it is not installed."""
    require_client()
    if not COMMAND:
        pytest.skip("milvus-server (pip install milvus==2.3.5) is not installed, nor named by REGIONAL_QA_TEST_MILVUS")
    programs = folder / "data" / "bin"
    if _unpacked:
        shutil.copytree(_unpacked[0], programs, copy_function=os.link)
    # not as --proxy-port: the next one is taken, and not told, while a connection of a killed server still fades away
    words = [COMMAND, "--data", "{folder}"]
    for setting in ("proxy.port={port}", *settings):
        words += ["--extra-config", setting]
    server = MilvusServer(folder, words)
    _unpacked[:] = _unpacked or [programs]
    return server


def require_client() -> None:
    """Skip by name where pymilvus is not installed."""
    if not importlib.util.find_spec("pymilvus"):
        pytest.skip("pymilvus is not installed: pip install -c constraints.txt -e '.[milvus]'")


def require_lite() -> None:
    """Skip by name where Milvus Lite is not installed."""
    require_client()
    if not importlib.util.find_spec("milvus_lite"):
        pytest.skip("milvus-lite is not installed: pip install -c constraints.txt -e '.[milvus-lite]'")
