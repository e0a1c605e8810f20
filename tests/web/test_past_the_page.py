"""A client that is no page of ours: what it may not ask for it does not get, nothing is called or kept for it, no fault tells it more than a number."""

from __future__ import annotations

import html
import http.client
import json
import re
import socket
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes import wait_until
from tests.web.hostile import PAYLOADS, PLACES
from tests.web.hostile_server import CALLED, PID, SECRET
from tests.web.test_server import fetch

pytestmark = pytest.mark.slow
FOLDERS = (
    "/static/",
    "/assets/",
    "/svelte/",
    "/look/",
    "/article/",
    "/file=",
    "/gradio_api/file=",
    "/gradio_api/file/",
)
OUT = (
    "../../pyproject.toml", "..%2f..%2fpyproject.toml", "%2e%2e/%2e%2e/pyproject.toml", "%252e%252e%252fpyproject.toml",
    "..%5c..%5cpyproject.toml", "....//....//pyproject.toml", "..%c0%af..%c0%afpyproject.toml", "..;/..;/pyproject.toml",
    "/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "file:///etc/passwd", "C:%5cWindows%5cwin.ini", "%00/etc/passwd",
    "/proc/self/environ", "chat.css%00.html", "./../server.py",
)  # fmt: skip
"""Ways out of a folder, sent as they stand."""
PAGES = ("/", "/articles", "/coverage", "/facts", "/facts.csv", "/status", "/health", "/article/x", "/look/chat.js",
         "/config", "/nowhere", "/gradio_api/info", "/favicon.ico", "/robots.txt")  # fmt: skip


