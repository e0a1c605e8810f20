"""Every name by which a region of China is written, made of the official list and of what no list holds.

Knows nothing about the texts in which they are looked for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from regional_qa.knowledge.place_names import (
    AMBIGUOUS,
    ENGLISH,
    GROUPS,
    MORE,
    NOT_PLACES,
    PEOPLES,
    PROVINCES,
    SUFFIXES,
    TRADITIONAL,
)

DIVISIONS, SPELLINGS = (Path(__file__).with_name(name) for name in ("divisions.tsv", "spellings.tsv"))
LATIN = re.compile("[A-Za-z]+")


@functools.cache
def english() -> tuple[re.Pattern[str], frozenset[str]]:
    """All English names as a pattern, and the letters each begins with, which are quicker to look for."""
    written = (re.escape(name).replace(r"\ ", r"\s+").replace("'", "['’]") for name in ENGLISH)
    longest = "|".join(sorted(written, key=len, reverse=True))
    firsts = (LATIN.match(name) for name in ENGLISH)
    return re.compile(rf"\b(?:{longest})\b", re.IGNORECASE), frozenset(first[0] for first in firsts if first)


def english_name(name: str) -> str:
    """What a place is called in English; the name itself where that is not known.

    >>> [english_name(name) for name in ("安徽", "西安", "京津冀", "兰考", "火星")]
    ['Anhui', "Xi'an", 'Beijing-Tianjin-Hebei', 'Lankao', '火星']
    """
    return _in_english().get(name, name)


@functools.cache
def _in_english() -> Mapping[str, str]:
    named: dict[str, str] = {}
    for latin, chinese in ENGLISH.items():
        named.setdefault(chinese, re.sub(r"(?<!')\b[a-z]", lambda first: first[0].upper(), latin))
    for latin, chinese in spellings().items():
        named.setdefault(chinese, latin.capitalize())
    return named


@functools.cache
def spellings() -> Mapping[str, str]:
    """How prefectures and counties are spelled by their sound -> their names: lankao -> 兰考."""
    lines = (line for line in SPELLINGS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return dict(line.split("\t") for line in lines)


@functools.cache
def writing() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A traditional character of a name, and where a name may begin: by its first character, and the second behind."""
    traditional = "".join(map(chr, TRADITIONAL))
    first, second = ("".join({re.escape(start[at]) for start in starts()}) for at in (0, 1))
    return re.compile(f"[{traditional}]"), re.compile(f"[{first}](?=[{second}])")


@functools.cache
def names() -> Mapping[str, list[tuple[str, tuple[str, ...]]]]:
    """Every name -> the (plain name, provinces) it may stand for."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}

    def add(written: str, plain: str, provinces: tuple[str, ...]) -> None:
        places = found.setdefault(written, [])
        if all(provinces != known for _, known in places):
            places.append((plain, provinces))

    for group, members in GROUPS.items():
        add(group, group, members)
    for name, (plain, province) in MORE.items():
        add(name, plain, (province,))
    for province, full, prefecture, _ in _divisions():
        add(full, province, (province,))
        add(province, province, (province,))
        if prefecture:
            short = short_name(prefecture)
            for written in (prefecture, _brief(prefecture, short), *([] if short in PROVINCES else [short])):
                add(written, _plain(prefecture), (province,))
    taken = set(found)
    for province, _, _, counties in _divisions():
        for county in counties:
            whole = county.rstrip("*")
            short = short_name(whole)
            safe = county.endswith("*") and short not in taken and short not in AMBIGUOUS
            for written in (whole, _brief(whole, short), *([short] if safe or short in AMBIGUOUS else [])):
                add(written, short if safe else whole, (province,))
    return found | {word: [] for word in NOT_PLACES}


@functools.cache
def prefectures() -> Mapping[tuple[str, str], str]:
    """(plain name, province) of a county -> the plain name of the prefecture it lies in.

    >>> prefectures()["肥西", "安徽"]
    '合肥'
    """
    known = names()
    return {
        (plain, province): _plain(prefecture)
        for province, _, prefecture, counties in _divisions()
        for county in counties
        for plain, provinces in known[county.rstrip("*")]
        if prefecture and provinces == (province,)
    }


@functools.cache
def starts() -> Mapping[str, tuple[int, ...]]:
    """First two characters of a name -> the lengths of the names that start so, longest first."""
    lengths: dict[str, set[int]] = {}
    for name in names():
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}


@functools.cache
def _divisions() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """(province, its full name, prefecture or empty, counties) by the lines of the official list."""
    lines = (line for line in DIVISIONS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    rows = (line.split("\t") for line in lines)
    return tuple(
        (next(one for one in PROVINCES if full.startswith(one)), full, prefecture, tuple(counties.split()))
        for full, prefecture, counties in rows
    )


def _plain(prefecture: str) -> str:
    """The short name of a prefecture, where no province or word has it."""
    short = short_name(prefecture)
    return prefecture if short in PROVINCES or short in AMBIGUOUS else short


def _brief(name: str, short: str) -> str:
    """How people write an autonomous division: 石柱土家族自治县 -> 石柱县; any other stays as it is."""
    return short + name[-1] if "自治" in name else name


def short_name(name: str) -> str:
    """A division's name without what tells its kind and peoples: 延边朝鲜族自治州 -> 延边."""
    short = next((name[: -len(s)] for s in SUFFIXES if name.endswith(s) and len(name) - len(s) >= 2), name)
    while people := next((p for p in PEOPLES if short.endswith(p) and len(short) - len(p) >= 2), ""):
        short = short[: -len(people)]
    return short
