"""What each command does, once its options are read; each returns its exit code."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regional_qa.cli.fact_table import fact_text
from regional_qa.cli.frame import Frame
from regional_qa.cli.texts import answer_text, article_text, hit_text
from regional_qa.errors import UsageError
from regional_qa.records import answer_record, article_record, fact_record, hit_record, write_facts_csv
from regional_qa.settings import CORPUS, Settings

if TYPE_CHECKING:
    from regional_qa.evaluation.rankings import Qrels, Run

SHOWN_PROBLEMS = 20
"""Files named on stderr after a rebuild; report.jsonl holds all."""
STAGES = {
    "read": "reading articles",
    "index": "indexing articles",
    "verify": "verifying",
    "search": "searching",
}


def step_back() -> None:
    """Leave the processor to whoever waits for an answer: a chat served meanwhile, for one."""
    with contextlib.suppress(OSError, AttributeError):  # not every system has priorities
        os.setpriority(os.PRIO_PROCESS, 0, 10)


def run_rebuild(options: argparse.Namespace) -> int:
    """Build and publish the index."""
    from regional_qa.assemble import corpus_of, rebuild

    settings = _settings(options)
    if not settings.corpus and (corpus := corpus_of(settings)).resolve() != CORPUS.resolve():
        print(f"reading {corpus}, from which the index was built; --corpus names another", file=sys.stderr)
    with _Bars() as bars:
        report = rebuild(settings, bars.show, allow_shrink=options.allow_shrink, workers=options.workers)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        print(f"{'skipped' if problem.lost else 'note'}: {problem.origin}: {problem.reason}", file=sys.stderr)
    if (rest := len(report.problems) - SHOWN_PROBLEMS) > 0:
        place = settings.index / report.generation / "report.jsonl"
        print(f"{rest} more, all in {place}", file=sys.stderr)
    print(json.dumps(report.counts()) if options.json else "\n".join(report.summary()))
    return 2 if report.skipped else 0


def run_read(options: argparse.Namespace) -> int:
    """Show what is made of a file."""
    from regional_qa.reading import Problem, read_corpus
    from regional_qa.reading.account import Account

    lost, account = False, Account()
    for item in read_corpus(Path(options.file)):
        if isinstance(item, Problem):
            lost |= item.lost
            print(f"{'skipped' if item.lost else 'note'}: {item.origin}: {item.reason}", file=sys.stderr)
            continue
        account.add(item)
        print(json.dumps(article_record(item), ensure_ascii=False) if options.json else article_text(item))
    if not options.json:
        print(", ".join(f"{name} {value}" for name, value in account.numbers().items()) or "no article")
    return 2 if lost else 0


def run_check(options: argparse.Namespace) -> int:
    """Hold the index against its manifest and the corpus."""
    from regional_qa.assemble import check

    report = check(_settings(options))
    if options.json:
        record = {"generation": report.generation, "recall": report.recall, "faults": list(report.faults)}
        print(json.dumps(record, ensure_ascii=False))
    else:
        print("\n".join(report.summary()))
    return 1 if report.faults else 0


def run_search(options: argparse.Namespace) -> int:
    """Print the best passages."""
    from regional_qa.assemble import open_assistant

    query = _typed(options.query)
    frame = Frame.of(query)
    hits = open_assistant(_settings(options)).search(query, k=options.k, **_filters(options))
    for hit in hits:
        print(json.dumps(hit_record(hit), ensure_ascii=False) if options.json else hit_text(hit, frame))
    if not hits and not options.json:
        print(frame.not_found)
    return 0


def run_ask(options: argparse.Namespace) -> int:
    """Print the answer to a question."""
    from regional_qa.assemble import open_assistant

    assistant = open_assistant(_settings(options)).latest()
    answer = assistant.ask(_typed(options.question), **_filters(options))
    if options.json:
        print(json.dumps(answer_record(answer), ensure_ascii=False))
    else:
        print(answer_text(answer, assistant.article))
    return 0


def run_facts(options: argparse.Namespace) -> int:
    """Print the fact table."""
    from regional_qa.assemble import open_assistant

    assistant = open_assistant(_settings(options)).latest()
    article = functools.cache(assistant.article)
    facts = assistant.facts(metric=_typed([options.metric]), **_filters(options))
    rows = ((fact, article(fact.article_id)) for fact in facts)
    if options.csv:
        write_facts_csv(sys.stdout, rows)
        return 0
    for fact, of in rows:
        print(json.dumps(fact_record(fact, of), ensure_ascii=False) if options.json else fact_text(fact, of))
    if not facts and not options.json:
        print("语料中没有找到")
    return 0


def run_evaluate(options: argparse.Namespace) -> int:
    """Measure answers, a collection or a run."""
    judged = Path(options.judged)
    if options.qrels:
        _refuse(
            options,
            "a run is held against its qrels alone",
            "--index --embedder --reranker --store --uri --corpus --run",
        )
        return _measure_run(options, judged)
    if judged.is_dir():
        _refuse(options, "a collection gets an index of its own", "--index --store --uri")
        return _evaluate_collection(options, judged)
    from regional_qa.assemble import open_assistant
    from regional_qa.evaluation import evaluate, read_questions

    questions = read_questions(judged)
    _refuse(options, "questions are asked of the index", "--corpus --run --compare")
    report = evaluate(questions, open_assistant(_settings(options)).ask)
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        print("\n".join(report.lines()))
    return 0


def _refuse(options: argparse.Namespace, reason: str, flags: str) -> None:
    """Name what was given and would change nothing."""
    names = {"--uri": "milvus_uri", "--corpus": "documents", "--run": "run_file"}
    if idle := [flag for flag in flags.split() if getattr(options, names.get(flag, flag[2:]))]:
        raise UsageError(f"{reason}; leave out {', '.join(idle)}")


def _measure_run(options: argparse.Namespace, run: Path) -> int:
    from regional_qa.evaluation import read_qrels, read_run

    return _measured(options, read_qrels(Path(options.qrels)), read_run(run), _compared(options))


def _evaluate_collection(options: argparse.Namespace, folder: Path) -> int:
    """Index the documents of a BEIR folder for the time of the measurement, and search each of its queries."""
    import tempfile

    from regional_qa.assemble import plug, rebuild
    from regional_qa.evaluation import rank, read_beir, require_writable, write_run
    from regional_qa.indexing.generation import open_generation
    from regional_qa.retrieval import MOST_CHARS, MOST_HITS, search

    collection, other = read_beir(folder), _compared(options)
    if options.run_file:
        require_writable(Path(options.run_file))
    corpus = Path(options.documents) if options.documents else folder / "corpus.jsonl"
    with tempfile.TemporaryDirectory() as place, _Bars() as bars:
        named = {"embedder": options.embedder, "reranker": options.reranker, "store": "faiss"}  # no server keeps it
        settings = Settings.load(corpus=corpus, index=Path(place), **named)
        rebuild(settings, bars.show)
        generation = open_generation(settings.index, plug(settings))  # an assistant would look for a newer one
        total = len(collection.queries)
        run = rank(
            collection.queries,
            lambda query: search(generation, query[:MOST_CHARS], k=MOST_HITS),
            lambda count: bars.show("search", count, total),
        )
    if options.run_file:
        write_run(Path(options.run_file), run, "regional-qa")
    return _measured(options, collection.qrels, run, other)


def _compared(options: argparse.Namespace) -> Run | None:
    """The run to compare with."""
    from regional_qa.evaluation import read_run

    return read_run(Path(options.compare)) if options.compare else None


def _measured(options: argparse.Namespace, qrels: Qrels, run: Run, other: Run | None) -> int:
    from regional_qa.evaluation import compare, measure

    measured = measure(qrels, run)
    compared = compare(qrels, run, other) if other is not None else []
    if options.json:
        record = measured.to_json()
        if compared:
            record["compared"] = {
                one.name: {"difference": one.difference, "p": one.p, "better": one.better, "worse": one.worse}
                for one in compared
            }
        print(json.dumps(record, ensure_ascii=False))
    else:
        print("\n".join([*measured.lines(), *(one.line() for one in compared)]))
    return 0


def run_serve(options: argparse.Namespace) -> int:
    """Serve the chat."""
    from regional_qa.web import serve

    serve(_settings(options))
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    names = (
        "corpus",
        "index",
        "embedder",
        "reranker",
        "store",
        "milvus_uri",
        "host",
        "port",
        "log_format",
        "llm_url",
        "llm_model",
    )
    flags: dict[str, Any] = {name: getattr(options, name, None) for name in names}
    return Settings.load(**flags)


def _filters(options: argparse.Namespace) -> dict[str, Any]:
    return {"regions": [_typed([name]) for name in options.region], "since": options.since, "until": options.until}


def _typed(words: Sequence[str]) -> str:
    """What was typed, also where the locale (LC_ALL=C) took its UTF-8 for raw bytes."""
    text = " ".join(words)
    return text if text.isprintable() else os.fsencode(text).decode("utf-8", "replace")


class _Bars:
    """One progress bar at a time, with the time left, on stderr."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: Any = None

    def show(self, stage: str, done: int, total: int) -> None:
        from tqdm import tqdm

        if stage != self._stage:
            self.close()
            self._stage, self._bar = stage, tqdm(desc=STAGES[stage], total=total or None, file=sys.stderr)
        if total:
            self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
