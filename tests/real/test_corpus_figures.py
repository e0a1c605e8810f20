"""What ``corpus/`` promises: the figures of the newspaper, in none of the newspaper's sentences.

``corpus/SOURCES.md`` says which file each article retells; everything is compared after NFKC.
Knows nothing of the package: it reads the folder as a reader would.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import frontmatter
import pytest

CORPUS = Path(__file__).parents[2] / "corpus"
ORIGINALS = Path(__file__).parents[2].parent / "shared" / "articles"
pytestmark = pytest.mark.skipif(not ORIGINALS.is_dir(), reason="no ../shared/articles beside the project")

# Written as digits: number, then size words, then the unit that makes it a figure.
UNITS = (
    "个百分点|平方米|平方公里|公里|千瓦时|千伏|千瓦|兆瓦|小时|分钟|百分点|标箱|厘米|人次|家次|台次|车次|美元"
    "|年|月|日|天|岁|元|亩|吨|斤|度|米|倍|个|家|名|人|条|项|类|对|届|批|列|车|辆|台|袋|只|双|张|站|线|回|户"
    "|首|位|处|颗|万|亿|成|级|次|代|单|箱|星|省|种|套|村|市"
)
DIGITS = re.compile(
    rf"\d+(?:[.,/]\d+)*(?:%|(?P<unit>(?:余|多|几)?(?:万亿|[十百千万亿])?(?:余|多)?(?:{UNITS})?))"  # 40万张, 1/4, 36.5%
)
# Written in words: 近四成, 两年半, 二十条, 千亿元. A lone 一 is grammar (一家, 一批), so only 一半 counts.
WORDS = re.compile(
    r"一半|(?!一[^〇一二三四五六七八九十百千万亿])[〇一二两三四五六七八九十百千万亿几数]+(?:成|倍|亿元|元|亩|家|个|条|项|次|届|年半?|大)"
)

NOT_RETOLD: dict[str, dict[str, str]] = {
    "000_f52397519f269920.txt": {"三个": "这三个镜头, the newspaper counting its own scenes"},
    "001_c393ee12ead2074d.txt": {"十三届": "part of a post whose name the scan garbled; see SOURCES.md"},
    "003_f30966a59b83fbba.txt": {
        "7": "⑦, the instalment of the series in the subtitle",
        "二〇二五年": "the subtitle; it is the article's section",
    },
}

LONGEST_RUN = 20  # characters; letters and digits only, names and enumerations aside (see `runs`)


def normal(text: str) -> str:
    """NFKC without white space, so that ％ is %, and a number broken over two lines is whole."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@cache
def retold() -> dict[str, str]:
    """Corpus file -> newspaper file, read from the table in SOURCES.md."""
    rows = re.findall(r"^\| (\S+\.txt) \|.*\| ([^|]+?) \|$", (CORPUS / "SOURCES.md").read_text(encoding="utf-8"), re.M)
    return {name: file for file, names in rows for name in re.findall(r"[\w.-]+\.md", names)}


@cache
def original(file: str) -> str:
    return normal((ORIGINALS / file).read_text(encoding="utf-8"))


@cache
def body(name: str) -> str:
    return normal(frontmatter.load(str(CORPUS / name)).content)


def figures(text: str) -> set[str]:
    """Every number of ``text`` with its unit.

    >>> sorted(figures("近1/4，40万张，2200多家，近四成"))
    ['1/4', '2200多家', '40万张', '四成']
    """
    return {match.group() for pattern in (DIGITS, WORDS) for match in pattern.finditer(text)}


def runs(text: str) -> Iterator[str]:
    """The stretches of ``text`` in which copied characters are counted, without punctuation.

    A stretch ends with its sentence, and where words must stay as they are: titles (dropped), names
    in quotation marks, the items of an enumeration. Every other mark is dropped and hides nothing.
    """
    for stretch in re.split(r"《[^》]*》|[、“”\"。!?]", text):
        yield re.sub(r"[\W_]", "", stretch)


ARTICLES = sorted(path.name for path in CORPUS.glob("[0-9]*.md"))


def test_sources_names_every_article_and_every_file() -> None:
    """Each article has its row, each row its article, and no newspaper file is left out."""
    assert sorted(retold()) == ARTICLES
    assert set(retold().values()) == {path.name for path in ORIGINALS.glob("*.txt")}


@pytest.mark.parametrize("name", ARTICLES)
def test_no_figure_is_invented(name: str) -> None:
    """Every figure of ours stands in the newspaper, with the same unit."""
    assert figures(body(name)) - figures(original(retold()[name])) == set()


@pytest.mark.parametrize("file", sorted(set(retold().values())))
def test_no_figure_is_lost(file: str) -> None:
    """Every figure of the newspaper stands in one of the articles that retell it."""
    ours = set().union(*(figures(body(name)) for name, source in retold().items() if source == file))
    assert figures(original(file)) - ours - set(NOT_RETOLD.get(file, {})) == set()


@pytest.mark.parametrize("name", ARTICLES)
def test_no_sentence_is_copied(name: str) -> None:
    """Nowhere do we share as many as ``LONGEST_RUN`` characters in a row with the newspaper."""
    theirs = {run[i : i + LONGEST_RUN] for run in runs(original(retold()[name])) for i in range(len(run))}
    ours = [run[i : i + LONGEST_RUN] for run in runs(body(name)) for i in range(len(run) - LONGEST_RUN + 1)]
    assert [piece for piece in ours if piece in theirs] == []


@pytest.mark.parametrize("name", ARTICLES)
def test_front_matter_says_who_wrote_it_and_from_what(name: str) -> None:
    """Written by us, from a named source, for named regions; a date only where the newspaper prints it."""
    meta = frontmatter.load(str(CORPUS / name)).metadata
    assert set(meta) <= {"title", "publisher", "published", "regions", "section", "source"}
    assert meta["publisher"] == "regional-qa 编写"
    assert meta["title"]
    assert meta["source"]
    assert meta["regions"]
    if "published" in meta:
        year, month, day = (int(part) for part in str(meta["published"]).split("-"))
        assert f"{year}年{month}月{day}日" in original(retold()[name])
