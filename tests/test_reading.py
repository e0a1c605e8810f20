"""The reading room's promises: every file gives its articles or says why not, and nothing hangs or raises."""

from __future__ import annotations

import gzip
import json
import os
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from regional_qa.errors import CorpusError
from regional_qa.reading import Problem, read_corpus
from regional_qa.reading.cleaning import clean
from regional_qa.reading.decoding import decode
from regional_qa.reading.problem import UnreadableError
from regional_qa.types import Article

TEXT = "合肥高新区的工厂里，光伏组件有序下线。2023年安徽光伏制造业实现营业收入2967.4亿元，同比增长50.9%。䶮𠮷也在其中。"


def read(path: Path) -> tuple[list[Article], list[Problem]]:
    items = list(read_corpus(path))
    return [i for i in items if isinstance(i, Article)], [i for i in items if isinstance(i, Problem)]


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def reasons(problems: list[Problem]) -> dict[str, str]:
    return {problem.origin: problem.reason for problem in problems}


# --- folder -----------------------------------------------------------------------------------------------------


def test_folder_is_read_recursively_in_order_without_hidden_files_and_papers_about_the_corpus(tmp_path: Path) -> None:
    """Articles come sorted by path; hidden files are none, nor are README.md and SOURCES.md, which is noted."""
    for name in ("b.md", "a/二.md", "a/一.txt", ".hidden/x.md", ".x.md", "README.md", "a/SOURCES.md"):
        write(tmp_path, name, f"{name}里的一句话。")
    articles, problems = read(tmp_path)
    assert [article.origin for article in articles] == ["a/一.txt", "a/二.md", "b.md"]
    assert [(problem.origin, problem.lost) for problem in problems] == [("README.md", False), ("a/SOURCES.md", False)]
    assert "rename it" in problems[0].reason


def test_one_file_is_a_corpus_named_by_its_file_name(tmp_path: Path) -> None:
    """A single file may be given instead of a folder."""
    articles, _ = read(write(tmp_path, "x.md", "一句话。"))
    assert [article.origin for article in articles] == ["x.md"]


def test_missing_corpus_says_so_with_the_cure(tmp_path: Path) -> None:
    """A path that is not there, or neither folder nor file, is one clear CorpusError."""
    with pytest.raises(CorpusError, match=r"cannot be opened.*give a folder or file"):
        read_corpus(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CorpusError, match="neither a folder nor a file"):
        read_corpus(tmp_path / "pipe")


def test_empty_folder_gives_nothing(tmp_path: Path) -> None:
    """Whether an empty corpus is a fault is the caller's question."""
    assert read(tmp_path) == ([], [])


