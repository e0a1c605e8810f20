"""What is answered and what is refused: the judged questions, the same ones hidden in news, DRCD and RGB.

Run: make bench, or .venv/bin/python benchmarks/answers.py [NAME ...]     (needs ../shared beside the project)
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from shutil import copytree

from regional_qa import Answer, Assistant, Settings, open_assistant
from regional_qa.assemble import rebuild
from regional_qa.evaluation import Question, Report, evaluate, read_questions

SHARED = Path(__file__).parents[1].parent / "shared"
EVAL = SHARED / "eval"
OWN = Path(__file__).parents[1] / "tests" / "real" / "news_questions.jsonl"
FRESH = OWN.with_name("fresh_news_questions.jsonl")
HEADER = "| questions | corpus | answered rightly | refused rightly | evidence, mean / most | ask, p50 |\n|---|---|---|---|---|---|"


def main() -> int:
    """Ask each set and print one line for it."""
    rows: dict[str, Callable[[bool], Iterator[str]]] = {
        "regional": regional,
        "news": news,
        "drcd": drcd,
        "rgb": rgb,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(rows))
    parser.add_argument("--misses", action="store_true", help="print each question that went wrong on stderr")
    options = parser.parse_args()
    if not EVAL.is_dir():
        print("skipped: ../shared is not beside the project")
        return 0
    print(HEADER)
    for name in (name for name in rows if name in (options.names or rows)):
        for row in rows[name](options.misses):
            print(row, flush=True)
    return 0


def regional(misses: bool) -> Iterator[str]:
    """The judged questions over the five newspaper files."""
    with served(SHARED / "articles") as assistant:
        yield line(
            "regional_questions", "5 files", read_questions(EVAL / "regional_questions.jsonl"), assistant, misses
        )


def news(misses: bool) -> Iterator[str]:
    """The answerable ones of them with the five files hidden in the news, and our own questions over the news."""
    with tempfile.TemporaryDirectory() as corpus:
        copytree(SHARED / "data" / "news", Path(corpus) / "news")
        copytree(SHARED / "articles", Path(corpus) / "articles")
        with served(Path(corpus)) as assistant:
            hidden = [one for one in read_questions(EVAL / "regional_questions.jsonl") if one.answerable]
            yield line("the answerable ones", "5 files among 65k news", hidden, assistant, misses)
            for file, split in product((OWN, FRESH), ("tune", "report")):
                rows = file.read_text(encoding="utf-8").splitlines()
                chosen = {row["id"] for row in map(json.loads, rows) if row["split"] == split}
                own = [one for one in read_questions(file) if one.question_id in chosen]
                yield line(f"{file.stem}, {split}", "the same", own, assistant, misses)


def drcd(misses: bool) -> Iterator[str]:
    """Questions over Wikipedia paragraphs; right is what quotes the gold answer."""
    folder = EVAL / "drcd_test_hans"
    with served(folder / "corpus.jsonl") as assistant:
        yield line("drcd_test_hans", "1,000 paragraphs", read_collection(folder), assistant, misses)


def rgb(misses: bool) -> Iterator[str]:
    """Questions over news, first with all documents, then with only those that no judgement names."""
    folder = EVAL / "rgb_zh_fact"
    questions = read_collection(folder)
    with served(folder / "corpus.jsonl") as assistant:
        yield line("rgb_zh_fact", "all documents", questions, assistant, misses)
    judged = {row.split("\t")[1] for row in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]}
    lines = (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as corpus:
        rest = Path(corpus) / "corpus.jsonl"
        rest.write_text("\n".join(row for row in lines if json.loads(row)["_id"] not in judged), encoding="utf-8")
        with served(rest) as assistant:
            unanswerable = [Question(one.question_id, one.question) for one in questions]
            yield line("rgb_zh_fact", "without the judged documents", unanswerable, assistant, misses)


def read_collection(folder: Path) -> list[Question]:
    """The questions of a folder in BEIR layout whose ``answers`` are given; any of them is right."""
    rows = map(json.loads, (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return [Question(row["_id"], row["text"], answers=(tuple(row["answers"]),)) for row in rows]


@contextmanager
def served(corpus: Path) -> Iterator[Assistant]:
    """An assistant over an index of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as index:
        settings = Settings.load(corpus=corpus, index=Path(index))
        rebuild(settings)
        yield open_assistant(settings)


def line(name: str, corpus: str, questions: list[Question], assistant: Assistant, misses: bool) -> str:
    """A row of the table."""
    times: list[float] = []

    def ask(question: str, previous: str = "") -> Answer:
        started = time.perf_counter()
        answer = assistant.ask(question, previous=previous)
        times.append(1000 * (time.perf_counter() - started))
        return answer

    report = evaluate(questions, ask)
    if misses:
        complain(report)
    answered = sum(outcome.answered for outcome in report.outcomes if outcome.question.answerable)
    held = f"{report.held} of {report.n_answerable} ({report.n_answerable - answered} refused)"
    return (
        f"| {name} | {corpus} | {held if report.n_answerable else ''} | "
        f"{f'{report.refused} of {report.n_unanswerable}' if report.n_unanswerable else ''} | "
        f"{report.mean_evidence_chars:.0f} / {report.max_evidence_chars} | {statistics.median(times):.0f} ms |"
    )


def complain(report: Report) -> None:
    """Each question that went wrong, with what was quoted instead."""
    for one in report.outcomes:
        if not one.correct:
            wanted = " + ".join("/".join(group) for group in one.question.answers) or "nothing"
            print(f"{one.question.question_id} {one.question.question} -> {wanted}: {one.answer.text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
