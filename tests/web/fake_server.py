"""The real application over the fake assistant, in a process of its own: ``python -m tests.web.fake_server FOLDER [missing]``.

Prints its address once it listens. With ``missing`` it has no index.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from regional_qa.errors import IndexMissing
from regional_qa.web.desk import Assistant, Desk
from regional_qa.web.server import build_app, listen
from tests.web.fake_assistant import FakeAssistant


def no_assistant() -> Assistant:
    """Fail as an unbuilt index does."""
    raise IndexMissing("there is no index yet; run `regional-qa rebuild`")


def main() -> None:
    """Serve until killed."""
    listening = listen("127.0.0.1", 0)
    index = Path(sys.argv[1]) / "index"
    index.mkdir()
    app = build_app(Desk(no_assistant if "missing" in sys.argv else FakeAssistant), index)
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main()
