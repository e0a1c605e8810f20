"""What nobody foresaw: one line with a number for the client, the rest in the log without secrets."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import pytest

from regional_qa.web.faults import Faults, without_secrets
from tests.fakes import finish

KEY = "sk-0123456789abcdef"


def visit(*messages: MutableMapping[str, Any], fault: Exception | None = None, **headers: str) -> list[Any]:
    """What is sent by an application that sends these messages and then fails, or does not."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        if fault:
            raise fault

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    finish(Faults(app)({"type": "http", "headers": raw}, receive, send))
    return sent


def start(status: int) -> dict[str, Any]:
    """The beginning of a response."""
    return {"type": "http.response.start", "status": status, "headers": []}


@pytest.mark.fault("H9")
@pytest.mark.parametrize("before", [(), (start(500), {"type": "http.response.body", "body": KEY.encode()})])
def test_the_client_hears_a_number(before: tuple[dict[str, Any], ...], caplog: pytest.LogCaptureFixture) -> None:
    """In its language; what a library had said of the fault already is not sent."""
    for language, words in (("zh", "编号是"), ("en", "its number in the log is")):
        begin, body = visit(*before, fault=RuntimeError(f"refused {KEY}"), accept_language=language)
        assert begin["status"] == 500
        line = body["body"].decode()
        assert words in line
        (number,) = re.findall(r"[0-9a-f]{8}", line)
        assert f"fault {number}" in caplog.text
        assert "RuntimeError: refused ***" in caplog.text
        assert KEY not in line + caplog.text


@pytest.mark.fault("H9")
def test_a_response_that_has_begun_is_broken_off(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is added to it, and the fault is in the log."""
    begun = (start(200), {"type": "http.response.body", "body": b"half", "more_body": True})
    assert visit(*begun, fault=RuntimeError("late")) == list(begun)
    assert "RuntimeError: late" in caplog.text


def test_an_answer_of_500_without_a_fault_is_passed_on() -> None:
    """As Gradio tells its page that an event failed."""
    told = [start(500), {"type": "http.response.body", "body": b'{"error": null}'}]
    assert visit(*told) == told


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Bearer abcdef123", "Bearer ***"), ("https://me:secret@host/x", "https://me:***@host/x"), ("token='abc', x=1", "token='***', x=1"),
        ('{"password": "pw"}', '{"password": "***"}'), ("hf_abcdefghijkl", "***"), ("the key is lost", "the key is lost"), ("安徽密码", "安徽密码"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_struck(text: str, left: str) -> None:
    """And nothing else."""
    assert without_secrets(text) == left
