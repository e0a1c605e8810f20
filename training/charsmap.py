"""One character table -> the ``precompiled_charsmap`` that the tokenizer applies to every text.

The table folds compatibility forms (NFKC), case and traditional characters in a single pass, which a chain of
3,500 replacements could not do in useful time. The format is a double-array trie followed by the replacements,
each closed by a zero byte. Knows nothing of vocabularies or training.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def folding_table(traditional_to_simplified: Mapping[str, str]) -> dict[str, str]:
    """Every character that changes under NFKC, lower case and traditional -> simplified, with what it becomes.

    >>> table = folding_table({"體": "体"})
    >>> table["體"], table["Ａ"], table["㎡"], "体" in table
    ('体', 'a', 'm2', False)
    """
    script = {old: new for old, new in traditional_to_simplified.items() if not _is_simplified(old)}
    table = {}
    for code in range(1, sys.maxunicode + 1):
        char = chr(code)
        if 0xAC00 <= code <= 0xD7A3 or unicodedata.category(char) in ("Cs", "Cn", "Co"):
            continue
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).lower())
        folded = "".join(script.get(one, one) for one in folded)
        if folded != char:
            table[char] = folded
    return table


def _is_simplified(char: str) -> bool:
    """Whether simplified text writes it too (著名, 乾隆, 宁夏): folding it would merge words that differ."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def compile_charsmap(table: Mapping[str, str]) -> bytes:
    """``table`` as sentencepiece stores it: trie size (4 bytes), trie (uint32 units), replacements.

    >>> len(compile_charsmap({"A": "a"})) % 4
    2
    """
    replacements = bytearray()
    offset_of: dict[str, int] = {}
    for folded in sorted(set(table.values())):
        offset_of[folded] = len(replacements)
        replacements += folded.encode() + b"\x00"
    trie = _double_array({char.encode(): offset_of[folded] for char, folded in table.items()})
    return np.uint32(trie.nbytes).tobytes() + trie.tobytes() + bytes(replacements)


def _double_array(values: Mapping[bytes, int]) -> NDArray[np.uint32]:
    """A trie as units: label in bits 0-7, "a key ends here" in bit 8, distance to the children from bit 10.

    A child with ``label`` stands at ``base ^ label``; label 0 holds the value of a key, marked by bit 31.
    """
    children: dict[bytes, set[int]] = {b"": set()}
    for key in values:
        for end in range(len(key)):
            children.setdefault(key[:end], set()).add(key[end])
        children.setdefault(key, set()).add(0)
    units = np.zeros(1 << 20, dtype=np.uint32)
    taken = np.zeros(units.size, dtype=bool)
    taken[0] = True
    place = {b"": 0}
    bases: set[int] = set()
    tried: dict[tuple[int, ...], int] = {}
    for prefix in sorted(children, key=lambda one: (len(one), one)):
        labels = np.array(sorted(children[prefix]))
        # A base that once failed for these labels always will. Two nodes on one base would answer for each
        # other's children: a label does not say whose child it is.
        base = tried.get(tuple(labels), 256)
        while base in bases or taken[base ^ labels].any():
            base += 1
        tried[tuple(labels)] = base
        bases.add(base)
        here = place[prefix]
        units[here] |= np.uint32((here ^ base) << 10)
        for label in labels.tolist():
            child = base ^ label
            taken[child] = True
            if label:
                units[child] = label
                place[prefix + bytes([label])] = child
            else:
                units[here] |= np.uint32(1 << 8)
                units[child] = np.uint32(values[prefix] | 1 << 31)
    used = int(np.flatnonzero(taken)[-1]) + 1
    return units[: used + (-used) % 256]
