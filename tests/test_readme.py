"""README tells the truth: its commands exist, every command of the tool is in it, its files are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from regional_qa.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = ("rebuild", "check", "search", "ask", "facts", "evaluate", "serve")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_is_in_readme(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--help`` answers and README names the command."""
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert command in capsys.readouterr().out
    assert f"`{command}" in README


def test_make_targets_exist() -> None:
    """Each ``make`` line of README is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", README, re.MULTILINE)) <= targets


def test_linked_files_exist() -> None:
    """Pictures and files that README points to are in the project."""
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
