"""Ask Chinese regional-development news; get the answer's own sentence and its place.

>>> import regional_qa
>>> assistant = regional_qa.open_assistant()            # doctest: +SKIP
>>> assistant.ask("安徽光伏产量占全国多少").citations[0].quote  # doctest: +SKIP
"""

# the nouns, in the order they flow
# one settings object, one door
from regional_qa.assemble import Assistant, open_assistant, rebuild

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
from regional_qa.settings import Settings
from regional_qa.types import Answer, Article, Citation, Fact, Hit, Passage, Scope, Span

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