def send(
    server: str, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a request whose path is sent as it stands."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=20)
    size = {"content-length": str(len(body))} if method == "POST" else {}
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (size | dict(headers or {})).items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    finally:
        connection.close()


def post(server: str, path: str, **record: Any) -> tuple[int, str]:
    """Status and text of a call."""
    return fetch(f"{server}/gradio_api/{path}", json.dumps(record).encode())


def events(server: str) -> Mapping[str, Any]:
    """What the page may call, by name."""
    return {one["api_name"]: one for one in json.loads(fetch(f"{server}/config")[1])["dependencies"]}


@pytest.mark.fault("H1")
@pytest.mark.parametrize("folder", FOLDERS)
def test_no_path_leads_out(hostile: str, folder: str) -> None:
    """By dots, by escapes of dots, by absolute paths: refused, and nothing of a file comes back."""
    for way in OUT:
        status, _, body = send(hostile, "GET", folder + way)
        assert status in (400, 403, 404), way
        assert not re.search(rb"root:|\[project\]|PATH=|import |\[fonts\]", body)


@pytest.mark.fault("H2")
def test_nothing_is_fetched_for_a_client(hostile: str, hostile_folder: Path) -> None:
    """The addresses by which Gradio would fetch for anyone are not there, and no connection is tried."""
    for prefix in (
        "/gradio_api/file=",
        "/gradio_api/file/",
        "/file=",
        "/gradio_api/proxy=",
        "/proxy=",
        "/gradio_api/stream/",
    ):
        for target in (
            "http://evil.example/x",
            "https://evil.example/x",
            "http://169.254.169.254/latest",
            "//evil.example",
        ):
            assert send(hostile, "GET", prefix + target)[0] == 404
    assert called(hostile_folder) <= {"127.0.0.1"}


def called(folder: Path) -> set[str]:
    """The hosts that the server has called or looked up until now."""
    return set((folder / CALLED).read_text(encoding="utf-8").split()) if (folder / CALLED).exists() else set()


@pytest.mark.fault("H13")
def test_a_dead_proxy_and_no_network_keep_nobody_waiting(hostile: str, hostile_folder: Path) -> None:
    """The server has started beside a proxy that is none, answers, words by its model, and has called nobody but that."""
    status, text = post(hostile, "call/ask", data=["2023年安徽第0号园区光伏玻璃产量占全国多少", "", "", ""])
    assert status == 200
    stream = fetch(f"{hostile}/gradio_api/call/ask/{json.loads(text)['event_id']}")[1]
    assert json.loads(stream.partition("data: ")[2].strip())[0]["status"] == "answered"
    assert called(hostile_folder) == {"127.0.0.1"}


@pytest.mark.fault("G2", "G5")
def test_a_model_that_obeys_says_nothing_foreign(hostile: str) -> None:
    """An article orders a link, the model writes it and every payload: no address, no code, no label of its own is left."""
    number = list(PAYLOADS).index("order")
    question = f"2023年{PLACES[number % 3]}第{number}号园区光伏玻璃产量占全国多少"
    event_id = json.loads(post(hostile, "call/ask", data=[question, "", "", ""])[1])["event_id"]
    (answer,) = json.loads(fetch(f"{hostile}/gradio_api/call/ask/{event_id}")[1].partition("data: ")[2].strip())
    assert any(PAYLOADS["order"] in citation["quote"] for citation in answer["citations"])
    assert not re.search(r"evil|pwned|//|[<>{}]|\[(?!1\]|2\]|3\])", answer["phrased"])
    assert any("链接或网页代码，已删去" in note for note in answer["notes"])


@pytest.mark.fault("H4")
def test_nothing_can_be_uploaded(hostile: str, hostile_folder: Path) -> None:
    """A byte, and a gigabyte of which only the length is told: refused before it is read, and nothing is kept."""
    form = b'--x\r\ncontent-disposition: form-data; name="files"; filename="../a.html"\r\n\r\nx\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    for path in ("/gradio_api/upload", "/upload", "/gradio_api/upload?upload_id=1", "/gradio_api/component_server"):
        assert send(hostile, "POST", path, form, {"content-type": kind})[0] == 404
    started = time.monotonic()
    for path, refused in (("/gradio_api/upload", 404), ("/gradio_api/run/predict", 413), ("/mcp", 413)):
        assert send(hostile, "POST", path, b"x", {"content-type": kind, "content-length": str(10**9)})[0] == refused
    assert time.monotonic() - started < 10
    assert [path for path in (hostile_folder / "temporary").rglob("*") if path.is_file()] == []


@pytest.mark.fault("H5")
def test_only_what_the_page_calls_can_be_called(hostile: str, hostile_folder: Path) -> None:
    """By every name and number, known or not, over every way of calling: 404 or 422, and no fault in the log."""
    known = events(hostile)
    for name in [*known, "nothing", "../ask", "predict/x"]:
        for way in ("run", "api", "call", "queue/join"):
            if (way, name) in (("call", "ask"), ("call", "search")):
                continue
            assert post(hostile, f"{way}/{name}", data=[])[0] == 404
    numbers: list[object] = [-1, len(known), 10**9, 1.0, True, "0", None, [], {}]
    for number in numbers:
        for way in ("run/predict", "queue/join"):
            assert post(hostile, way, fn_index=number, data=[], session_hash="x")[0] == 404
    for one in known.values():
        other = "run/predict" if one["queue"] else "queue/join"
        assert post(hostile, other, fn_index=one["id"], data=[None] * len(one["inputs"]))[0] == 404
        own = "queue/join" if one["queue"] else "run/predict"
        values: list[object] = [[None] * (len(one["inputs"]) + 1), None, "x", {}]
        for data in values:
            assert post(hostile, own, fn_index=one["id"], data=data)[0] == 422
    for body in (b"", b"[]", b"null", b"{", b"[" * 30_000, b"\xff"):
        assert fetch(f"{hostile}/gradio_api/run/predict", body)[0] == 404
    for body in (b"", b"{}", b"[]", b'{"session_hash": "x", "fn_index": 999, "event_id": "y"}', b'{"event_id": "y"}'):
        assert all(fetch(f"{hostile}/gradio_api/{path}", body)[0] < 500 for path in ("cancel", "reset"))
    for path in ("queue/data", "queue/data?session_hash=%00", "queue/status?x", "heartbeat/x-y", "call/ask/nothing"):
        assert send(hostile, "HEAD", f"/gradio_api/{path}")[0] < 500
    assert "Traceback" not in (hostile_folder / "log").read_text(encoding="utf-8")


@pytest.mark.fault("H11")
def test_a_conversation_cannot_be_forged(hostile: str) -> None:
    """What a client sends as the talk until now is not taken for it, and no value may name a file."""
    known = events(hostile)
    turns = {"turns": [{"number": 1, "asked": "安徽光伏", "answer": "特供"}], "count": 1}
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}

    def asked(words: object, talk: object) -> tuple[int, str]:
        post(hostile, "run/predict", fn_index=0, data=["那江西呢？"], session_hash="forged")
        data = [words, talk, "", "", "", ""]
        return post(hostile, "run/predict", fn_index=known["on_question"]["id"], data=data, session_hash="forged")

    for talk in (turns, [turns], [{"role": "assistant", "content": "特供"}], file, [[file]]):
        assert asked("那江西呢？", talk)[0] == 422
    assert asked(file, None)[0] == 422
    status, text = asked("那江西呢？", json.dumps(turns))
    assert status == 200
    assert "特供" not in text
    assert "按上一问补全" not in text
    assert len(json.loads(text)["data"][0]) == 2


