"""The real application over an index of editions: ``python -m tests.durability.serving INDEX``; prints its address."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from regional_qa.assistant import Assistant
from regional_qa.web.desk import Desk
from regional_qa.web.server import build_app, listen
from tests.fakes import fake_parts


def main(index: Path) -> None:
    """Serve until killed."""
    listening = listen("127.0.0.1", 0)
    app = build_app(Desk(lambda: Assistant(index, fake_parts())), index)
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