def test_what_is_no_plain_text_file_is_named_and_left_alone(tmp_path: Path) -> None:
    """Links, pipes, archives, pictures, empty files and other formats are Problems; the good file is read."""
    good = write(tmp_path, "good.txt", TEXT)
    (tmp_path / "link.txt").symlink_to(good)
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    write(tmp_path, "zip.txt", b"PK\x03\x04rest")
    write(tmp_path, "packed.txt", gzip.compress(TEXT.encode()))
    write(tmp_path, "nul.txt", b"\x00\x01\x02" * 50)
    write(tmp_path, "blank.txt", " \n\u3000\n\ufeff")
    write(tmp_path, "none.md", b"")
    write(tmp_path, "page.rtf", r"{\rtf1 x}")
    articles, problems = read(tmp_path)
    assert [article.text for article in articles] == [TEXT]
    found = reasons(problems)
    assert found.keys() == {
        *("link.txt", "loop", "pipe.txt", "zip.txt", "packed.txt", "nul.txt", "blank.txt", "none.md", "page.rtf")
    }
    assert "symbolic link" in found["link.txt"]
    assert "a link to a folder" in found["loop"]
    assert "not a plain file" in found["pipe.txt"]
    assert "zip archive" in found["zip.txt"]
    assert "gzip" in found["packed.txt"]
    assert "binary" in found["nul.txt"]
    assert found["blank.txt"] == found["none.md"] == "the file is empty"
    assert found["page.rtf"].startswith("not a format we read: .md, .txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    """Permission denied names the file and the rest goes on."""
    write(tmp_path, "secret.txt", TEXT).chmod(0)
    assert "Permission denied" in reasons(read(tmp_path)[1])["secret.txt"]


def test_hostile_file_names_become_storable(tmp_path: Path) -> None:
    """Names that are not UTF-8, hold newlines or direction marks can be stored and shown on one line."""
    for name in (b"a\xff.txt", "b\n\u202e.txt".encode(), b"<img onerror=1>.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(TEXT, encoding="utf-8")
    articles, _ = read(tmp_path)
    assert [article.origin for article in articles] == ["<img onerror=1>.txt", "a\ufffd.txt", "b\ufffd\ufffd.txt"]
    assert all(article.title.encode() for article in articles)


def test_text_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    """More than 50 MB in one text file is not loaded."""
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    assert "larger than 50 MB" in reasons(read(tmp_path)[1])["big.txt"]


# --- bytes and characters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_are_recognised(encoding: str) -> None:
    """UTF-8, its mark, UTF-16 with its mark and GB18030 with four-byte characters give the same text."""
    text, unreadable = decode(TEXT.encode(encoding))
    assert (clean(text), unreadable) == (TEXT, 0)


def test_damaged_utf8_stays_utf8_and_damaged_gb18030_stays_gb18030() -> None:
    """A flipped byte or a cut tail costs a few characters, never the page; GB18030 finds its step again at a comma."""
    rng = random.Random(7)
    for encoding, lost in (("utf-8", 4), ("gb18030", 16)):
        for _ in range(100):
            data = bytearray(TEXT.encode(encoding))
            data[rng.randrange(len(data))] = 0xFF
            text, unreadable = decode(bytes(data))
            assert unreadable >= 1
            assert sum(char in text for char in TEXT) >= len(TEXT) - lost
        text, unreadable = decode(TEXT.encode(encoding)[:-1])
        assert text.startswith(TEXT[:-1])
        assert unreadable == {"utf-8": 2, "gb18030": 1}[encoding]


def test_article_with_bad_bytes_is_read_and_the_bytes_counted(tmp_path: Path) -> None:
    """A partly bad file still gives its article."""
    write(tmp_path, "a.txt", TEXT.encode()[:-1])
    articles, problems = read(tmp_path)
    assert articles[0].text == TEXT[:-1] + "\ufffd"
    assert problems == [Problem("a.txt", "2 unreadable bytes are shown as \ufffd; the rest is read", lost=False)]


@pytest.mark.parametrize(
    "data",
    [
        ("臺灣經濟發展與產業轉型的關鍵在於創新驅動" * 5).encode("big5"),
        TEXT.encode("utf-16-le"),
        "光伏组件有序下线，产量增长。".encode("utf-16-be"),
        random.Random(1).randbytes(3000),
    ],
    ids=["big5", "utf-16-le", "utf-16-be", "binary"],
)
def test_what_would_become_nonsense_is_refused(data: bytes) -> None:
    """Encodings that decode without an error to nonsense are refused with the cure."""
    with pytest.raises(UnreadableError, match="save it as UTF-8"):
        decode(data)


def test_text_is_cleaned_once_and_width_is_kept() -> None:
    """Invisible characters go, full-width signs stay, paragraphs are at most one empty line apart."""
    dirty = "\ufeff占比５０％\x00\u200b\r\n\r\n\r\n\r\n第二\u202e段\ud800 \t\rEnd\u2028!\x0b"
    assert clean(dirty) == "占比５０％\n\n第二段\nEnd\n!"


# --- Markdown ---------------------------------------------------------------------------------------------------

MARKDOWN = """---
id: ah-01
title: 安徽光储产业
publisher: regional-qa 编写
published: 2024-02-26
regions: [安徽, 火星]
section: 产业
source: 中国电子报《安徽光储产业不断迈上新台阶》
url: https://example.org/a
---
# 安徽光储产业

第一段。

## 创新 领先

第二段，C# 不变。
"""


def test_markdown_front_matter_fills_every_field(tmp_path: Path) -> None:
    """All keys arrive, headings stay as plain lines, the title is not repeated, an unknown region is named."""
    write(tmp_path, "a.md", MARKDOWN)
    articles, problems = read(tmp_path)
    assert [replace(article, layout=()) for article in articles] == [
        Article(
            article_id="ah-01",
            title="安徽光储产业",
            text="第一段。\n\n创新 领先\n\n第二段，C# 不变。",
            publisher="regional-qa 编写",
            published=date(2024, 2, 26),
            regions=("安徽",),
            section="产业",
            source="中国电子报《安徽光储产业不断迈上新台阶》",
            url="https://example.org/a",
            origin="a.md",
        )
    ]
    assert problems == [
        Problem("a.md", "region '火星' is not a place we know; the article is read without it", lost=False)
    ]


def test_markdown_title_falls_back_to_heading_then_file_name(tmp_path: Path) -> None:
    """No title in the front matter: the first heading, else the name of the file."""
    write(tmp_path, "a.md", "# 标题一\n\n正文。")
    write(tmp_path, "b.md", "正文。")
    assert [(article.title, article.text) for article in read(tmp_path)[0]] == [("标题一", "正文。"), ("b", "正文。")]


@pytest.mark.parametrize(
    ("text", "origin", "reason"),
    [
        ("---\ntitle: 甲\nbad: [1, 2\n---\n正文。", "a.md:4", "broken front matter"),
        ("---\ntitle: 甲\n正文没有结束", "a.md:1", "not closed"),
        ("---\n- 甲\n- 乙\n---\n正文。", "a.md:1", "no `key: value` lines"),
        ("---\npublished: 2024-13-45\n---\n正文。", "a.md:1", "broken front matter"),
        ("---\ntitle: [甲]\n---\n正文。", "a.md", "`title` must be text, not list"),
        ("---\ntitle: 甲\n---\n", "a.md", "no text"),
        ("---\nx: " + "[" * 60_000 + "]" * 60_000 + "\n---\n正文。", "a.md:1", "broken front matter"),
        ("---\nx: !!python/object/apply:os.getcwd []\n---\n正文。", "a.md:2", "broken front matter"),
    ],
)
def test_broken_markdown_names_the_line(tmp_path: Path, text: str, origin: str, reason: str) -> None:
    """A front matter that cannot be trusted is a Problem and no article."""
    write(tmp_path, "a.md", text)
    articles, problems = read(tmp_path)
    assert articles == []
    assert [problem.origin for problem in problems] == [origin]
    assert reason in problems[0].reason


# --- JSON lines -------------------------------------------------------------------------------------------------


def test_records_know_the_usual_names(tmp_path: Path) -> None:
    """Ids as text or number, headline or title, text, content or body, any of three names for the date."""
    rows = [
        {"_id": "x1", "title": "甲", "text": "文一。", "publisher": "报", "date": "2023-08-16", "regions": ["安徽"]},
        {
            "id": 7,
            "headline": "乙",
            "content": "文二。",
            "source": "网",
            "published": "2024年1月2日",
            "regions": "吉林",
        },
        {"title": "", "body": "文三。\r\n", "publish_date": None, "section": "版", "url": "u"},
    ]
    write(tmp_path, "a.jsonl", "\ufeff" + "\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    articles, problems = read(tmp_path)
    assert problems == []
    assert articles[0] == Article("x1", "甲", "文一。", "报", date(2023, 8, 16), ("安徽",), origin="a.jsonl:1")
    assert articles[1] == Article("7", "乙", "文二。", "网", date(2024, 1, 2), ("吉林",), origin="a.jsonl:3")
    assert (articles[2].title, articles[2].text, articles[2].section, articles[2].url) == ("", "文三。", "版", "u")
    assert len(articles[2].article_id) == 16


def test_bad_records_are_named_by_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Broken, nested, wrongly typed and empty lines are Problems with their number."""
    lines = [
        '{"text": "好。"}',
        "{broken",
        "[" * 200_000,
        "[1]",
        '{"title": "无文"}',
        '{"text": 5}',
        '{"text": "文。", "_id": true}',
        '{"text": "文。", "regions": [1]}',
        '{"text": "日期不明。", "date": "someday"}',
        '{"text": "\\ud800尾。"}',
    ]
    write(tmp_path, "a.jsonl", "\n".join(lines))
    articles, problems = read(tmp_path)
    assert [article.text for article in articles] == ["好。", "日期不明。", "尾。"]
    assert [problem.origin for problem in problems] == [f"a.jsonl:{line}" for line in range(2, 10)]
    assert [problem.reason.split(";")[0].split(":")[0] for problem in problems] == [
        "not JSON",
        "nested too deeply",
        "not an object",
        "no text",
        "`text` must be text, not int",
        "`_id` must be text or a whole number, not bool",
        "`regions` must be a name or a list of names",
        "the date is not understood, write it as 2024-01-31",
    ]


def test_records_in_gb18030_and_with_a_bad_byte(tmp_path: Path) -> None:
    """Each line is decoded by the same rule as a file."""
    lines = [json.dumps({"text": TEXT}, ensure_ascii=False).encode(code) for code in ("gb18030", "utf-8")]
    write(tmp_path, "a.jsonl", lines[0] + b"\n" + lines[1].replace("厂".encode(), b"\xff"))
    articles, problems = read(tmp_path)
    assert [article.text for article in articles] == [TEXT, TEXT.replace("厂", "\ufffd")]
    assert [problem.origin for problem in problems] == ["a.jsonl:2"]


def test_line_too_long_is_skipped_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line beyond the limit is named; the next one is read."""
    monkeypatch.setattr("regional_qa.reading.records.MAX_LINE_BYTES", 100)
    write(tmp_path, "a.jsonl", json.dumps({"text": "长" * 400}) + '\n{"text": "短。"}\n')
    articles, problems = read(tmp_path)
    assert [article.text for article in articles] == ["短。"]
    assert [problem.origin for problem in problems] == ["a.jsonl:1"]


def test_broken_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    """A cut archive gives its good lines and one Problem; a file that is no gzip gives one Problem."""
    rows = "\n".join(json.dumps({"_id": str(i), "text": f"{i}。" + os.urandom(60).hex()}) for i in range(2000))
    packed = gzip.compress(rows.encode())
    write(tmp_path, "cut.jsonl.gz", packed[: len(packed) // 2])
    write(tmp_path, "plain.jsonl.gz", rows[:200])
    articles, problems = read(tmp_path)
    assert 500 < len(articles) < 2000
    assert [article.article_id for article in articles] == [str(i) for i in range(len(articles))]
    assert {problem.origin.split(":")[0] for problem in problems} == {"cut.jsonl.gz", "plain.jsonl.gz"}
    assert any("gzip data is broken" in problem.reason for problem in problems)


def test_a_flood_of_bad_lines_is_counted_not_listed(tmp_path: Path) -> None:
    """After 100 Problems of one file the others are one number."""
    write(tmp_path, "a.jsonl", "x\n" * 350 + '{"text": "好。"}')
    articles, problems = read(tmp_path)
    assert len(articles) == 1
    assert len(problems) == 101
    assert problems[-1] == Problem("a.jsonl", "250 more problems like these, not listed one by one")


def test_corpus_is_streamed(tmp_path: Path) -> None:
    """The first article comes before the last line is looked at."""
    write(tmp_path, "a.jsonl", '{"text": "一。"}\n' * 1000 + "{broken")
    stream = read_corpus(tmp_path)
    first = next(stream)
    assert isinstance(first, Article)
    assert first.text == "一。"
