"""A newspaper page as text -> its articles: where one begins, what belongs to it, broken sentences joined.

Every character of the page stays in the title, section or text of an article. Knows nothing about files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from pathlib import PurePath

from regional_qa.knowledge.dates import parse_date
from regional_qa.knowledge.regions import provinces_in, regions_told_of
from regional_qa.reading.cleaning import content_id
from regional_qa.reading.columns import stitch
from regional_qa.reading.lines import CAPTION_START, DATE_LINE, PLAIN_ROLES, Line, Role, is_complete, join, to_lines
from regional_qa.types import Article, Span, Stretch

_REPRINT = re.compile(r"[(（]?(?:转自|摘自|来源[:：]?|原载)\s*《?([^》)）(（\s]{2,15})》?")
_AGENCY = re.compile(r"据([一-龥]{2,10}?(?:报|社|网|台))(?=[(（\d一-龥])")
_STAFF = re.compile(
    r"[□■◎●○◆]?\s*(?:《([^》]{2,12})》|([一-龥]{2,8}(?:报|社|网|台)))\s*(?:首席|特约|见习)?(?:记者|评论员)"
)
_VIEW = 12  # lines below a headline that are looked at
_PEG = re.compile(r"近日|日前|近期|最近|不久前|前不久|当前|\d{1,2}月\d{1,2}日")


@dataclass(slots=True)
class Story:
    """An article while it is put together; ``lines`` are everything below its headline."""

    title: str = ""
    section: str = ""
    lines: list[Line] = field(default_factory=list)
    announced: bool = False
    closed: bool = False
    published: date | None = None
    head: Line = field(default_factory=lambda: Line(""))

    def provinces(self) -> tuple[str, ...]:
        """Where it plays: by its headline, else by its first paragraph."""
        first = next((line.text for line in self.lines if line.role in (Role.LEAD, Role.BODY)), "")
        return self.named() or provinces_in(first)

    def named(self) -> tuple[str, ...]:
        """The provinces of its headline, else of its section: 吉林 under 东北再振兴 is not all of 东北."""
        return provinces_in(self.title) or provinces_in(self.section)


def read_newspaper(text: str, origin: str) -> Iterator[Article]:
    """The articles of one page, in order. A page that is one article without headline is named after its file."""
    stories = _with_masthead(_to_stories(stitch(to_lines(text))))
    stories = _settle_captions([part for story in stories for part in _part_commentary(story)])
    for story in stories:
        if not story.lines:  # a page of a few words is its own text
            story.lines, story.title = [story.head], ""
    if len(stories) == 1 and not stories[0].title:
        stories[0].title = PurePath(origin).stem
    for story in stories:
        yield _to_article(story, _paragraphs(story.lines), origin)


def read_story(text: str, title: str, origin: str) -> Article:
    """The one article of a text whose paragraphs are known to be whole; an empty title is the file's name."""
    lines = to_lines(text)
    if title and len(lines) > 1 and lines[0].text == title:
        lines = lines[1:]
    return _to_article(Story(title or PurePath(origin).stem, lines=lines), lines, origin)


def _to_stories(lines: Sequence[Line]) -> list[Story]:
    stories: list[Story] = []
    umbrella = Line("")  # a heading that stands over the articles below it
    at = 0
    while at < len(lines):
        current = stories[-1] if stories else None
        taken = _headings(lines, at) or [lines[at]]
        at += len(taken)
        after = lines[at : at + _VIEW]
        if taken[0].role is Role.HEADING and _opens(taken, after, current):
            story, umbrella = _open(taken, umbrella, _announced(after))
            stories.append(story)
            at += _late_headline(story, after) if taken[0].level == 0 else 0
            continue
        again = taken[0].role is Role.LEAD and current is not None and _has_body(current)
        after_end = taken[0].role is Role.BODY and current is not None and current.closed
        if current is None or again or after_end:
            stories.append(Story(announced=taken[0].role is Role.LEAD))
        stories[-1].lines += taken
        stories[-1].closed |= taken[0].role is Role.SIGNATURE and _has_body(stories[-1])
    return stories


def _headings(lines: Sequence[Line], at: int) -> list[Line]:
    """The headings one below the other from ``at`` on; one known to begin an article begins a new run."""
    end = at
    while end < len(lines) and lines[end].role is Role.HEADING and (end == at or not lines[end].opens):
        end += 1
    return list(lines[at:end])


def _opens(run: Sequence[Line], after: Sequence[Line], current: Story | None) -> bool:
    """Whether the headings begin an article and do not merely divide the current one."""
    if current is None or run[0].opens:
        return True
    below = next((line.role for line in after if line.role not in (Role.CAPTION, Role.SUBTITLE)), None)
    if below not in (Role.BODY, Role.LEAD, Role.BYLINE):
        return False
    tops = any(line.level == 1 for line in run) and not current.announced
    return current.closed or tops or _announced(after)


def _announced(after: Sequence[Line]) -> bool:
    """A byline or an agency's name stands next, or after one paragraph of summary."""
    roles = [line.role for line in after if line.role not in (Role.CAPTION, Role.SUBTITLE)]
    return roles[:1] in ([Role.BYLINE], [Role.LEAD]) or roles[:3] == [Role.BODY, Role.BYLINE, Role.BODY]


def _open(run: Sequence[Line], umbrella: Line, announced: bool) -> tuple[Story, Line]:
    """The article that the headings begin, and the heading that now stands over those to come."""
    if not announced:
        return Story(run[0].text, lines=list(run[1:]), head=run[0]), run[0] if run[0].level else umbrella
    *above, headline = run
    title = headline.text
    if above and _is_province(above[-1].text):
        title = re.sub(r"\s", "", f"{above.pop().text}：{title}")
    if not 0 < umbrella.level < run[0].level:
        umbrella = Line("")
    section = " ".join(line.text for line in above) or umbrella.text
    if above and above[-1].level == headline.level > 0:
        umbrella = Line(above[-1].text, level=headline.level - 1)
    return Story(title, section, announced=True, head=headline), umbrella


