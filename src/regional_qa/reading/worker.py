"""The child process in which foreign formats are parsed: limited in memory and time, killed without loss.

The parent writes a line ``{"format": …, "size": …}`` and the document; the child answers with a line of
JSON. It ends with its parent, whose end closes the pipe. Knows nothing about articles.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import resource
import signal
import sys
from dataclasses import asdict

from regional_qa.reading.parsers import Parsed
from regional_qa.reading.problem import UnreadableError

SECONDS = 30
"""A document that takes longer ends the child: the alarm is left to its default action, which stops any code."""
MEMORY_BYTES = 1_000_000_000
MAX_CHARS = 5_000_000


def main() -> None:
    """Parse one document after another until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    with contextlib.suppress(ValueError, OSError):  # not every system knows this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    while header := sys.stdin.buffer.readline():
        asked = json.loads(header)
        data = sys.stdin.buffer.read(asked["size"])
        signal.alarm(SECONDS)
        answer = _answer(asked["format"], data)
        signal.alarm(0)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _answer(format_name: str, data: bytes) -> dict[str, object]:
    try:
        parsed: Parsed = importlib.import_module(f"regional_qa.reading.parsers.{format_name}").parse(data)
    except UnreadableError as fault:
        return {"reason": str(fault)}
    except MemoryError:
        return {"reason": f"parsing it needs more than {MEMORY_BYTES // 1_000_000} MB of memory"}
    except Exception as fault:  # noqa: BLE001 - a parser of foreign bytes may raise anything
        return {"reason": f"the parser gave up ({type(fault).__name__}: {str(fault)[:80]})"}
    if len(parsed.text) > MAX_CHARS:
        return {"reason": f"more than {MAX_CHARS // 1_000_000} million characters of text; split it"}
    return asdict(parsed)


if __name__ == "__main__":
    main()
