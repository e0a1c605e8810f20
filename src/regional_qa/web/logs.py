"""What the server says of itself on stderr: lines for people, or one JSON object a line for machines.

Each line of a request carries its id. Knows nothing about what is asked: neither questions nor secrets are written here.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

ROOT = "regional_qa"
"""The loggers of our own; others speak only when something is wrong."""
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread or task works for."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON; what was given as ``extra={"fields": …}`` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Lines(logging.Formatter):
    """A record as the command line writes its warnings, too."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return f"{record.levelname.lower()}: {super().format(record)}"


def log_to_stderr(style: str, level: str) -> None:
    """Write what is logged to stderr, ``style`` being text or json; ours from ``level`` on, that of libraries from warning on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else Lines())
    logging.captureWarnings(capture=style == "json")
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(ROOT).setLevel(level.upper())
