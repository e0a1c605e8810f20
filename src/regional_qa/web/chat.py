"""The chat and the named endpoints, in Gradio. The only file here that imports it.

Knows nothing about how an answer is found; escaping and markup come from ``cards``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import gradio as gr

from regional_qa.errors import RegionalQAError
from regional_qa.records import answer_record, hit_record
from regional_qa.web import texts
from regional_qa.web.cards import answer_html, fault_html, following_html, question_html
from regional_qa.web.conversation import Conversation, Turn
from regional_qa.web.desk import Desk, Filters
from regional_qa.web.export import figures_file, file_html, markdown_file
from regional_qa.web.language import Language, language_of
from regional_qa.web.presence import has_left
from regional_qa.web.sources import NEW_TAB
from regional_qa.web.suggestions import MORE, follow_ups

FORGOTTEN_SECONDS = 6 * 3600
"""After this long without a visit a conversation is dropped from memory."""
_HEAD = (
    '<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/look/chat.css">'
    '<script src="/look/chat.js" defer></script>'
)


@dataclass(frozen=True, slots=True)
class _Page:
    """The parts of the page that events fill or read; ``again`` and ``anew`` are unseen, chat.js fills them."""

    header: gr.Markdown
    chatbot: gr.Chatbot
    following: gr.Markdown
    question: gr.Textbox
    filters: gr.Accordion
    regions: gr.Textbox
    since: gr.Textbox
    until: gr.Textbox
    clear: gr.Button
    stop: gr.Button
    save: gr.Button
    figures: gr.Button
    file: gr.Markdown
    again: gr.Textbox
    anew: gr.Textbox


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
    asked, number, found = question.strip(), conversation.count + 1, None
    try:
        limits = Filters.read(*filters, language)
        assistant = desk.assistant()
        found = assistant.ask(asked, regions=limits.regions, since=limits.since, until=limits.until, previous=previous)
        reply = answer_html(found, asked, limits, assistant.article, language, number)
    except RegionalQAError as fault:
        reply = fault_html(str(fault), number, language)
    if has_left():
        return conversation
    return conversation.add(Turn(number, asked, previous, question_html(asked), reply, found))


def build_blocks(desk: Desk) -> Any:
    """The page: conversation, question box, filters; and the endpoints ``/ask`` and ``/search``.

    What the page says is filled in when it is opened, in the visitor's language.
    """
    with gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_height=True) as blocks:
        page = _laid_out()
        _answers(desk, page, blocks)
        _endpoints(desk)
    blocks.queue(max_size=32, api_open=False, default_concurrency_limit=2)
    return blocks


def _laid_out() -> _Page:
    with gr.Column(elem_id="rq-page"):
        header = gr.Markdown(elem_id="rq-header", sanitize_html=True)
        chatbot = _chatbot()
        following = gr.Markdown(elem_id="rq-following", sanitize_html=True)
        with gr.Column(elem_id="rq-dock"):
            question = gr.Textbox(
                show_label=False, label=texts.QUESTION, container=False, lines=1, max_lines=4, max_length=500,
                submit_btn=texts.ASK, autofocus=True, elem_id="rq-question",
            )  # fmt: skip
            with gr.Accordion(texts.FILTERS, open=False, elem_id="rq-filters") as filters, gr.Row():
                regions = gr.Textbox(label=texts.REGIONS, scale=2, min_width=200)
                since = gr.Textbox(label=texts.SINCE, placeholder=texts.DATE_HINT, min_width=130)
                until = gr.Textbox(label=texts.UNTIL, placeholder=texts.DATE_HINT, min_width=130)
            with gr.Row(elem_id="rq-ends"):
                stop = gr.Button(texts.STOP, size="sm", variant="secondary", elem_id="rq-stop")
                save = gr.Button(texts.SAVE, size="sm", variant="secondary", elem_id="rq-save")
                figures = gr.Button(texts.SAVE_FIGURES, size="sm", variant="secondary", elem_id="rq-figures")
                clear = gr.Button(texts.NEW_CONVERSATION, size="sm", variant="secondary", elem_id="rq-clear")
        file = gr.Markdown(elem_id="rq-keep", sanitize_html=True)  # unseen; chat.js saves what comes into it
        again = gr.Textbox(label=texts.AGAIN, container=False, elem_id="rq-again")
        anew = gr.Textbox(label=texts.AGAIN, container=False, elem_id="rq-anew")
    return _Page(
        header,
        chatbot,
        following,
        question,
        filters,
        regions,
        since,
        until,
        clear,
        stop,
        save,
        figures,
        file,
        again,
        anew,
    )


def _answers(desk: Desk, page: _Page, blocks: gr.Blocks) -> None:
    """Tie the page's events to the desk."""
    conversation, asked = gr.State(Conversation(), time_to_live=FORGOTTEN_SECONDS), gr.State("")

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
        if talk.turns and anew == str(talk.turns[-1].number):  # the last question again, or in other words
            talk, previous = talk.without_last(), talk.turns[-1].previous
        if (words or "").strip():
            talk = take_turn(desk, talk, words, limits, _reader(request), previous)
        return talk.messages(), talk, ""

    def on_answer(talk: Conversation, where: str, first: str, last: str, request: gr.Request) -> str:
        return _following(desk, talk, (where, first, last), _reader(request))

    def on_open(request: gr.Request) -> tuple[Any, ...]:
        return _named(desk, _reader(request))

    def on_save(talk: Conversation, request: gr.Request) -> str:
        return file_html(f"regional-qa-{date.today()}.md", markdown_file(talk, date.today(), _reader(request)))

    def on_figures(talk: Conversation) -> str:
        return file_html(f"regional-qa-{date.today()}.csv", figures_file(talk))

    # answered over plain requests: Gradio's event stream may close between two events and leave the page deaf
    plain: dict[str, Any] = {"api_visibility": "private", "queue": False}
    private: dict[str, Any] = {**plain, "show_progress": "minimal"}
    quiet: dict[str, Any] = {**plain, "show_progress": "hidden"}
    limits = [page.regions, page.since, page.until]
    filled, outputs = [conversation, page.anew, *limits], [page.chatbot, conversation, page.anew]
    # the box is emptied first, so that words typed while the answer is on its way are not lost
    sent = page.question.submit(
        lambda words: (words, "", ""), page.question, [asked, page.question, page.following], **private
    )
    for asking in (
        sent.then(on_question, [asked, *filled], outputs, **private),
        page.again.submit(on_again, [page.again, *filled], outputs, trigger_mode="once", **private),
        page.chatbot.example_select(on_example, filled, outputs, **private),
    ):
        asking.then(on_answer, [conversation, *limits], page.following, **quiet)
    page.clear.click(
        lambda: ([], Conversation(), "", "", ""), None, [*outputs, page.question, page.following], **private
    )
    page.save.click(on_save, conversation, page.file, **quiet)
    page.figures.click(on_figures, conversation, page.file, **quiet)
    named = [
        page.header, page.chatbot, page.question, page.filters, *limits, page.clear, page.stop, page.save, page.figures,
    ]  # fmt: skip
    blocks.load(on_open, None, named, **quiet)


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
        group_consecutive_messages=False, allow_file_downloads=False, autoscroll=False,
    )  # fmt: skip


