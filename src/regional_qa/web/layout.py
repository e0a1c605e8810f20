"""The parts of the chat's page, in Gradio, and what each says in the visitor's language.

Knows nothing about what happens when one of them is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from regional_qa.errors import RegionalQAError
from regional_qa.web import texts
from regional_qa.web.cards import fault_html
from regional_qa.web.desk import Desk
from regional_qa.web.feedback import LONGEST_PASSAGE
from regional_qa.web.language import Language
from regional_qa.web.pages import PLACES
from regional_qa.web.sources import NEW_TAB

MOST_TYPED = 5000
"""Characters the question box takes: more than a question may have, so that it is refused with a word and not cut in
silence, and fewer than the guard turns away."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What a person fills in who finds an answer wrong; ``verdict`` is unseen and tells which answer."""

    reason: gr.Radio
    passage: gr.Textbox
    send: gr.Button
    cancel: gr.Button
    verdict: gr.Textbox
    thanks: gr.Markdown


@dataclass(frozen=True, slots=True)
class Page:
    """The parts that events read or fill; ``again`` (a whole question), ``anew`` (the turn that the next question
    replaces) and ``file`` are unseen and belong to chat.js.
    """

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
    judging: Judging

    @property
    def named(self) -> list[Any]:
        """The parts for which ``names`` has words, in its order."""
        judging = self.judging
        return [
            self.header, self.chatbot, self.question, self.filters, self.regions, self.since, self.until, self.clear,
            self.stop, self.save, self.figures, judging.reason, judging.passage, judging.send, judging.cancel,
        ]  # fmt: skip


def lay_out() -> Page:
    """Every part in its place, within the blocks that are being built."""
    with gr.Column(elem_id="rq-page"):
        header = gr.Markdown(elem_id="rq-header", sanitize_html=True)
        chatbot = _chatbot()
        following = gr.Markdown(elem_id="rq-following", sanitize_html=True)
        judging = _judging()
        with gr.Column(elem_id="rq-dock"):
            question = gr.Textbox(
                show_label=False, label=texts.QUESTION, container=False, lines=1, max_lines=4, max_length=MOST_TYPED,
                submit_btn=texts.ASK, autofocus=True, elem_id="rq-question",
            )  # fmt: skip
            with gr.Accordion(texts.FILTERS, open=False, elem_id="rq-filters") as filters, gr.Row():
                regions = gr.Textbox(label=texts.REGIONS, scale=2, min_width=200)
                since = gr.Textbox(label=texts.SINCE, placeholder=texts.DATE_HINT, min_width=130)
                until = gr.Textbox(label=texts.UNTIL, placeholder=texts.DATE_HINT, min_width=130)
            with gr.Row(elem_id="rq-ends"):
                stop = _button(texts.STOP, "rq-stop")
                save, figures = _button(texts.SAVE, "rq-save"), _button(texts.SAVE_FIGURES, "rq-figures")
                clear = _button(texts.NEW_CONVERSATION, "rq-clear")
        file = gr.Markdown(elem_id="rq-keep", sanitize_html=True)
        again = gr.Textbox(label=texts.AGAIN, container=False, elem_id="rq-again")
        anew = gr.Textbox(label=texts.AGAIN, container=False, elem_id="rq-anew")
    return Page(
        header, chatbot, following, question, filters, regions, since, until, clear, stop, save, figures, file, again,
        anew, judging,
    )  # fmt: skip


def names(desk: Desk, language: Language, examples: Sequence[str]) -> tuple[Any, ...]:
    """What the parts ``Page.named`` say."""
    invitation = f'<p class="rq-invitation">{texts.INVITATION.to(language)}</p>'
    offered = [{"text": example} for example in examples]
    return (
        _header(desk, language),
        gr.Chatbot(label=texts.CONVERSATION.to(language), placeholder=invitation, examples=offered),  # type: ignore[arg-type]
        gr.Textbox(
            label=texts.QUESTION.to(language),
            placeholder=texts.QUESTION_HINT.to(language),
            submit_btn=texts.ASK.to(language),
        ),
        gr.Accordion(label=texts.FILTERS.to(language)),
        gr.Textbox(label=texts.REGIONS.to(language), placeholder=texts.REGIONS_HINT.to(language)),
        *(gr.Textbox(label=day.to(language)) for day in (texts.SINCE, texts.UNTIL)),
        *(
            gr.Button(name.to(language))
            for name in (texts.NEW_CONVERSATION, texts.STOP, texts.SAVE, texts.SAVE_FIGURES)
        ),
        gr.Radio(label=texts.WHAT_IS_WRONG.to(language), choices=_reasons(language)),
        gr.Textbox(label=texts.SHOULD_BE.to(language), placeholder=texts.SHOULD_BE_HINT.to(language)),
        *(gr.Button(name.to(language)) for name in (texts.SEND, texts.CANCEL)),
    )


def _judging() -> Judging:
    with gr.Column(elem_id="rq-judging"):
        reason = gr.Radio(_reasons("zh"), label=texts.WHAT_IS_WRONG, elem_id="rq-reason")
        passage = gr.Textbox(
            label=texts.SHOULD_BE, lines=2, max_lines=6, max_length=LONGEST_PASSAGE, elem_id="rq-passage"
        )
        with gr.Row(elem_id="rq-judge-ends"):
            send, cancel = _button(texts.SEND, "rq-send"), _button(texts.CANCEL, "rq-cancel")
    thanks = gr.Markdown(elem_id="rq-thanks", sanitize_html=True)
    verdict = gr.Textbox(label=texts.BAD, container=False, elem_id="rq-verdict")
    return Judging(reason, passage, send, cancel, verdict, thanks)


def _reasons(language: Language) -> list[tuple[str, str]]:
    return [(name.to(language), key) for key, name in texts.REASONS.items()]


def _button(name: str, element: str) -> gr.Button:
    return gr.Button(name, size="sm", variant="secondary", elem_id=element)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        label=texts.CONVERSATION, show_label=False, container=False, elem_id="rq-talk", height=None, buttons=[],
        latex_delimiters=[], allow_tags=False, sanitize_html=True, feedback_options=None, layout="panel",
        group_consecutive_messages=False, allow_file_downloads=False, autoscroll=False,
    )  # fmt: skip


def _header(desk: Desk, language: Language) -> str:
    title, other = texts.TITLE.to(language), texts.OTHER_LANGUAGE.to(language)
    switch = f'<button type="button" class="rq-language">{other}</button>'  # chat.js
    try:
        counts = texts.COUNTS.to(language).format(**desk.assistant().counts())
    except RegionalQAError as fault:
        return (
            f'<div class="rq-brand"><h1>{title}</h1><nav>{switch}</nav></div>{fault_html(texts.told(fault, language))}'
        )
    pages = "".join(
        f'<a href="{path}" {NEW_TAB}>{name.to(language)}</a>' for path, name in PLACES.items() if path != "/"
    )
    brand = f'<div class="rq-brand"><h1>{title}</h1><span>{counts}</span><nav>{pages}{switch}</nav></div>'
    return f'{brand}<p class="rq-tagline">{texts.TAGLINE.to(language)}</p>'
