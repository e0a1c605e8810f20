"""Ask Chinese regional-development news; get the answer's own sentence and its place.

>>> import regional_qa
>>> assistant = regional_qa.open_assistant()            # doctest: +SKIP
>>> assistant.ask("安徽光伏产量占全国多少").citations[0].quote  # doctest: +SKIP
"""

import importlib
import typing

# faults
from regional_qa.errors import (
    CorpusError,
    IndexBusy,
    IndexDamaged,
    IndexFault,
    IndexMismatch,
    IndexMissing,
    ModelError,
    RegionalQAError,
    UsageError,
)

# one settings object
from regional_qa.settings import Settings

# the nouns, in the order they flow
from regional_qa.types import Answer, Article, Citation, Fact, Hit, Passage, Scope, Span

# one door, opened when it is first asked for: `--help` need not wait for numpy
if typing.TYPE_CHECKING:
    from regional_qa.assemble import open_assistant, rebuild
    from regional_qa.assistant import Assistant

__all__ = [
    "Answer",
    "Article",
    "Assistant",
    "Citation",
    "CorpusError",
    "Fact",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "IndexFault",
    "IndexMismatch",
    "IndexMissing",
    "ModelError",
    "Passage",
    "RegionalQAError",
    "Scope",
    "Settings",
    "Span",
    "UsageError",
    "open_assistant",
    "rebuild",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "regional_qa.assistant" if name == "Assistant" else "regional_qa.assemble"
    return globals().setdefault(name, getattr(importlib.import_module(room), name))