def _is_province(text: str) -> bool:
    provinces = provinces_in(text)
    return len(provinces) == 1 and text.startswith(provinces[0]) and len(text) <= len(provinces[0]) + 7


def _late_headline(story: Story, after: Sequence[Line]) -> int:
    """Where the byline stands between a column's name and the headline, the headline is the one nearer the text.

    Returns how many lines of ``after`` went into the story with it.
    """
    bylines = list(takewhile(lambda line: line.role is Role.BYLINE, after))
    headings = _headings(after, len(bylines))
    if not bylines or len(headings) != 1 or headings[0].level:
        return 0
    story.section, story.title = f"{story.section} {story.title}".strip(), headings[0].text
    story.lines += bylines
    return len(bylines) + 1


def _has_body(story: Story) -> bool:
    return any(line.role in (Role.BODY, Role.LEAD) for line in story.lines)


def _with_masthead(stories: list[Story]) -> list[Story]:
    """A few words before the first headline (paper, date, page) belong to every article; they stay with the first."""
    top = stories[0]
    if len(stories) < 2 or top.title or sum(len(line.text) for line in top.lines) > 60:
        return stories
    if any(line.role is Role.CAPTION or is_complete(line.text) for line in top.lines):
        return stories
    stories[1].lines[:0] = top.lines
    for story in stories[1:]:
        story.published = _date_in(top)
    return stories[1:]


def _part_commentary(story: Story) -> list[Story]:
    """Part an article with a byline from an unheadlined commentary that runs on below it.

    The proof is threefold: a bare name signs the end although the byline names another author, the
    province of the headline is never mentioned again, and the paragraph after its last mention opens with
    an occasion (近日…).
    """
    signed = next((i for i, line in enumerate(story.lines) if _is_bare_signature(line)), 0)
    places = set(provinces_in(story.title))
    if not signed or not places or all(line.role is not Role.BYLINE for line in story.lines[:signed]):
        return [story]
    bodies = [i for i in range(signed) if story.lines[i].role is Role.BODY]
    last = max((i for i in bodies if places & set(provinces_in(story.lines[i].text))), default=signed)
    start = next((i for i in bodies if i > last and _PEG.match(story.lines[i].text)), signed)
    if sum(start <= i for i in bodies) < 2:
        return [story]
    commentary = Story(lines=story.lines[start:], closed=True)
    story.lines = story.lines[:start]
    return [story, commentary]


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
                alone.append(Story(section=story.section, lines=lines))
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


def _to_article(story: Story, paragraphs: Sequence[Line], origin: str) -> Article:
    text, layout = _laid_out(paragraphs)
    published = _date_in(story) or story.published
    publisher, regions = _publisher(story.lines), story.named() or regions_told_of(text)
    told = {"publisher": publisher, "published": published, "regions": regions}
    return Article(
        article_id=content_id(story.title, text),
        title=story.title,
        text=text,
        publisher=publisher,
        published=published,
        regions=regions,
        section=story.section,
        origin=origin,
        layout=layout,
        inferred=tuple(name for name, value in told.items() if value),
    )


def _laid_out(paragraphs: Sequence[Line]) -> tuple[str, tuple[Stretch, ...]]:
    """The text of an article, and where each stretch of it stood on the page."""
    texts: list[str] = []
    layout: list[Stretch] = []
    length = 0
    for line in paragraphs:
        length += 2 if texts else 0  # the empty line between paragraphs
        role = PLAIN_ROLES[line.role]
        layout += (Stretch(Span(length + start, length + stop), at, role) for start, stop, at in line.runs)
        texts.append(line.text)
        length += len(line.text)
    return "\n\n".join(texts), tuple(layout)


def _paragraphs(lines: Sequence[Line]) -> list[Line]:
    """Sentences broken by a column, a page or a picture are joined; the caption follows the whole paragraph."""
    paragraphs: list[Line] = []
    broken: int | None = None  # the paragraph that stopped mid-sentence
    for line in lines:
        if line.role is Role.BODY and broken is not None:
            whole = join(paragraphs[broken].traced, line.traced)
            paragraphs[broken] = replace(paragraphs[broken], text=whole.text, runs=whole.runs)
        else:
            paragraphs.append(line)
            if line.role in (Role.BODY, Role.LEAD):
                broken = len(paragraphs) - 1
        if line.role is not Role.CAPTION and (line.role not in (Role.BODY, Role.LEAD) or is_complete(line.text)):
            broken = None
    return paragraphs


def _publisher(lines: Sequence[Line]) -> str:
    """The paper as the page states it: beside the date, reprinted from, reported by, or whose reporter wrote it."""
    for line in lines:
        found = DATE_LINE.fullmatch(line.text) if line.role is Role.SUBTITLE else None
        if found and found["publisher"]:
            return str(found["publisher"])
    for role, pattern in ((Role.SIGNATURE, _REPRINT), (Role.LEAD, _AGENCY), (Role.BYLINE, _STAFF)):
        for line in lines:
            found = pattern.match(line.text) if line.role is role else None
            if found:
                return str(next(filter(None, found.groups())))
    return ""


def _date_in(story: Story) -> date | None:
    """A full date that stands on a line of its own."""
    found = next(
        filter(None, (DATE_LINE.fullmatch(line.text) for line in story.lines if line.role is Role.SUBTITLE)), None
    )
    return parse_date(found.group(1)) if found else None
