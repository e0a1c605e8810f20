"""Stories of a page -> the same with what stands elsewhere put where it belongs: the masthead, what runs on on another
page, a commentary without a headline, captions.

Knows nothing about where a story begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from regional_qa.knowledge.regions import provinces_in
from regional_qa.reading.lines import Line, is_complete
from regional_qa.reading.signs import CAPTION_START, Role, jumps_on
from regional_qa.reading.story import Story

_PEG = re.compile(
    r"近日|日前|近期|最近|不久前|前不久|当前|眼下|时下|这段时间|这些天|连日来|[今去]年(?:以来|[初底末])|新春|春节|岁末|年初|又是一年"
    r"|\d{1,2}月\d{1,2}日"
)
_AT_LARGE = re.compile(r"(?:不少|一些|有的|有些|许多|很多)(?:地方|城市|部门|单位|企业|干部|人)|各地(?:区|各部门)?|笔者")
_OPENING_CHARS = 60
_MOST_MASTHEAD_CHARS = 60


def with_masthead(stories: list[Story]) -> list[Story]:
    """A few words before the first headline (paper, date, page) belong to every article; they stay with the first."""
    top = stories[0]
    if len(stories) < 2 or (top.title and not (top.is_banner() and top.is_dated())):
        return stories
    lines = [*(replace(line, role=Role.RUNNING) for line in top.heads), *top.lines]
    if not _is_masthead(lines):
        return stories
    if top.section:
        lines.insert(0, Line(top.section, Role.RUNNING))
    stories[1].lines[:0] = lines
    for story in stories[1:]:
        story.masthead = lines
    return stories[1:]


def _is_masthead(lines: Sequence[Line]) -> bool:
    if all(line.role in (Role.RUNNING, Role.SUBTITLE, Role.SIGNATURE) for line in lines):
        return True
    whole = any(line.role is Role.CAPTION or is_complete(line.text) for line in lines)
    return not whole and sum(len(line.text) for line in lines) <= _MOST_MASTHEAD_CHARS


def continued(stories: Sequence[Story]) -> list[Story]:
    """What comes from another page (上接) goes to the story that was sent there (下转); its headline is a line of it."""
    kept: list[Story] = []
    for story in stories:
        start = next((i for i, line in enumerate(story.lines) if jumps_on(line.text) is False), None)
        comes = start is not None and not any(line in story.lines[:start] for line in story.bodies())
        begun = _sent_on(story, kept) if comes else None
        if begun is None:
            kept.append(story)
        else:
            other = [Line(story.section)] if story.section not in (begun.section, "") else []
            begun.lines += [replace(line, role=Role.SUBTITLE) for line in (*other, *story.heads)] + story.lines
    return kept


def _sent_on(story: Story, before: Sequence[Story]) -> Story | None:
    """The story sent on to another page under the same headline, or the only one where there is no headline."""
    open_ones = [one for one in before if one.lines and any(jumps_on(line.text) for line in one.lines)]
    if not story.title:
        return open_ones[-1] if len(open_ones) == 1 else None
    return next(
        (one for one in open_ones if story.title in one.title or (one.title and one.title in story.title)), None
    )


def part_commentary(story: Story, bylined: bool) -> list[Story]:
    """Part an article with a byline from an unheadlined commentary that runs on below it.

    The proof is threefold: a bare name signs the end although the byline names another author, the
    article's province is never mentioned again, and a paragraph after its last mention opens with an
    occasion (近日…), speaks of places at large or stands apart.
    """
    signed = next((i for i, line in enumerate(story.lines) if _is_bare_signature(line)), 0)
    places = set(story.provinces())
    if not signed or not places or not bylined:
        return [story]
    bodies = [i for i in range(signed) if story.lines[i].role is Role.BODY]
    last = max((i for i in bodies if places & set(provinces_in(story.lines[i].text))), default=signed)
    start = next((i for i in bodies if i > last and _begins_commentary(story.lines[i])), signed)
    if sum(start <= i for i in bodies) < 2:
        return [story]
    commentary = Story(lines=story.lines[start:], closed=True, masthead=story.masthead)
    story.lines = story.lines[:start]
    return [story, commentary]


def _begins_commentary(line: Line) -> bool:
    return line.gap > 1 or bool(_PEG.match(line.text) or _AT_LARGE.search(line.text[:_OPENING_CHARS]))


def _is_bare_signature(line: Line) -> bool:
    return line.role is Role.SIGNATURE and line.text[0] not in "(（"


def settle_captions(stories: Sequence[Story]) -> list[Story]:
    """A caption of another province goes to the article that names it, else stands alone; the others stay."""
    settled: list[Story] = []
    homes = [(story, set(provinces_in(story.title))) for story in stories]
    for story in stories:
        here = set(story.provinces())
        kept: list[Line] = []
        alone: list[Story] = []
        for lines in _with_captions_whole(story.lines):
            places = set(provinces_in("\n".join(line.text for line in lines)))
            places = places if lines[0].role is Role.CAPTION else set()
            if not places or not here or places & here:
                kept += lines
                continue
            home = next((other for other, names in homes if places & names), None)
            if home is None:
                alone.append(Story(section=story.section, lines=lines, masthead=story.masthead))
            else:
                home.lines = [*home.lines, *lines]
        story.lines = kept
        settled += [story, *alone]
    return settled


def _with_captions_whole(lines: Sequence[Line]) -> list[list[Line]]:
    """Every line by itself, but the lines under one picture together."""
    groups: list[list[Line]] = []
    for line in lines:
        begins = line.gap >= 2 or CAPTION_START.match(line.text)
        if line.role is Role.CAPTION and groups and groups[-1][0].role is Role.CAPTION and not begins:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
