"""Servers in processes of their own and a Chromium that may speak to nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """The address of a fake server that runs as long as the block."""
    with tempfile.TemporaryDirectory() as folder, started("tests.web.fake_server", folder, *arguments) as address:
        yield address


@contextmanager
def started(module: str, *arguments: str, **options: Any) -> Iterator[str]:
    """The address that a module prints which serves as long as the block; ``options`` are those of ``Popen``."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address, "the server did not start"
            yield address
        finally:
            process.kill()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A server over the fake assistant."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def server_without_index() -> Iterator[str]:
    """A server whose index was never built."""
    with serving("missing") as address:
        yield address


@pytest.fixture(scope="session")
def server_with_login() -> Iterator[str]:
    """A server that asks for a password."""
    with serving("login") as address:
        yield address


@pytest.fixture(scope="session")
def hostile_folder() -> Iterator[Path]:
    """Where the hostile server keeps its things: its corpus and index, what it called, what it logged, its temporary files."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "temporary").mkdir()
        yield Path(name)


@pytest.fixture(scope="session")
def hostile(hostile_folder: Path) -> Iterator[str]:
    """A server over the hostile corpus, beside a proxy that is dead."""
    proxies = (f"{kind}_proxy" for kind in ("http", "https", "all"))
    dead = {name: "http://127.0.0.1:9" for proxy in proxies for name in (proxy, proxy.upper())}
    temporary = {name: str(hostile_folder / "temporary") for name in ("TMPDIR", "GRADIO_TEMP_DIR")}
    with (hostile_folder / "log").open("w") as log:
        options = {"env": os.environ | dead | temporary, "stderr": log}
        with started("tests.web.hostile_server", str(hostile_folder), **options) as address:
            yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, where there is one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A fresh visitor; the test fails if the page asks any other origin, logs an error or opens a dialog."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    faults: list[str] = []
    own = (server, "data:", "blob:")

    def refuse(dialog: Dialog) -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    context.on("request", lambda request: None if request.url.startswith(own) else faults.append(request.url))
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    context.on("dialog", refuse)
    opened = context.new_page()
    opened.goto(server)
    opened.locator(".example").first.wait_for()
    yield opened
    context.close()
    assert faults == []
