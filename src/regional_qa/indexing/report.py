"""What a rebuild did, file by file, and in one screen. Knows nothing about how it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from regional_qa.reading import Problem
from regional_qa.reading.account import Account
from regional_qa.types import Role

FILE = "report.jsonl"
_ROLES: Mapping[Role, str] = {
    "heading": "subheads",
    "subtitle": "subtitles",
    "byline": "bylines",
    "caption": "captions",
    "signature": "signatures",
    "running": "running heads",
}


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The published generation, its counts, what each file gave, and what could not be read.

    ``reprints`` are ``(origin, article_id, article_id of the article it repeats)``; ``repeated`` counts articles
    that one file holds twice.
    """

    generation: str
    articles: int
    passages: int
    repeated: int
    reprints: tuple[tuple[str, str, str], ...]
    accounts: Mapping[str, Account]
    problems: tuple[Problem, ...]

    @property
    def folded(self) -> int:
        """Articles that were read and are not searched by themselves."""
        return self.repeated + len(self.reprints)

    @property
    def skipped(self) -> int:
        """What could not be read at all."""
        return sum(problem.lost for problem in self.problems)

    def counts(self) -> Mapping[str, int | str]:
        """The numbers of the summary by name."""
        total = self._total()
        return {
            "generation": self.generation,
            "files": len(self.accounts),
            "articles": self.articles,
            "passages": self.passages,
            "split": sum(account.articles > 1 for account in self.accounts.values()),
            "joined": total["joined"],
            "moved": total["moved"],
            "folded": self.folded,
            "skipped": self.skipped,
            "notes": len(self.problems) - self.skipped,
        }

    def summary(self) -> list[str]:
        """One screen of lines: read, mended, folded, skipped, published."""
        counts, total = self.counts(), self._total()
        kept = [f"{total[role]:,} {name}" for role, name in _ROLES.items() if total[role]]
        lines = [
            f"read      {counts['files']:,} files: {total['articles']:,} articles"
            + (f", {counts['split']:,} files split into several" if counts["split"] else ""),
            f"mended    {total['joined']:,} broken paragraphs joined, {total['moved']:,} stretches put where they belong"
            if total["joined"] or total["moved"]
            else "",
            f"kept      {', '.join(kept)}, each with its role" if kept else "",
            f"folded    {len(self.reprints):,} reprints, {self.repeated:,} repeats" if self.folded else "",
            f"skipped   {self.skipped:,}, with {counts['notes']:,} notes" if self.problems else "",
            f"published {self.generation}: {self.articles:,} articles, {self.passages:,} passages",
        ]
        return [line for line in lines if line]

    def records(self) -> Iterator[dict[str, Any]]:
        """A record for every file, every reprint and every problem; ``kind`` tells which."""
        for file, account in self.accounts.items():
            yield {"kind": "file", "origin": file, **account.numbers()}
        for origin, article_id, whole in self.reprints:
            yield {"kind": "folded", "origin": origin, "article_id": article_id, "reprint_of": whole}
        for problem in self.problems:
            kind = "skipped" if problem.lost else "note"
            yield {"kind": kind, "origin": problem.origin, "reason": problem.reason}

    def _total(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for account in self.accounts.values():
            total.update(account.numbers())
        return total
