"""The torch-free loader of static models, and the bundled model itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from regional_qa.backends import embedder_static
from regional_qa.backends.embedder_static import StaticEmbedder, is_static
from regional_qa.errors import ModelError

BUNDLED = Path(embedder_static.__file__).parents[2] / "models" / "bundled"
AWKWARD = [
    "",
    " \n\t",
    "，。！？",
    "安",
    "安徽光伏产量占全国多少",
    "２０２３年上半年，安徽省ＧＤＰ同比增長15.3%。",
    "Economic growth of Anhui Province in 2023",
    "🚀🚀 \ud7ff\x00 é\u0301 ㎡",
    "重复。" * 300,
    "没有句号的一段话" * 200,
]


@pytest.fixture(scope="module")
def bundled() -> StaticEmbedder:
    """The model that ships."""
    return StaticEmbedder.load(BUNDLED)


def write_model(folder: Path, **files: str | bytes) -> Path:
    """A folder holding a copy of the bundled configuration, with some files replaced."""
    folder.mkdir()
    for name in ("modules.json", "tokenizer.json", "model.safetensors"):
        shutil.copy(BUNDLED / name, folder / name)
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_rows_have_length_one_or_are_zero(bundled: StaticEmbedder) -> None:
    """Every text with a known word gives a unit row; one without gives zeros; never NaN."""
    vectors = bundled.encode_passages(AWKWARD)
    assert vectors.shape == (len(AWKWARD), bundled.dim)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths[3:7], 1.0, atol=1e-5)
    np.testing.assert_array_equal(lengths[:3], 0.0)
    assert not np.isnan(vectors).any()


def test_a_text_has_one_vector_whatever_its_company(bundled: StaticEmbedder) -> None:
    """Batching, order and repetition do not matter; queries and passages are encoded alike."""
    together = bundled.encode_passages(AWKWARD)
    alone = np.vstack([bundled.encode_queries([text]) for text in AWKWARD])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(bundled.encode_passages(AWKWARD[::-1])[::-1], together)


def test_no_text_gives_no_row(bundled: StaticEmbedder) -> None:
    """An empty list is not an error."""
    assert bundled.encode_passages([]).shape == (0, bundled.dim)


def test_width_case_and_script_do_not_matter(bundled: StaticEmbedder) -> None:
    """Full-width, upper-case and traditional forms are the same text."""
    plain, other = bundled.encode_queries(["安徽gdp增长，国家统计局发布", "安徽ＧＤＰ增長，國家統計局發布"])
    np.testing.assert_allclose(plain, other, atol=1e-6)


def test_a_million_characters(bundled: StaticEmbedder) -> None:
    """A giant text is encoded like a small one that says the same over and over."""
    sentence = "安徽光伏产量占全国多少，"
    giant, small = bundled.encode_passages([sentence * 85_000, sentence])
    np.testing.assert_allclose(giant, small, atol=1e-3)


def test_undecodable_bytes_are_passed_over(bundled: StaticEmbedder) -> None:
    """A lone surrogate, as a terminal makes of a broken byte, separates words and is no fault."""
    broken, plain = bundled.encode_queries(["安徽\udcb0光伏", "安徽 光伏"])
    np.testing.assert_array_equal(broken, plain)


def test_more_texts_than_a_round(bundled: StaticEmbedder) -> None:
    """Texts beyond one round keep their rows."""
    texts = [f"{2000 + i % 30}年第{i % 7}季度" for i in range(5000)]
    vectors = bundled.encode_passages(texts)
    np.testing.assert_array_equal(vectors[4999:], bundled.encode_passages(texts[4999:]))


def test_translations_are_nearer_than_other_words(bundled: StaticEmbedder) -> None:
    """Chinese and English of one thing point the same way."""
    pairs = {
        "经济增长": "economic growth",
        "人口": "population",
        "农业": "agriculture",
        "出口贸易": "export trade",
        "银行贷款": "bank loan",
        "高速铁路": "high-speed railway",
        "医院": "hospital",
        "气候变化": "climate change",
    }
    cosines = bundled.encode_queries(list(pairs)) @ bundled.encode_passages(list(pairs.values())).T
    assert (cosines.argmax(axis=1) == np.arange(len(pairs))).all()
    assert np.diag(cosines).mean() > 0.3 + cosines[~np.eye(len(pairs), dtype=bool)].mean()


def test_bundled_folder_is_small_and_licensed() -> None:
    """At most 40 MB, with its card and its own licence."""
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*") if path.is_file()) <= 40_000_000
    assert "CC BY-SA 4.0" in (BUNDLED / "LICENSE").read_text(encoding="utf-8")
    assert "license: cc-by-sa-4.0" in (BUNDLED / "README.md").read_text(encoding="utf-8")


def test_fingerprint_follows_the_files(tmp_path: Path, bundled: StaticEmbedder) -> None:
    """The same files give the same fingerprint anywhere; another tokenizer gives another."""
    assert StaticEmbedder.load(write_model(tmp_path / "copy")).fingerprint == bundled.fingerprint
    tokenizer = (BUNDLED / "tokenizer.json").read_text(encoding="utf-8") + "\n"
    changed = StaticEmbedder.load(write_model(tmp_path / "changed", tokenizer__json=tokenizer))
    assert changed.fingerprint != bundled.fingerprint


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("modules__json", "[]", "no static embedding model"),
        ("modules__json", "{", "no static embedding model"),
        ("tokenizer__json", "{}", "tokenizer.json is damaged"),
        ("tokenizer__json", "\x00", "tokenizer.json is damaged"),
        ("model__safetensors", b"", "model.safetensors is damaged"),
        ("model__safetensors", b"\x08" + b"\x00" * 7 + b"{}      ", "model.safetensors is damaged"),
    ],
)
@pytest.mark.fault("J3")
def test_a_damaged_folder_is_named_with_the_cure(tmp_path: Path, file: str, content: str | bytes, said: str) -> None:
    """Damage is one line that names the file."""
    with pytest.raises(ModelError, match=said) as caught:
        StaticEmbedder.load(write_model(tmp_path / "model", **{file: content}))
    assert "\n" not in str(caught.value)


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    """So is absence."""
    with pytest.raises(ModelError, match="no static embedding model"):
        StaticEmbedder.load(tmp_path / "nowhere")
    (write_model(tmp_path / "model") / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"lacks .*model\.safetensors"):
        StaticEmbedder.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["StaticEmbedding", "Normalize"], True),
        (["StaticEmbedding"], True),
        (["StaticEmbedding", "Dense"], False),
        (["Transformer", "Pooling"], False),
    ],
)
def test_static_models_are_told_by_their_modules(tmp_path: Path, kinds: list[str], expected: bool) -> None:
    """Only a token table, normalised or not, needs no torch."""
    modules = [
        {"type": f"sentence_transformers.models.{kind}", "path": f"{i}_" * bool(i)} for i, kind in enumerate(kinds)
    ]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    assert is_static(tmp_path) is expected


def test_loading_needs_no_torch() -> None:
    """Neither torch nor sentence_transformers is imported on the way to a vector."""
    program = (
        "import sys; from pathlib import Path\n"
        "from regional_qa.backends.embedder_static import StaticEmbedder\n"
        f"StaticEmbedder.load(Path({str(BUNDLED)!r})).encode_queries(['安徽'])\n"
        "print([name for name in ('torch', 'sentence_transformers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_agrees_with_sentence_transformers(bundled: StaticEmbedder) -> None:
    """SentenceTransformer opens the same folder and gives the same vectors within 1e-3."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(BUNDLED), device="cpu", local_files_only=True)
    ours = bundled.encode_passages(AWKWARD)
    np.testing.assert_allclose(model.encode(AWKWARD), ours, atol=1e-3)


def test_words_are_held_against_words(bundled: StaticEmbedder) -> None:
    """A word is at cosine 1 from itself; passages stand end to end."""
    passages = bundled.tokenize(["光伏玻璃", "", "柠檬种植"])
    lengths, cosines = bundled.word_cosines(bundled.tokenize(["光伏 玻璃"]).ids, passages.ids)
    assert (lengths > 0).all()
    assert cosines.shape == (len(lengths), len(passages.ids))
    np.testing.assert_allclose(np.diag(cosines), 1, atol=1e-5)
    assert (cosines[:, passages.starts[2] :] < 0.9).all()
    nothing = bundled.tokenize([""])
    assert [part.shape for part in bundled.word_cosines(nothing.ids, passages.ids)] == [(0,), (0, len(passages.ids))]
    assert bundled.word_cosines(passages.ids, nothing.ids)[1].shape == (len(passages.ids), 0)
    np.testing.assert_array_equal(bundled.pool(passages), bundled.encode_passages(["光伏玻璃", "", "柠檬种植"]))
