"""Every fault a caller may meet; each message names the cause and the cure.

RegionalQAError
├── UsageError            a question, option or setting that cannot be used
├── CorpusError           no articles where articles were expected
├── ModelError            an embedding model that is missing, broken or mismatched
├── PhrasingError         a language model that gave no text; the quotations stand without it
└── IndexFault
    ├── IndexMissing      nothing has been built yet
    ├── IndexMismatch     built with another model, splitter or format
    ├── IndexDamaged      a file of the generation is not what its manifest says
    ├── IndexBusy         another process is rebuilding
    └── StoreUnavailable  the server that holds the vectors does not answer, or refuses

Knows nothing about how a fault is shown: the command line prints one line, the chat one message.
"""

import re
import shlex
from pathlib import Path

_GENERATION = re.compile(r"gen-\d{6}(?:\.tmp)?")


class RegionalQAError(Exception):
    """Base of every fault raised on purpose; ``exit_code`` is what the command line returns.

    ``chinese`` says the same to visitors of the chat; empty where none can do anything about it.
    """

    exit_code = 1

    def __init__(self, message: str = "", chinese: str = "") -> None:
        super().__init__(message)
        self.chinese = chinese


class UsageError(RegionalQAError, ValueError):
    """A question, option or setting that cannot be used."""

    exit_code = 2


class CorpusError(RegionalQAError):
    """No articles where articles were expected."""


class ModelError(RegionalQAError):
    """An embedding model that is missing, broken or mismatched."""


class PhrasingError(RegionalQAError):
    """A language model that gave no text; told in a note."""


class IndexFault(RegionalQAError):
    """Something is wrong with the index; the corpus is untouched."""


class IndexMissing(IndexFault):
    """Nothing has been built yet."""


class IndexMismatch(IndexFault):
    """Built with another model, splitter or format."""


class IndexDamaged(IndexFault):
    """A file of the generation is not what its manifest says."""


class IndexBusy(IndexFault):
    """Another process is rebuilding."""

    exit_code = 75


class StoreUnavailable(IndexFault):
    """The server that holds the vectors does not answer, or refuses; the index is as it was."""


def rebuild_hint(place: Path, corpus: Path | None = None) -> str:
    """The cure of an index, by its folder or any place in one of its generations; without ``corpus`` it keeps its own.

    >>> rebuild_hint(Path("my index/gen-000001/vectors.faiss"))
    "run `regional-qa rebuild --index 'my index'`"
    >>> rebuild_hint(Path("index"), Path("news"))
    'run `regional-qa rebuild --index index --corpus news`'
    """
    index = next((one.parent for one in (place, *place.parents) if _GENERATION.fullmatch(one.name)), place)
    named = f" --corpus {shlex.quote(str(corpus))}" if corpus else ""
    return f"run `regional-qa rebuild --index {shlex.quote(str(index))}{named}`"
