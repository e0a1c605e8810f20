"""Parts that are not what the index was built with: refused with the cure, never searched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from regional_qa.assemble import _BUNDLED_FOLDER
from regional_qa.backends.embedder_sentence_transformers import CrossEncoderReranker, SentenceTransformerEmbedder
from regional_qa.backends.embedder_static import StaticEmbedder
from regional_qa.backends.lexical_tantivy import TantivyIndex
from regional_qa.cli import main
from regional_qa.errors import IndexMismatch, ModelError
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.check import check
from regional_qa.indexing.generation import open_generation
from regional_qa.ports import Vectors
from regional_qa.retrieval import search
from tests.durability.editions import QUESTION, edition_of, publish_edition, write_edition
from tests.fakes import BigramEmbedder, fake_parts, write_corpus


@pytest.fixture
def index(fast_folder: Path) -> Path:
    """An index of one edition."""
    publish_edition(fast_folder / "corpus", fast_folder / "index", 1)
    return fast_folder / "index"


class Revised(BigramEmbedder):
    """The same name and fingerprint, other vectors: as after a revision, another pooling or another prefix."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return super().encode_passages([f"passage: {text}" for text in texts])


class Recut(TantivyIndex):
    """Cuts words as another version of the cutter might."""

    def terms(self, text: str) -> list[str]:
        return [term for term in super().terms(text) if len(term) > 1]


@pytest.mark.fault("J2")
def test_a_model_that_changed_under_its_name(index: Path) -> None:
    """The probe sentences tell; check names it too; after a rebuild it is the model of the index."""
    parts = replace(fake_parts(), embedder=Revised())
    with pytest.raises(IndexMismatch, match=r"no longer gives the vectors.*rebuild"):
        open_generation(index, parts)
    assert any("no longer gives the vectors" in fault for fault in check(index, parts).faults)
    rebuild(index.parent / "corpus", index, parts)
    assert edition_of(open_generation(index, parts)) == 1


@pytest.mark.fault("J2", "J3")
@pytest.mark.parametrize("change", [{"dim": 32}, {"fingerprint": "bigrams-2"}])
def test_another_model(index: Path, change: dict[str, object]) -> None:
    """Another size, or other bytes in its files: both sides and the cure are named."""
    with pytest.raises(IndexMismatch, match="rebuild"):
        open_generation(index, fake_parts(**change))


@pytest.mark.fault("J3")
def test_one_bit_of_the_weights(tmp_path: Path) -> None:
    """A model that is copied with one bit changed is another model."""
    folder = Path(shutil.copytree(_BUNDLED_FOLDER, tmp_path / "model"))
    whole = StaticEmbedder.load(folder)
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    assert StaticEmbedder.load(folder).fingerprint != whole.fingerprint


@pytest.mark.fault("J4")
@pytest.mark.parametrize("load", [SentenceTransformerEmbedder.load, CrossEncoderReranker.load])
def test_code_of_a_model_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Callable[[str], object]
) -> None:
    """The library is told so in every call, and to ask nobody."""
    (tmp_path / "config.json").write_text('{"auto_map": {"AutoModel": "modeling.Model"}}', encoding="utf-8")
    (tmp_path / "modeling.py").write_text("raise SystemExit('run')", encoding="utf-8")
    told: list[dict[str, object]] = []

    def opened(folder: str, **options: object) -> None:
        told.append(options)
        raise ValueError("it wants to run code")

    library = SimpleNamespace(SentenceTransformer=opened, CrossEncoder=opened)
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    with pytest.raises(ModelError, match="it wants to run code"):
        load(str(tmp_path))
    assert [(one["trust_remote_code"], one["local_files_only"]) for one in told] == [(False, True)]


@pytest.mark.fault("J5")
def test_another_word_cutter(index: Path) -> None:
    """Words that are cut otherwise would not be found."""
    parts = replace(fake_parts(), lexical_index=Recut)
    with pytest.raises(IndexMismatch, match=r"words are cut otherwise.*rebuild"):
        open_generation(index, parts)


class Broken(BigramEmbedder):
    """Gives what is no vector of its dimension, for passages or for queries alone."""

    def __init__(self, kind: str, only_queries: bool) -> None:
        super().__init__()
        self.kind, self.only_queries = kind, only_queries

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.spoilt(super().encode_passages(texts))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        good = super().encode_passages(texts)
        return good if self.only_queries else self.spoilt(good)

    def spoilt(self, good: Vectors) -> Vectors:
        """Made wrong in its kind."""
        if self.kind == "nan":
            return np.full_like(good, np.nan)
        width = {"wide": self.dim + 1, "narrow": self.dim - 1}[self.kind]
        return np.ones((len(good), width), dtype=np.float32)


