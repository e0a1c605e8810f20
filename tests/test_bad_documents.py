"""Bad documents of every kind: the text is right, or the reason is told; the rest goes on."""

from __future__ import annotations

import difflib
import gzip
import json
import os
import random
import re
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from regional_qa.cli import main
from regional_qa.reading import Problem, read_corpus
from regional_qa.reading.decoding import decode
from regional_qa.reading.problem import UnreadableError
from regional_qa.types import Article

CORPUS = Path(__file__).parents[1] / "corpus"
GOOD = "安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。"
SAMPLES = 300


def read(path: Path) -> tuple[list[Article], dict[str, str]]:
    """Articles, and the reason by file."""
    items = list(read_corpus(path))
    articles = [item for item in items if isinstance(item, Article)]
    return articles, {item.origin: item.reason for item in items if isinstance(item, Problem)}


# --- encodings -------------------------------------------------------------------------------------------------


def samples(shortest: int, longest: int) -> list[str]:
    """Stretches of our own articles, with rare characters and four-byte ones among them."""
    rng = random.Random(20)
    texts = [path.read_text(encoding="utf-8").split("---\n", 2)[-1] for path in sorted(CORPUS.glob("*.md"))]
    found: list[str] = []
    while len(found) < SAMPLES:
        text, length = rng.choice(texts), rng.randint(shortest, longest)
        start = rng.randrange(max(len(text) - length, 1))
        piece = re.sub(r"\s+", "，", text[start : start + length].strip())
        if len(re.findall("[一-龥]", piece)) >= shortest * 2 // 3:
            found.append(piece if len(found) % 10 else piece[: length // 2] + "䶮𠮷" + piece[length // 2 :])
    return found


def flipped(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: -rng.randint(1, 2)]


def whole(data: bytes, rng: random.Random) -> bytes:
    return data


@pytest.mark.parametrize(
    ("encoding", "harm", "lengths", "lost"),
    [
        ("utf-8", whole, (200, 2000), 0),
        ("utf-8", flipped, (200, 2000), 3),
        ("utf-8", cut, (200, 2000), 2),
        ("utf-8", flipped, (20, 60), 3),
        ("gb18030", whole, (200, 2000), 0),
        ("gb18030", whole, (6, 30), 0),
        ("gb18030", cut, (200, 2000), 2),
        ("gb18030", flipped, (200, 2000), 3),
        ("utf-8-sig", whole, (6, 30), 0),
        ("utf-16", whole, (6, 30), 0),
    ],
)  # fmt: skip
def test_text_is_right_in_every_encoding(
    encoding: str, harm: Callable[[bytes, random.Random], bytes], lengths: tuple[int, int], lost: int
) -> None:
    """Of 300 samples at least 99 % come out right: but for the characters around a flipped or missing byte."""
    rng, right = random.Random(3), 0
    for text in samples(*lengths):
        try:
            found, _ = decode(harm(text.encode(encoding), rng))
        except UnreadableError:
            continue
        matcher = difflib.SequenceMatcher(None, text, found, autojunk=False)
        right += sum(block.size for block in matcher.get_matching_blocks()) >= len(text) - lost
    assert right >= 0.99 * SAMPLES


@pytest.mark.parametrize("encoding", ["big5", "utf-16-le", "utf-16-be"])
def test_what_decodes_to_nonsense_is_put_aside(encoding: str) -> None:
    """Big5 and UTF-16 without its mark: a reason with the cure, never nonsense in the index."""
    from opencc import OpenCC

    traditional = OpenCC("s2t")
    for text in samples(200, 600)[:50]:
        plain = re.sub(r"[^一-龥，。0-9]", "", traditional.convert(text)) if encoding == "big5" else text
        data = plain.encode(encoding, "ignore")
        with pytest.raises(UnreadableError, match="save it as UTF-8"):
            decode(data)


# --- characters, sizes, files -----------------------------------------------------------------------------------


def test_characters_that_cannot_be_seen_or_stored_are_removed(tmp_path: Path) -> None:
    """NUL, C0, a mark inside, direction marks, lone surrogates in JSON: gone, and the rest can be stored."""
    (tmp_path / "a.txt").write_text(f"安徽\ufeff光\u200b伏\x07\x00{GOOD}", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "安徽\\ud800光伏\\u0000' + GOOD + '"}\n', encoding="utf-8")
    articles, problems = read(tmp_path)
    assert [article.text for article in articles] == [f"安徽光伏{GOOD}"] * 2
    assert problems == {}


def test_nothing_to_read_is_counted_and_told(tmp_path: Path) -> None:
    """Empty and blank files are named; a file of one character is an article of one character."""
    for name, text in (
        ("empty.txt", ""),
        ("blank.md", " \n\u3000\n"),
        ("none.jsonl", '{"text": " "}\n'),
        ("one.txt", "皖"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    articles, problems = read(tmp_path)
    assert [article.text for article in articles] == ["皖"]
    assert problems.keys() == {"empty.txt", "blank.md", "none.jsonl:1"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["million.txt", "million.md", "letters.txt", "long.jsonl"])
def test_text_without_a_break_is_cut_and_indexed(tmp_path: Path, name: str) -> None:
    """A million characters without a stop, in one line: read, cut and indexed in seconds."""
    run = ("x" if name == "letters.txt" else "上") * 1_000_000
    (tmp_path / "corpus").mkdir()
    text = json.dumps({"text": run}, ensure_ascii=False) if name.endswith("l") else run
    (tmp_path / "corpus" / name).write_text(text, encoding="utf-8")
    assert main(["rebuild", "--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]) == 0
    assert main(["ask", GOOD, "--index", str(tmp_path / "index")]) == 0


def test_bad_records_are_named_and_the_others_read(tmp_path: Path) -> None:
    """Broken, nested, not finite, of wrong types, twice the same id: the line is named, the others are articles."""
    lines = [
        json.dumps({"_id": "1", "text": GOOD}, ensure_ascii=False),
        '{"broken',
        '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"text": NaN}',
        '{"text": 5}',
        '["not", "an object"]',
        '{"title": "no text"}',
        '{"text": "甲。", "text": "重复的键取后一个。"}',
        json.dumps({"text": "光" * 10_000_000}, ensure_ascii=False),
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    articles, problems = read(tmp_path)
    assert [len(article.text) for article in articles] == [len(GOOD), 9, 10_000_000]
    assert problems.keys() == {f"a.jsonl:{line}" for line in range(2, 8)}


def test_files_that_are_none_are_refused_without_waiting(tmp_path: Path) -> None:
    """Links out of the corpus, folders that contain themselves, pipes, sockets; a hard link is a file."""
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "passwd.txt").symlink_to("/etc/passwd")
    (tmp_path / "self").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    os.link(tmp_path / "good.txt", tmp_path / "hard.txt")
    here = os.open(tmp_path, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listening:
        before = Path.cwd()
        os.fchdir(here)  # a socket's address is short
        listening.bind("socket.txt")
        os.chdir(before)
        articles, problems = read(tmp_path)
    os.close(here)
    assert [article.origin for article in articles] == ["good.txt", "hard.txt"]
    assert problems.keys() == {"passwd.txt", "self", "pipe.txt", "socket.txt"}


def test_names_of_files_are_stored_safely(tmp_path: Path) -> None:
    """Not UTF-8, a new line, markup, 250 bytes, written right to left: storable and on one line."""
    names = [b"\xff\xfe.txt", "新\n行.txt".encode(), b"<img src=x onerror=alert(1)>.txt", ("长" * 82).encode() + b".txt",
             "\u202etxt.exe.txt".encode()]  # fmt: skip
    for name in names:
        with Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).open("w", encoding="utf-8") as file:
            file.write(GOOD)
    articles, problems = read(tmp_path)
    assert problems == {}
    assert len(articles) == len(names)
    for article in articles:
        assert article.origin.isprintable()
        assert article.origin.encode("utf-8")


@pytest.mark.parametrize("kind", ["zip", "gz", "docx", "pdf", "png"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".jsonl"])
def test_disguises_are_refused_and_never_unpacked(tmp_path: Path, kind: str, suffix: str) -> None:
    """What begins like an archive, a document or a picture is none of our text files."""
    path = tmp_path / f"page{suffix}"
    if kind in ("zip", "docx"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml" if kind == "docx" else "a.txt", GOOD)
    else:
        starts = {"gz": gzip.compress(GOOD.encode()), "pdf": b"%PDF-1.7\n" + b"x" * 50, "png": b"\x89PNG\r\n\x1a\n"}
        path.write_bytes(starts[kind])
    articles, problems = read(tmp_path)
    assert articles == []
    assert "this is a" in problems[path.name]


# --- the corpus as a whole --------------------------------------------------------------------------------------


def test_one_in_ten_broken_leaves_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Forty files, four of them broken: 36 articles, exit code 2, each broken one with its reason, also in the report."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    broken = {3: b"PK\x03\x04zip", 13: b"", 23: GOOD.encode("utf-16-le") * 9, 33: b"\x00\x01" * 500}
    for number in range(40):
        text = f"第{number}号：{GOOD}".encode()
        (corpus / f"{number:02d}.txt").write_bytes(broken.get(number, text))
    assert main(["rebuild", "--corpus", str(corpus), "--index", str(tmp_path / "index"), "--json"]) == 2
    out, err = capsys.readouterr()
    summary = json.loads(out)
    assert (summary["articles"], summary["skipped"]) == (36, 4)
    report = (tmp_path / "index" / summary["generation"] / "report.jsonl").read_text(encoding="utf-8")
    for number in broken:
        assert f"{number:02d}.txt: " in err
        assert f'"{number:02d}.txt"' in report
    assert main(["search", "光伏玻璃", "--index", str(tmp_path / "index")]) == 0


def test_a_corpus_that_lost_its_folders_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Less than half of what the index holds is an accident unless said otherwise; the index before answers on."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    for number in range(10):
        (corpus / f"{number}.txt").write_text(f"第{number}号：{GOOD}", encoding="utf-8")
    command = ["rebuild", "--corpus", str(corpus), "--index", str(index), "--json"]
    assert main(command) == 0
    for number in range(6):
        (corpus / f"{number}.txt").unlink()
    assert main(command) == 1
    assert "4 articles, the index 10" in capsys.readouterr().err
    assert main(["check", "--index", str(index), "--json"]) == 1
    assert "6 gone" in capsys.readouterr().out
    assert main([*command, "--allow-shrink"]) == 0
    for left in corpus.iterdir():
        left.unlink()
    assert main([*command, "--allow-shrink"]) == 1
    assert "no article" in capsys.readouterr().err
