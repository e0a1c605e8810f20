"""Flags over environment over file over defaults; mistakes are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regional_qa.errors import UsageError
from regional_qa.settings import Settings, listed


def test_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source overrides the ones after it."""
    file = tmp_path / "regional-qa.toml"
    file.write_text('index = "from-file"\ncorpus = "from-file"\nport = 1\n', encoding="utf-8")
    monkeypatch.setenv("REGIONAL_QA_CORPUS", "from-environment")
    monkeypatch.setenv("REGIONAL_QA_PORT", "2")
    loaded = Settings.load(file, port=3, host=None)
    assert (loaded.index, loaded.corpus, loaded.port) == (Path("from-file"), Path("from-environment"), 3)
    assert loaded.host == Settings().host


def test_an_empty_variable_sets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty environment variable is not the current folder."""
    monkeypatch.setenv("REGIONAL_QA_INDEX", "")
    assert Settings.load(tmp_path / "none").index == Path("index")


@pytest.mark.parametrize(
    "flags",
    [
        {"index": ""},
        {"corpus": "a\0b"},
        {"embedder": ""},
        {"port": "²"},
        {"port": "٣"},
        {"port": -1},
        {"port": True},
        {"index": 3},
        {"indx": "typo"},
    ],
)
def test_values_that_cannot_be_used(tmp_path: Path, flags: dict[str, Any]) -> None:
    """Empty paths, wrong types, digits that are none and unknown names."""
    with pytest.raises(UsageError):
        Settings.load(tmp_path / "none", **flags)


@pytest.mark.parametrize("content", ["colour = 1", "port = 'x'", "port = 99999", "= nonsense", "\xff"])
def test_mistakes_are_named(tmp_path: Path, content: str) -> None:
    """Unknown names, wrong types and broken files are usage errors, not tracebacks."""
    file = tmp_path / "regional-qa.toml"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError):
        Settings.load(file)


@pytest.mark.parametrize("password", ["short", "x" * 201, 12345678])
def test_a_password_is_long_enough_and_never_shown(password: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in an error, not in a repr; it comes from the environment like any setting."""
    with pytest.raises(UsageError) as fault:
        Settings(password=password)
    assert str(password) not in str(fault.value)
    monkeypatch.setenv("REGIONAL_QA_PASSWORD", "correct horse")
    assert "correct horse" not in repr(Settings.load(Path("none")))
    assert Settings.load(Path("none")).password == "correct horse"


@pytest.mark.parametrize(
    "flags",
    [
        {"secret": "short"},
        {"secret": "x" * 201},
        {"hosts": "qa.example:80"},
        {"hosts": "*"},
        {"hosts": "a b"},
        {"proxies": "*"},
        {"proxies": "balancer"},
        {"proxies": "10.0.0.1/8"},
        {"log_format": "xml"},
        {"log_level": "loud"},
        {"feedback": "a\0b"},
    ],
)
def test_ways_of_serving_that_cannot_be_used(flags: dict[str, Any]) -> None:
    """Each is named, and no secret is in the line."""
    with pytest.raises(UsageError, match=next(iter(flags))) as fault:
        Settings(**flags)
    if "secret" in flags:
        assert flags["secret"] not in str(fault.value)


def test_lists_are_read_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment, with blanks; the secret is never shown."""
    monkeypatch.setenv("REGIONAL_QA_HOSTS", "qa.example, [::1]")
    monkeypatch.setenv("REGIONAL_QA_PROXIES", "10.0.0.0/8, fd00::/8")
    monkeypatch.setenv("REGIONAL_QA_SECRET", "s" * 32)
    loaded = Settings.load(Path("none"))
    assert listed(loaded.hosts) == ("qa.example", "[::1]")
    assert "s" * 32 not in repr(loaded)
