"""README tells the truth: its commands exist, every command of the tool is in it, its files are there."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from regional_qa.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def help_of(*command: str) -> str:
    """What ``--help`` prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    return out.getvalue()


COMMANDS = re.findall(r"^    (\w+) ", help_of(), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_is_in_readme(command: str) -> None:
    """``--help`` answers and README names the command in its table."""
    assert f"regional-qa {command} " in help_of(command)
    assert re.search(rf"^\| `{command}[ `]", README, re.MULTILINE)


def test_options_are_those_of_readme() -> None:
    """Which commands take what README says that each takes, but for one."""
    options = {command: set(re.findall(r"--[a-z-]+", help_of(command))) for command in COMMANDS}
    assert "Each but `read` takes `--index`, `--embedder`" in README
    assert "each but `serve` `--json`" in README
    for wanted, lacking in (({"--index", "--embedder", "--store", "--uri"}, {"read"}), ({"--json"}, {"serve"})):
        assert {command for command in COMMANDS if not wanted <= options[command]} == lacking


def test_make_targets_exist() -> None:
    """Each ``make`` line of README is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", README, re.MULTILINE)) <= targets


def test_linked_files_exist() -> None:
    """Pictures and files that README points to are in the project."""
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
