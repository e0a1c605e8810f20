"""The real application over the fake assistant, in a process of its own: ``python -m tests.web.fake_server FOLDER [missing] [login] [worded=URL]``.

Prints its address once it listens; keeps its index in the folder. With ``missing`` it has no index, with ``login`` a password,
with ``worded`` a language model at that address.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from regional_qa.backends.phraser_openai import OpenAIPhraser
from regional_qa.errors import IndexMissing
from regional_qa.indexing.build import rebuild
from regional_qa.web.desk import Assistant, Desk
from regional_qa.web.presence import has_left
from regional_qa.web.server import build_app, listen
from tests.fakes import fake_parts, write_corpus
from tests.web.fake_assistant import ANHUI, PAPER_FILE, FakeAssistant

PASSWORD = "安徽 correct horse"
HOSTILE_NAME = "<img src=x onerror=alert(1)>\u202e.pdf"


def no_assistant() -> Assistant:
    """Fail as an unbuilt index does."""
    raise IndexMissing("there is no index yet; run `regional-qa rebuild`")


def main() -> None:
    """Serve until killed."""
    folder, missing = Path(sys.argv[1]), "missing" in sys.argv
    if not missing:
        small_index(folder / "corpus", folder / "index")
    url = next((word.removeprefix("worded=") for word in sys.argv if word.startswith("worded=")), "")
    assistant = FakeAssistant(OpenAIPhraser(url, "slow", left=has_left) if url else None)
    serve(
        Desk(no_assistant if missing else lambda: assistant), folder / "index", PASSWORD if "login" in sys.argv else ""
    )


def small_index(corpus: Path, index: Path) -> None:
    """Build a true index of two articles and one file that cannot be read."""
    write_corpus(corpus, anhui=ANHUI.text)
    (corpus / "page.txt").write_text(PAPER_FILE, encoding="utf-8")
    (corpus / HOSTILE_NAME).write_bytes(b"\x00\x01")
    rebuild(corpus, index, fake_parts())


def serve(desk: Desk, index: Path, password: str) -> None:
    """Say the address and serve."""
    listening = listen("127.0.0.1", 0)
    app = build_app(desk, index, password=password)
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main()
