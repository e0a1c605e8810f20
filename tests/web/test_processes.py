"""Two true servers over one index stand for one another; what they say of themselves holds no secret and no question."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from regional_qa.cli import main
from tests.fakes import wait_until, write_corpus
from tests.test_deploy import health_check
from tests.web.conftest import ROOT
from tests.web.test_server import fetch

pytestmark = pytest.mark.slow
PASSWORD, SECRET = "correct horse", "0123456789abcdef" * 2
QUESTION = "安徽光伏玻璃产量占全国多少"


class Server:
    """A server in a process of its own, its log in a file."""

    def __init__(self, index: Path, log: Path, **settings: str) -> None:
        given = {f"REGIONAL_QA_{name.upper()}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "regional_qa", "serve", "--index", str(index), "--port", "0"]
        self._log = log
        with log.open("wb") as stream:
            self._process = subprocess.Popen(
                [*command, "--log-format", "json"], cwd=ROOT, env=os.environ | given, stderr=stream
            )

    @property
    def address(self) -> str:
        """Where it is, once it serves."""
        wait_until(lambda: bool(self.lines()) or self._process.poll() is not None, 250)
        assert self._process.poll() is None, self._log.read_text(encoding="utf-8")
        return str(self.lines()[0]["address"])

    def lines(self) -> list[dict[str, object]]:
        """What it has logged."""
        return [
            json.loads(line)
            for line in self._log.read_text(encoding="utf-8").splitlines(keepends=True)
            if line.endswith("\n")
        ]

    def stop(self) -> int:
        """End it as an orchestrator does; its exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(30)
        finally:
            self._process.kill()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two with one secret."""
    folder = tmp_path_factory.mktemp("servers")
    text = "2023年，安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。"
    corpus = write_corpus(folder / "corpus", anhui=f"title: 安徽光储\nregions: [安徽]\n---\n{text}")
    assert main(["rebuild", "--corpus", str(corpus), "--index", str(folder / "index")]) == 0
    started = [
        Server(folder / "index", folder / f"{number}.log", password=PASSWORD, secret=SECRET, hosts="qa.example")
        for number in range(2)
    ]
    yield started
    assert [server.stop() for server in started] == [-signal.SIGTERM] * 2


def log_in(address: str, **headers: str) -> str:
    """The cookie of a login."""
    body = urllib.parse.urlencode({"password": PASSWORD}).encode()
    request = urllib.request.Request(f"{address}/login", body, headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as reply:
        return str(reply.headers["set-cookie"])


def test_a_login_at_one_opens_the_other(servers: list[Server]) -> None:
    """As long as it says and no longer, whoever writes it anew."""
    cookie = log_in(servers[0].address).partition(";")[0]
    assert [fetch(f"{server.address}/facts", Cookie=cookie)[0] for server in servers] == [200, 200]
    until, rest = cookie.split("=")[1].split(".", 1)
    longer = f"regional-qa={int(until) + 3600}.{rest}"
    assert fetch(f"{servers[0].address}/facts", Cookie=longer)[0] == 401


def test_behind_tls_the_cookie_is_a_secure_one(servers: list[Server]) -> None:
    """As the balancer on this machine says, which is believed by default."""
    assert "Secure" in log_in(servers[0].address, **{"X-Forwarded-Proto": "https"}).split("; ")
    assert "Secure" not in log_in(servers[0].address)


def test_programs_ask_any_of_them(servers: list[Server]) -> None:
    """One request of the Model Context Protocol, one answer, the same from each; by the name of the balancer, too."""
    pytest.importorskip("mcp", reason="mcp is not installed")
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTION}}}  # fmt: skip
    headers = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {PASSWORD}",
        "Host": "qa.example",
    }
    answers = [fetch(f"{server.address}/mcp", json.dumps(call).encode(), **headers) for server in servers]
    assert answers[0][0] == 200
    assert "一半以上" in answers[0][1]
    assert answers[0] == answers[1]
    assert fetch(f"{servers[0].address}/mcp", b"{}", **headers | {"Host": "evil.example"})[0] == 421


def test_machines_ask_without_a_password_how_it_is(servers: list[Server]) -> None:
    """Health and readiness are open, the numbers are not; the image's own check passes."""
    address = servers[0].address
    assert json.loads(fetch(f"{address}/health")[1]) == {"status": "alive"}
    ready = json.loads(fetch(f"{address}/ready")[1])
    assert (ready["status"], ready["generation"]) == ("ready", "gen-000001")
    assert subprocess.run(health_check(int(address.rpartition(":")[2])), timeout=30).returncode == 0
    assert fetch(f"{address}/metrics")[0] == 401


def test_the_log_and_the_numbers_hold_no_secret_and_no_question(servers: list[Server]) -> None:
    """After questions, wrong passwords and paths that are none: every line is JSON with an id, every word is ours."""
    address, bearer = servers[1].address, {"Authorization": f"Bearer {PASSWORD}"}
    log_in(address)
    body = json.dumps({"data": [QUESTION, "", "", ""]}).encode()
    status, text = fetch(f"{address}/gradio_api/call/ask", body, **bearer, **{"X-Request-ID": "from-a-proxy"})
    assert status == 200
    assert (
        "一半以上"
        in json.loads(
            fetch(f"{address}/gradio_api/call/ask/{json.loads(text)['event_id']}", None, **bearer)[1]
            .partition("data: ")[2]
            .strip()
        )[0]["text"]
    )
    fetch(f"{address}/facts?region={urllib.parse.quote('秘密')}", None, **bearer)
    fetch(f"{address}/{urllib.parse.quote('秘密')}")
    fetch(address, Authorization="Bearer wrong-password-guess")
    numbers = fetch(f"{address}/metrics", None, **bearer)[1]
    assert 'regional_qa_questions_total{outcome="answered"}' in numbers
    assert 'route="/facts",status="400"' in numbers
    lines = servers[1].lines()
    requests = [line for line in lines if "route" in line]
    assert all({"request_id", "method", "status", "ms"} <= set(line) for line in requests)
    assert "from-a-proxy" in {line["request_id"] for line in requests}
    everything = json.dumps(lines, ensure_ascii=False) + numbers
    for word in (PASSWORD, "correct", SECRET, "wrong-password-guess", QUESTION, "安徽", "秘密", "%E7", "region="):
        assert word not in everything
