"""From ../shared/data to the bundled model: vocabulary, pairs, contrastive training, evaluation.

Run: python training/train.py            (2 cores, under an hour; needs ../shared beside the project)

A static table: one vector a token; a text is the mean of its tokens' vectors, brought to length 1. In a batch of pairs
each text is to be nearer to its partner than to the partners of the others (InfoNCE, van den Oord et al. 2018,
arXiv:1807.03748, in both directions). A vector starts as random directions, shorter for common tokens (Arora et al.
2017, "A simple but tough-to-beat baseline"), so that the mean weighs rare words from the first step on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import torch
from batches import Texts
from judge import SETS, judge
from numpy.typing import NDArray
from prepare import Draw, prepare
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch.nn.functional import embedding_bag, normalize
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MODEL = ROOT / "src" / "regional_qa" / "models" / "bundled"
WORK = Path(__file__).resolve().parent / "work"
SCALE = 20.0
PEAK_RATE = 5e-3
MODULE = "sentence_transformers.sentence_transformer.modules"
CONFIGS: dict[str, object] = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": f"{MODULE}.static_embedding.StaticEmbedding"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Normalize",
            "type": "sentence_transformers.base.modules.normalize.Normalize",
        },
    ],
    "config_sentence_transformers.json": {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    },
    "1_Normalize/config.json": {
        "module_input_name": "sentence_embedding",
        "module_output_name": "sentence_embedding",
    },
}
Floats = NDArray[np.float32]


def main() -> int:
    """Train, write the folder, measure, and keep the figures."""
    parser = argparse.ArgumentParser(description="Make the bundled embedding model from ../shared/data.")
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=2, help="1 is faster where other work keeps a core busy")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    if not (SHARED / "data").is_dir():
        print("../shared/data is not beside the project: the training data lie there; link or copy it", file=sys.stderr)
        return 1
    started = time.perf_counter()
    torch.set_num_threads(options.threads)
    tokenizer, draws, frequencies = prepare(SHARED, WORK, random.Random(options.seed))
    print(f"{tokenizer.get_vocab_size():,} tokens; prepared in {time.perf_counter() - started:.0f} s", flush=True)
    table = train(draws, frequencies, options.steps, options.batch, options.dim, options.seed)
    write_model(table, tokenizer, options.out)
    weight = torch.from_numpy(table.astype(np.float16).astype(np.float32))

    def encode(texts: list[str]) -> Floats:
        tokens = Texts.of(tokenizer, texts)
        return np.asarray(pool(weight, tokens.ids.astype(np.int64), tokens).numpy())

    scores = {name: judge(SHARED / "eval" / name, encode) for name in SETS}
    report(scores, options, time.perf_counter() - started)
    return 0


def train(draws: list[Draw], frequencies: Floats, steps: int, batch: int, dim: int, seed: int) -> Floats:
    """(n_tokens, dim) table; row 0, the unknown token, is zero.

    Adam on the rows of each batch only: the state of the others stays as it was.
    """
    rng = np.random.default_rng(seed)
    start = rng.normal(0, 0.1, (frequencies.size, dim)) * (1e-3 / (1e-3 + frequencies))[:, None] ** 0.5
    weight = torch.from_numpy(start.astype(np.float32))
    weight[0] = 0.0
    table = torch.nn.Parameter(weight)
    optimizer = torch.optim.SparseAdam([table], lr=PEAK_RATE)
    bar = tqdm(range(steps), desc="training", mininterval=5)
    recent: dict[int, float] = {}
    for step in bar:
        for setting in optimizer.param_groups:
            setting["lr"] = PEAK_RATE * min(1.0, (step + 1) / 50) * max(0.01, 1 - step / steps)
        turn = step % len(draws)
        left, right = draws[turn](batch, rng)
        # One dense gradient over the rows in use: many times faster than a sparse gradient with every repeat.
        used, places = np.unique(np.concatenate([left.ids, right.ids]), return_inverse=True)
        rows = torch.from_numpy(used.astype(np.int64))
        part = table.detach()[rows].requires_grad_()
        ends = left.ids.size
        a, b = pool(part, places[:ends], left), pool(part, places[ends:], right)
        with torch.no_grad():
            loss, by_a, by_b = contrast(a, b, left, right)
        (gradient,) = torch.autograd.grad([a, b], [part], [by_a, by_b])
        table.grad = torch.sparse_coo_tensor(
            rows[None], gradient, table.shape, is_coalesced=True, check_invariants=False
        )
        optimizer.step()  # type: ignore[no-untyped-call]
        recent[turn] = 0.9 * recent.get(turn, loss) + 0.1 * loss
        if step % 24 == 0:
            bar.set_postfix_str(" ".join(f"{recent[one]:.2f}" for one in sorted(recent)))
    return np.asarray(table.detach().numpy(), dtype=np.float32)


def pool(part: torch.Tensor, places: NDArray[np.int64], texts: Texts) -> torch.Tensor:
    """(n, dim) unit rows, the means over each text's tokens."""
    return normalize(embedding_bag(torch.from_numpy(places), part, torch.from_numpy(texts.starts[:-1]), mode="mean"))


