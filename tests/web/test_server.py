"""The server from outside: its pages, its refusals, its named endpoints, and life without an index."""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.web.conftest import ROOT

pytestmark = pytest.mark.slow


def fetch(url: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Status and text, past any proxy of the machine."""
    request = urllib.request.Request(url, data, {"content-type": "application/json", **headers})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode()


def client(server: str) -> Any:
    """Gradio's own client."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = importlib.import_module("gradio_client").Client
        return client(server, verbose=False, analytics_enabled=False)


def test_the_article_page_and_its_faults(server: str) -> None:
    """200 with the mark, 200 without it for a bad place, 404 with a clear line for an unknown id."""
    assert '<mark id="mark">' in fetch(f"{server}/article/anhui?s=2&e=6")[1]
    assert "对不上" in fetch(f"{server}/article/anhui?s=9&e=2")[1]
    status, text = fetch(f"{server}/article/%3Cb%3E")
    assert status == 404
    assert "没有找到这篇文章" in text
    assert "<b>" not in text
    assert fetch(f"{server}/article/evil%2F..%2F%3Cid%3E")[0] == 200


def test_the_fact_table_and_its_faults(server: str) -> None:
    """Page and file, filtered; one line for a region that is none, whatever is in it."""
    assert "一半以上" in fetch(f"{server}/facts?region=%E5%AE%89%E5%BE%BD&metric=")[1]
    assert fetch(f"{server}/facts.csv?region=%E5%AE%89%E5%BE%BD")[1].startswith("\ufeffregions,place,")
    for path in ("facts", "facts.csv"):
        status, text = fetch(f"{server}/{path}?region=%3Cscript%3E%ff%00")
        assert status == 400
        assert "这个地区" in text
        assert "\0" not in text
        assert "Traceback" not in text
        assert ("<script" in text) == (path == "facts.csv")


@pytest.mark.fault("H3", "H4", "H5")
def test_the_guard_stands_before_everything(server: str) -> None:
    """Foreign host, foreign origin, large body, paths that must not exist."""
    assert fetch(server, Host="evil.example")[0] == 421
    assert fetch(f"{server}/gradio_api/queue/join", b"{}", Origin="http://evil.example")[0] == 403
    assert fetch(f"{server}/gradio_api/queue/join", b"x" * 70_000)[0] == 413
    for path in (
        "gradio_api/upload",
        "gradio_api/run/ask",
        "monitoring/summary",
        "openapi.json",
        "gradio_api/file=app.py",
    ):
        assert fetch(f"{server}/{path}", b"{}")[0] == 404


@pytest.mark.fault("H1")
@pytest.mark.parametrize(
    "path",
    ["static/%2e%2e/%2e%2e/utils.py", "assets/..%2f..%2futils.py", "look/..%2fserver.py", "svelte/%2fetc%2fpasswd"],
)
def test_no_path_leaves_its_folder(server: str, path: str) -> None:
    """Traversal gives nothing."""
    status, text = fetch(f"{server}/{path}")
    assert status in (403, 404)
    assert "import" not in text


def test_only_the_two_endpoints_are_named(server: str) -> None:
    """Everything else is private."""
    assert set(json.loads(fetch(f"{server}/gradio_api/info")[1])["named_endpoints"]) == {"/ask", "/search"}


def test_ask_and_search_work_through_gradio_client(server: str) -> None:
    """Records are plain JSON with spans; a fault comes as one clear line."""
    caller = client(server)
    answer = caller.predict("安徽光伏产量占全国多少", api_name="/ask")
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] + "[1]" == answer["text"]
    assert answer["citations"][0]["published"] == "2024-02-23"
    hits = caller.predict(query="光伏", k=1, regions="江西", api_name="/search")
    assert [(hit["rank"], hit["article_id"]) for hit in hits] == [(1, "jiangxi")]
    with pytest.raises(Exception, match="日期要写成 2024-01-31 这样"):
        caller.predict("安徽", "", "昨天", api_name="/ask")


