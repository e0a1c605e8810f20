"""One frozen Settings: flags over environment over ``regional-qa.toml`` over defaults.

The environment variable of a setting is ``REGIONAL_QA_`` and its name in capitals; the file is read
from the current folder. Knows nothing about what the settings are used for.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from regional_qa.errors import UsageError

BUNDLED = "bundled"
"""The embedder that ships with the package."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how they are served. Relative paths start at the current folder."""

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    embedder: str = BUNDLED
    host: str = "127.0.0.1"
    port: int = 7860

    @classmethod
    def load(cls, file: Path = Path("regional-qa.toml"), **flags: object) -> Settings:
        """Settle every setting; a flag that is None was not given.

        Raises:
            UsageError: an unknown name, a wrong type or a broken file.
        """
        known = {field.name for field in fields(cls)}
        given: dict[str, object] = dict(_from_file(file, known))
        given |= {name: os.environ[key] for name in known if (key := f"REGIONAL_QA_{name.upper()}") in os.environ}
        given |= {name: value for name, value in flags.items() if value is not None}
        values = {name: str(value) for name, value in given.items()}
        port = values.get("port", "0")
        if not (port.isdigit() and int(port) <= 65535):
            raise UsageError(f"port must be a number from 0 to 65535, got {port!r}")
        return cls(**{name: _KINDS.get(name, str)(value) for name, value in values.items()})


_KINDS: Mapping[str, Callable[[str], Any]] = {"corpus": Path, "index": Path, "port": int}


def _from_file(file: Path, known: set[str]) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file} cannot be read ({error}); mend or remove it") from error
    if unknown := sorted(set(content) - known):
        raise UsageError(f"{file} has unknown settings {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return content
