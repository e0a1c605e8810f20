"""A language model's wording on its way to the page, sentence by sentence, below an answer that stands.

Knows nothing about Gradio, nor about how a sentence is proven.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Generator, Iterator

from regional_qa.answering.phrasing import Step
from regional_qa.web.cards import worded_html
from regional_qa.web.language import Language

PATIENCE_SECONDS = 1.0
"""For a wording that was stopped to end."""


class Wording:
    """What comes after the first of an answer's ``steps``; the page asks for it by ``name``, which nobody can guess.

    It is begun once. Where whoever asked leaves or stops, what was proven so far is kept.
    """

    def __init__(self, first: Step, steps: Generator[Step, None, None], language: Language) -> None:
        self.name = secrets.token_urlsafe(16)
        self._step, self._steps, self._language = first, steps, language
        self._is_begun, self._lock = False, threading.Lock()
        self._ended = threading.Event()
        self._pending = self.html()

    def html(self) -> str:
        """All there is to show so far, on one line."""
        return worded_html(self._step, self._language, "" if self._ended.is_set() else self.name)

    def lines(self) -> Iterator[str]:
        """The HTML at each step, a line each; whoever comes second gets the last of them."""
        if not self._begins():
            self._ended.wait(PATIENCE_SECONDS)
            yield f"{self.html()}\n"
            return
        try:
            for step in self._steps:
                self._step = step
                if step.is_last:
                    self._ended.set()
                yield f"{self.html()}\n"
        finally:
            self._steps.close()
            self._ended.set()

    def settled(self, reply: str) -> str:
        """A reply that was shown when nothing of the wording was there yet, with what there is in the end."""
        if self._begins():
            self._steps.close()
        else:
            self._ended.wait(PATIENCE_SECONDS)
        self._ended.set()
        return reply.replace(self._pending, self.html())

    def _begins(self) -> bool:
        with self._lock:
            is_first, self._is_begun = not self._is_begun, True
        return is_first
