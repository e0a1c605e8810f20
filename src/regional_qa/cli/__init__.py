"""The command line: read, rebuild, check, search, ask, facts, evaluate, serve. A thin skin over the library.

Results go to stdout, progress and complaints to stderr. Exit codes: 0 done, 1 a known fault, 2 wrong usage
or published without files that could not be read, 75 another rebuild is running, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from regional_qa.cli import commands
from regional_qa.errors import RegionalQAError
from regional_qa.settings import LOG_FORMATS


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
    stopped = "stopped"
    try:
        options = _parser().parse_args(arguments)
        logging.basicConfig(format="warning: %(message)s", level=logging.WARNING, stream=sys.stderr)
        if options.run is commands.run_rebuild:
            stopped = "stopped; what was published stays, nothing half-built is served"
            if arguments is None:
                commands.step_back()  # not where somebody else's process runs the command
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except RegionalQAError as fault:
        print(f"error: {fault}", file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        print(stopped, file=sys.stderr)
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


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2024-02-23") from error


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="regional-qa",
        description="Ask Chinese regional-development news; every answer is a quotation.",
        epilog="Exit codes: 0 done, 1 a known fault, 2 wrong usage or published without files "
        "that could not be read, 75 another rebuild is running, 130 stopped by Ctrl-C.",
    )
    parser.add_argument("--version", action=_Version)
    verbs = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--index", help="folder of the index (default: index)")
        added.add_argument(
            "--embedder", help="a sentence-transformers model by name or folder (default: the bundled one)"
        )
        added.add_argument("--store", help="where vectors are searched: faiss, or milvus on a server (default: faiss)")
        added.add_argument(
            "--uri", dest="milvus_uri", help="that server, http://HOST:19530, or a file *.db for Milvus Lite"
        )
        return added

    read = verbs.add_parser("read", help="print what is made of a file", description="print what is made of a file")
    read.set_defaults(run=commands.run_read)
    read.add_argument("file", help="a file (or a folder) of articles")
    rebuild = command("rebuild", commands.run_rebuild, "build the index from the corpus and publish it")
    check = command("check", commands.run_check, "hold the index against its manifest and the corpus")
    for added in (rebuild, check):
        added.add_argument(
            "--corpus", help="folder or file of articles (default: what the index was built from, else corpus)"
        )
    rebuild.add_argument(
        "--allow-shrink", action="store_true", help="publish even with less than half of the articles of the index"
    )
    rebuild.add_argument(
        "--workers",
        choices=("local", "ray"),
        default="local",
        help="who studies, embeds and indexes: child processes, or a Ray cluster (default: local)",
    )
    search = command("search", commands.run_search, "print the best passages for a query")
    search.add_argument("query", nargs="+", help="what to search for, at most 500 characters")
    search.add_argument("--k", type=int, default=10, help="how many passages, 1 to 100 (default: 10)")
    ask = command("ask", commands.run_ask, "print the answer to a question, quoted and cited")
    ask.add_argument("question", nargs="+", help="the question, at most 500 characters")
    facts = command("facts", commands.run_facts, "print the figures of the articles with their metric, place and time")
    facts.add_argument("--metric", default="", help="only metrics that hold this word or a synonym of it: 产量, 营收")
    for added in (search, ask, facts):
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
        "evaluate", commands.run_evaluate, "measure answers to judged questions, or the search of a judged collection"
    )
    evaluate.add_argument(
        "judged",
        help="a .jsonl file of questions with their answers, a folder in BEIR layout, or with --qrels a TREC run",
    )
    evaluate.add_argument("--corpus", dest="documents", help="the documents of a collection that has no corpus.jsonl")
    evaluate.add_argument("--qrels", help="TREC or BEIR qrels that a run is measured by")
    evaluate.add_argument("--run", dest="run_file", help="write the ranking of a collection as a TREC run to this file")
    evaluate.add_argument("--compare", help="a TREC run to compare with, query by query")
    serve = command("serve", commands.run_serve, "serve the chat in the browser")
    for added in (ask, serve):
        added.add_argument(
            "--llm-url",
            help="a server of chat completions that words answers anew, http://HOST:PORT/v1 (default: none)",
        )
        added.add_argument("--llm-model", help="the model it is asked for")
    evaluate.set_defaults(llm_url="")  # what is measured are the quotations
    for added in (search, ask, evaluate, serve):
        added.add_argument("--reranker", help="a cross-encoder by name or folder that reads the best passages again")
    shown = facts.add_mutually_exclusive_group()
    shown.add_argument("--csv", action="store_true", help="print a table for spreadsheets")
    as_json = "print JSON, one object a line"
    shown.add_argument("--json", action="store_true", help=as_json)
    for added in (read, rebuild, check, search, ask, evaluate):
        added.add_argument("--json", action="store_true", help=as_json)
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", help="port to listen on (default: 7860)")
    serve.add_argument(
        "--log-format", choices=LOG_FORMATS, help="what is logged, as text or JSON lines (default: text)"
    )
    return parser
