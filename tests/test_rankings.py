"""Judged collections and runs become measures; every expected value here is worked out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from regional_qa.cli import main
from regional_qa.errors import UsageError
from regional_qa.evaluation import Collection, compare, measure, rank, read_beir, read_qrels, read_run, write_run
from regional_qa.types import Article, Hit, Passage, Reprint, Span

LOG3, LOG5 = math.log2(3), math.log2(5)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("ranking", "grades", "value"),
    [
        (["a"], {"a": 1}, 1.0),
        (["b", "a"], {"a": 1}, 1 / LOG3),
        (["c", "x", "a", "b"], {"a": 3, "b": 2, "c": 1}, (1 + 3 / 2 + 2 / LOG5) / (3 + 2 / LOG3 + 1 / 2)),
        (["n", "a"], {"a": 1, "n": 0}, 1 / LOG3),
        ([], {"a": 1}, 0.0),
    ],
)
def test_ndcg(ranking: list[str], grades: dict[str, int], value: float) -> None:
    """Gain is the grade, discount log2(rank + 1), as trec_eval has it."""
    run = {"q": {one: 10.0 - place for place, one in enumerate(ranking)}}
    assert measure({"q": grades}, run).mean("nDCG@10") == pytest.approx(value, abs=1e-9)


def test_measures_over_several_queries() -> None:
    """Means over all judged queries, one without an answer counts 0, one without anything relevant is left out."""
    qrels = {"p": {"a": 1}, "q": {"b": 1, "c": 1}, "r": {"d": 0}}
    measured = measure(qrels, {"p": {"a": 2.0}, "r": {"d": 1.0}})
    assert measured.query_ids == ("p", "q")
    assert {name: measured.mean(name) for name in measured.values} == dict.fromkeys(measured.values, 0.5)
    low, high = measured.interval("nDCG@10")
    assert 0 <= low < 0.5 < high <= 1
    assert measured.lines()[-1] == "2 queries, 95% bootstrap intervals"
    with pytest.raises(UsageError, match="nothing is judged"):
        measure({"r": {"d": 0}}, {})


def test_two_runs_are_compared_query_by_query() -> None:
    """A run that is better on nearly every query is so with a small p; a run is not better than itself."""
    qrels = {str(i): {"a": 1} for i in range(30)}
    good = {str(i): {"a": 2.0, "b": 1.0} for i in range(30)}
    poor = {str(i): {"a": 1.0, "b": 2.0} if i else {"a": 2.0} for i in range(30)}
    (first, *_) = compare(qrels, good, poor)
    assert (first.name, first.better, first.worse) == ("nDCG@10", 29, 0)
    assert first.difference == pytest.approx(29 / 30 * (1 - 1 / LOG3))
    assert first.p < 0.01
    assert {(one.difference, one.p) for one in compare(qrels, good, good)} == {(0.0, 1.0)}


def test_an_article_ranks_by_its_best_passage_and_so_do_its_reprints() -> None:
    """Several passages of one article are one document; what is folded under it is found with it."""
    article = Article("a", "", "甲乙", reprints=(Reprint("b", "", "", None, "b.txt"),))
    hits = [Hit(Passage(str(i), "a", Span(i, i + 1), "甲", ()), article, i + 1, 2.0 - i, {}) for i in range(2)]
    done: list[int] = []
    assert rank({"q": "甲"}, lambda _: hits, done.append) == {"q": {"a": 2.0, "b": 2.0}}
    assert done == [1]


def test_trec_files_are_read_back(tmp_path: Path) -> None:
    """What others write is read; a broken line is named."""
    write(tmp_path / "qrels.txt", "q 0 a 1\nq 0 b 0\n")
    assert read_qrels(tmp_path / "qrels.txt") == {"q": {"a": 1, "b": 0}}
    write_run(tmp_path / "run.trec", {"q": {"a": 0.25, "b": 3.0}}, "x")
    assert read_run(tmp_path / "run.trec") == {"q": {"b": 3.0, "a": 0.25}}
    write(tmp_path / "run.trec", "q Q0 a 1 0.5 x\nq Q0 a 1 high x\n")
    with pytest.raises(UsageError, match=r"run\.trec:2 is not a line of a TREC run"):
        read_run(tmp_path / "run.trec")


def collection(folder: Path) -> Path:
    """Three documents and two queries in BEIR layout."""
    folder.mkdir()
    texts = {"d1": "安徽光伏玻璃产量占全国一半以上。", "d2": "江苏护理型床位占比提高。", "d3": "黑河对外贸易增长。"}
    write(
        folder / "corpus.jsonl", "".join(json.dumps({"_id": key, "text": text}) + "\n" for key, text in texts.items())
    )
    write(folder / "queries.jsonl", '{"_id": "q1", "text": "光伏玻璃产量"}\n{"_id": "q2", "text": "外贸"}\n')
    write(folder / "qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t1\n")
    return folder


def test_a_collection_is_measured_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A BEIR folder is indexed for the time, searched, written as a run, and the run measured again gives the same."""
    folder = collection(tmp_path / "set")
    (folder / "corpus.jsonl").rename(tmp_path / "elsewhere.jsonl")
    run = str(tmp_path / "run.trec")
    arguments = ["evaluate", str(folder), "--corpus", str(tmp_path / "elsewhere.jsonl"), "--run", run, "--json"]
    assert main(arguments) == 0
    measured = json.loads(capsys.readouterr().out)
    assert (measured["queries"], measured["measures"]["nDCG@10"]["mean"]) == (2, 1.0)
    assert main(["evaluate", run, "--qrels", str(folder / "qrels.tsv"), "--compare", run]) == 0
    out = capsys.readouterr().out
    assert "nDCG@10    1.000  [1.000, 1.000]" in out
    assert "nDCG@10    +0.000  p = 1.000, 0 better, 0 worse" in out


