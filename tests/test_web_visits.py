"""Each request has an id and is told once, by its kind; what a visitor writes stands in no log and no label."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from regional_qa.settings import Settings
from regional_qa.web import server
from regional_qa.web.logs import REQUEST_ID, JsonLines, log_to_stderr
from regional_qa.web.visits import Visits, route_of
from tests.fakes import finish


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Leaves logging as it was."""
    root, own = logging.getLogger(), logging.getLogger("regional_qa")
    before = root.handlers[:], root.level, own.level
    yield
    root.handlers[:], root.level, own.level = before[0], before[1], before[2]
    logging.captureWarnings(capture=False)
    own.setLevel(before[2])


def test_serve_hands_its_settings_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names, secret and the file of feedback reach the application; without a file it is the one in the index."""
    given: list[tuple[Any, ...]] = []

    def noted(desk: Any, index: Any, *rest: Any, **named: Any) -> Any:
        given.append((*rest, named))
        raise KeyboardInterrupt

    monkeypatch.setattr(server, "build_app", noted)
    monkeypatch.setattr(server, "listen", lambda *_, **__: None)
    shared = {"index": tmp_path, "port": 0, "password": "correct horse"}
    for more in ({"hosts": "qa.example, [fd00::1]", "secret": "s" * 32, "feedback": "said.jsonl"}, {}):
        with pytest.raises(KeyboardInterrupt):
            server.serve(Settings(**shared, **more))  # type: ignore[arg-type]
    assert given == [
        (("qa.example", "fd00::1"), "correct horse", {"secret": "s" * 32, "feedback": Path("said.jsonl")}),
        ((), "correct horse", {"secret": "", "feedback": None}),
    ]


def visit(path: str = "/facts", method: str = "GET", fault: Exception | None = None, **headers: str) -> tuple[Any, Any]:
    """The headers of the answer, and what was told; the application answers unless there is a ``fault``."""
    told: list[tuple[str, str, int]] = []
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if fault:
            raise fault
        assert REQUEST_ID.get()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-request-id", b"inner")]})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    app = Visits(application, lambda *visit: told.append(visit))
    if fault:
        with pytest.raises(type(fault)):
            finish(app(scope, receive, send))
        return None, told
    finish(app(scope, receive, send))
    return [value.decode() for name, value in sent[0]["headers"] if name == b"x-request-id"], told


def test_a_sane_id_is_kept_and_any_other_replaced() -> None:
    """One word of a proxy is taken; a line break, a long one, markup or nothing is not."""
    assert visit(x_request_id="abc-1.2_Z")[0] == ["abc-1.2_Z"]
    for insane in ("", "a b", "a\nb", "<b>", "x" * 65, "-x", '"}'):
        (made,) = visit(x_request_id=insane)[0]
        assert len(made) == 32
        assert made.isalnum()


def test_every_request_is_told_once_by_its_kind() -> None:
    """Also one of an unknown method, and one that a fault ended."""
    assert visit("/article/某篇")[1] == [("GET", "/article/{id}", 200)]
    assert visit("/x", "BREW")[1] == [("other", "other", 200)]
    assert visit(fault=ValueError("x"))[1] == [("GET", "/facts", 500)]


@pytest.mark.parametrize(
    "path", ["/article/安徽", "/安徽", "/look/../安徽", "/gradio_api/run/安徽", "/gradio_api/安徽"]
)
def test_no_word_of_a_path_is_told(path: str) -> None:
    """Whatever is asked for, the kind is one of ours."""
    assert "安徽" not in route_of(path)


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line is one object; a request's has its id, method, kind, status and time, and nothing of its path."""
    log_to_stderr("json", "info")
    visit("/article/秘密", x_request_id="abc")
    visit("/health")
    logging.getLogger("some.library").info("HTTP Request: POST http://somewhere/key")
    try:
        raise ValueError("a\nb")
    except ValueError:
        logging.getLogger("regional_qa.x").exception("it broke\nbadly")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    request, broken = lines
    assert {name: request[name] for name in ("level", "method", "route", "status", "request_id")} == {
        "level": "info", "method": "GET", "route": "/article/{id}", "status": 200, "request_id": "abc",
    }  # fmt: skip
    assert request["ms"] >= 0
    assert "秘密" not in json.dumps(lines, ensure_ascii=False)
    assert "ValueError" in broken["exception"]


def test_text_is_quiet_until_it_is_asked_to_speak(capsys: pytest.CaptureFixture[str]) -> None:
    """A person who starts the chat sees what is wrong and nothing else; from info on a line for each request."""
    log_to_stderr("text", "warning")
    visit()
    assert capsys.readouterr().err == ""
    log_to_stderr("text", "info")
    visit(x_request_id="abc")
    assert capsys.readouterr().err.startswith("info: GET /facts 200 ")
    assert "hot" not in JsonLines().format(logging.LogRecord("a", 20, sys.argv[0], 1, "cold", (), None))
