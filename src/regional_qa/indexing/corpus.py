"""The files of a corpus, told by their content, and what was read of them: a file that did not change is not read again.

Knows nothing about passages or generations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from regional_qa.cores import cores
from regional_qa.errors import CorpusError
from regional_qa.indexing.apart import Apart
from regional_qa.indexing.cache import Cache, key_of
from regional_qa.indexing.lines import from_lines
from regional_qa.indexing.pipeline import pipeline_fingerprint
from regional_qa.reading import Problem, Source, corpus_sources, fingerprint
from regional_qa.types import Article

SOME = 256
"""Items of a file in one row of the cache."""
_MORE, _LAST = b"+", b"."


@dataclass(frozen=True, slots=True)
class Survey:
    """The files of a corpus in the order they are read, each with the digest of its content; problems where they arose."""

    files: tuple[tuple[Source, str] | Problem, ...]

    @property
    def fingerprint(self) -> str:
        """Changes whenever a file comes, goes, moves or changes."""
        digest = hashlib.sha256()
        for one in self.files:
            told = (one.origin, one.reason) if isinstance(one, Problem) else (one[0].origin, one[1])
            digest.update(key_of(*told))
        return digest.hexdigest()


def survey(corpus: Path) -> Survey:
    """Look at every file.

    Raises:
        CorpusError: the corpus cannot be opened.
    """
    try:
        found = corpus_sources(corpus)
    except CorpusError as fault:
        raise CorpusError(f"the corpus {fault} with --corpus") from None
    return Survey(tuple(one if isinstance(one, Problem) else (one, fingerprint(one.path)) for one in found))


def read(surveyed: Survey, cache: Cache) -> Iterator[Article | Problem]:
    """Every article and problem of the corpus, in order, out of the cache where their file is known."""
    files = [one for one in surveyed.files if not isinstance(one, Problem)]
    new = [source for source, sha256 in files if not cache.holds(_key(source, sha256, 0))]
    with Apart(new if len(new) < len(files) and cores() > 1 else []) as apart:
        for one in surveyed.files:
            if isinstance(one, Problem):
                yield one
            else:
                yield from _read_file(*one, cache, apart)


def _read_file(source: Source, sha256: str, cache: Cache, apart: Apart) -> Iterator[Article | Problem]:
    known = 0
    for number in count():
        (value,) = cache.get([_key(source, sha256, number)])
        if not value:
            break
        for item in from_lines(value[1:]):
            yield item
            known += 1
        if value[:1] == _LAST:
            return
    waiting: list[bytes] = []
    articles = known > 0
    for item, line in islice(apart.items(source), known, None):
        yield item
        articles |= isinstance(item, Article)
        waiting.append(line)
        if len(waiting) == SOME:
            cache.put([(_key(source, sha256, number), _MORE + b"\n".join(waiting))])
            number, waiting = number + 1, []
    if articles and fingerprint(source.path) == sha256:
        cache.put([(_key(source, sha256, number), _LAST + b"\n".join(waiting))])
    else:  # changed while it was read, so that nobody can tell what was read; or a parser was stopped, perhaps by chance
        cache.put([(_key(source, sha256, 0), b"")])


def _key(source: Source, sha256: str, number: int) -> bytes:
    return key_of("file", pipeline_fingerprint(), source.origin, sha256, str(number))