def _reader(request: gr.Request) -> Language:
    return language_of(request.headers.get("cookie", ""), request.headers.get("accept-language", ""))


def _named(desk: Desk, language: Language) -> tuple[Any, ...]:
    """What every part of the page says: header, conversation, question, filters with three fields, four buttons."""
    invitation = f'<p class="rq-invitation">{texts.INVITATION.to(language)}</p>'
    examples = [{"text": example.to(language)} for example in texts.EXAMPLES]
    return (
        _header(desk, language),
        gr.Chatbot(label=texts.CONVERSATION.to(language), placeholder=invitation, examples=examples),  # type: ignore[arg-type]
        gr.Textbox(
            label=texts.QUESTION.to(language), placeholder=texts.QUESTION_HINT.to(language),
            submit_btn=texts.ASK.to(language),
        ),
        gr.Accordion(label=texts.FILTERS.to(language)),
        gr.Textbox(label=texts.REGIONS.to(language), placeholder=texts.REGIONS_HINT.to(language)),
        gr.Textbox(label=texts.SINCE.to(language)),
        gr.Textbox(label=texts.UNTIL.to(language)),
        gr.Button(texts.NEW_CONVERSATION.to(language)),
        gr.Button(texts.STOP.to(language)),
        gr.Button(texts.SAVE.to(language)),
        gr.Button(texts.SAVE_FIGURES.to(language)),
    )  # fmt: skip


def _following(desk: Desk, talk: Conversation, limits: tuple[str, str, str], language: Language) -> str:
    """What may be asked next, below the last answer; empty where there is nothing to offer."""
    if not talk.turns or (answer := talk.turns[-1].answer) is None:
        return ""
    try:
        return following_html(follow_ups(desk.assistant(), answer, Filters.read(*limits, language)), language)
    except RegionalQAError:
        return ""


def _theme() -> gr.themes.Base:
    fonts = ["-apple-system", "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC",
             "Noto Sans SC", "system-ui", "sans-serif"]  # fmt: skip
    return gr.themes.Base(primary_hue="slate", neutral_hue="stone", font=fonts, font_mono=["ui-monospace", "monospace"])


def _header(desk: Desk, language: Language) -> str:
    title, other = texts.TITLE.to(language), texts.OTHER_LANGUAGE.to(language)
    switch = f'<button type="button" class="rq-language">{other}</button>'  # chat.js
    try:
        counts = texts.COUNTS.to(language).format(**desk.assistant().counts())
    except RegionalQAError as fault:
        return f'<div class="rq-brand"><h1>{title}</h1><nav>{switch}</nav></div>{fault_html(str(fault))}'
    table = f'<a href="/facts" {NEW_TAB}>{texts.FACTS.to(language)}</a>'
    brand = f'<div class="rq-brand"><h1>{title}</h1><span>{counts}</span><nav>{table}{switch}</nav></div>'
    return f'{brand}<p class="rq-tagline">{texts.TAGLINE.to(language)}</p>'


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
