"""Bad questions, interrupted commands and a corpus that changes under the reader."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from regional_qa.assistant import Assistant
from regional_qa.errors import UsageError
from regional_qa.indexing import durable
from regional_qa.indexing.build import rebuild
from regional_qa.reading import Problem, folder, read_corpus
from regional_qa.types import Article
from tests.durability.editions import publish_edition, write_edition
from tests.fakes import fake_parts, wait_until, write_corpus

QUESTION = "安徽光伏玻璃产量增长多少"
INVISIBLE = ["\0", "\x07", "\u00ad", "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\U000e0041", "\ud800"]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Over one edition."""
    folder = tmp_path_factory.mktemp("questions")
    publish_edition(folder / "corpus", folder / "index", 1)
    return Assistant(folder / "index", fake_parts())


def found(assistant: Assistant, question: str) -> tuple[Any, ...]:
    """What a question brings, by search and by answer."""
    answer = assistant.ask(question)
    quotes = [citation.quote for citation in answer.citations]
    return [(hit.passage.passage_id, hit.score) for hit in assistant.search(question)], answer.status, quotes


@pytest.mark.fault("F1q")
@pytest.mark.parametrize(
    "question", ["", " ", "\u3000\n\t", "？！……", "😀🚀", "\u200b\u200b", "\0", None, 5, b"x", ["安徽"]]
)
def test_nothing_that_can_be_asked(assistant: Assistant, question: Any) -> None:
    """A fault that says what to do instead."""
    for act in (assistant.search, assistant.ask):
        with pytest.raises(UsageError, match="the question"):
            act(question)


@pytest.mark.fault("F1q")
def test_one_character(assistant: Assistant) -> None:
    """A short question is one."""
    assert assistant.search("光")
    assert assistant.ask("光").status in ("answered", "abstained")


@pytest.mark.fault("F2q")
def test_endless_questions(assistant: Assistant) -> None:
    """Refused at once and without keeping anything, by whatever they are too long."""
    assert assistant.search("光" * 500)
    endless = "光伏" * 25_000_000
    tracemalloc.start()
    for question in ("光" * 501, "光" * 100_000, endless):
        start = time.perf_counter()
        with pytest.raises(UsageError, match="more than 500"):
            assistant.ask(question)
        assert time.perf_counter() - start < 0.1
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.fault("F3q")
@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_invisible_characters_change_nothing(assistant: Assistant, character: str) -> None:
    """Before, within and after the words."""
    for question in (character + QUESTION, QUESTION[:3] + character + QUESTION[3:], QUESTION + character):
        assert found(assistant, question) == found(assistant, QUESTION)


@pytest.mark.fault("F4q")
@pytest.mark.parametrize(
    "written",
    ['" OR *', "NEAR(安徽, 光伏)", "'; DROP TABLE passages; --", "text:安徽 AND NOT 光伏", "(安+)+$", "安徽~2^5", "{a TO z]",
     "\\", '"安徽', "安徽*", "-安徽", "%s%n", "__import__('os')", "../../etc/passwd", "<script>安徽</script>"],
)  # fmt: skip
def test_query_languages_are_words(assistant: Assistant, written: str) -> None:
    """Nothing is interpreted, and the index is what it was."""
    if any(map(str.isalnum, written)):
        found(assistant, written)
    assert found(assistant, QUESTION)[1] == "answered"


@pytest.mark.fault("F5q")
@pytest.mark.parametrize("k", [0, -1, 101, 10**9, "5", 2.0, float("nan"), True, None])
def test_numbers_out_of_range(assistant: Assistant, k: Any) -> None:
    """The range is named."""
    with pytest.raises(UsageError, match="from 1 to 100"):
        assistant.search(QUESTION, k=k)


@pytest.mark.fault("F5q")
@pytest.mark.parametrize(
    "limits",
    [
        {"regions": ["火星"]},
        {"regions": "安徽"},
        {"regions": [5]},
        {"regions": ["\0"]},
        {"since": "2024"},
        {"until": 5},
    ],
    ids=str,
)
def test_unknown_filters(assistant: Assistant, limits: dict[str, Any]) -> None:
    """Named, for questions, searches and facts alike."""
    for act in (lambda: assistant.search(QUESTION, **limits), lambda: assistant.ask(QUESTION, **limits), lambda: assistant.facts(**limits)):  # fmt: skip
        with pytest.raises(UsageError):
            act()


