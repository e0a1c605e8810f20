"""Text files of one record a line, with the place of each. Knows nothing about what a line holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from regional_qa.errors import UsageError


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """(place, line) of the lines that are not blank; only line feeds part them, for JSON text may hold U+2028 as it is.

    Raises:
        UsageError: no plain file, or not UTF-8.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is not a file; give a file of UTF-8 text")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read ({reason}); give a file of UTF-8 text") from error
    return ((f"{path}:{number}", line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
