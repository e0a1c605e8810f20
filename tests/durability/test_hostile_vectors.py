"""Corrupt files of vectors end in a fault of ours, never in a signal or a wrong answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.fault("C7")
@pytest.mark.parametrize("count", [40, pytest.param(750, marks=pytest.mark.soak)])
def test_corrupt_vectors_never_end_the_process(count: int) -> None:
    """Half of them stand behind their digest and are all refused; half reach the reader of faiss itself."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.durability.mangle", str(count)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    tally = json.loads(done.stdout.splitlines()[-1])
    assert tally["wrong"] == 0
    assert tally["refused"] > count // 4
    assert tally["refused"] + tally["answered"] > count * 0.9
