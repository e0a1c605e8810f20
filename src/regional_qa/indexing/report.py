"""What a rebuild did, file by file, and in one screen. Knows nothing about how it is done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from regional_qa.errors import IndexDamaged, rebuild_hint
from regional_qa.indexing.manifest import Manifest
from regional_qa.reading import Problem
from regional_qa.types import Role

FILE = "report.jsonl"
_ROLES: Mapping[Role, str] = {
    "heading": "subhead",
    "subtitle": "subtitle",
    "byline": "byline",
    "caption": "caption",
    "signature": "signature",
    "running": "running head",
}


def counted(count: int, one: str, several: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "fault"), counted(1500, "article"), counted(2, "stretch", "stretches")
    ('1 fault', '1,500 articles', '2 stretches')
    """
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def _line(words: str, *counts: tuple[int, *tuple[str, ...]]) -> list[str]:
    """A line of what there is some of; none where there is nothing."""
    some = [counted(*one) for one in counts if one[0]]
    return [words.format(", ".join(some))] if some else []


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The published generation, its counts, what each file gave, and what could not be read.

    ``reprints`` are ``(origin, article_id, article_id of the article it repeats)``; ``repeated`` counts articles
    that one file holds twice. ``recall`` is that of vector search, at 10, against an exact one. Without ``changed`` nothing
    was built: the generation before holds this corpus already.
    """

    generation: str
    articles: int
    passages: int
    repeated: int
    reprints: tuple[tuple[str, str, str], ...]
    accounts: Mapping[str, Mapping[str, int]]
    problems: tuple[Problem, ...]
    recall: float = 1.0
    changed: bool = True

    @property
    def folded(self) -> int:
        """Articles that were read and are not searched by themselves."""
        return self.repeated + len(self.reprints)

    @property
    def skipped(self) -> int:
        """What could not be read at all."""
        return sum(problem.lost for problem in self.problems)

    def counts(self) -> Mapping[str, int | float | str]:
        """The numbers of the summary by name."""
        total = self._total()
        return {
            "generation": self.generation,
            "files": len(self.accounts),
            "articles": self.articles,
            "passages": self.passages,
            "split": sum(numbers["articles"] > 1 for numbers in self.accounts.values()),
            "joined": total["joined"],
            "moved": total["moved"],
            "folded": self.folded,
            "skipped": self.skipped,
            "notes": len(self.problems) - self.skipped,
            "recall": round(self.recall, 4),
            "changed": self.changed,
        }

    def summary(self) -> list[str]:
        """One screen of lines: read, mended, kept, folded, skipped, noted, published; without what there is none of."""
        total, split = self._total(), int(self.counts()["split"])
        several = f", {counted(split, 'file')} split into several" if split else ""
        joined = (total["joined"], "broken paragraph joined", "broken paragraphs joined")
        moved = (total["moved"], "stretch put where it belongs", "stretches put where they belong")
        return [
            f"read      {counted(len(self.accounts), 'file')}: {counted(total['articles'], 'article')}{several}",
            *_line("mended    {}", joined, moved),
            *_line("kept      {}, each with its role", *((total[role], name) for role, name in _ROLES.items())),
            *_line("folded    {}", (len(self.reprints), "reprint"), (self.repeated, "repeat")),
            *_line("skipped   {}", (self.skipped, "file or record", "files or records")),
            *_line("noted     {}", (len(self.problems) - self.skipped, "detail")),
            f"{'published' if self.changed else 'unchanged'} {self.generation}: {counted(self.articles, 'article')}, "
            f"{counted(self.passages, 'passage')}, vector search finds {self.recall:.1%} of the nearest ten",
        ]

    def records(self) -> Iterator[dict[str, Any]]:
        """A record for every file, every reprint and every problem; ``kind`` tells which."""
        for file, numbers in self.accounts.items():
            yield {"kind": "file", "origin": file, **numbers}
        if self.repeated:
            yield {"kind": "repeated", "articles": self.repeated}
        for origin, article_id, whole in self.reprints:
            yield {"kind": "folded", "origin": origin, "article_id": article_id, "reprint_of": whole}
        for problem in self.problems:
            kind = "skipped" if problem.lost else "note"
            yield {"kind": kind, "origin": problem.origin, "reason": problem.reason}

    @classmethod
    def read(cls, folder: Path, manifest: Manifest) -> Self:
        """The report of a published generation, as of one that a rebuild found unchanged.

        Raises:
            IndexDamaged: it cannot be read.
        """
        kinds: dict[str, list[dict[str, Any]]] = {}
        try:
            for line in (folder / FILE).read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                kinds.setdefault(record.pop("kind"), []).append(record)
            return cls(
                manifest.generation,
                manifest.articles,
                manifest.passages,
                sum(record["articles"] for record in kinds.get("repeated", ())),
                tuple((one["origin"], one["article_id"], one["reprint_of"]) for one in kinds.get("folded", ())),
                {record.pop("origin"): record for record in kinds.get("file", ())},
                tuple(Problem(one["origin"], one["reason"]) for one in kinds.get("skipped", ()))
                + tuple(Problem(one["origin"], one["reason"], lost=False) for one in kinds.get("note", ())),
                manifest.recall,
                changed=False,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamaged(f"{folder / FILE} cannot be read ({error}); {rebuild_hint(folder)}") from error

    def _total(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for numbers in self.accounts.values():
            total.update(numbers)
        return total
