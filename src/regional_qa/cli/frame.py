"""The words between what the command line prints, in the language of what was asked; headlines and quotations stay.

Knows nothing about what stands between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from regional_qa.answering.wording import is_english
from regional_qa.knowledge.region_names import english_name
from regional_qa.types import Reprint, Span, credit


@dataclass(frozen=True, slots=True)
class Frame:
    """Those of one language."""

    english: bool

    @classmethod
    def of(cls, asked: str) -> Frame:
        """That of a question or query."""
        return cls(is_english(asked))

    @property
    def comma(self) -> str:
        """What parts the members of a line."""
        return ", " if self.english else "，"

    @property
    def nearest(self) -> str:
        """What stands over the passages below an abstention."""
        return "Nearest passages (no answer):" if self.english else "最接近的段落（不是答案）："

    @property
    def not_found(self) -> str:
        """What is said where a search has no hits."""
        return "Not found in the corpus" if self.english else "语料中没有找到"

    def note(self, text: str) -> str:
        """A note beside an answer."""
        return f"({text})" if self.english else f"（{text}）"

    def credit(self, publisher: str, source: str) -> str:
        """Who stands behind a text, as ``types.credit`` tells it."""
        if not self.english:
            return credit(publisher, source)
        return f"{publisher} (retold from {source}, not its words)" if source else publisher or "source unknown"

    def day(self, day: date | None, inferred: Sequence[str] = ()) -> str:
        """A day of publication, also where it is not known or told by the text alone."""
        known = day.isoformat() if day else "date unknown" if self.english else "日期不详"
        by_text = " (from the text)" if self.english else "（据正文）"
        return f"{known}{by_text if 'published' in inferred else ''}"

    def regions(self, names: Sequence[str]) -> str:
        """Regions one after the other."""
        return ", ".join(map(english_name, names)) if self.english else "、".join(names)

    def place(self, origin: str, span: Span, in_original: Sequence[Span]) -> str:
        """Where words stand: in the article, in which file, and where in that, if elsewhere.

        >>> Frame(False).place("a.jsonl:7", Span(0, 4), (Span(0, 4),))
        '第 0–4 字，原文件 a.jsonl:7'
        >>> Frame(False).place("a.txt", Span(0, 4), (Span(10, 12), Span(20, 22)))
        '第 0–4 字，原文件 a.txt 第 10–12、20–22 字'
        >>> Frame(True).place("a.txt", Span(0, 4), (Span(10, 12), Span(20, 22)))
        'characters 0–4, file a.txt characters 10–12, 20–22'
        """
        here = self._characters([span])
        there = "" if tuple(in_original) == (span,) else f" {self._characters(in_original)}"
        return here + (f"{self.comma}{'file' if self.english else '原文件'} {origin}{there}" if origin else "")

    def _characters(self, spans: Sequence[Span]) -> str:
        places = (", " if self.english else "、").join(f"{span.start}–{span.end}" for span in spans)
        return f"characters {places}" if self.english else f"第 {places} 字"

    def reprints(self, reprints: Sequence[Reprint]) -> str:
        """Where else the same text was printed."""
        printed = [f"{one.publisher or one.origin} {self.day(one.published)}" for one in reprints]
        return "also in: " + ", ".join(printed) if self.english else "又见：" + "、".join(printed)
