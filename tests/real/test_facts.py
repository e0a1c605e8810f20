"""Facts of the newspaper files and of the news, judged by hand: what was right is still found, and little is wrong.

``facts.jsonl`` holds every fact of the five newspaper files, and a hundred drawn with ``random.Random(77)`` from the
facts of the articles after the first 8,000 of one file of the news: 90 of them were right when they were judged,
and three rules were made surer after that. A row is right if metric, value, region and period are; a period that is
not told is not wrong.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from regional_qa.facts import find_facts
from regional_qa.reading import read_corpus
from regional_qa.types import Article, Fact

SHARED = Path(__file__).parents[2].parent / "shared"
NEWSPAPERS, NEWS = SHARED / "articles", SHARED / "data" / "news"
pytestmark = pytest.mark.skipif(not NEWSPAPERS.is_dir(), reason="the newspaper files of ../shared are not here")
LINES = (Path(__file__).parent / "facts.jsonl").read_text(encoding="utf-8").splitlines()
ROWS: list[dict[str, Any]] = [json.loads(line) for line in LINES]


def newspapers() -> Iterator[tuple[str, Article]]:
    """Every article of the newspaper files, by its file."""
    for item in read_corpus(NEWSPAPERS):
        assert isinstance(item, Article)
        yield item.origin, item


def news(file: str, wanted: set[str]) -> Iterator[tuple[str, Article]]:
    """The articles of a file of the news that rows were drawn from."""
    with gzip.open(NEWS / file, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            if record["_id"] in wanted:
                day = date.fromisoformat(record["date"]) if record["date"] else None
                yield file, Article(record["_id"], record["title"], record["text"], published=day)


def is_row(row: dict[str, Any], fact: Fact) -> bool:
    """Whether a fact says what a row says, of the same figure."""
    told = (fact.place, fact.metric, fact.kind, fact.unit, list(fact.years), fact.period)
    judged = tuple(row[name] for name in ("place", "metric", "kind", "unit", "years", "period"))
    same_figure = row["quote"] in fact.quote and row["quote"].endswith(fact.wording)
    return told == judged and same_figure and fact.value == pytest.approx(row["value"])


@pytest.mark.parametrize("file", ["newspapers", "news-0.jsonl.gz"])
def test_judged_facts(file: str) -> None:
    """Every row judged right is found again; of the judged rows that are found at least nine in ten are right."""
    rows = [row for row in ROWS if (row["file"] if row["article"] else "newspapers") == file]
    if file != "newspapers" and not (NEWS / file).is_file():
        pytest.skip("the news of ../shared are not here")
    articles = newspapers() if file == "newspapers" else news(file, {row["article"] for row in rows})
    facts: dict[str, list[Fact]] = {}
    for origin, article in articles:
        facts.setdefault(origin if file == "newspapers" else article.article_id, []).extend(find_facts(article))
    found = [row for row in rows if any(is_row(row, fact) for fact in facts.get(row["article"] or row["file"], []))]
    lost = [row["quote"] for row in rows if row["right"] and row not in found]
    wrong = [row["quote"] for row in found if not row["right"]]
    assert not lost
    assert len(found) - len(wrong) >= 0.9 * len(found), wrong
