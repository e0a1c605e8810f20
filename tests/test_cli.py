"""The command line as a user meets it: exit codes, one clear line for each bad input, JSON that parses."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from regional_qa.cli import main
from tests.fakes import write_corpus

CORPUS = {
    "anhui": "title: 安徽光储产业\nregions: [安徽]\n---\n2023年，安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。",
    "jiangsu": "title: 江苏养老\nregions: [江苏]\npublished: 2024-01-05\n---\n江苏护理型床位占比68%。江苏设置机构床位40万张。",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A corpus and its index, built by the command itself with the bundled model."""
    folder = tmp_path_factory.mktemp("cli")
    corpus = write_corpus(folder / "corpus", **CORPUS)
    assert main(["rebuild", "--corpus", str(corpus), "--index", str(folder / "index")]) == 0
    return corpus, folder / "index"


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and the one line on stderr; nothing on stdout, no traceback."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(str(stop.code))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return code, err


def test_ask_quotes_and_cites(built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The answer is the article's sentence, with the place it stands at."""
    corpus, index = built
    assert main(["ask", "安徽光伏玻璃产量占全国多少", "--index", str(index), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    citation = answer["citations"][0]
    assert answer["status"] == "answered"
    assert "一半以上" in citation["quote"]
    assert citation["quote"] in (corpus / "anhui.md").read_text(encoding="utf-8")
    assert main(["ask", "江苏护理型床位占比多少", "--index", str(index)]) == 0
    text = capsys.readouterr().out
    assert "68%" in text
    assert "2024-01-05" in text


def test_what_is_quoted_can_be_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file and where in it; an article without a headline goes by its first words."""
    corpus, index = write_corpus(tmp_path / "corpus", anhui=CORPUS["anhui"]), ["--index", str(tmp_path / "index")]
    record = json.dumps({"text": "2024年前三季度，江西省进出口总值3500亿元。"}, ensure_ascii=False)
    (corpus / "n.jsonl").write_text(f"\n{record}\n", encoding="utf-8")
    assert main(["rebuild", "--corpus", str(corpus), *index]) == 0
    capsys.readouterr()
    assert main(["ask", "江西进出口总值多少", *index]) == 0
    name, place = "“2024年前三季度，江西省进出口总值35…”", "第 0–25 字，原文件 n.jsonl:2\n"
    out = capsys.readouterr().out
    assert out.endswith(f"[1] {name} 出处不详，日期不详，{place}")
    assert main(["search", "江西", "--k", "1", *index]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"1. {name} | ")
    assert out.endswith(f"   {place}\n")
    assert main(["ask", "安徽光伏玻璃产量占全国多少", *index]) == 0
    found = re.search(r"，第 (\d+)–(\d+) 字，原文件 anhui\.md 第 (\d+)–(\d+) 字\n$", out := capsys.readouterr().out)
    assert found, out
    text = (corpus / "anhui.md").read_text(encoding="utf-8")
    assert out.startswith(text[int(found[3]) : int(found[4])])


def test_english_questions_are_framed_in_english(built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Only headlines, quotations and passages are Chinese."""
    index = ["--index", str(built[1])]
    assert main(["ask", "What share of China's PV glass output does Jiangxi make?", *index]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1:3] == [
        "(There are reports about Anhui, but the question is about Jiangxi)",
        "Nearest passages (no answer):",
    ]
    assert main(["ask", "What share of China's PV glass output does Anhui make?", *index]) == 0
    footnote = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("[1] "))
    assert re.search(r"》 [^,]+, [^,]+, characters \d+–\d+, file ", footnote)
    assert not re.search("日期|原文件|[（，]", footnote.partition("》")[2])


def test_another_province_never_answers(built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """What is told of Anhui is not said of Jiangxi."""
    assert main(["ask", "江西光伏玻璃产量占全国多少", "--index", str(built[1]), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "abstained"
    assert answer["citations"] == []
    assert "江西" in "".join(answer["notes"])


def test_search_filters(built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Region and date filters hold; an article of unknown date passes them."""
    assert main(["search", "产量", "--index", str(built[1]), "--region", "江苏省", "--json"]) == 0
    hits = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {hit["title"] for hit in hits} == {"江苏养老"}
    assert main(["search", "产量", "--index", str(built[1]), "--since", "2025-01-01", "--json"]) == 0
    assert {json.loads(line)["title"] for line in capsys.readouterr().out.splitlines()} == {"安徽光储产业"}


def test_check_says_sound_then_stale(built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """An index fits its corpus until the corpus changes; the cure is named."""
    corpus, index = built
    assert main(["check", "--index", str(index)]) == 0
    assert "gen-000001: sound; 2 articles, 2 passages" in capsys.readouterr().out
    write_corpus(corpus, new="title: 甘肃\n---\n甘肃稳就业。")
    named = ["--corpus", str(corpus)]
    for given in ([], named):
        assert main(["check", "--index", str(index), *given]) == 1
        out = capsys.readouterr().out
        assert (
            f"1 new, 0 changed, 0 gone in {corpus}; run `regional-qa {shlex.join(['rebuild', '--index', str(index), *given])}`"
            in out
        )
    (corpus / "new.md").unlink()


def test_hints_name_the_index(built: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What they say mends the index that is damaged, whatever its folder is called."""
    index = tmp_path / "it's mine"
    shutil.copytree(built[1], index)
    (index / "gen-000001" / "vectors.faiss").write_bytes(b"x" * 100)
    _, line = failed(capsys, "ask", "光伏", "--index", str(index))
    command = line.split("`")[1]
    assert shlex.split(command) == ["regional-qa", "rebuild", "--index", str(index)]
    assert main(["check", "--index", str(index)]) == 1
    assert "100 bytes, not " in (out := capsys.readouterr().out)
    assert command in out
    assert main(shlex.split(command)[1:]) == 0
    assert main(["ask", "光伏", "--index", str(index)]) == 0


def test_rebuild_stays_with_its_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where none is named an index is built from what it was built from, while that is there; the option wins."""
    monkeypatch.chdir(tmp_path)
    mine = write_corpus(tmp_path / "mine", **CORPUS)
    write_corpus(tmp_path / "corpus", a="甘肃稳就业。", b="云南边贸很热闹。")
    articles = []
    for corpus in (["--corpus", "mine"], [], ["--corpus", "corpus"], []):
        assert main(["rebuild", "--index", "index", "--json", *corpus]) == 0
        out, err = capsys.readouterr()
        articles.append(
            json.loads(out)["articles"],
        )
        assert (f"reading {mine}, from which" in err) == (len(articles) == 2)
        write_corpus(mine, **{f"more{len(articles)}": "浙江出口增长。"})
    assert articles == [2, 3, 2, 2]
    assert main(["rebuild", "--index", "index", "--corpus", "mine"]) == 0
    mine.rename(tmp_path / "moved")
    capsys.readouterr()
    assert main(["rebuild", "--index", "index", "--allow-shrink", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 2


@pytest.mark.parametrize("question", ["", "   ", "？！…", "光" * 10_000])
@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.fault("F1q", "F2q")
def test_bad_questions(
    built: tuple[Path, Path], capsys: pytest.CaptureFixture[str], command: str, question: str
) -> None:
    """An empty and an endless question get one line that says what to do."""
    code, line = failed(capsys, command, question, "--index", str(built[1]))
    assert code == 2
    assert "question" in line


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["ask", "光伏"], "stopped\n"),
        (["rebuild"], "stopped; what was published stays, nothing half-built is served\n"),
    ],
)
def test_ctrl_c(
    command: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, which speaks of publishing only where something is."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("open_assistant", "rebuild"):
        monkeypatch.setattr(f"regional_qa.assemble.{name}", stop)
    assert main([*command, "--index", str(tmp_path)]) == 130
    assert capsys.readouterr().err == said


def test_broken_characters_and_poor_terminals(built: tuple[Path, Path]) -> None:
    """A stray byte in the question and a terminal without Chinese do not stop the answer."""
    code = "import sys; from regional_qa.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments: list[str | bytes] = [
        sys.executable,
        "-c",
        code,
        "ask",
        b"\xff\xe5\xae\x89\xe5\xbe\xbd\xe5\x85\x89\xe4\xbc\x8f",
        "--index",
        str(built[1]),
    ]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(arguments, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u5149\\u4f0f" in done.stdout


@pytest.mark.fault("F5q")
def test_bad_options(built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Options out of range name the range; an unknown region is named."""
    index = str(built[1])
    assert "from 1 to" in failed(capsys, "search", "光伏", "--k", "0", "--index", index)[1]
    assert "from 1 to" in failed(capsys, "search", "光伏", "--k", "1000000000", "--index", index)[1]
    assert "亚特兰蒂斯" in failed(capsys, "ask", "光伏", "--region", "亚特兰蒂斯", "--index", index)[1]
    assert "2024-02-23" in failed(capsys, "ask", "光伏", "--since", "昨天", "--index", index)[1]
    assert (
        "exchange"
        in failed(capsys, "ask", "光伏", "--since", "2024-02-02", "--until", "2024-01-01", "--index", index)[1]
    )
    assert "port" in failed(capsys, "serve", "--port", "seven", "--index", index)[1]
    assert failed(capsys, "nonsense")[0] == 2
    assert failed(capsys)[0] == 2


def test_missing_things(built: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No corpus, an empty one, no index and no model: one line each, with the cure."""
    code, line = failed(capsys, "rebuild", "--corpus", str(tmp_path / "none"), "--index", str(tmp_path / "i"))
    assert (code, "none" in line, line.endswith("with --corpus\n")) == (1, True, True)
    (tmp_path / "empty").mkdir()
    code, line = failed(capsys, "rebuild", "--corpus", str(tmp_path / "empty"), "--index", str(tmp_path / "i"))
    assert (code, "no article" in line) == (1, True)
    code, line = failed(capsys, "ask", "光伏", "--index", str(tmp_path / "i"))
    assert (code, "rebuild" in line) == (1, True)
    code, line = failed(capsys, "ask", "光伏", "--index", str(built[1]), "--embedder", "no/such-model")
    assert (code, "no/such-model" in line) == (1, True)
    code, line = failed(capsys, "evaluate", str(tmp_path / "none.jsonl"), "--index", str(built[1]))
    assert (code, "none.jsonl" in line) == (2, True)


def test_one_bad_file_among_good_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The good articles are indexed, the bad file is named, and the exit code says so."""
    corpus = write_corpus(tmp_path / "corpus", **CORPUS)
    (corpus / "broken.jsonl").write_text('{"title": "x", "text": "好的文章在这里。"}\n{"broken\n', encoding="utf-8")
    (corpus / "binary.txt").write_bytes(b"\x00\x01\x02PK\x03\x04" * 100)
    assert main(["rebuild", "--corpus", str(corpus), "--index", str(tmp_path / "index"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["articles"] == 3
    assert "broken.jsonl:2" in err
    assert "binary.txt" in err


def test_a_detail_that_is_not_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An article read without one of its regions is noted, and is no failure."""
    corpus = write_corpus(tmp_path / "corpus", a="title: 题\nregions: [火星]\n---\n安徽产量第一。")
    assert main(["rebuild", "--corpus", str(corpus), "--index", str(tmp_path / "index")]) == 0
    out, err = capsys.readouterr()
    assert "note: a.md: region '火星'" in err
    assert out.splitlines()[:2] == ["read      1 file: 1 article", "noted     1 detail"]
    assert ": 1 article, 1 passage, " in out


PAGE = "## 北部湾\n\n# 运河通江海\n\n本报记者 王刚\n\n今年，广西的运河长\n\n▲船闸。李明摄\n\n一百公里。\n\n# 金鲳鱼出海\n\n本报讯 广东养鱼。\n"


def test_read_shows_what_was_made_of_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every paragraph with its role and its place in the file, the seams of what was joined, and the counts."""
    page = tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    assert main(["read", str(page)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == [
        "《运河通江海》",
        "栏目 北部湾 | 出处不详 | 日期不详 | 地区 广西（据正文） | 主题 交通与物流 | 原文件 page.txt",
    ]
    assert out[2:5] == [
        f"[署名｜{PAGE.index('本报记者')}] 本报记者 王刚",
        f"[正文｜{PAGE.index('今年')}，接合1处] 今年，广西的运河长一百公里。",
        f"[图注｜{PAGE.index('▲')}] ▲船闸。李明摄",
    ]
    assert out[-1] == "articles 2, joined 1, moved 2, byline 1, caption 1"
    assert main(["read", str(page), "--json"]) == 0
    first, _ = map(json.loads, capsys.readouterr().out.splitlines())
    for one in first["layout"]:
        length = one["end"] - one["start"]
        assert first["text"][one["start"] : one["end"]] == PAGE[one["original"] : one["original"] + length]


def test_read_of_what_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the reason; a file that is not there has its cure."""
    (tmp_path / "page.txt").write_bytes(b"\x00\x01" * 50)
    assert main(["read", str(tmp_path / "page.txt")]) == 2
    out, err = capsys.readouterr()
    assert (out, "skipped: page.txt" in err, err.count("\n")) == ("no article\n", True, 1)
    code, line = failed(capsys, "read", str(tmp_path / "none.txt"))
    assert (code, "none.txt" in line, "--corpus" in line) == (1, True, False)


def test_rebuild_sums_up_on_one_screen_and_reports_every_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Read, mended, kept, folded, skipped, published; report.jsonl names each file and reprint."""
    corpus = write_corpus(tmp_path / "corpus")
    story = "广西的运河长一百公里，从南宁到大海，沿线园区先热起来，企业签约三十四家。" * 4
    (corpus / "page.txt").write_text(PAGE, encoding="utf-8")
    (corpus / "one.txt").write_text(f"# 运河一\n\n本报记者 王刚\n\n{story}", encoding="utf-8")
    (corpus / "two.txt").write_text(f"# 运河二\n\n{story}\n\n(转自《甲报》)", encoding="utf-8")
    (corpus / "bad.txt").write_bytes(b"\x00\x01" * 50)
    assert main(["rebuild", "--corpus", str(corpus), "--index", str(tmp_path / "index")]) == 2
    assert capsys.readouterr().out.splitlines() == [
        "read      3 files: 4 articles, 1 file split into several",
        "mended    1 broken paragraph joined, 2 stretches put where they belong",
        "kept      2 bylines, 1 caption, 1 signature, each with its role",
        "folded    1 reprint",
        "skipped   1 file or record",
        "published gen-000001: 3 articles, 3 passages, vector search finds 100.0% of the nearest ten",
    ]
    report = (tmp_path / "index" / "gen-000001" / "report.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line) for line in report.splitlines()]
    assert [(record["kind"], record["origin"]) for record in records] == [
        ("file", "one.txt"),
        ("file", "page.txt"),
        ("file", "two.txt"),
        ("folded", "two.txt"),
        ("skipped", "bad.txt"),
    ]
    assert main(["search", "运河沿线园区", "--index", str(tmp_path / "index")]) == 0
    assert "又见：甲报 日期不详" in capsys.readouterr().out


def test_index_of_another_model(built: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An index is refused by a model that did not build it."""
    index = tmp_path / "index"
    index.mkdir()
    generation = next(built[1].glob("gen-*"))
    copy = index / generation.name
    copy.mkdir()
    for path in generation.rglob("*"):
        target = copy / path.relative_to(generation)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(path.read_bytes())
    manifest = json.loads((copy / "MANIFEST").read_text(encoding="utf-8"))
    manifest["embedder_fingerprint"] = "0" * 64
    (copy / "MANIFEST").write_text(json.dumps(manifest), encoding="utf-8")
    from regional_qa.indexing.durable import digest

    (index / "CURRENT").write_text(f"{generation.name} {digest(copy / 'MANIFEST')}\n", encoding="ascii")
    code, line = failed(capsys, "ask", "光伏", "--index", str(index))
    assert code == 1
    assert "rebuild" in line