def test_a_collection_leaves_no_warning_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its index is gone with the measurement, and nobody looks for it."""
    folder = collection(tmp_path / "set")
    monkeypatch.setattr("regional_qa.assistant.Live", None)
    assert main(["evaluate", str(folder)]) == 0
    assert "warning" not in capsys.readouterr().err


def test_what_cannot_be_is_refused_before_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that cannot be written or compared with, and options that would change nothing."""
    monkeypatch.setattr("regional_qa.assemble.rebuild", None)
    folder, run, qrels = collection(tmp_path / "set"), write(tmp_path / "a.run", ""), tmp_path / "set" / "qrels.tsv"
    questions = write(tmp_path / "q.jsonl", '{"question": "光伏产量多少", "answers": []}\n')
    nowhere = str(tmp_path / "none" / "x.run")
    for arguments, told in (
        ([folder, "--run", nowhere], "x.run cannot be written"),
        ([folder, "--compare", nowhere], "x.run cannot be read"),
        ([folder, "--index", "i", "--uri", "u"], "an index of its own; leave out --index, --uri"),
        ([run, "--qrels", qrels, "--corpus", "c", "--run", "r"], "its qrels alone; leave out --corpus, --run"),
        ([questions, "--compare", run], "asked of the index; leave out --compare"),
    ):
        assert main(["evaluate", *map(str, arguments)]) == 2
        assert told in capsys.readouterr().err


def test_beir_is_read(tmp_path: Path) -> None:
    """Ids are text, the header is passed over, grade 0 is kept, U+2028 does not part a line."""
    write(
        tmp_path / "queries.jsonl",
        '{"_id": "q1", "text": "安徽", "answers": []}\n{"_id": 2, "text": "一\u2028二"}\n',
    )
    write(tmp_path / "qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n\n2\td1\t1\r\n")
    assert read_beir(tmp_path) == Collection(
        {"q1": "安徽", "2": "一\u2028二"}, {"q1": {"d1": 2, "d2": 0}, "2": {"d1": 1}}
    )


def test_a_broken_beir_folder_is_named(tmp_path: Path) -> None:
    """The file, and the line where there is one, stand in the message."""
    with pytest.raises(UsageError, match=r"queries\.jsonl cannot be read"):
        read_beir(tmp_path)
    write(tmp_path / "queries.jsonl", '{"_id": "q1", "text": "安徽"}\n')
    with pytest.raises(UsageError, match=r"qrels\.tsv cannot be read"):
        read_beir(tmp_path)
    for line in ("q1\td1", "q1\td1\tx", "q1 d1", "q1\td1\t1\t1\t1"):
        write(tmp_path / "qrels.tsv", f"query-id\tcorpus-id\tscore\n{line}\n")
        with pytest.raises(UsageError, match=r"qrels\.tsv:2 is not query id, document id and whole grade"):
            read_beir(tmp_path)
    for line in ('{"_id": "q1"}', "[]", "{", '{"_id": "q1", "text": null}'):
        write(tmp_path / "queries.jsonl", f"\n{line}\n")
        with pytest.raises(UsageError, match=r"queries\.jsonl:2 is not a query"):
            read_beir(tmp_path)


def test_a_run_is_written(tmp_path: Path) -> None:
    """Best first, ranks from 1 for each query, ties by the greater id, scores exact; no line for an empty query."""
    run = {"q2": {"b": 0.5, "a": 0.5, "c": 2.0}, "q0": {}, "q1": {"a": -1, "b": 1 / 3}}
    write_run(tmp_path / "run.trec", run, "fused")
    assert (tmp_path / "run.trec").read_bytes().decode() == (
        "q2 Q0 c 1 2.0 fused\nq2 Q0 b 2 0.5 fused\nq2 Q0 a 3 0.5 fused\n"
        "q1 Q0 b 1 0.3333333333333333 fused\nq1 Q0 a 2 -1.0 fused\n"
    )


@pytest.mark.parametrize(
    ("run", "tag", "cause"),
    [
        ({"q 1": {"a": 1.0}}, "t", "without blanks"),
        ({"q1": {"a\n": 1.0}}, "t", "without blanks"),
        ({"q1": {"": 1.0}}, "t", "without blanks"),
        ({"q1": {"a": 1.0}}, "my tag", "without blanks"),
        ({"q1": {"a": math.nan}}, "t", "q1 scores a with nan"),
    ],
)
def test_a_run_that_others_could_not_read(
    tmp_path: Path, run: dict[str, dict[str, float]], tag: str, cause: str
) -> None:
    """Blanks and scores that are no numbers are refused before anything is written."""
    with pytest.raises(UsageError, match=cause):
        write_run(tmp_path / "run.trec", run, tag)
    assert not (tmp_path / "run.trec").exists()


def test_a_run_without_a_place(tmp_path: Path) -> None:
    """A folder that is not there is named."""
    with pytest.raises(UsageError, match=r"run\.trec cannot be written \(No such file or directory\)"):
        write_run(tmp_path / "none" / "run.trec", {"q1": {"a": 1.0}}, "t")
