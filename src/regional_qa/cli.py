"""The command line: read, rebuild, check, search, ask, evaluate, serve. A thin skin over the library.

Results go to stdout, progress and complaints to stderr. Exit codes: 0 done, 1 a known fault, 2 wrong usage
or published without files that could not be read, 75 another rebuild is running, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from regional_qa.errors import RegionalQAError
from regional_qa.records import answer_record, article_record, hit_record
from regional_qa.settings import Settings
from regional_qa.types import Span

if TYPE_CHECKING:
    from regional_qa.evaluation.rankings import Qrels, Run
    from regional_qa.types import Answer, Article, Citation, Hit, Reprint

SHOWN_PROBLEMS = 20
"""Files named on stderr after a rebuild; report.jsonl holds all."""
ROLES = {
    "body": "正文",
    "heading": "小标题",
    "subtitle": "副题",
    "byline": "署名",
    "caption": "图注",
    "signature": "落款",
    "running": "版面",
}
PHRASED = "由语言模型根据引文改写（phrased by a language model）："
STAGES = {
    "read": "reading articles",
    "cut": "cutting passages",
    "embed": "embedding passages",
    "index": "indexing words",
    "verify": "verifying",
    "search": "searching",
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with where to look."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}; see `{self.prog} --help`\n")


class _Version(argparse.Action):
    """Prints the installed version; it is looked up only then."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(0, f"{parser.prog} {version('regional-qa')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a known fault is one line on stderr."""
    sys.stdout, sys.stderr = (stream or io.StringIO() for stream in (sys.stdout, sys.stderr))  # closed by the caller
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show Chinese is no reason to fail
    try:
        options = _parser().parse_args(arguments)
        logging.basicConfig(format="warning: %(message)s", level=logging.WARNING, stream=sys.stderr)
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except RegionalQAError as fault:
        print(f"error: {fault}", file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        print("stopped; what was published stays, nothing half-built is served", file=sys.stderr)
        return 130
    except OSError as fault:
        if fault.filename is not None:
            print(f"error: {fault.filename} cannot be used ({fault.strerror}); see to its permissions", file=sys.stderr)
            return 1
        # Whoever read the output has left, or its disk is full. Python would try to write the rest once more on leaving.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(fault, BrokenPipeError):
            return 0
        print(f"error: the output cannot be written ({fault.strerror or fault}); write it elsewhere", file=sys.stderr)
        return 1


def _rebuild(options: argparse.Namespace) -> int:
    from regional_qa.assemble import rebuild

    with _Bars() as bars:
        report = rebuild(_settings(options), bars.show, allow_shrink=options.allow_shrink)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        print(f"{'skipped' if problem.lost else 'note'}: {problem.origin}: {problem.reason}", file=sys.stderr)
    if (rest := len(report.problems) - SHOWN_PROBLEMS) > 0:
        place = _settings(options).index / report.generation / "report.jsonl"
        print(f"{rest} more, all in {place}", file=sys.stderr)
    print(json.dumps(report.counts()) if options.json else "\n".join(report.summary()))
    return 2 if report.skipped else 0


def _read(options: argparse.Namespace) -> int:
    from regional_qa.reading import Problem, read_corpus
    from regional_qa.reading.account import Account

    lost, account = False, Account()
    for item in read_corpus(Path(options.file)):
        if isinstance(item, Problem):
            lost |= item.lost
            print(f"{'skipped' if item.lost else 'note'}: {item.origin}: {item.reason}", file=sys.stderr)
            continue
        account.add(item)
        print(json.dumps(article_record(item), ensure_ascii=False) if options.json else _article_text(item))
    if not options.json:
        print(", ".join(f"{name} {value}" for name, value in account.numbers().items()) or "no article")
    return 2 if lost else 0


def _check(options: argparse.Namespace) -> int:
    from regional_qa.assemble import check

    report = check(_settings(options), Path(options.corpus) if options.corpus else None)
    if options.json:
        print(json.dumps({"generation": report.generation, "faults": list(report.faults)}, ensure_ascii=False))
    else:
        for fault in report.faults:
            print(f"fault: {fault}")
        print(
            f"{report.generation}: {'sound' if not report.faults else f'{len(report.faults)} faults'}; "
            f"{report.articles} articles, {report.passages} passages, model {report.embedder}, built {report.built}"
        )
    return 1 if report.faults else 0


def _search(options: argparse.Namespace) -> int:
    from regional_qa.assemble import open_assistant

    assistant = open_assistant(_settings(options))
    hits = assistant.search(_typed(options.query), k=options.k, **_filters(options))
    for hit in hits:
        print(json.dumps(hit_record(hit), ensure_ascii=False) if options.json else _hit_text(hit))
    if not hits and not options.json:
        print("语料中没有找到")
    return 0


def _ask(options: argparse.Namespace) -> int:
    from regional_qa.assemble import open_assistant

    assistant = open_assistant(_settings(options))
    answer = assistant.ask(_typed(options.question), **_filters(options))
    print(json.dumps(answer_record(answer), ensure_ascii=False) if options.json else _answer_text(answer))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    judged = Path(options.judged)
    if options.qrels:
        return _measure_run(options, judged)
    if judged.is_dir():
        return _evaluate_collection(options, judged)
    from regional_qa.assemble import open_assistant
    from regional_qa.evaluation import evaluate, read_questions

    questions = read_questions(judged)
    report = evaluate(questions, open_assistant(_settings(options)).ask)
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        print("\n".join(report.lines()))
    return 0


def _measure_run(options: argparse.Namespace, run: Path) -> int:
    from regional_qa.evaluation import read_qrels, read_run

    return _measured(options, read_qrels(Path(options.qrels)), read_run(run))


def _evaluate_collection(options: argparse.Namespace, folder: Path) -> int:
    """Index the documents of a BEIR folder for the time of the measurement, and search each of its queries."""
    import tempfile

    from regional_qa.assemble import open_assistant, rebuild
    from regional_qa.evaluation import rank, read_beir, write_run
    from regional_qa.retrieval import MOST_CHARS, MOST_HITS

    collection = read_beir(folder)
    corpus = Path(options.documents) if options.documents else folder / "corpus.jsonl"
    with tempfile.TemporaryDirectory() as place, _Bars() as bars:
        settings = Settings.load(corpus=corpus, index=Path(place), embedder=options.embedder, reranker=options.reranker)
        rebuild(settings, bars.show)
        assistant = open_assistant(settings)
        total = len(collection.queries)
        run = rank(
            collection.queries,
            lambda query: assistant.search(query[:MOST_CHARS], k=MOST_HITS),
            lambda count: bars.show("search", count, total),
        )
    if options.run_file:
        write_run(Path(options.run_file), run, "regional-qa")
    return _measured(options, collection.qrels, run)


def _measured(options: argparse.Namespace, qrels: Qrels, run: Run) -> int:
    from regional_qa.evaluation import compare, measure, read_run

    measured = measure(qrels, run)
    compared = compare(qrels, run, read_run(Path(options.compare))) if options.compare else []
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


def _serve(options: argparse.Namespace) -> int:
    from regional_qa.web import serve

    serve(_settings(options))
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    names = ("corpus", "index", "embedder", "reranker", "host", "port", "llm_url", "llm_model")
    flags: dict[str, Any] = {name: getattr(options, name, None) for name in names}
    return Settings.load(**flags)


def _filters(options: argparse.Namespace) -> dict[str, Any]:
    return {"regions": [_typed([name]) for name in options.region], "since": options.since, "until": options.until}


def _typed(words: Sequence[str]) -> str:
    """What was typed, also where the locale (LC_ALL=C) took its UTF-8 for raw bytes."""
    text = " ".join(words)
    return text if text.isprintable() else os.fsencode(text).decode("utf-8", "replace")


def _article_text(article: Article) -> str:
    """One article as it was understood: what is known of it, then its paragraphs, each with its role and place."""
    from regional_qa.knowledge.topics import topics_of
    from regional_qa.reading.account import joins
    from regional_qa.types import credit

    def told(name: str) -> str:
        return "（据正文）" if name in article.inferred else ""

    topics = topics_of(article.title, article.text)
    facts = [
        f"栏目 {article.section}" if article.section else "",
        f"{credit(article.publisher, article.source)}{told('publisher')}",
        f"{_day(article.published)}{told('published')}",
        f"地区 {'、'.join(article.regions)}{told('regions')}" if article.regions else "地区不详",
        f"主题 {'、'.join(topics)}" if topics else "",
        f"原文件 {article.origin}",
    ]
    lines = [f"《{article.title or '（无题）'}》", " | ".join(filter(None, facts))]
    seams, start = joins(article), 0
    for paragraph in article.text.split("\n"):
        end = start + len(paragraph)
        if paragraph:
            place = article.in_original(Span(start, end))[0].start
            joined = sum(start < seam < end for seam in seams)
            seam = f"，接合{joined}处" if joined else ""
            lines.append(f"[{ROLES[article.role_at(start)]}｜{place}{seam}] {paragraph}")
        start = end + 1
    return "\n".join([*lines, ""])


def _hit_text(hit: Hit) -> str:
    from regional_qa.types import credit

    article = hit.article
    day = f"{_day(article.published)}{'（据正文）' if 'published' in article.inferred else ''}"
    line = f"{hit.rank}. {article.title or '（无题）'} | {credit(article.publisher, article.source)} | {day}"
    about = article.regions or hit.passage.regions
    regions = f" | {'、'.join(about)}" if about else ""
    again = f"\n   {_reprints_text(article.reprints)}" if article.reprints else ""
    return f"{line}{regions} | {hit.score:.2f}\n   {' '.join(hit.passage.text.split())}{again}\n"


def _answer_text(answer: Answer) -> str:
    lines = [f"{PHRASED}\n{answer.phrased}\n"] if answer.phrased else []
    lines.append(answer.text)
    lines += [f"（{note}）" for note in answer.notes]
    lines += [_citation_text(citation) for citation in answer.citations]
    if answer.closest:
        lines.append("最接近的段落（不是答案）：")
        lines += [_hit_text(hit).rstrip() for hit in answer.closest]
    return "\n".join(lines)


def _citation_text(citation: Citation) -> str:
    from regional_qa.types import credit

    day = f"{_day(citation.published)}{'（据正文）' if 'published' in citation.inferred else ''}"
    place = f"第 {citation.span.start}–{citation.span.end} 字"
    again = f"；{_reprints_text(citation.reprints)}" if citation.reprints else ""
    return (
        f"[{citation.label}] 《{citation.title}》 {credit(citation.publisher, citation.source)}，{day}，{place}{again}"
    )


def _reprints_text(reprints: Sequence[Reprint]) -> str:
    return "又见：" + "、".join(f"{one.publisher or one.origin} {_day(one.published)}" for one in reprints)


def _day(day: date | None) -> str:
    return day.isoformat() if day else "日期不详"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2024-02-23") from error


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


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="regional-qa",
        description="Ask Chinese regional-development news; every answer is a quotation.",
        epilog="Exit codes: 0 done, 1 a known fault, 2 wrong usage or published without files "
        "that could not be read, 75 another rebuild is running, 130 stopped by Ctrl-C.",
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--index", help="folder of the index (default: index)")
        added.add_argument(
            "--embedder", help="a sentence-transformers model by name or folder (default: the bundled one)"
        )
        return added

    read = commands.add_parser("read", help="print what is made of a file", description="print what is made of a file")
    read.set_defaults(run=_read)
    read.add_argument("file", help="a file (or a folder) of articles")
    rebuild = command("rebuild", _rebuild, "build the index from the corpus and publish it")
    check = command("check", _check, "hold the index against its manifest and the corpus")
    for added in (rebuild, check):
        added.add_argument("--corpus", help="folder or file of articles (default: corpus)")
    rebuild.add_argument(
        "--allow-shrink", action="store_true", help="publish even with less than half of the articles of the index"
    )
    search = command("search", _search, "print the best passages for a query")
    search.add_argument("query", nargs="+", help="what to search for, at most 500 characters")
    search.add_argument("--k", type=int, default=10, help="how many passages, 1 to 100 (default: 10)")
    ask = command("ask", _ask, "print the answer to a question, quoted and cited")
    ask.add_argument("question", nargs="+", help="the question, at most 500 characters")
    for added in (search, ask):
        added.add_argument(
            "--region", action="append", default=[], help="only this region (安徽, 合肥, 京津冀); repeatable"
        )
        added.add_argument(
            "--since", type=_date, help="published on or after this day, YYYY-MM-DD; undated articles pass"
        )
        added.add_argument(
            "--until", type=_date, help="published on or before this day, YYYY-MM-DD; undated articles pass"
        )
    evaluate = command(
        "evaluate", _evaluate, "measure answers to judged questions, or the search of a judged collection"
    )
    evaluate.add_argument(
        "judged",
        help="a .jsonl file of questions with their answers, a folder in BEIR layout, or with --qrels a TREC run",
    )
    evaluate.add_argument("--corpus", dest="documents", help="the documents of a collection that has no corpus.jsonl")
    evaluate.add_argument("--qrels", help="TREC or BEIR qrels that a run is measured by")
    evaluate.add_argument("--run", dest="run_file", help="write the ranking of a collection as a TREC run to this file")
    evaluate.add_argument("--compare", help="a TREC run to compare with, query by query")
    serve = command("serve", _serve, "serve the chat in the browser")
    for added in (ask, serve):
        added.add_argument(
            "--llm-url",
            help="a server of chat completions that words answers anew, http://HOST:PORT/v1 (default: none)",
        )
        added.add_argument("--llm-model", help="the model it is asked for")
    evaluate.set_defaults(llm_url="")  # what is measured are the quotations
    for added in (search, ask, evaluate, serve):
        added.add_argument("--reranker", help="a cross-encoder by name or folder that reads the best passages again")
    for added in (read, rebuild, check, search, ask, evaluate):
        added.add_argument("--json", action="store_true", help="print JSON, one object a line")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", help="port to listen on (default: 7860)")
    return parser
