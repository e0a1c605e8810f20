"""The bundled model: the same vectors as sentence-transformers gives, without its imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import regional_qa
from regional_qa.backends.embedder_static import StaticEmbedder, is_static
from regional_qa.errors import ModelError

FOLDER = Path(regional_qa.__file__).parent / "models" / "bundled"
TEXTS = [
    "安徽光伏产量占全国多少",
    "安徽逆變器產量佔全國總產量多少",
    "2023年，江西“新三样”产品出口额增长73.5%，总量居全国第6位。" * 20,
    "What share of the national total does Anhui's inverter output account for?",
    "ＧＤＰ同比增长５．２％",
]


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(FOLDER)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_agrees_with_sentence_transformers(embedder: StaticEmbedder) -> None:
    """``SentenceTransformer(folder)`` and our loader give the same rows within 1e-3."""
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(FOLDER), device="cpu").encode(TEXTS).astype(np.float32)
    np.testing.assert_allclose(embedder.encode_passages(TEXTS), theirs, atol=1e-3)


def test_rows_are_unit_and_repeatable(embedder: StaticEmbedder) -> None:
    """Rows have length 1, alone or in a batch; a text without known tokens gives zeros."""
    rows = embedder.encode_passages([*TEXTS, "", "\n"])
    np.testing.assert_allclose(np.linalg.norm(rows[:5], axis=1), 1, atol=1e-5)
    assert not rows[5:].any()
    for text, row in zip(TEXTS, rows, strict=False):
        np.testing.assert_allclose(embedder.encode_queries([text])[0], row, atol=1e-6)
    assert embedder.encode_queries([]).shape == (0, embedder.dim)


def test_scripts_and_widths_are_one(embedder: StaticEmbedder) -> None:
    """Traditional, full-width and capital forms have the vector of the plain one."""
    plain, other = embedder.encode_queries(["安徽逆变器产量占全国73.5% gdp", "安徽逆變器產量佔全國７３．５％ ＧＤＰ"])
    np.testing.assert_allclose(plain, other, atol=1e-6)


def test_meaning_crosses_languages(embedder: StaticEmbedder) -> None:
    """An English term is nearer to its Chinese name than to others."""
    chinese, english = ["经济增长", "投资", "人口", "铁路"], ["economic growth", "investment", "population", "railway"]
    cosines = embedder.encode_queries(english) @ embedder.encode_passages(chinese).T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_a_very_long_text(embedder: StaticEmbedder) -> None:
    """A million characters are embedded like any other text."""
    assert np.isfinite(embedder.encode_passages(["光伏产业" * 250_000])).all()


def test_size_and_kind() -> None:
    """The folder is small enough to ship, and is what ``is_static`` looks for."""
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 40 * 2**20
    assert is_static(FOLDER)
    assert not is_static(FOLDER.parent)


def test_damage_is_named(tmp_path: Path) -> None:
    """A cut or missing weights file is a fault with a cure."""
    for path in FOLDER.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(FOLDER)
            target.parent.mkdir(exist_ok=True, parents=True)
            target.write_bytes(path.read_bytes())
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="reinstall"):
        StaticEmbedder.load(tmp_path)
    weights.unlink()
    with pytest.raises(ModelError, match="reinstall"):
        StaticEmbedder.load(tmp_path)


def test_no_torch_is_loaded() -> None:
    """Encoding with the bundled model imports neither torch nor sentence_transformers."""
    code = (
        "import sys; from pathlib import Path; from regional_qa.backends.embedder_static import StaticEmbedder\n"
        f"StaticEmbedder.load(Path({str(FOLDER)!r})).encode_queries(['光伏'])\n"
        "print('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