@pytest.mark.fault("F6q")
def test_more_than_there_is(assistant: Assistant) -> None:
    """Each passage once, best first, never the last one for want of another."""
    hits = assistant.search(QUESTION, k=100)
    assert len({hit.passage.passage_id for hit in hits}) == len(hits) == 3
    assert len(assistant.search(QUESTION, k=100, regions=["安徽"])) == 1
    assert assistant.search(QUESTION, k=100, regions=["西藏"]) == []


@pytest.mark.fault("D5")
def test_an_old_citation_after_a_rebuild(tmp_path: Path) -> None:
    """The same text as cited as long as the article is there; one that left is told to have left."""
    corpus, index = write_edition(tmp_path / "corpus", 1), tmp_path / "index"
    rebuild(corpus, index, fake_parts())
    assistant = Assistant(index, fake_parts())
    cited = {name: assistant.ask(f"{name}光伏玻璃产量增长多少").citations[0] for name in ("安徽", "江西")}
    write_corpus(corpus, a1="title: 江西光伏\nregions: [江西]\n---\n改写过的江西光伏玻璃产量增长2%。")
    rebuild(corpus, index, fake_parts())
    wait_until(lambda: assistant.generation == "gen-000002")
    kept = cited["安徽"]
    assert kept.span.of(assistant.article(kept.article_id).text) == kept.quote
    with pytest.raises(UsageError, match="left with the last rebuild"):
        assistant.article(cited["江西"].article_id)


class Restless(io.FileIO):
    """A file that somebody writes to whenever it is read, so many times."""

    times = 1

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(-1 if size is None else size) or b""
        if self.times:
            self.times -= 1
            path = Path(str(self.name))
            path.write_bytes(path.read_bytes() + "新写的一句。".encode())
        return content


@pytest.mark.fault("D6")
@pytest.mark.parametrize(("times", "lost"), [(0, False), (1, False), (9, True)])
def test_a_file_that_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, lost: bool) -> None:
    """Read once more; if it changes again it is named, and no half of it is quoted."""
    path = tmp_path / "a.txt"
    path.write_text("安徽光伏玻璃产量占全国一半以上。", encoding="utf-8")

    def opened(file: Path) -> BinaryIO:
        restless = Restless(file)
        restless.times = times
        return cast("BinaryIO", restless)

    monkeypatch.setattr(folder, "_open_plain", opened)
    (item,) = read_corpus(tmp_path)
    assert isinstance(item, Problem if lost else Article)
    if isinstance(item, Problem):
        assert "written to while it was read" in item.reason
    elif times:
        assert "新写的一句" in item.text


@pytest.mark.fault("D6")
def test_records_that_are_being_written(tmp_path: Path) -> None:
    """What was read line by line is kept, and the file is named."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "甲光伏。"}\n{"text": "乙光伏。"}\n', encoding="utf-8")
    reading = read_corpus(tmp_path)
    first = next(reading)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"text": "丙光')
    rest = list(reading)
    assert isinstance(first, Article)
    assert "written to while it was read" in [one.reason for one in rest if isinstance(one, Problem)][-1]
    assert all(one.text in ("甲光伏。", "乙光伏。") for one in (first, *rest) if isinstance(one, Article))


@pytest.mark.fault("A7")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_rebuild_is_stopped(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """At once, without a traceback; the lock is free and what was published is served."""
    publish_edition(tmp_path / "corpus", tmp_path / "index", 1)
    rng = random.Random(3)
    with (tmp_path / "corpus" / "long.jsonl").open("w", encoding="utf-8") as file:
        for _ in range(2000):
            text = "".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(300))
            file.write(json.dumps({"text": f"{text}。"}) + "\n")
    places = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    # Not as a command of its own, which would step back behind its neighbours; and whoever runs the tests may ignore SIGINT.
    heard = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = f"{heard}; from regional_qa.cli import main; sys.exit(main(['rebuild', *{places!r}]))"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: (tmp_path / "index" / "gen-000002.tmp" / "passages.db").exists(), 60)
        time.sleep(0.1)
        process.send_signal(number)
        _, error = process.communicate(timeout=20)  # five seconds where nothing else runs
        assert process.returncode == code
    assert "Traceback" not in error
    with durable.sole_writer(tmp_path / "index"):
        assert durable.current(tmp_path / "index")[0] == "gen-000001"
    assert os.path.lexists(tmp_path / "index" / "gen-000001")
