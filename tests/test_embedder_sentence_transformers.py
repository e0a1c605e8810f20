"""Any sentence-transformers model: its own prompts, never the network, and quick to say that it is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from regional_qa.backends.embedder_sentence_transformers import (
    CrossEncoderReranker,
    SentenceTransformerEmbedder,
    find_model,
)
from regional_qa.errors import ModelError

MODULES = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"


def write_tiny_model(folder: Path, document_prompt: str = "passage ") -> Path:
    """A hand-made model of four words in three dimensions, with prompts, not normalised."""
    words = {"[UNK]": 0, "query": 1, "passage": 2, "tea": 3, "steel": 4}
    table = np.array([[0, 0, 0], [3, 0, 0], [0, 3, 0], [0, 0, 4], [0, 0, -4]], dtype=np.float32)
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file({"embedding.weight": table}, folder / "model.safetensors")
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": MODULES}]))
    prompts = {"query": "query ", "document": document_prompt}
    config = {"model_type": "SentenceTransformer", "prompts": prompts, "similarity_fn_name": "cosine"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    return folder


def write_promptless(folder: Path) -> SentenceTransformerEmbedder:
    """The tiny model without a passage prompt, opened."""
    return SentenceTransformerEmbedder.load(str(write_tiny_model(folder, document_prompt="")))


def cache(folder: Path, name: str) -> Path:
    """Lay a tiny model into a Hugging Face cache, as its main revision."""
    repository = folder / f"models--{name.replace('/', '--')}"
    snapshot = write_tiny_model(repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    return snapshot


@pytest.mark.parametrize("name", ["no/such-model", "no-such-model", "./no/such/folder", "", "über/модель", "a/b/c"])
def test_a_missing_model_is_one_line_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The message names the model and says how to get it."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        find_model(name or "missing")
    assert (name or "missing") in str(caught.value)
    assert "pass its folder" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.fault("J1")
def test_a_missing_model_costs_no_import(tmp_path: Path) -> None:
    """Neither torch nor sentence_transformers is imported to say that a model is not there."""
    program = (
        "import sys\n"
        "from regional_qa.errors import ModelError\n"
        "from regional_qa.backends.embedder_sentence_transformers import SentenceTransformerEmbedder\n"
        "try:\n    SentenceTransformerEmbedder.load('no/such-model')\n"
        "except ModelError as error:\n    print(error)\n"
        "print([name for name in ('torch', 'sentence_transformers', 'huggingface_hub') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"HF_HUB_CACHE": str(tmp_path)}
    )
    message, imported = done.stdout.splitlines()
    assert "no/such-model" in message
    assert imported == "[]"


def test_a_folder_without_a_model_is_said_so(tmp_path: Path) -> None:
    """An existing folder is never taken for a name."""
    with pytest.raises(ModelError, match="without a model"):
        find_model(str(tmp_path))


def test_a_name_is_found_in_the_local_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By full name, or by the short name of sentence-transformers' own models."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    snapshot = cache(tmp_path, "sentence-transformers/tiny")
    assert find_model("sentence-transformers/tiny") == snapshot
    assert find_model("tiny") == snapshot


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_queries_and_passages_get_their_prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each side is encoded with the model's own prompt and brought to length 1."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    cache(tmp_path, "maker/tiny")
    embedder = SentenceTransformerEmbedder.load("maker/tiny")
    assert (embedder.name, embedder.dim) == ("maker/tiny", 3)
    query, passage = embedder.encode_queries(["tea"]), embedder.encode_passages(["tea"])
    assert query.dtype == passage.dtype == np.float32
    np.testing.assert_allclose(query, [[0.6, 0.0, 0.8]], atol=1e-6)
    np.testing.assert_allclose(passage, [[0.0, 0.6, 0.8]], atol=1e-6)
    assert embedder.encode_passages([]).shape == (0, 3)
    np.testing.assert_array_equal(write_promptless(tmp_path / "plain").encode_passages(["unheard"]), [[0.0, 0.0, 0.0]])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_fingerprint_follows_weights_and_prompts(tmp_path: Path) -> None:
    """A copy has the same fingerprint, another prompt another one."""
    one, same, other = (
        SentenceTransformerEmbedder.load(str(write_tiny_model(tmp_path / name, prompt))).fingerprint
        for name, prompt in (("one", "passage "), ("same", "passage "), ("other", "steel "))
    )
    assert one == same != other


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.fault("J3")
def test_a_broken_model_is_one_line(tmp_path: Path) -> None:
    """Damage inside the folder is a ModelError, whatever the library raised."""
    folder = write_tiny_model(tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelError, match="cannot be opened") as caught:
        SentenceTransformerEmbedder.load(str(folder))
    assert "\n" not in str(caught.value)


def test_a_cross_encoder_scores_pairs(tmp_path: Path) -> None:
    """A tiny one made by hand is opened from its folder and gives a finite score a text; what is none is refused."""
    from transformers import BertConfig, BertForSequenceClassification

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "tea", "steel"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    config = BertConfig(vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
                        intermediate_size=8, num_labels=1)  # type: ignore[call-arg]  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    reranker = CrossEncoderReranker.load(str(tmp_path))
    scores = reranker.scores("tea", ["tea steel", "steel"])
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()
    assert reranker.scores("tea", []).shape == (0,)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be opened as a cross-encoder"):
        CrossEncoderReranker.load(str(tmp_path))
