"""The state of an index -> its page, in Chinese or English. Knows nothing about where the state comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from regional_qa.web.index_state import Building, IndexState, Stage, Stale, Trouble
from regional_qa.web.language import Language
from regional_qa.web.pages import bar, whole_page
from regional_qa.web.render import cut, escape
from regional_qa.web.texts import Text

SHOWN = 200
"""Files named on the page at most; report.jsonl holds all."""
REFRESH_SECONDS = 5
"""How often the page looks again while a rebuild runs."""
_TEXTS: Mapping[str, Text] = {
    "title": Text("索引状态", "State of the index"),
    "hint": Text("正在回答问题的这一版索引，以及重建时没能读出的文件。", "The index that answers now, and what could not be read when it was built."),
    "serving": Text("正在回答", "answering"),
    "generation": Text("版本", "Generation"),
    "built": Text("建成", "Built"),
    "articles": Text("文章", "Articles"),
    "reprints": Text("转载（已并入）", "Reprints (folded)"),
    "passages": Text("段落", "Passages"),
    "embedder": Text("模型", "Model"),
    "recall": Text("向量检索召回率", "Recall of vector search"),
    "size": Text("大小", "Size"),
    "corpus": Text("语料", "Corpus"),
    "fresh": Text("与索引一致（按文件名与修改时间）", "unchanged since (by names and times of files)"),
    "stale": Text("已有变化：新增 {new}、修改 {changed}、删除 {gone}；请运行 regional-qa rebuild", "has changed: {new} new, {changed} changed, {gone} gone; run `regional-qa rebuild`"),
    "away": Text("不在原处，无法比较", "is not where it was, so nothing can be compared"),
    "building": Text("正在重建：{stage}，已 {seconds} 秒，写出 {written}；期间照常回答。", "A rebuild is running: {stage}, {seconds} s so far, {written} written; questions are answered all the while."),
    "older": Text("最新一版打不开，正在用较早的 {name} 回答。", "The newest generation cannot be opened; {name}, an older one, answers."),
    "fault": Text("现在不能回答", "Cannot answer now"),
    "lost": Text("没能读出（{count}）", "Not read ({count})"),
    "notes": Text("读出时的说明（{count}）", "Notes of reading ({count})"),
    "changed_files": Text("有变化的文件（{count}）", "Files that changed ({count})"),
    "file": Text("文件", "File"),
    "reason": Text("原因", "Reason"),
    "more": Text("另有 {count} 个，全部在 report.jsonl", "{count} more; report.jsonl has all"),
    "sound": Text("全部文件都已读出。", "Every file was read."),
}  # fmt: skip
_STAGES: Mapping[Stage, Text] = {
    "read": Text("阅读", "reading"),
    "index": Text("切分、编制索引", "cutting and indexing"),
    "verify": Text("校验", "verifying"),
}


def status_page(state: IndexState, serving: str, language: Language) -> str:
    """The page; ``serving`` is the generation that answers, empty where none does."""

    def words(name: str) -> str:
        return _TEXTS[name].to(language)

    notices = [_building(state.building, language)] if state.building else []
    if state.fault:
        notices.append(f'<p class="notice"><strong>{words("fault")}</strong> {cut(_line(state.fault))}</p>')
    elif serving and serving != state.generation and not state.building:
        notices.append(f'<p class="notice">{words("older").format(name=escape(serving))}</p>')
    header = f"<header><h1>{words('title')}</h1><p>{words('hint')}</p></header>"
    told = "" if state.fault else _numbers(state, serving, language) + _files(state, language)
    head = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if state.building else ""
    body = f'{bar("/status", language)}<main class="wide state">{header}{"".join(notices)}{told}</main>'
    return whole_page(words("title"), body, language, head)


def size_words(size: int) -> str:
    """A number of bytes as a person reads it.

    >>> size_words(512), size_words(725_900_427), size_words(1_350_810)
    ('512 B', '692.3 MiB', '1.3 MiB')
    """
    amount, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"


def moment(built: str) -> str:
    """A moment as the manifest tells it, in words that need no time zone of the reader.

    >>> moment("2026-11-21T08:05:09+00:00"), moment("?")
    ('2026-11-21 08:05 UTC', '?')
    """
    try:
        return datetime.fromisoformat(built).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return built


def _building(building: Building, language: Language) -> str:
    line = (
        _TEXTS["building"]
        .to(language)
        .format(
            stage=_STAGES[building.stage].to(language), seconds=building.seconds, written=size_words(building.written)
        )
    )
    return f'<p class="notice" role="status">{line}</p>'


def _numbers(state: IndexState, serving: str, language: Language) -> str:
    answering = f" · {_TEXTS['serving'].to(language)}" if serving == state.generation else ""
    told = {
        "generation": state.generation + answering,
        "built": moment(state.built),
        "articles": f"{state.articles:,}",
        "reprints": f"{state.reprints:,}" if state.reprints else "",
        "passages": f"{state.passages:,}",
        "embedder": state.embedder,
        "recall": f"{state.recall:.3f}" if state.recall is not None else "",
        "size": size_words(state.size),
        "corpus": _freshness(state.stale, language),
    }
    rows = (f"<dt>{_TEXTS[name].to(language)}</dt><dd>{cut(value)}</dd>" for name, value in told.items() if value)
    return f"<dl>{''.join(rows)}</dl>"


def _freshness(stale: Stale | None, language: Language) -> str:
    if stale is None:
        return _TEXTS["away"].to(language)
    if not stale:
        return _TEXTS["fresh"].to(language)
    return _TEXTS["stale"].to(language).format(new=stale.new, changed=stale.changed, gone=stale.gone)


def _files(state: IndexState, language: Language) -> str:
    lost = [trouble for trouble in state.troubles if trouble.lost]
    notes = [trouble for trouble in state.troubles if not trouble.lost]
    changed = [Trouble(name, "", lost=False) for name in state.stale.files] if state.stale else []
    tables = (
        _table(name, found, language) for name, found in (("lost", lost), ("changed_files", changed), ("notes", notes))
    )
    sound = "" if lost else f'<p class="quiet">{_TEXTS["sound"].to(language)}</p>'
    return sound + "".join(tables)


def _table(name: str, troubles: list[Trouble], language: Language) -> str:
    if not troubles:
        return ""
    heading = _TEXTS[name].to(language).format(count=len(troubles))
    reasoned = any(trouble.reason for trouble in troubles)
    heads = "".join(f'<th scope="col">{_TEXTS[key].to(language)}</th>' for key in _columns(reasoned))
    rows = "".join(
        f"<tr><td>{cut(trouble.origin, 300)}</td>{f'<td>{cut(_line(trouble.reason), 300)}</td>' if reasoned else ''}</tr>"
        for trouble in troubles[:SHOWN]
    )
    rest = len(troubles) - SHOWN
    more = f'<p class="quiet">{_TEXTS["more"].to(language).format(count=rest)}</p>' if rest > 0 else ""
    return f"<h2>{heading}</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _columns(reasoned: bool) -> Iterable[str]:
    return ("file", "reason") if reasoned else ("file",)


def _line(text: str) -> str:
    return " ".join(text.split())
