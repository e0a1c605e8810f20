"""Names of prefectures and counties -> how they are spelled in English (``knowledge/spellings.tsv``).

Run: pip install pypinyin==0.55.0 && python training/spell_regions.py

Left out are spellings of several places, of counties that Chinese texts name in full only, and those that mean something
else in English texts. Names that are not spelled by their sound (Hohhot) stand in ``place_names.ENGLISH``.
"""

from __future__ import annotations

from collections import defaultdict

from pypinyin import lazy_pinyin

from regional_qa.knowledge.place_names import ENGLISH
from regional_qa.knowledge.region_names import DIVISIONS, SPELLINGS, names, short_name

LEAST_LETTERS = 5
ELSE = frozenset(
    "boxing guide jingle bayan pingan dongfang taoyuan xuanwu qilin langya changjiang huanan wuling tianhe huarong huaxi "
    "jianye fuxing guangming tianshan fenghuang mulan xinhua nanhai dongfeng".split()
)
"""English words, rivers, firms and the like."""


def main() -> None:
    """Write the file anew; a prefecture goes before a county that sounds alike."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    rows = [line.split("\t") for line in DIVISIONS.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    for _, prefecture, counties in rows:
        for level, whole in ((0, prefecture), *((1, county.rstrip("*")) for county in counties.split())):
            name = short_name(whole)
            if len(name) > 1 and names().get(name):
                found["".join(lazy_pinyin(name))][level].add(name)
    lines = []
    for spelled, levels in sorted(found.items()):
        places = next(filter(None, levels))
        provinces = {province for place in places for _, some in names()[place] for province in some}
        sure = len(places) == len(provinces) == 1 and spelled.isalpha() and len(spelled) >= LEAST_LETTERS
        if sure and spelled not in ENGLISH and spelled not in ELSE:
            lines.append(f"{spelled}\t{places.pop()}\n")
    head = (
        "# How a prefecture or county is spelled in English. Made by training/spell_regions.py with pypinyin (MIT).\n"
    )
    SPELLINGS.write_text(head + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
