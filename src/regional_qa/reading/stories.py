"""Lines of a page -> its stories: where an article begins, and which lines belong to it.

Every rule asks for a proof that the page itself gives; without one a line stays with what stands above it.
Knows nothing about files or about what an article is made of afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from regional_qa.knowledge.regions import is_region, provinces_in
from regional_qa.reading.lines import BOLD, Line, is_complete
from regional_qa.reading.signs import CAPTION_START, DATE_LINE, Role, jumps_on
from regional_qa.reading.tracing import put_together

_VIEW = 12  # lines below a headline that are looked at
_PEG = re.compile(
    r"近日|日前|近期|最近|不久前|前不久|当前|眼下|时下|这段时间|这些天|连日来|[今去]年(?:以来|[初底末])|新春|春节|岁末|年初|又是一年"
    r"|\d{1,2}月\d{1,2}日"
)
_AT_LARGE = re.compile(r"(?:不少|一些|有的|有些|许多|很多)(?:地方|城市|部门|单位|企业|干部|人)|各地(?:区|各部门)?|笔者")
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．](?!\d)")
_BULLET = re.compile(r"[●■◆★☆◎○□◇※▪•]\s*")
_OPENING_CHARS = 60
_LONGEST_COLUMN_NAME = 5  # characters; what stands above a headline in the same block and is longer is its first half
_MOST_MASTHEAD_CHARS = 60


@dataclass(slots=True)
class Story:
    """An article while it is put together; ``lines`` are everything below its headline.

    ``heads`` are the lines that the title was made of; ``masthead`` covers all stories of the page.
    """

    title: str = ""
    section: str = ""
    lines: list[Line] = field(default_factory=list)
    announced: bool = False
    closed: bool = False
    heads: Sequence[Line] = ()
    masthead: Sequence[Line] = ()

    def provinces(self) -> tuple[str, ...]:
        """Where it plays: by its headline, else by its first paragraph."""
        return self.named() or provinces_in(next((line.text for line in self.bodies()), ""))

    def named(self) -> tuple[str, ...]:
        """The provinces of its headline, else of its subtitle, else the one of its section."""
        above = takewhile(lambda line: line.role not in (Role.BODY, Role.LEAD), self.lines)
        subtitle = " ".join(line.text for line in above if line.role is Role.SUBTITLE)
        section = provinces_in(self.section)
        return provinces_in(self.title) or provinces_in(subtitle) or (section if len(section) == 1 else ())

    def bodies(self) -> list[Line]:
        """Its lines of body text."""
        return [line for line in self.lines if line.role in (Role.BODY, Role.LEAD)]


def to_stories(lines: Sequence[Line]) -> list[Story]:
    """The stories of a page whose lines are in reading order; every line is in one of them."""
    stories = _continued(_with_masthead(_divided(lines)))
    bylined = {story.section for story in stories if any(line.role is Role.BYLINE for line in story.lines)}
    return _settle_captions([part for story in stories for part in _part_commentary(story, story.section in bylined)])


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
            under = current and _is_banner(current) and not (len(stories) == 1 and _is_dated(current.lines))
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


def _is_banner(story: Story) -> bool:
    """A heading with at most a byline below it covers the articles that follow."""
    return bool(story.title) and all(line.role in (Role.BYLINE, Role.SUBTITLE, Role.RUNNING) for line in story.lines)


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


def _with_masthead(stories: list[Story]) -> list[Story]:
    """A few words before the first headline (paper, date, page) belong to every article; they stay with the first."""
    top = stories[0]
    if len(stories) < 2 or (top.title and not (_is_banner(top) and _is_dated(top.lines))):
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


def _is_dated(lines: Sequence[Line]) -> bool:
    return any(DATE_LINE.fullmatch(line.text) for line in lines)


def _is_masthead(lines: Sequence[Line]) -> bool:
    if all(line.role in (Role.RUNNING, Role.SUBTITLE, Role.SIGNATURE) for line in lines):
        return True
    whole = any(line.role is Role.CAPTION or is_complete(line.text) for line in lines)
    return not whole and sum(len(line.text) for line in lines) <= _MOST_MASTHEAD_CHARS


def _continued(stories: Sequence[Story]) -> list[Story]:
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


def _part_commentary(story: Story, bylined: bool) -> list[Story]:
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


def _settle_captions(stories: Sequence[Story]) -> list[Story]:
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
