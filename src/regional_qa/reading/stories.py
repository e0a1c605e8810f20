"""Lines of a page -> its stories: where an article begins, and which lines belong to it.

Every rule asks for a proof that the page itself gives; without one a line stays with what stands above it.
Knows nothing about files or about what an article is made of afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from regional_qa.knowledge.regions import is_region, provinces_in
from regional_qa.reading.lines import BOLD, Line
from regional_qa.reading.settling import continued, part_commentary, settle_captions, with_masthead
from regional_qa.reading.signs import Role, jumps_on
from regional_qa.reading.story import Story
from regional_qa.reading.tracing import put_together

_VIEW = 12  # lines below a headline that are looked at
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．](?!\d)")
_BULLET = re.compile(r"[●■◆★☆◎○□◇※▪•]\s*")
_LONGEST_COLUMN_NAME = 5  # characters; what stands above a headline in the same block and is longer is its first half


def to_stories(lines: Sequence[Line]) -> list[Story]:
    """The stories of a page whose lines are in reading order; every line is in one of them."""
    stories = continued(with_masthead(_divided(lines)))
    bylined = {story.section for story in stories if any(line.role is Role.BYLINE for line in story.lines)}
    return settle_captions([part for story in stories for part in part_commentary(story, story.section in bylined)])


def _divided(lines: Sequence[Line]) -> list[Story]:
    stories: list[Story] = []
    umbrella = Line("")  # a heading that stands over the articles below it
    at = 0
    while at < len(lines):
        current = stories[-1] if stories else None
        taken = _headings(lines, at) or [lines[at]]
        at += len(taken)
        after = lines[at : at + _VIEW]
        if taken[0].role is Role.HEADING and _opens(taken, after, current):
            under = current and current.is_banner() and not (len(stories) == 1 and current.is_dated())
            story, umbrella = _open(_whole(taken), Line("") if under else umbrella, _announced(after))
            if under:
                umbrella = _put_under(stories.pop(), story, taken[0].level)
            stories.append(story)
            at += _late_headline(story, after) if taken[0].level == 0 else 0
            continue
        if current is None or _begins_without_headline(taken[0], current):
            stories.append(Story(announced=taken[0].role is Role.LEAD))
        stories[-1].lines += taken
        ends = taken[0].role is Role.SIGNATURE or jumps_on(taken[0].text)
        stories[-1].closed |= bool(ends and stories[-1].bodies())
    return stories


def _headings(lines: Sequence[Line], at: int) -> list[Line]:
    """The headings one below the other from ``at`` on; of those known to begin an article only the first."""
    end = at
    while end < len(lines) and lines[end].role is Role.HEADING and not (end > at and lines[end - 1].opens):
        end += 1
    return list(lines[at:end])


def _whole(run: Sequence[Line]) -> list[Line]:
    """The headings, those of one block joined: a headline set in two lines."""
    whole: list[Line] = []
    for line in run:
        last = whole[-1] if whole else None
        if last is None or line.gap or line.level != last.level or _stands_over(last.text):
            whole.append(line)
        else:
            both = put_together([last.traced, line.traced], " ")
            whole[-1] = replace(line, text=both.text, runs=both.runs, gap=last.gap)
    return whole


def _stands_over(text: str) -> bool:
    """A column's name or a place, not the first half of a headline."""
    return len(text) <= _LONGEST_COLUMN_NAME or _is_place(text)


def _opens(run: Sequence[Line], after: Sequence[Line], current: Story | None) -> bool:
    """Whether the headings begin an article and do not merely divide the current one."""
    if current is None or any(line.opens for line in run):
        return True
    below = next((line for line in after if line.role not in (Role.CAPTION, Role.SUBTITLE)), None)
    if below is not None and jumps_on(below.text) is False:
        return True
    if below is None or below.role not in (Role.BODY, Role.LEAD, Role.BYLINE):
        return False
    if _announced(after) or (_is_pair(run) and not set(provinces_in(run[-2].text)) & set(provinces_in(current.title))):
        return True
    if _NUMBERED.match(run[-1].text):
        return False
    tops = any(line.level == 1 for line in run) and (
        not current.announced or all(head.level == 1 for head in current.heads)
    )
    return current.closed or tops or _plays_elsewhere(run[-1], after, current)


