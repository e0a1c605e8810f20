"""What the corpus covers -> a matrix of provinces and months, and the list behind each of its cells.

Tables that need no script, in Chinese or English. Knows nothing about how it was counted.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from regional_qa.types import Article
from regional_qa.web import texts
from regional_qa.web.coverage import NONE, Coverage
from regional_qa.web.language import Language
from regional_qa.web.pages import bar, whole_page
from regional_qa.web.render import article_url, cut, escape, facts_url
from regional_qa.web.sources import credited, day
from regional_qa.web.texts import Text

SHOWN = 100
"""Articles of one page of a list."""
SHADES = 5
_OPENING = 40
"""Characters of its text that stand for a headline where an article has none."""
_MONTH = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
_TEXTS: Mapping[str, Text] = {
    "title": Text("语料覆盖", "What the corpus covers"),
    "hint": Text("每个省份每个月有多少篇报道；一篇涉及几个省份的，在各省都计入。点数字看文章。", "Articles by province and month; one about several provinces counts in each. A number opens its articles."),
    "counting": Text("正在统计，稍候自动刷新。", "Counting; the page looks again by itself."),
    "caption": Text("各省份的文章篇数", "Articles by province"),
    "province": Text("省份", "Province"),
    "total": Text("合计", "Total"),
    NONE: Text("未写明", "Not told"),
    "topics": Text("主题", "Topics"),
    "topics_hint": Text("按标题和开头的用词，一篇最多三个。", "By the words of headline and opening, three at most."),
    "topic": Text("主题", "Topic"),
    "articles": Text("文章", "Articles"),
    "count": Text("共 {count} 篇", "Articles: {count}"),
    "all": Text("全部文章", "All articles"),
    "figures": Text("这些地区和时间的数字", "Figures of this place and time"),
    "none": Text("没有这样的文章", "There are no such articles"),
    "prev": Text("上一页", "Previous page"),
    "next": Text("下一页", "Next page"),
}  # fmt: skip


def coverage_page(coverage: Coverage | None, language: Language) -> str:
    """The page of the matrix; None where it is still being counted."""

    def words(name: str) -> str:
        return _TEXTS[name].to(language)

    header = f"<header><h1>{words('title')}</h1><p>{words('hint')}</p></header>"
    if coverage is None:
        told, head = (
            f'<p class="notice" role="status">{words("counting")}</p>',
            '<meta http-equiv="refresh" content="2">',
        )
    else:
        told, head = _matrix(coverage, language) + _topics(coverage, language), ""
    body = f'{bar("/coverage", language)}<main class="wide coverage">{header}{told}</main>'
    return whole_page(words("title"), body, language, head)


@dataclass(frozen=True, slots=True)
class ArticlesAsked:
    """Which articles a list is of, as the address says it; ``page`` counts from 0."""

    region: str = ""
    month: str = ""
    topic: str = ""
    page: str = ""

    @property
    def number(self) -> int:
        """The page as a number; 0 where the address does not name one."""
        return int(self.page) if self.page.isascii() and self.page.isdigit() and len(self.page) < 7 else 0


def list_page(asked: ArticlesAsked, coverage: Coverage, article: Callable[[str], Article], language: Language) -> str:
    """The page of the articles asked for; ``article`` fetches those that are shown."""
    ids = coverage.chosen(asked.region, asked.month, asked.topic)
    words = (name_of(asked.region, language), _column(asked.month, language), asked.topic)
    title = " · ".join(part[:60] for part in words if part) or _TEXTS["all"].to(language)
    first = asked.number * SHOWN
    items = "".join(_item(article(one), language) for one in ids[first : first + SHOWN])
    count = _TEXTS["count"].to(language).format(count=len(ids)) if ids else _TEXTS["none"].to(language)
    header = f"<header><h1>{escape(title)}</h1><p>{count}{_figures(asked, language) if ids else ''}</p></header>"
    told = f'<ol class="articles" start="{first + 1}">{items}</ol>{_pages(asked, len(ids), language)}' if items else ""
    return whole_page(title, f'{bar("/articles", language)}<main class="wide">{header}{told}</main>', language)


def list_url(**asked: str | int) -> str:
    """Where the articles of a province, a month and a topic are listed; safe inside an attribute.

    >>> list_url(region="安徽", month="2024-03", page=0)
    '/articles?region=%E5%AE%89%E5%BE%BD&amp;month=2024-03'
    """
    query = urlencode({name: value for name, value in asked.items() if value}, errors="replace")
    return f"/articles?{query.replace('&', '&amp;')}" if query else "/articles"


def shade(count: int, most: int) -> int:
    """How dark a cell is, from 0 for none to ``SHADES``; by the square root, so that small numbers are told apart too.

    >>> [shade(count, 1000) for count in (0, 1, 100, 1000)], shade(1, 1)
    ([0, 1, 2, 5], 5)
    """
    return math.ceil(SHADES * math.sqrt(count / most))


def days_of(month: str) -> tuple[str, str]:
    """The first and the last day of a month or a year, empty where it is neither.

    >>> days_of("2024-02"), days_of("2023"), days_of("-")
    (('2024-02-01', '2024-02-29'), ('2023-01-01', '2023-12-31'), ('', ''))
    """
    told = _MONTH.fullmatch(month)
    if not told or told[1] == "0000":
        return "", ""
    first, last = int(told[2] or 1), int(told[2] or 12)
    return f"{told[1]}-{first:02}-01", f"{told[1]}-{last:02}-{calendar.monthrange(int(told[1]), last)[1]:02}"


def name_of(region: str, language: Language) -> str:
    """A province as a reader of the language knows it.

    >>> name_of("安徽", "en"), name_of("安徽", "zh"), name_of("-", "en")
    ('Anhui', '安徽', 'Not told')
    """
    return _TEXTS[NONE].to(language) if region == NONE else texts.regions([region], language)


def _matrix(coverage: Coverage, language: Language) -> str:
    most = max(coverage.cells.values(), default=1)
    columns = "".join(f'<th scope="col">{escape(_column(name, language))}</th>' for name in coverage.columns)
    corner, total = _TEXTS["province"].to(language), _TEXTS["total"].to(language)
    rows = "".join(_row(coverage, region, most, language) for region in coverage.rows)
    caption = _TEXTS["caption"].to(language)
    head = f'<thead><tr><th scope="col">{corner}</th>{columns}<th scope="col">{total}</th></tr></thead>'
    table = f'<table class="matrix"><caption>{caption}</caption>{head}<tbody>{rows}</tbody></table>'
    return f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0">{table}</div>'


def _row(coverage: Coverage, region: str, most: int, language: Language) -> str:
    counts = [coverage.cells.get((region, month), 0) for month in coverage.columns]
    cells = "".join(
        f'<td class="s{shade(count, most)}"><a href="{list_url(region=region, month=month)}">{count}</a></td>'
        if count
        else '<td class="s0">0</td>'
        for month, count in zip(coverage.columns, counts, strict=True)
    )
    total = f'<td class="total"><a href="{list_url(region=region)}">{sum(counts)}</a></td>'
    return f'<tr><th scope="row">{escape(name_of(region, language))}</th>{cells}{total}</tr>'


def _column(month: str, language: Language) -> str:
    return _TEXTS[NONE].to(language) if month == NONE else month


def _topics(coverage: Coverage, language: Language) -> str:
    if not coverage.topics:
        return ""
    most = max(coverage.topics.values())
    rows = "".join(
        f'<tr><th scope="row">{escape(topic)}</th><td class="s{shade(count, most)}">'
        f'<a href="{list_url(topic=topic)}">{count}</a></td></tr>'
        for topic, count in coverage.topics.items()
    )
    heads = "".join(f'<th scope="col">{_TEXTS[name].to(language)}</th>' for name in ("topic", "articles"))
    hint = f'<p class="quiet">{_TEXTS["topics_hint"].to(language)}</p>'
    table = f'<table class="matrix topics"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return f"<h2>{_TEXTS['topics'].to(language)}</h2>{hint}{table}"


def _item(article: Article, language: Language) -> str:
    name = article.title or article.text.strip()[:_OPENING] or texts.UNTITLED.to(language)
    title = f'<a href="{article_url(article.article_id)}">{cut(name, 200)}</a>'
    by = [
        credited(article.publisher, article.source, language),
        day(article.published, language),
        texts.regions(article.regions, language),
    ]
    return f"<li>{title}<span>{cut(' · '.join(part for part in by if part), 300)}</span></li>"


def _figures(asked: ArticlesAsked, language: Language) -> str:
    if asked.topic or NONE in (asked.region, asked.month):
        return ""
    since, until = days_of(asked.month)
    address = facts_url(region=asked.region, since=since, until=until)
    return f' <a href="{address}">{_TEXTS["figures"].to(language)}</a>'


def _pages(asked: ArticlesAsked, count: int, language: Language) -> str:
    def link(name: str, page: int) -> str:
        address = list_url(region=asked.region, month=asked.month, topic=asked.topic, page=page)
        return f'<a rel="{name}" href="{address}">{_TEXTS[name].to(language)}</a>'

    before = link("prev", asked.number - 1) if asked.number else ""
    after = link("next", asked.number + 1) if (asked.number + 1) * SHOWN < count else ""
    return f'<p class="count">{before}{after}</p>' if before or after else ""
