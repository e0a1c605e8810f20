"""One vocabulary, two libraries: the quick one only where both find the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from regional_qa.backends.embedder_static import tokenizer as module
from regional_qa.backends.embedder_static.tokenizer import FILE, open_tokenizer
from regional_qa.reading import Problem, corpus_sources, read_file

BUNDLED = Path(module.__file__).parents[2] / "models" / "bundled"
CORPUS = Path(__file__).parents[1] / "corpus"
AWKWARD = [
    "",
    " \n\t",
    "２０２３年，安徽省ＧＤＰ同比增長15.3%——“光伏”佔1/3；COVID-19后3D打印A4纸",
    "🚀 \x00 é\u0301 ㎡ ½ ① \u2028 안녕 наука_x",
    "a\udcb0b",
    "第" * 5000,
]


def written(folder: Path, **changes: Any) -> Path:
    """A folder with the bundled tokenizer, changed."""
    told = json.loads((BUNDLED / FILE).read_text(encoding="utf-8"))
    (folder / FILE).write_text(json.dumps(told | changes), encoding="utf-8")
    return folder


def texts() -> list[str]:
    """Whatever the example corpus says, in sentences, and what no newspaper prints."""
    found: list[str] = []
    for source in corpus_sources(CORPUS):
        if isinstance(source, Problem):
            continue  # SOURCES.md
        for item in read_file(source.path, source.origin):
            assert not isinstance(item, Problem)
            found += [item.title, item.text, *item.text.splitlines()]
    return found + AWKWARD


def test_both_libraries_find_the_same_tokens() -> None:
    """The bundled vocabulary is sentencepiece's kind; what tokenizers says of it holds, unknown signs left aside."""
    whole = Tokenizer.from_file(str(BUNDLED / FILE))
    quick = open_tokenizer(BUNDLED)
    assert quick.size == whole.get_vocab_size()
    asked = texts()
    for text, ids in zip(asked, quick.encode(asked), strict=True):
        expected = whole.encode(text.replace("\udcb0", " "), add_special_tokens=False).ids
        assert [one for one in ids if one] == [one for one in expected if one], text[:80]
    assert quick.encode([]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"pre_tokenizer": {"type": "Whitespace"}},
        {"normalizer": {"type": "Lowercase"}},
        {
            "model": {
                "type": "Unigram",
                "unk_id": 0,
                "byte_fallback": False,
                "vocab": [["?", -9], ["3d", -1], ["打印", -2]],
            }
        },
        {"model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "打印": 1}}},
    ],
)
def test_another_kind_is_left_to_tokenizers(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Other rules, and pieces that lie across a place where the rules part a text."""
    folder = written(tmp_path, **changes)
    asked = ["3D打印", "打印 机", ""]
    whole = Tokenizer.from_file(str(folder / FILE))
    expected = [whole.encode(text, add_special_tokens=False).ids for text in asked]
    assert [list(ids) for ids in open_tokenizer(folder).encode(asked)] == expected
    assert list(open_tokenizer(folder).encode(asked[:1])[0]) == expected[0]


def test_any_vocabulary_of_its_kind_is_taken(tmp_path: Path) -> None:
    """Long pieces, rare characters, and none of the bundled map of characters."""
    pieces = [["?", -30.0], ["多" * 200, -3.0], ["多", -4.0], ["𠮷", -5.5], ["年" * 43, -2.0], ["2023", -1.0]]
    model = {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": pieces}
    folder = written(tmp_path, model=model, normalizer=None)
    asked = ["多" * 401 + "𠮷" + "年" * 43 + "2023年"]
    (ids,) = open_tokenizer(folder).encode(asked)
    expected = Tokenizer.from_file(str(folder / FILE)).encode(asked[0], add_special_tokens=False).ids
    assert list(ids) == expected
    np.testing.assert_array_equal(np.unique(expected), [0, 1, 2, 3, 4, 5])