def contrast(a: torch.Tensor, b: torch.Tensor, left: Texts, right: Texts) -> tuple[float, torch.Tensor, torch.Tensor]:
    """InfoNCE in both directions and its gradients by ``a`` and ``b``, all (batch, dim) unit rows.

    A text that stands twice in the batch is nobody's counterexample. Written out, because one pass over the
    (batch, batch) matrix takes a third of the time that automatic differentiation needs. Cosines end at 1, so
    the exponent needs no further care.
    """
    odds = torch.exp(SCALE * (a @ b.T) - SCALE)  # (batch, batch)
    right_odds = odds.diagonal().clone()
    for texts in (left, right):
        for twins in _repeated(texts):
            odds[np.ix_(twins, twins)] = 0.0
    odds.diagonal().copy_(right_odds)
    rows, columns = odds.sum(1), odds.sum(0)
    loss = (torch.log(rows) + torch.log(columns)).mean() / 2 - torch.log(right_odds).mean()
    odds.mul_((1 / rows)[:, None] + (1 / columns)[None, :]).diagonal().sub_(2.0)
    odds.mul_(SCALE / (2 * len(left)))
    return loss.item(), odds @ b, odds.T @ a


def _repeated(texts: Texts) -> list[NDArray[np.int64]]:
    """Groups of rows with the same tokens."""
    mixed = texts.ids.astype(np.int64) * 0x9E3779B97F4A7C1 >> 8
    cumulated = np.concatenate([[0], np.cumsum(mixed)])
    keys = cumulated[texts.starts[1:]] - cumulated[texts.starts[:-1]]
    order = np.argsort(keys, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1)
    return [group for group in groups if group.size > 1]


def write_model(table: Floats, tokenizer: Tokenizer, folder: Path) -> None:
    """Write what SentenceTransformer and StaticEmbedder open; card and licence in the folder stay."""
    building = WORK / "model"
    shutil.rmtree(building, ignore_errors=True)
    (building / "1_Normalize").mkdir(parents=True)
    tokenizer.save(str(building / "tokenizer.json"), pretty=False)
    save_file({"embedding.weight": table.astype(np.float16)}, building / "model.safetensors")
    for name, content in CONFIGS.items():
        (building / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    shutil.copytree(building, folder, dirs_exist_ok=True)


def report(scores: dict[str, float], options: argparse.Namespace, seconds: float) -> None:
    """Print the figures and, for the shipped model, keep them in results.md."""
    chosen = " ".join(f"--{name} {getattr(options, name)}" for name in ("steps", "batch", "dim", "seed", "threads"))
    lines = [
        "# Results of the bundled model",
        "",
        f"`python training/train.py {chosen}`: {seconds / 60:.0f} minutes from raw data to figures, on a machine",
        f"with {os.cpu_count()} cores that other work shared.",
        "",
        "Vectors alone (no lexical search), nDCG@10 × 100, on sets never trained on;",
        "`mlqa_dev_<documents>_<queries>`.",
        "",
        "| set | nDCG@10 |",
        "|---|---|",
        *(f"| {name} | {100 * score:.1f} |" for name, score in scores.items()),
    ]
    print("\n".join(lines))
    name = Path(__file__).parent / "results.md" if options.out == MODEL else WORK / "results.md"
    name.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