def _announced(after: Sequence[Line]) -> bool:
    """A byline or an agency's name stands next, or after one paragraph of summary."""
    roles = [line.role for line in after if line.role not in (Role.CAPTION, Role.SUBTITLE)]
    return roles[:1] in ([Role.BYLINE], [Role.LEAD]) or roles[:3] == [Role.BODY, Role.BYLINE, Role.BODY]


def _plays_elsewhere(heading: Line, after: Sequence[Line], current: Story) -> bool:
    """The heading and the text below it name one province, the headline above another, and its text not this one."""
    here, there = current.named(), provinces_in(heading.text)
    if len(here) != 1 or len(there) != 1 or here == there or heading.level > current.heads[-1].level:
        return False
    below = takewhile(lambda line: line.role is not Role.HEADING, after)
    told = any(there[0] in provinces_in(line.text) for line in below if line.role is Role.BODY)
    return told and all(there[0] not in provinces_in(line.text) for line in current.bodies())


def _open(run: Sequence[Line], umbrella: Line, announced: bool) -> tuple[Story, Line]:
    """The article that the headings begin, and the heading that now stands over those to come."""
    paired = _is_pair(run)
    if not (announced or paired or any(line.opens for line in run)):
        highest = min(range(len(run)), key=lambda i: run[i].level or len(run) + BOLD)
        above, head, below = run[:highest], run[highest], run[highest + 1 :]
        section = " ".join(line.text for line in above)
        return Story(_title(head), section, list(below), heads=[head]), head
    above, heads = (run[:-2], run[-2:]) if paired else (run[:-1], run[-1:])
    title = re.sub(r"\s", "", f"{heads[0].text}：{_title(heads[1])}") if paired else _title(heads[0])
    top = heads[0].level
    if not (0 < umbrella.level < run[0].level or (paired and umbrella.level == run[0].level == 0)):
        umbrella = Line("")
    section = " ".join(line.text for line in above) or umbrella.text
    if above and 0 < above[-1].level <= top:
        umbrella = Line(section, level=min(above[-1].level, top - 1))
    elif above and paired:
        umbrella = Line(section)
    return Story(title, section, announced=True, heads=heads), umbrella


def _title(head: Line) -> str:
    return _BULLET.sub("", head.text, count=1) if _BULLET.match(head.text) else head.text


def _is_pair(run: Sequence[Line]) -> bool:
    """A place's line and the headline below it."""
    return len(run) > 1 and _is_place(run[-2].text)


def _is_place(text: str) -> bool:
    provinces = provinces_in(text)
    own = len(provinces) == 1 and text.startswith(provinces[0]) and len(text) <= len(provinces[0]) + 7
    return own or is_region(text)


def _put_under(banner: Story, story: Story, level: int) -> Line:
    """Make the banner the section of a story; gives it as the umbrella of those to come."""
    story.section = " ".join(filter(None, (banner.section, banner.title, story.section)))
    story.lines[:0] = banner.lines
    return Line(story.section, level=max(level - 1, 0))


def _late_headline(story: Story, after: Sequence[Line]) -> int:
    """Where the byline stands between a column's name and the headline, the headline is the one nearer the text.

    Returns how many lines of ``after`` went into the story with it.
    """
    bylines = list(takewhile(lambda line: line.role is Role.BYLINE, after))
    headings = _headings(after, len(bylines))
    whole = _whole(headings)
    if not bylines or len(whole) != 1 or whole[0].level:
        return 0
    story.section, story.title, story.heads = f"{story.section} {story.title}".strip(), whole[0].text, whole
    story.lines += bylines
    return len(bylines) + len(headings)


def _begins_without_headline(line: Line, current: Story) -> bool:
    """An agency's lead, text after a signature, or what comes from another page."""
    after_end = line.role is Role.BODY and current.closed
    return after_end or (bool(current.bodies()) and (line.role is Role.LEAD or jumps_on(line.text) is False))
