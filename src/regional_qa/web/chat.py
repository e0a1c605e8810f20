"""The chat and the named endpoints, in Gradio. Together with ``layout`` the only file here that imports it.

Knows nothing about how an answer is found; escaping and markup come from ``cards``.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import gradio as gr

from regional_qa.errors import RegionalQAError, UsageError
from regional_qa.records import answer_record, hit_record
from regional_qa.web import texts
from regional_qa.web.by_generation import ByGeneration
from regional_qa.web.calls import Event
from regional_qa.web.cards import answer_html, fault_html, following_html, noted_html, question_html
from regional_qa.web.conversation import Conversation, Turn
from regional_qa.web.desk import Desk, Filters
from regional_qa.web.examples import Examples, examples
from regional_qa.web.export import figures_file, file_html, markdown_file
from regional_qa.web.faults import unforeseen
from regional_qa.web.feedback import Verdict, append, feedback_line
from regional_qa.web.language import Language, language_of
from regional_qa.web.layout import Page, lay_out, names
from regional_qa.web.presence import has_left
from regional_qa.web.suggestions import MORE, follow_ups
from regional_qa.web.wording import Wording

FORGOTTEN_SECONDS = 6 * 3600
"""After this long without a visit a conversation is dropped from memory."""
PATIENCE = 1.0
"""Seconds that a page waits for its examples when an index is new."""
SESSIONS = 300
"""Visitors whose conversations are kept, those seen last; one takes some 0.2 MB, and Gradio would keep 10,000."""
_SUGGESTING = threading.BoundedSemaphore()
"""Suggestions cost as much as ten questions, so they are worked out for one visitor at a time; others see none."""
# answered over plain requests: Gradio's event stream may close between two events and leave the page deaf
_QUIET: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
_SHOWN: dict[str, Any] = {**_QUIET, "show_progress": "minimal"}
_HEAD = (
    '<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/look/chat.css">'
    '<script src="/look/chat.js" defer></script>'
)


def take_turn(
    desk: Desk,
    conversation: Conversation,
    question: str,
    filters: tuple[str, str, str],
    language: Language = "zh",
    previous: str = "",
) -> Conversation:
    """Answer one question; a known fault becomes a message of one line and keeps the thread of the talk.

    Whoever has left while it was answered (or pressed stop) has not asked it.
    """
    asked, number, found, wording = question.strip(), conversation.count + 1, None, None
    try:
        limits = Filters.read(*filters, language)
        assistant = desk.assistant()
        steps = assistant.ask_in_steps(
            asked, regions=limits.regions, since=limits.since, until=limits.until, previous=previous
        )
        first = next(steps)
        found, wording = first.answer, None if first.is_last else Wording(first, steps, language)
        shown = wording.html() if wording else ""
        reply = answer_html(found, asked, limits, assistant.article, language, number, shown)
    except RegionalQAError as fault:
        reply = fault_html(texts.told(fault, language), number, language)
    except Exception as fault:  # noqa: BLE001 - Gradio would show nothing at all, and log what it holds
        reply = fault_html(unforeseen(fault, language), number, language)
    if has_left():
        return conversation
    if wording:
        desk.wordings[wording.name] = wording
    return conversation.add(Turn(number, asked, previous, question_html(asked), reply, found, wording))


def offered(desk: Desk, tried: ByGeneration[Examples], patience: float = PATIENCE) -> Examples:
    """Questions to begin with that the index answers; none while they are tried, or where there is no index."""
    try:
        assistant = desk.assistant()
        return tried.of(assistant.generation, lambda: examples(assistant), patience) or {}
    except RegionalQAError:
        return {}
    except Exception as fault:  # noqa: BLE001 - the page opens without them
        unforeseen(fault)
        return {}


def build_blocks(desk: Desk, feedback: Path) -> Any:
    """The page: conversation, question box, filters; and the endpoints ``/ask`` and ``/search``; ``feedback`` is a file.

    What the page says is filled in when it is opened, in the visitor's language.
    """
    with gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_height=True) as blocks:
        page, conversation = lay_out(), gr.State(Conversation(), time_to_live=FORGOTTEN_SECONDS)
        _asking(desk, page, conversation)
        _keeping(desk, page, conversation, feedback)

        tried = ByGeneration[Examples]("examples")
        offered(desk, tried, patience=0)  # begun now, so that the first visitor need not wait

        def on_open(request: gr.Request) -> tuple[Any, ...]:
            language = _reader(request)
            return names(desk, language, offered(desk, tried).get(language, ()))

        blocks.load(on_open, None, page.named, **_QUIET)
        _endpoints(desk)
    blocks.state_session_capacity = SESSIONS
    blocks.queue(max_size=32, api_open=False, default_concurrency_limit=2)
    return blocks


def _asking(desk: Desk, page: Page, conversation: gr.State) -> None:
    """What asks: the question box, the unseen box of whole questions, the examples; and what follows an answer."""

    def on_question(
        words: str, talk: Conversation, anew: str, where: str, first: str, last: str, request: gr.Request
    ) -> tuple[Any, ...]:
        return answered(words, talk, talk.previous, anew, (where, first, last), request)

    def on_again(
        words: str, talk: Conversation, anew: str, where: str, first: str, last: str, request: gr.Request
    ) -> tuple[Any, ...]:
        # the question is whole: what was asked before must not complete it
        return answered(words, talk, talk.previous if words == MORE else "", anew, (where, first, last), request)

    def on_example(
        chosen: gr.SelectData, talk: Conversation, anew: str, where: str, first: str, last: str, request: gr.Request
    ) -> tuple[Any, ...]:
        return answered(str(chosen.value["text"]), talk, talk.previous, "", (where, first, last), request)

    def answered(
        words: str, talk: Conversation, previous: str, anew: str, limits: tuple[str, str, str], request: gr.Request
    ) -> tuple[Any, ...]:
        before = talk = talk.settled()
        if talk.turns and anew == str(talk.turns[-1].number):  # the last question again, or in other words
            before, previous = talk.without_last(), talk.turns[-1].previous
        after = take_turn(desk, before, words, limits, _reader(request), previous) if (words or "").strip() else before
        talk = talk if after is before else after
        return talk.messages(), talk, ""

    def on_answer(talk: Conversation, where: str, first: str, last: str, request: gr.Request) -> str:
        return _following(desk, talk, (where, first, last), _reader(request), str(request.session_hash))

    asked, limits = gr.State(""), [page.regions, page.since, page.until]
    filled, outputs = [conversation, page.anew, *limits], [page.chatbot, conversation, page.anew]
    emptied = [asked, page.question, page.following]
    # the box is emptied first, so that words typed while the answer is on its way are not lost
    sent = page.question.submit(lambda words: (words, "", ""), page.question, emptied, **_SHOWN)
    for asking in (
        sent.then(on_question, [asked, *filled], outputs, **_SHOWN),
        page.again.submit(on_again, [page.again, *filled], outputs, trigger_mode="once", **_SHOWN),
        page.chatbot.example_select(on_example, filled, outputs, **_SHOWN),
    ):
        asking.then(on_answer, [conversation, *limits], page.following, **_QUIET)
    nothing = [*outputs, page.question, page.following]
    page.clear.click(lambda: ([], Conversation(), "", "", ""), None, nothing, **_SHOWN)


def _keeping(desk: Desk, page: Page, conversation: gr.State, feedback: Path) -> None:
    """What keeps: the conversation and its figures as files, and what people say of answers."""

    def on_save(talk: Conversation, request: gr.Request) -> str:
        return file_html(f"regional-qa-{date.today()}.md", markdown_file(talk, date.today(), _reader(request)))

    def on_figures(talk: Conversation) -> str:
        return file_html(f"regional-qa-{date.today()}.csv", figures_file(talk, desk.article))

    def on_verdict(verdict: str, reason: Any, passage: Any, talk: Conversation, request: gr.Request) -> tuple[Any, ...]:
        return _noted(feedback, talk, verdict, reason, passage, _reader(request)), None, ""

    page.save.click(on_save, conversation, page.file, **_QUIET)
    page.figures.click(on_figures, conversation, page.file, **_QUIET)
    judging = page.judging
    said = [judging.verdict, judging.reason, judging.passage, conversation]
    outputs = [judging.thanks, judging.reason, judging.passage]
    judging.verdict.submit(on_verdict, said, outputs, **_QUIET)
    judging.send.click(on_verdict, said, outputs, **_QUIET)


def mount(app: Any, blocks: Any) -> None:
    """Put the chat under ``/`` of a FastAPI application, with everything that reports or serves files off."""
    gr.mount_gradio_app(
        app, blocks, path="/", footer_links=[], run_history=False, show_error=False, max_file_size="1kb",
        enable_monitoring=False, ssr_mode=False, pwa=False, mcp_server=False, theme=_theme(), head=_HEAD,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip


def events(blocks: Any) -> dict[int, Event]:
    """What the page may call, by the numbers it calls it by."""
    return {number: Event(len(event.inputs), event.queue) for number, event in blocks.fns.items()}


def _reader(request: gr.Request) -> Language:
    return language_of(request.headers.get("cookie", ""), request.headers.get("accept-language", ""))


def _following(
    desk: Desk, talk: Conversation, limits: tuple[str, str, str], language: Language, visitor: str = ""
) -> str:
    """What may be asked next, below the last answer; empty where there is nothing to offer, or the talk has gone on."""
    desk.waits(visitor, talk.count)
    if not talk.turns or (answer := talk.turns[-1].answer) is None or not _SUGGESTING.acquire(blocking=False):
        return ""
    try:
        found = follow_ups(desk.assistant(), answer, Filters.read(*limits, language))
        return following_html(found, language) if desk.still_waits(visitor, talk.count) else ""
    except RegionalQAError:
        return ""
    except Exception as fault:  # noqa: BLE001 - the answer stands without them
        unforeseen(fault)
        return ""
    finally:
        _SUGGESTING.release()


def _noted(file: Path, talk: Conversation, verdict: str, reason: Any, passage: Any, language: Language) -> str:
    """Note what a person says of the turn that ``verdict`` names (+3: the third is right); the line to show for it."""
    sign, number = verdict[:1], verdict[1:]
    turn = talk.turn(int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else None
    if turn is None or sign not in ("+", "-"):
        return ""
    line = feedback_line(turn, Verdict.read(sign == "+", reason, passage), datetime.now(UTC))
    try:
        append(file, line, language)
    except UsageError as fault:
        return noted_html(str(fault))
    return noted_html(texts.THANKS.to(language))


def _theme() -> gr.themes.Base:
    fonts = ["-apple-system", "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC",
             "Noto Sans SC", "system-ui", "sans-serif"]  # fmt: skip
    return gr.themes.Base(primary_hue="slate", neutral_hue="stone", font=fonts, font_mono=["ui-monospace", "monospace"])


def _endpoints(desk: Desk) -> None:
    def search(query: str, k: int = 10, regions: str = "", since: str = "", until: str = "") -> list[dict[str, Any]]:
        """Find the passages nearest to a query; regions are separated by commas, dates are YYYY-MM-DD."""
        limits = Filters.read(regions, since, until)
        hits = desk.assistant().search(query, k=k, regions=limits.regions, since=limits.since, until=limits.until)
        return [hit_record(hit) for hit in hits]

    def ask(question: str, regions: str = "", since: str = "", until: str = "") -> dict[str, Any]:
        """Answer a question with quotations, or say why not; regions are separated by commas, dates are YYYY-MM-DD."""
        limits = Filters.read(regions, since, until)
        return answer_record(
            desk.assistant().ask(question, regions=limits.regions, since=limits.since, until=limits.until)
        )

    for endpoint in (search, ask):
        gr.events.api(_said_plainly(endpoint), api_name=endpoint.__name__, api_visibility="public")


def _said_plainly(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, its known faults told to the client in one line instead of hidden."""

    @functools.wraps(endpoint)
    def told(*args: Any, **named: Any) -> Any:
        try:
            return endpoint(*args, **named)
        except RegionalQAError as fault:
            raise gr.Error(" ".join(str(fault).split()), print_exception=False) from fault
        except Exception as fault:  # noqa: BLE001 - Gradio would log what it holds
            raise gr.Error(unforeseen(fault), print_exception=False) from None

    return told