def test_the_endpoints_answer_over_plain_http(server: str) -> None:
    """Join the queue, read the event stream."""
    status, text = fetch(f"{server}/gradio_api/call/ask", json.dumps({"data": ["安徽", "", "", ""]}).encode())
    assert status == 200
    stream = fetch(f"{server}/gradio_api/call/ask/{json.loads(text)['event_id']}")[1]
    assert "event: complete" in stream
    assert json.loads(stream.partition("data: ")[2].strip())[0]["status"] == "answered"


def test_without_an_index_the_server_lives_and_says_the_cure(server_without_index: str) -> None:
    """503 with the cure on the HTTP API and the article page; the chat page opens; the client gets one line."""
    for path, body in (
        ("ready", None),
        ("article/a", None),
        ("facts", None),
        ("facts.csv", None),
        ("gradio_api/call/ask", b'{"data": ["x"]}'),
    ):
        status, text = fetch(f"{server_without_index}/{path}", body)
        assert status == 503
        assert "regional" in text
        assert "rebuild" in text
    assert fetch(server_without_index)[0] == 200
    with pytest.raises(Exception, match="regional-qa rebuild"):
        client(server_without_index).predict("安徽", api_name="/ask")


def test_a_crowd_hears_that_we_are_busy_and_a_fresh_visitor_is_served(server: str) -> None:
    """Of sixty questions at once in the chat forty are answered, the others told so before the first of those is."""
    config = json.loads(fetch(f"{server}/config")[1])
    box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "rq-again")
    asking = next(event["id"] for event in config["dependencies"] if event["inputs"][:1] == [box])

    def ask(visitor: int) -> tuple[int, str, float]:
        data = ["安徽稍等", None, "", "", "", ""]
        body = {"fn_index": asking, "session_hash": f"crowd{visitor}", "data": data}
        return *fetch(f"{server}/gradio_api/run/predict", json.dumps(body).encode()), time.monotonic()

    with ThreadPoolExecutor(60) as pool:
        told = list(pool.map(ask, range(60)))
    answered = [when for status, text, when in told if status == 200 and "一半以上" in text]
    busy = [when for status, text, when in told if status == 503 and "Busy" in text]
    assert len(answered) + len(busy) == 60
    assert len(answered) >= 40
    assert sorted(busy)[len(busy) // 2] < sorted(answered)[len(answered) // 2]
    assert ask(60)[0] == 200


@pytest.mark.fault("H12")
def test_the_front_door_refuses_in_one_line() -> None:
    """A host for others and a taken port: exit 1, one line, no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for setting in ({"REGIONAL_QA_HOST": "0.0.0.0"}, {"REGIONAL_QA_PORT": port}):
            done = subprocess.run(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=os.environ | setting,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert done.returncode != 0
            assert done.stderr.count("\n") == 1
            assert "error: " in done.stderr


@pytest.mark.fault("A7")
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_stops_the_server_quietly(sign: signal.Signals, code: int) -> None:
    """Within three seconds and without a word, a page being open."""
    setting = {"REGIONAL_QA_PORT": "0", "REGIONAL_QA_INDEX": "no-such-index"}
    command = [sys.executable, "app.py"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | setting, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "there is no index" in process.stderr.readline()
        address = process.stderr.readline().split()[1]
        assert fetch(f"{address}/health")[0] == 200
        assert fetch(f"{address}/ready")[0] == 503
        with urllib.request.urlopen(f"{address}/gradio_api/heartbeat/visitor") as page:
            assert b"ALIVE" in page.readline()
            process.send_signal(sign)
            assert process.wait(3) == code
        assert process.stderr.read() == ""


def test_importing_the_web_room_loads_no_gradio() -> None:
    """The command line starts fast because of it."""
    code = "import sys, regional_qa.web, app; sys.exit('gradio' in sys.modules or 'fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0
