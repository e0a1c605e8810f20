"""Every row of the fault matrix has its test, or is skipped by name with the reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.durability.matrix import NOT_HERE, ROWS
from tests.web import matrix as web

TESTS = Path(__file__).parents[1]


def covered() -> dict[str, set[str]]:
    """The tests by the row they name."""
    found: dict[str, set[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        for test in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(test, ast.FunctionDef):
                for mark in test.decorator_list:
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                        for row in mark.args:
                            found.setdefault(ast.literal_eval(row), set()).add(f"{path.name}::{test.name}")
    return found


def test_rows_and_tests_belong_together() -> None:
    """No test names a row that is none; no row is without a test but those that say why."""
    assert covered().keys() == (ROWS.keys() - NOT_HERE.keys()) | web.ROWS.keys()


@pytest.mark.parametrize("row", NOT_HERE)
def test_not_tested_here(row: str) -> None:
    """Said aloud in every run."""
    pytest.skip(f"{row}, {ROWS[row]}: {NOT_HERE[row]}")
