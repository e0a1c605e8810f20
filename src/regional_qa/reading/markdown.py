"""A Markdown file with front matter -> one Article. Knows nothing about newspapers or folders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from regional_qa.reading.cleaning import SURPLUS_LINES, heading, one_line
from regional_qa.reading.fields import to_article
from regional_qa.reading.problem import Problem, UnreadableError
from regional_qa.reading.tracing import Traced, put_together, trace
from regional_qa.types import Article

_FENCE = re.compile(r"-{3,}[^\S\n]*(\n|$)")


def read_markdown(text: str, origin: str) -> Iterator[Article | Problem]:
    """One article; headings stay as plain lines. A broken front matter gives a Problem and no article."""
    page = trace(text).strip()
    values: dict[str, object] = {}
    try:
        if _FENCE.match(page.text):
            values, rest = _front_matter(page.text)
            page = page.part(len(page.text) - len(rest), len(page.text)).strip()
        lines = [_unmarked(line) for line in page.lines()]
        level, words = lines[0]
        if level and values.get("title") in (None, "", words.text):
            values["title"] = one_line(words.text)
            lines = lines[1:]
        values["title"] = values.get("title") or PurePath(origin).stem
        body = put_together([line for _, line in lines], "\n").without(SURPLUS_LINES).strip()
        yield from to_article(values, origin, names_source=True, body=body)
    except UnreadableError as fault:
        yield fault.at(origin)


def _unmarked(line: Traced) -> tuple[int, Traced]:
    """The level of a heading, and its words alone."""
    if not line.text.lstrip().startswith("#"):
        return 0, line
    level, words = heading(line.text)
    start = line.text.index(words)
    return level, line.part(start, start + len(words))


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    import frontmatter
    import yaml  # type: ignore[import-untyped]

    if not re.search(r"\n-{3,}[^\S\n]*(\n|$)", text):
        raise UnreadableError("the front matter is not closed by a line `---`", line=1)
    try:
        handler = frontmatter.YAMLHandler()
        head, body = handler.split(text)
        values = handler.load(head, Loader=yaml.SafeLoader)  # the C loader crashes the process on deep nesting
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        problem = getattr(fault, "problem", None) or "not valid YAML"
        raise UnreadableError(f"broken front matter: {problem}", line=mark.line + 1 if mark else 1) from None
    except (ValueError, RecursionError) as fault:
        raise UnreadableError(f"broken front matter: {one_line(str(fault))[:100]}", line=1) from None
    if not isinstance(values, dict):
        raise UnreadableError("the front matter holds no `key: value` lines", line=1)
    return {key: value for key, value in values.items() if isinstance(key, str)}, str(body)
