"""A newspaper page as text -> its articles: where one begins, what belongs to it, broken sentences joined.

Every character of the page stays in the title, section or text of an article. Knows nothing about files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from regional_qa.knowledge.dates import parse_date
from regional_qa.knowledge.regions import PROVINCES, find_regions, provinces_in
from regional_qa.knowledge.sentences import is_office
from regional_qa.knowledge.spoken_of import regions_told_of
from regional_qa.reading.cleaning import content_id
from regional_qa.reading.columns import stitch
from regional_qa.reading.lines import Line, is_complete, join, to_lines
from regional_qa.reading.signs import DATE_LINE, PAPER_NAME, PLAIN_ROLES, Role, told_by
from regional_qa.reading.stories import to_stories
from regional_qa.reading.story import Story
from regional_qa.types import Article, Span, Stretch

_REPRINT = re.compile(r"[(（]?(?:转自|摘自|来源[:：]?|原载)\s*《?([^》)）(（\s]{2,15})》?")
_AGENCY = re.compile(r"据([一-龥]{2,10}?(?:报|社|网|台))(?=[(（\d一-龥])")
_STAFF = re.compile(
    r"[□■◎●○◆]?\s*(?:《([^》]{2,12})》|([一-龥]{2,8}(?:报|社|网|台)))\s*(?:首席|特约|见习)?(?:记者|评论员)"
)
_OF_HERE = re.compile(r"[全我本][省市县区州旗盟]|[省市县区州]委|^[市县区州]")
"""Speaks of the paper's own province or city without its name: 全市, 我省, 市委."""


def read_newspaper(text: str, origin: str) -> Iterator[Article]:
    """The articles of one page, in order. A page that is one article without headline is named after its file."""
    stories = to_stories(stitch(to_lines(text)))
    for story in stories:
        if not story.lines:  # a page of a few words is its own text
            story.lines, story.title = list(story.heads), ""
    if len(stories) == 1 and not stories[0].title:
        stories[0].title = PurePath(origin).stem
    here = _province_of(stories)
    city = _city_of(stories, here)
    for story in stories:
        yield _to_article(story, _paragraphs(story.lines), origin, here, city)


def read_story(text: str, title: str, origin: str) -> Article:
    """The one article of a text whose paragraphs are known to be whole; an empty title is the file's name."""
    lines = to_lines(text)
    if title and len(lines) > 1 and lines[0].text == title:
        lines = lines[1:]
    return _to_article(Story(title or PurePath(origin).stem, lines=lines), lines, origin)


def _province_of(stories: Sequence[Story]) -> tuple[str, ...]:
    """The province that most articles of a page tell of that speak of 我省 or 全市; none where no half agrees."""
    told = [_regions(story) for story in stories if _speaks_of_here(story)]
    places = Counter(one[0] for one in told if len(one) == 1)
    return tuple(place for place, count in places.items() if 2 * count > places.total())


def _city_of(stories: Sequence[Story], here: tuple[str, ...]) -> str:
    """The one city or county of the page's province that is named where its offices are called 市商务局; empty where none is."""
    texts = (line.text for story in stories if is_office(story.title) for line in story.bodies())
    mentions = (mention for text in texts for mention in find_regions(text))
    names = {mention.name for mention in mentions if mention.provinces == here and mention.name not in PROVINCES}
    return names.pop() if len(names) == 1 else ""


def _speaks_of_here(story: Story) -> bool:
    return any(_OF_HERE.search(text) for text in (story.title, *(line.text for line in story.bodies())))


def _regions(story: Story) -> tuple[str, ...]:
    """Where it plays by its headline, else by its text without the agency's own place, else by its section."""
    texts = [told_by(line.text) for line in story.bodies()] or [line.text for line in story.lines]
    return story.named() or regions_told_of("\n".join(texts)) or provinces_in(story.section)


def _to_article(
    story: Story, paragraphs: Sequence[Line], origin: str, here: tuple[str, ...] = (), city: str = ""
) -> Article:
    text, layout = _laid_out(paragraphs)
    published = _date_in(story.lines) or _date_in(story.masthead)
    publisher = _publisher(story.lines) or _publisher(story.masthead)
    regions = _regions(story)
    if _OF_HERE.search(story.title) or (not regions and _speaks_of_here(story)):
        regions = story.named() or here or regions
    place = city if is_office(story.title) else ""
    told = {"publisher": publisher, "published": published, "regions": regions, "place": place}
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
        place=place,
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
    """Sentences broken by a column, a page or a picture are joined; what stood between follows the whole paragraph."""
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
        passes = line.role in (Role.CAPTION, Role.RUNNING, Role.SUBTITLE)
        if not passes and (line.role not in (Role.BODY, Role.LEAD) or is_complete(line.text)):
            broken = None
    return paragraphs


def _publisher(lines: Sequence[Line]) -> str:
    """The paper as the page states it: beside the date, reprinted from, reported by, or whose reporter wrote it."""
    for line in lines:
        found = DATE_LINE.fullmatch(line.text) if line.role in (Role.SUBTITLE, Role.RUNNING) else None
        if found and (found["publisher"] or found["paper"]):
            return str(found["publisher"] or found["paper"])
    for role, pattern in (
        (Role.SIGNATURE, _REPRINT),
        (Role.LEAD, _AGENCY),
        (Role.BYLINE, _STAFF),
        (Role.RUNNING, PAPER_NAME),
    ):
        for line in lines:
            found = pattern.match(line.text) if line.role is role else None
            if found:
                return str(next(filter(None, found.groups()), found[0]))
    return ""


def _date_in(lines: Sequence[Line]) -> date | None:
    """A full date that stands on a line of its own."""
    dated = (DATE_LINE.fullmatch(line.text) for line in lines if line.role in (Role.SUBTITLE, Role.RUNNING))
    found = next(filter(None, dated), None)
    return parse_date(found["day"]) if found else None