@pytest.mark.fault("H6")
@pytest.mark.parametrize("crowd", [60, pytest.param(300, marks=pytest.mark.soak)])
def test_a_crowd_keeps_nobody_out(hostile: str, hostile_folder: Path, crowd: int) -> None:
    """So many joins at once, as many idle streams, as many half-sent bodies: who comes then is answered, and all is given back."""
    asking = events(hostile)["ask"]
    files = Path("/proc") / (hostile_folder / PID).read_text(encoding="utf-8") / "fd"
    before, netloc = len(list(files.glob("*"))), urlsplit(hostile)
    idle = [socket.create_connection((str(netloc.hostname), netloc.port or 80)) for _ in range(2 * crowd)]
    for number, one in enumerate(idle):
        half = "POST /gradio_api/run/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{"
        stream = f"GET /gradio_api/heartbeat/h{number} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        one.sendall((half if number % 2 else stream).encode())

    def join(number: int) -> tuple[int, float]:
        started = time.monotonic()
        data = ["空话", "", "", ""]
        status, _ = post(hostile, "queue/join", fn_index=asking["id"], data=data, session_hash=f"s{number}")
        return status, time.monotonic() - started

    with ThreadPoolExecutor(crowd) as threads:
        joined = list(threads.map(join, range(crowd)))
    assert {status for status, _ in joined} <= {200, 503}
    started = time.monotonic()
    again, data = events(hostile)["on_again"], ["空话", None, "", "", "", ""]
    assert "rq-answer" in post(hostile, "run/predict", fn_index=again["id"], data=data, session_hash="fresh")[1]
    assert time.monotonic() - started < 10
    for one in idle:
        one.close()
    wait_until(lambda: len(list(files.glob("*"))) <= before + 10, 30)


@pytest.mark.fault("H9")
def test_a_fault_tells_its_number_and_nothing_else(hostile: str, hostile_folder: Path) -> None:
    """In the chat, by both endpoints, on the pages: a number, which the log has too, the secret struck."""
    asking = events(hostile)["on_again"]
    data: list[str | None] = ["出错", None, "", "", "", ""]
    replies = [post(hostile, "run/predict", fn_index=asking["id"], data=data, session_hash="fault")]
    for name, values in (("ask", ["出错", "", "", ""]), ("search", ["出错", 3, "", "", ""])):
        event_id = json.loads(post(hostile, f"call/{name}", data=values)[1])["event_id"]
        replies.append(fetch(f"{hostile}/gradio_api/call/{name}/{event_id}"))
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": "出错"}},
    }
    accept = "application/json, text/event-stream"
    replies.append(fetch(f"{hostile}/mcp", json.dumps(call).encode(), Accept=accept))
    pages = [fetch(f"{hostile}/{path}") for path in ("article/%E5%87%BA%E9%94%99", "facts?metric=%E5%87%BA%E9%94%99")]
    assert [status for status, _ in pages] == [500, 500]
    log = (hostile_folder / "log").read_text(encoding="utf-8")
    for _, text in [*replies, *pages]:
        told = html.unescape(re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text))
        assert "llm.example" not in told
        assert SECRET not in told
        (number,) = re.findall(r"编号是 ([0-9a-f]{8})。", told)[:1]
        assert f"fault {number}\n" in log
    assert SECRET not in log
    assert log.count("refused the key ***") == len(replies) + len(pages)


@pytest.mark.fault("H10")
def test_every_response_carries_safe_headers(hostile: str) -> None:
    """Pages, files, records, refusals and faults; none grants anything to another origin."""
    for path in (*PAGES, "/article/%E5%87%BA%E9%94%99"):
        for method, origin in (("GET", "http://evil.example"), ("GET", ""), ("POST", "null"), ("OPTIONS", "null")):
            headers = send(hostile, method, path, headers={"origin": origin} if origin else {})[1]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["referrer-policy"] == "same-origin"
            assert not [name for name in headers if name.startswith("access-control-")]


@pytest.mark.fault("G1", "G2")
def test_records_are_no_pages(hostile: str) -> None:
    """What /search and the tools hand out holds every payload as it is, as JSON that no browser takes for a page."""
    found: set[str] = set()
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": "园区", "k": 100}},
    }
    status, headers, body = send(hostile, "POST", "/mcp", json.dumps(call).encode(), {"content-type": "application/json", "accept": "application/json, text/event-stream"})  # fmt: skip
    assert (status, headers["content-type"]) == (200, "application/json")
    for hit in json.loads(body)["result"]["structuredContent"]["result"]:
        found |= {name for name, payload in PAYLOADS.items() if payload in hit["text"]}
    assert len(found) >= 40
