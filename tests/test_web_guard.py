"""The gate before the server: whose host, whose page, how large, which path; safe headers on every answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import MutableMapping
from typing import Any

import pytest

from regional_qa.errors import UsageError
from regional_qa.web import guard
from regional_qa.web.faults import Faults
from regional_qa.web.guard import BODY_LIMIT, Guard, Headers
from regional_qa.web.server import listen
from tests.fakes import finish


async def echo(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Answers with the length of the body, and grants everything to everyone as Gradio does off loopback."""
    size = 0
    while scope["method"] == "POST":
        message = await receive()
        size += len(message["body"])
        if not message["more_body"]:
            break
    headers = [
        (b"Access-Control-Allow-Origin", b"*"),
        (b"X-Frame-Options", b"ALLOWALL"),
        (b"content-type", b"text/plain"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": str(size).encode()})


def call(
    method: str = "GET", path: str = "/", host: str = "127.0.0.1:7860", body: tuple[bytes, ...] = (b"",), **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request through the guard."""
    raw = [
        (b"host", host.encode()),
        *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
    ]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    parts = [{"type": "http.request", "body": part, "more_body": i < len(body) - 1} for i, part in enumerate(body)]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return parts.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    finish(Headers(Faults(Guard(echo, ("chat.example",))))(scope, receive, send))
    names = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:7860", "chat.example:7860"])
def test_known_hosts_pass(host: str) -> None:
    """Loopback and the configured name, with any port."""
    assert call(host=host)[0] == 200


@pytest.mark.fault("H3")
@pytest.mark.parametrize("host", ["", "evil.example", "127.0.0.1.evil.example", "192.168.1.5:7860", "[::1", "@"])
def test_foreign_hosts_are_misdirected(host: str) -> None:
    """A name that was made to point here reads nothing (DNS rebinding)."""
    assert call(host=host)[0] == 421


@pytest.mark.fault("H3")
def test_a_server_on_all_addresses_is_called_by_the_one_that_was_reached() -> None:
    """No other name passes, so that none can be made to point here."""

    def status(host: str, hosts: tuple[str, ...]) -> int:
        sent: list[MutableMapping[str, Any]] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        async def receive() -> MutableMapping[str, Any]:
            raise AssertionError

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": [(b"host", host.encode())],
            "server": ("192.168.1.5", 80),
        }
        finish(Guard(echo, hosts)(scope, receive, send))
        return int(sent[0]["status"])

    assert status("192.168.1.5:7860", ("0.0.0.0",)) == 200
    assert status("192.168.1.6:7860", ("0.0.0.0",)) == 421
    assert status("evil.example", ("0.0.0.0",)) == 421
    assert status("192.168.1.5:7860", ()) == 421


@pytest.mark.fault("H3")
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1", "http://[", "", "://"]
)
def test_foreign_origins_are_forbidden(origin: str) -> None:
    """Only pages of the very same host and port may ask."""
    assert call("POST", "/gradio_api/queue/join", origin=origin)[0] == 403
    assert call("POST", "/gradio_api/queue/join", origin="http://127.0.0.1:7860")[0] == 200


@pytest.mark.fault("H2", "H4", "H5")
@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/gradio_api/file=x", "/gradio_api/file=http://evil.example", "/gradio_api/file/x",
        "/gradio_api/proxy=http://evil.example", "/monitoring", "/monitoring/summary", "/gradio_api/component_server",
        "/gradio_api/dev/reload", "/gradio_api/openapi.json", "/openapi.json", "/docs", "/gradio_api/run/ask",
        "/gradio_api/api/ask", "/gradio_api/call/other", "/gradio_api/runs", "/gradio_api/stream/x", "/logout",
        "/gradio_api/vibe-edit", "/gradio_api/deep_link", "/file=x", "/pwa_icon", "/gradio_api/queue/data/x",
    ],
)  # fmt: skip
def test_what_the_chat_does_not_need_is_not_there(path: str) -> None:
    """Gradio's uploads, files, proxies, monitoring and direct runs do not exist for any method."""
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        assert call(method, path)[0] == 404


@pytest.mark.fault("F2q")
def test_large_bodies_are_refused_declared_or_not() -> None:
    """At the limit is fine; one byte more is not, whether its length is told, untold or a lie."""
    path = "/gradio_api/queue/join"
    assert call("POST", path, body=(b"x" * BODY_LIMIT,))[::2] == (200, str(BODY_LIMIT).encode())
    assert call("POST", path, body=(b"x" * BODY_LIMIT, b"x"))[0] == 413
    assert call("POST", path, content_length=str(BODY_LIMIT + 1))[0] == 413
    assert call("POST", path, content_length="-1")[0] == 413


@pytest.mark.fault("H4", "H6")
def test_a_half_sent_body_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection is given up with 408."""
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)

    async def visit() -> int:
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            await asyncio.sleep(30)
            raise AssertionError

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        headers = [(b"host", b"127.0.0.1"), (b"content-length", b"10")]
        scope = {"type": "http", "method": "POST", "path": "/gradio_api/queue/join", "headers": headers}
        await Guard(echo)(scope, receive, send)
        return int(sent[0]["status"])

    assert finish(visit()) == 408


@pytest.mark.fault("H3", "H10")
@pytest.mark.parametrize("path", ["/", "/article/x", "/nowhere"])
def test_every_answer_carries_safe_headers_and_no_grant(path: str) -> None:
    """Refusals too; what the application set against it is replaced."""
    headers = call(path=path)[1]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


@pytest.mark.fault("H9", "H10")
def test_a_fault_of_the_gate_itself_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the safe headers too."""

    def fails(*_: object) -> int:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(Guard, "_fault", fails)
    status, headers, body = call()
    assert status == 500
    assert "编号是" in body.decode()
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/facts", "/facts.csv"])
def test_the_fact_table_is_only_read(path: str) -> None:
    """Its form may come back to us, it has no script, and nothing else lies near it."""
    status, headers, _ = call(path=path)
    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "form-action 'self'" in headers["content-security-policy"]
    assert "script" not in headers["content-security-policy"]
    assert call("POST", path)[0] == 404
    for near in (f"{path}/", f"{path}/x", "/facts.json", "/factsx"):
        assert call(path=near)[0] == 404


@pytest.mark.parametrize("path", ["/article/x", "/status", "/coverage", "/articles"])
def test_our_pages_allow_no_script(path: str) -> None:
    """They need none, and nothing is sent to them."""
    policy = call(path=path)[1]["content-security-policy"]
    assert call("POST", path)[0] == 404
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy


@pytest.mark.fault("H12")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "chat.example"])
def test_a_host_that_others_reach_is_refused(host: str) -> None:
    """There is no login, so only this machine may listen."""
    with pytest.raises(UsageError, match="use 127"):
        listen(host, 0)


def test_with_a_password_others_may_come() -> None:
    """Then, and only then."""
    with listen("0.0.0.0", 0, has_login=True) as listening:
        assert listening.getsockname()[0] == "0.0.0.0"


def test_a_taken_port_is_one_clear_line() -> None:
    """The line names the port and the cure."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken; .*--port"):
            listen("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_one_clear_line() -> None:
    """The line names the host, not the port, which is free."""
    with pytest.raises(UsageError, match=r"host '192\.0\.2\.1' is none of this machine's .*--host"):
        listen("192.0.2.1", 0, has_login=True)
