"""Any sentence-transformers model by name or folder; one that is not there fails before anything heavy is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from regional_qa.backends.embedder_sentence_transformers import SentenceTransformerEmbedder
from regional_qa.errors import ModelError


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_uses_the_models_own_prompts(tmp_path: Path) -> None:
    """Queries and passages go through the prompts that the model was saved with; rows have length 1."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "query": 1, "passage": 2, "a": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.eye(4, dtype=np.float32)
    prompts = {"query": "query ", "document": "passage "}
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table)], prompts=prompts, device="cpu").save(
        str(tmp_path)
    )
    embedder = SentenceTransformerEmbedder.load(str(tmp_path))
    half = np.sqrt(0.5)
    np.testing.assert_allclose(embedder.encode_queries(["a"]), [[0, half, 0, half]], atol=1e-6)
    np.testing.assert_allclose(embedder.encode_passages(["a"]), [[0, 0, half, half]], atol=1e-6)
    assert embedder.dim == 4
    (tmp_path / "tokenizer.json").write_text((tmp_path / "tokenizer.json").read_text() + " ")
    assert SentenceTransformerEmbedder.load(str(tmp_path)).fingerprint != embedder.fingerprint


@pytest.mark.parametrize("name", ["no/such-model", "nothing", "", "."])
def test_missing_model(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the model and the cure."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="--embedder"):
        SentenceTransformerEmbedder.load(name)


def test_missing_model_imports_nothing_heavy() -> None:
    """The fault comes before torch or sentence_transformers is imported."""
    code = (
        "import sys\n"
        "from regional_qa.backends.embedder_sentence_transformers import SentenceTransformerEmbedder\n"
        "try: SentenceTransformerEmbedder.load('no/such-model')\n"
        "except Exception: print('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