@pytest.mark.fault("F7q")
@pytest.mark.parametrize("kind", ["nan", "wide", "narrow"])
def test_a_broken_model(index: Path, kind: str) -> None:
    """One clear fault, at rebuild and at the question; the index before is served."""
    with pytest.raises(ModelError):
        rebuild(index.parent / "corpus", index, replace(fake_parts(), embedder=Broken(kind, only_queries=False)))
    assert edition_of(open_generation(index, fake_parts())) == 1
    generation = open_generation(index, replace(fake_parts(), embedder=Broken(kind, only_queries=True)))
    with pytest.raises(ModelError):
        search(generation, QUESTION)


OPTIMISED = """
import sys
from dataclasses import replace
from pathlib import Path
from regional_qa.errors import ModelError
from regional_qa.indexing.generation import open_generation
from regional_qa.retrieval import search
from tests.durability.test_models import Broken
from tests.fakes import fake_parts
assert False, "this is no optimised run"
for kind in ("nan", "wide", "narrow"):
    try:
        search(open_generation(Path(sys.argv[1]), replace(fake_parts(), embedder=Broken(kind, True))), "光伏玻璃产量")
    except ModelError:
        continue
    sys.exit(f"{kind} was searched with")
"""


@pytest.mark.fault("F7q")
def test_a_broken_model_without_assertions(index: Path) -> None:
    """The same under ``python -O``, where the assertions of faiss are gone."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-O", "-c", OPTIMISED, str(index)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.fault("B6", "C9")
def test_nothing_is_read_from_or_written_to_the_temporary_folder(
    index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A planted cache of another word cutter changes nothing, and neither does a folder that cannot be written."""
    before = [(hit.passage.text, hit.score) for hit in search(open_generation(index, fake_parts()), QUESTION)]
    (tmp_path / "jieba.cache").write_bytes(b"\x80\x04planted")
    for folder in (tmp_path, Path("/dev/null/none")):
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        generation = open_generation(index, fake_parts())
        assert [(hit.passage.text, hit.score) for hit in search(generation, QUESTION)] == before
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]


OPENED: list[str] = []
WATCHING: list[bool] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note what is opened or unpickled while somebody watches; a hook cannot be taken out again."""
    if WATCHING and event in ("open", "pickle.find_class"):
        OPENED.append(f"{event} {arguments[0]!r}")


@pytest.mark.fault("C8")
def test_no_pickle_is_ever_opened(index: Path) -> None:
    """However it is called and wherever it lies: beside the index it is not touched, within it is refused unread."""
    sys.addaudithook(watch)
    names = ("index.pkl", "cache.pickle", "docstore.joblib", "vectors.npy", "index.marshal")
    for name in names:
        (index / name).write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    WATCHING.append(True)
    search(open_generation(index, fake_parts()), QUESTION)
    publish_edition(index.parent / "corpus", index, 2)
    WATCHING.clear()
    assert not [one for one in OPENED if "pickle.find_class" in one or any(name in one for name in names)]
    assert any("MANIFEST" in one for one in OPENED)


@pytest.mark.fault("J8")
def test_without_what_only_other_models_need(tmp_path: Path) -> None:
    """The core works where sentence-transformers, torch and the language model's client are missing; a model by name says so."""
    corpus = write_edition(tmp_path / "corpus", 1)
    code = (
        "import sys\n"
        "for name in ('sentence_transformers', 'torch', 'httpx', 'gradio'): sys.modules[name] = None\n"
        "from regional_qa.cli import main\n"
        f"assert main(['rebuild', '--corpus', {str(corpus)!r}, '--index', {str(tmp_path / 'index')!r}]) == 0\n"
        f"assert main(['ask', '安徽光伏玻璃产量增长多少', '--index', {str(tmp_path / 'index')!r}]) == 0\n"
        f"sys.exit(main(['ask', '光伏', '--index', {str(tmp_path / 'index')!r}, '--embedder', {str(tmp_path / 'model')!r}]))"
    )
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "modules.json").write_text("[]", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "sentence_transformers" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert "第1版" in done.stdout


@pytest.mark.fault("J1")
def test_a_missing_model_is_told_before_anything_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No network is tried, no index touched."""
    corpus = write_corpus(tmp_path / "corpus", a="安徽光伏产量第一。")
    command = ["rebuild", "--corpus", str(corpus), "--index", str(tmp_path / "index"), "--embedder", "no/such-model"]
    assert main(command) == 1
    assert "download it on a machine with a network" in capsys.readouterr().err
    assert not (tmp_path / "index").exists()
    assert os.environ.get("HF_HUB_OFFLINE", "1") == "1"
