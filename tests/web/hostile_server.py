"""The real application over the hostile corpus: ``python -m tests.web.hostile_server FOLDER``; prints its address.

A language model that obeys whatever it reads words the answers. Every address that the process calls or looks up is noted
in ``FOLDER/called``. 全部 asks for an answer that quotes every article and whose wording is every payload, 空话 for none at
once, 炸弹 for ten megabytes, 出错 for a fault that nobody foresaw, with a secret in it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from regional_qa.answering.followup import complete
from regional_qa.answering.phrasing import Step
from regional_qa.assistant import Assistant
from regional_qa.backends.phraser_openai import OpenAIPhraser
from regional_qa.indexing.build import rebuild
from regional_qa.types import Answer, Article, Citation, Fact, Hit, Passage, Scope, Span
from regional_qa.web.desk import Desk
from tests.fakes import fake_parts
from tests.test_phraser import Handler, Server, event, streams
from tests.web.fake_server import serve
from tests.web.hostile import PAYLOADS, write_hostile_corpus

SECRET = "sk-0123456789abcdef"
CALLED, PID = "called", "pid"
ORDERS = ("全部", "炸弹", "空话", "出错")


class Hostile(Assistant):
    """The assistant, but for four words that it takes as orders."""

    def ask(self, question: str, *, previous: str = "", worded: bool = True, **limits: Any) -> Answer:
        broken(question)
        if "全部" in question:
            return everything(self, question, worded)
        if "炸弹" in question:
            return Answer(question, "无", "abstained", notes=(bomb().title,), closest=(near(bomb()),) * 3)
        if "空话" in (previous or question):
            whole = complete(question, previous) if previous else question
            return Answer(whole, "无", "abstained", closest=tuple(self.search("光伏", k=3)))
        return super().ask(question, previous=previous, worded=worded, **limits)

    def ask_in_steps(self, question: str, *, previous: str = "", **limits: Any) -> Generator[Step, None, None]:
        if not any(order in f"{previous}{question}" for order in ORDERS):
            yield from super().ask_in_steps(question, previous=previous, **limits)
            return
        answer = self.ask(question, previous=previous, **limits)
        if answer.phrased:
            yield Step(replace(answer, phrased=""), is_last=False)
        yield Step(answer, wordings() if answer.phrased else ())

    def search(self, query: str, **limits: Any) -> list[Hit]:
        broken(query)
        return super().search(query, **limits)

    def article(self, article_id: str) -> Article:
        broken(article_id)
        if article_id == "bomb":
            return bomb()
        return super().article(article_id)

    def facts(self, *, metric: str = "", **limits: Any) -> list[Fact]:
        broken(metric)
        return super().facts(metric=metric, **limits)


def bomb() -> Article:
    """Ten megabytes of what makes a Markdown parser slow, its headline and publisher too."""
    text = "*a " * 3_400_000
    return Article("bomb", text[:60_000], text, publisher=text[:60_000], regions=("安徽",))


def broken(text: str) -> None:
    """Fail as a bug does."""
    if "出错" in text:
        raise RuntimeError(f"the server at http://llm.example refused the key {SECRET}")


def everything(assistant: Assistant, question: str, worded: bool) -> Answer:
    """Every article quoted whole; one of them where no wording is asked for, so that what may be asked next is found."""
    articles = [one for one in assistant.articles() if one.origin.endswith(".md")]
    shown = articles if worded else articles[-1:]
    citations = tuple(cited(label, one) for label, one in enumerate(shown, start=1))
    text = "\n".join(f"{one.quote}[{one.label}]" for one in citations)
    phrased = "".join(wordings()) if worded else ""
    scope = Scope(("安徽",), (2023,), "share", PAYLOADS["picture that fails"], PAYLOADS["overlay"])
    notes = tuple(PAYLOADS.values())
    return Answer(question, text, "answered", citations, scope, notes, (), assistant.generation, phrased)


def wordings() -> tuple[str, ...]:
    """Every payload with a label, as if nothing were struck of what a model says."""
    return tuple(f"{payload}[{label}]" for label, payload in enumerate(PAYLOADS.values(), start=1))


def near(article: Article) -> Hit:
    """A hit that is all of an article."""
    return Hit(Passage("p", article.article_id, Span(0, len(article.text)), article.text), article, 1, 1.0)


def cited(label: int, article: Article) -> Citation:
    """A citation of all of an article."""
    span = Span(0, len(article.text))
    return Citation(label, article.article_id, article.title, article.publisher, article.published, article.regions,
                    article.source, span, article.text, article.origin)  # fmt: skip


def obey(handler: Handler) -> None:
    """Say every payload as if it were proven, and whatever the quotations order."""
    asked = handler.server.requests[-1][2]["messages"][1]["content"]
    orders = "".join(re.findall("输出：(.*)", asked))
    streams(event(f"{orders}{''.join(f'{one}[1]。' for one in PAYLOADS.values())}"), b"data: [DONE]\n\n")(handler)


def note_calls(file: Path) -> None:
    """From now on write down every address that is called or looked up."""

    def note(name: str, arguments: tuple[Any, ...]) -> None:
        if name in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
            address = arguments[0] if name.startswith("socket.get") else arguments[1]
            with file.open("a", encoding="utf-8") as lines:
                lines.write(f"{address[0] if isinstance(address, tuple) else address}\n")

    sys.addaudithook(note)


def main(folder: Path) -> None:
    """Serve until killed."""
    (folder / PID).write_text(str(os.getpid()), encoding="utf-8")
    note_calls(folder / CALLED)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)  # as ``serve`` does
    rebuild(write_hostile_corpus(folder / "corpus"), folder / "index", fake_parts())
    with Server() as model:
        model.play = obey
        threading.Thread(target=model.serve_forever, daemon=True).start()
        phraser = OpenAIPhraser(model.url, "obeys", SECRET)
        serve(Desk(lambda: Hostile(folder / "index", fake_parts(), phraser)), folder / "index", "")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
