"""The chat and the named endpoints, in Gradio. The only file here that imports it.

Knows nothing about how an answer is found; escaping and markup come from ``cards``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from regional_qa.errors import RegionalQAError
from regional_qa.records import answer_record, hit_record
from regional_qa.web import texts
from regional_qa.web.cards import NEW_TAB, answer_html, fault_html, question_html
from regional_qa.web.desk import Desk, Filters

KEPT_MESSAGES = 60
"""Messages of one conversation that stay on the page; 2000 characters a passage keep it light."""
FORGOTTEN_SECONDS = 6 * 3600
"""After this long without a visit a conversation is dropped from memory."""
_HEAD = (
    '<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/look/chat.css">'
    '<script src="/look/chat.js" defer></script>'
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said, kept on the server so that no client can forge it. ``previous`` is the last full question."""

    messages: tuple[tuple[str, str], ...] = ()
    previous: str = ""

    def shown(self) -> list[dict[str, str]]:
        """The messages as Gradio's chatbot takes them."""
        return [{"role": role, "content": content} for role, content in self.messages]

    def add(self, question: str, reply: str, previous: str) -> Conversation:
        """The conversation one turn longer."""
        turns = (*self.messages, ("user", question), ("assistant", reply))
        return Conversation(turns[-KEPT_MESSAGES:], previous)


def take_turn(desk: Desk, conversation: Conversation, question: str, filters: tuple[str, str, str]) -> Conversation:
    """Answer one question; a known fault becomes a message of one line and keeps the thread of the talk."""
    asked = question.strip()
    try:
        limits = Filters.read(*filters)
        assistant = desk.assistant()
        answer = assistant.ask(
            asked, regions=limits.regions, since=limits.since, until=limits.until, previous=conversation.previous
        )
        reply, previous = answer_html(answer, asked, limits, assistant.article), answer.question
    except RegionalQAError as fault:
        reply, previous = fault_html(str(fault)), conversation.previous
    return conversation.add(question_html(asked), reply, previous)


def build_blocks(desk: Desk) -> Any:
    """The page: conversation, question box, filters; and the endpoints ``/ask`` and ``/search``."""
    with gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_height=True) as blocks:
        conversation = gr.State(Conversation(), time_to_live=FORGOTTEN_SECONDS)
        with gr.Column(elem_id="rq-page"):
            header = gr.Markdown(_header(desk), elem_id="rq-header", sanitize_html=True)
            chatbot = _chatbot()
            with gr.Column(elem_id="rq-dock"):
                question = gr.Textbox(
                    show_label=False, label=texts.QUESTION, placeholder=texts.QUESTION_HINT, container=False, lines=1,
                    max_lines=4, max_length=500, submit_btn=texts.ASK, autofocus=True, elem_id="rq-question",
                )  # fmt: skip
                with gr.Accordion(texts.FILTERS, open=False, elem_id="rq-filters"), gr.Row():
                    regions = gr.Textbox(label=texts.REGIONS, placeholder=texts.REGIONS_HINT, scale=2, min_width=200)
                    since = gr.Textbox(label=texts.SINCE, placeholder=texts.DATE_HINT, min_width=130)
                    until = gr.Textbox(label=texts.UNTIL, placeholder=texts.DATE_HINT, min_width=130)
                clear = gr.Button(texts.NEW_CONVERSATION, size="sm", variant="secondary", elem_id="rq-clear")
            again = gr.Textbox(label=texts.AGAIN, container=False, elem_id="rq-again")  # unseen; chat.js fills it

        def on_question(words: str, talk: Conversation, where: str, first: str, last: str) -> tuple[Any, ...]:
            if (words or "").strip():
                talk = take_turn(desk, talk, words, (where, first, last))
            return talk.shown(), talk

        def on_again(words: str, talk: Conversation, where: str, first: str, last: str) -> tuple[Any, ...]:
            # the question is whole: what was asked before must not complete it
            return on_question(words, replace(talk, previous=""), where, first, last)

        def on_example(chosen: gr.SelectData, talk: Conversation, where: str, first: str, last: str) -> tuple[Any, ...]:
            return on_question(str(chosen.value["text"]), talk, where, first, last)

        # answered over plain requests: Gradio's event stream may close between two events and leave the page deaf
        plain: dict[str, Any] = {"api_visibility": "private", "queue": False}
        private: dict[str, Any] = {**plain, "show_progress": "minimal"}
        filled, outputs = [conversation, regions, since, until], [chatbot, conversation]
        asked = gr.State("")
        # the box is emptied first, so that words typed while the answer is on its way are not lost
        question.submit(lambda words: (words, ""), question, [asked, question], **private).then(
            on_question, [asked, *filled], outputs, **private
        )
        again.submit(on_again, [again, *filled], outputs, trigger_mode="once", **private)
        chatbot.example_select(on_example, filled, outputs, **private)
        clear.click(lambda: ([], Conversation(), ""), None, [*outputs, question], **private)
        blocks.load(lambda: _header(desk), None, header, show_progress="hidden", **plain)
        _endpoints(desk)
    blocks.queue(max_size=32, api_open=False, default_concurrency_limit=2)
    return blocks


def mount(app: Any, blocks: Any) -> None:
    """Put the chat under ``/`` of a FastAPI application, with everything that reports or serves files off."""
    gr.mount_gradio_app(
        app, blocks, path="/", footer_links=[], run_history=False, show_error=False, max_file_size="1kb",
        enable_monitoring=False, ssr_mode=False, pwa=False, mcp_server=False, theme=_theme(), head=_HEAD,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        label=texts.CONVERSATION, show_label=False, container=False, elem_id="rq-talk", height=None, buttons=[],
        latex_delimiters=[], allow_tags=False, sanitize_html=True, feedback_options=None, layout="panel",
        placeholder=f'<p class="rq-invitation">{texts.INVITATION}</p>', group_consecutive_messages=False,
        examples=[{"text": example} for example in texts.EXAMPLES], allow_file_downloads=False, autoscroll=False,
    )  # fmt: skip


def _theme() -> gr.themes.Base:
    fonts = ["-apple-system", "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC",
             "Noto Sans SC", "system-ui", "sans-serif"]  # fmt: skip
    return gr.themes.Base(primary_hue="slate", neutral_hue="stone", font=fonts, font_mono=["ui-monospace", "monospace"])


def _header(desk: Desk) -> str:
    try:
        counts = texts.COUNTS.format(**desk.assistant().counts())
    except RegionalQAError as fault:
        return f'<div class="rq-brand"><h1>{texts.TITLE}</h1></div>{fault_html(str(fault))}'
    table = f'<a href="/facts" {NEW_TAB}>{texts.FACTS}</a>'
    brand = f'<div class="rq-brand"><h1>{texts.TITLE}</h1><span>{counts}</span>{table}</div>'
    return f'{brand}<p class="rq-tagline">{texts.TAGLINE}</p>'


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

    return told
