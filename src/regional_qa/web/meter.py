"""What is counted and measured while the server runs, in the text format of Prometheus (the prometheus_client room).

Labels are taken from short lists of our own, never from what a visitor sends. Knows nothing about pages.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from regional_qa.answering.phrasing import Step
from regional_qa.errors import RegionalQAError, UsageError
from regional_qa.types import Answer, Hit
from regional_qa.web.desk import Assistant, Desk
from regional_qa.web.index_state import built_at
from regional_qa.web.turns import Turns

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the histogram; a language model may take a minute."""


class Meter:
    """The numbers of one server over one index folder."""

    def __init__(self, desk: Desk, index: Path) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "regional_qa_requests", "Requests that have ended.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "regional_qa_operation_seconds",
            "Time of a search, of an answer, or of trying what may be asked next.",
            ("operation",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._questions = Counter(
            "regional_qa_questions", "Questions by what became of them.", ("outcome",), registry=self._registry
        )
        for operation in ("search", "ask", "suggest"):
            self._seconds.labels(operation)
        for outcome in ("answered", "abstained", "failed", "refused"):
            self._questions.labels(outcome)
        ProcessCollector(registry=self._registry)
        self._registry.register(_Index(desk, index))

    def visit(self, method: str, route: str, status: int) -> None:
        """Count a request that has ended."""
        self._requests.labels(method, route, str(status)).inc()

    def turns(self, turns: Turns) -> None:
        """Show how many requests are at work or wait, and how many were told that the server is busy."""
        self._registry.register(_Busy(turns))

    def timed(self, assistant: Assistant) -> Assistant:
        """The assistant, its searches and answers measured."""
        return cast("Assistant", _Timed(assistant, self))

    def outcome(self, name: str) -> None:
        """Count a question: answered, abstained, failed, or refused for what it was."""
        self._questions.labels(name).inc()

    @contextmanager
    def measuring(self, operation: str) -> Iterator[None]:
        """Measure what is done within, whether it succeeds or not."""
        with self._seconds.labels(operation).time():
            yield

    def page(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Timed:
    """Everything that the assistant is; its searches and answers are measured."""

    def __init__(self, assistant: Assistant, meter: Meter) -> None:
        self._assistant, self._meter = assistant, meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def latest(self) -> Assistant:
        return self._meter.timed(self._assistant.latest())

    def search(self, query: str, **limits: Any) -> list[Hit]:
        with self._meter.measuring("search"):
            return self._assistant.search(query, **limits)

    def ask(self, question: str, *, worded: bool = True, **limits: Any) -> Answer:
        if not worded:
            with self._meter.measuring("suggest"):
                return self._assistant.ask(question, worded=False, **limits)
        with self._counted():
            answer = self._assistant.ask(question, **limits)
        self._meter.outcome(answer.status)
        return answer

    def ask_in_steps(self, question: str, **limits: Any) -> Generator[Step, None, None]:
        steps = self._assistant.ask_in_steps(question, **limits)
        with self._counted():
            first = next(steps)
        self._meter.outcome(first.answer.status)
        yield first
        yield from steps

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._meter.measuring("ask"):
            try:
                yield
            except Exception as fault:
                self._meter.outcome("refused" if isinstance(fault, UsageError) else "failed")
                raise


class _Index(Collector):
    """The generation that answers, looked up when somebody asks for the numbers."""

    def __init__(self, desk: Desk, index: Path) -> None:
        self._desk, self._index = desk, index

    def collect(self) -> Iterator[Metric]:
        try:
            assistant = self._desk.assistant()
        except RegionalQAError:
            yield _gauge("ready", "1 when an index is open and answers.", 0)
            return
        yield _gauge("ready", "1 when an index is open and answers.", 1)
        yield _gauge(
            "degraded",
            "1 when the newest generation cannot be opened and an older one answers.",
            bool(assistant.notice),
        )
        info = GaugeMetricFamily("regional_qa_index_info", "The generation that answers.", labels=("generation",))
        info.add_metric((assistant.generation,), 1)
        yield info
        for name, count in assistant.counts().items():
            yield _gauge(f"index_{name}", f"How many {name} are searched.", count)
        if built := built_at(self._index, assistant.generation):
            yield _gauge(
                "index_age_seconds", "Since the generation that answers was built.", max(0.0, time.time() - built)
            )

    def describe(self) -> list[Metric]:
        return []


class _Busy(Collector):
    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def collect(self) -> Iterator[Metric]:
        yield _gauge("requests_under_way", "Requests that are worked on or wait for their turn.", self._turns.under_way)
        refused = Metric("regional_qa_busy", "Requests that were told at once that the server is busy.", "counter")
        refused.add_sample("regional_qa_busy_total", {}, self._turns.refused)
        yield refused

    def describe(self) -> list[Metric]:
        return []


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"regional_qa_{name}", about, value=value)


__all__ = ["CONTENT_TYPE", "Meter"]
