"""README's programs run as they stand there, against a served chat."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.web.conftest import ROOT

pytestmark = pytest.mark.slow
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = [
    block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "http://127.0.0.1:7860" in block
]


@pytest.mark.parametrize("program", PROGRAMS, ids=["gradio_client", "mcp"])
def test_a_program_of_readme_runs(server: str, program: str) -> None:
    """Only the address is another."""
    if "mcp" in program:
        pytest.importorskip("mcp", reason="the extra mcp is not installed")
    done = subprocess.run(
        [sys.executable, "-c", program.replace("http://127.0.0.1:7860", server)],
        env=os.environ | {"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "安徽光伏玻璃产量占全国总产量的一半以上" in done.stdout
