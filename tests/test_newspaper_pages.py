"""Whole pages that scans might give: every article is found once, with its headline, its ends and its regions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from regional_qa.reading import read_file
from regional_qa.types import Article

PAGES = Path(__file__).with_name("pages")


def expected() -> dict[Path, list[dict[str, Any]]]:
    pages: dict[Path, list[dict[str, Any]]] = {}
    for listed in sorted(PAGES.glob("*/expected.jsonl")):
        for line in listed.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            pages.setdefault(listed.with_name(row["file"]), []).append(row)
    return pages


def plain(text: str) -> str:
    return "".join(text.split())


def articles_of(page: Path) -> list[Article]:
    return [item for item in read_file(page, page.name) if isinstance(item, Article)]


@pytest.mark.parametrize("page", expected(), ids=lambda page: f"{page.parent.name}/{page.stem[:2]}")
def test_every_article_is_found_once(page: Path) -> None:
    """The headline is exact but for blanks; both ends stand in its article and in no other."""
    articles = articles_of(page)
    for row in expected()[page]:
        ends = [plain(row["contains_near_start"]), plain(row["contains_near_end"])]
        inside = [a for a in articles if any(end in plain(a.text) for end in ends)]
        assert [plain(a.title) for a in inside] == [plain(row["headline"])], row
        assert all(end in plain(inside[0].text) for end in ends), row


def test_regions_are_those_that_are_told_of() -> None:
    """Over all pages, at least 95 of 100 regions are found, and 93 of 100 found ones are right."""
    found = right = wanted = 0
    for page, rows in expected().items():
        articles = articles_of(page)
        for row in rows:
            (article,) = [a for a in articles if plain(row["contains_near_start"]) in plain(a.text)]
            found += len(article.regions)
            wanted += len(row["regions"])
            right += len(set(article.regions) & set(row["regions"]))
    assert right / wanted >= 0.95
    assert right / found >= 0.93
