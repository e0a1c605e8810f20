"""From ../shared/data to the bundled model: vocabulary, pairs, contrastive training, evaluation.

Run: python training/train.py            (an hour on one core; needs ../shared beside the project)

A static table: one vector a token; a text is the mean of its tokens' vectors, brought to length 1. In a batch of pairs
each text is to be nearer to its partner than to the partners of the others (InfoNCE, van den Oord et al. 2018,
arXiv:1807.03748, in both directions). A vector starts as random directions, shorter for common tokens (Arora et al.
2017, "A simple but tough-to-beat baseline"), so that the mean weighs rare words from the first step on. A second,
shorter stage takes turns with the same loss over late interaction, word by word. At the end the directions in which
passages differ most are drawn together a little (whitening, Su et al. 2021, arXiv:2103.15316).

A run that was stopped goes on from its last checkpoint when started again with the same options.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from batches import Texts
from judge import judge
from numpy.typing import NDArray
from objectives import late, pool, pooled
from prepare import Draw, prepare
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MODEL = ROOT / "src" / "regional_qa" / "models" / "bundled"
WORK = Path(__file__).resolve().parent / "work"
PEAK_RATE, LATE_PEAK_RATE = 5e-3, 2e-3
LATE_BATCH, LATE_POOLED_BATCH = 160, 1024
LATE_QUERY_TOKENS, LATE_PASSAGE_TOKENS = 24, 96
TRANSLATIONS = (1, 5)  # turns in which either side may be the query
WHITENING = 0.3  # 0 leaves the vectors as they are, 1 makes all directions alike; chosen on the questions kept aside
CHECKPOINT_STEPS = 500
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


@dataclass(slots=True)
class State:
    """A table under training with the moments of Adam; all (n_tokens, dim)."""

    table: Floats
    first: Floats
    second: Floats
    step: int = 0

    def descend(self, rows: NDArray[np.int64], gradient: Floats, rate: float) -> None:
        """One step of Adam on these rows only; the moments of the others stay as they were."""
        self.step += 1
        first = self.first[rows] = 0.9 * self.first[rows] + 0.1 * gradient
        second = self.second[rows] = 0.999 * self.second[rows] + 0.001 * gradient**2
        rate *= (1 - 0.999**self.step) ** 0.5 / (1 - 0.9**self.step)
        self.table[rows] -= rate * first / (np.sqrt(second) + 1e-8)


def main() -> int:
    """Train, write the folder, measure, and keep the figures."""
    parser = argparse.ArgumentParser(description="Make the bundled embedding model from ../shared/data.")
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--dim", type=int, default=576)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=7000)
    parser.add_argument("--late-steps", type=int, default=1600)
    parser.add_argument("--threads", type=int, default=1, help="the weights depend on it in the last digits")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    if not (SHARED / "data").is_dir():
        print("../shared/data is not beside the project: the training data lie there; link or copy it", file=sys.stderr)
        return 1
    started = time.perf_counter()
    torch.set_num_threads(options.threads)
    tokenizer, draws, frequencies, sample = prepare(SHARED, WORK, random.Random(options.seed))
    print(f"{tokenizer.get_vocab_size():,} tokens; prepared in {time.perf_counter() - started:.0f} s", flush=True)
    table, scales = shortened(whitened(train(draws, frequencies, options), sample))
    write_model(table, scales, tokenizer, options.out)
    weight = torch.from_numpy(table * scales[:, None])

    def encode(texts: list[str]) -> Floats:
        tokens = Texts.of(tokenizer, texts)
        return np.asarray(pool(weight, tokens.ids.astype(np.int64), tokens).numpy())

    scores = dict(judge(SHARED, encode))
    report(scores, options, time.perf_counter() - started)
    return 0


def train(draws: list[Draw], frequencies: Floats, options: argparse.Namespace) -> Floats:
    """(n_tokens, dim) table; row 0, the unknown token, is zero. Checkpoints lie in ``work`` until the end."""
    rng = np.random.default_rng(options.seed)
    start = rng.normal(0, 0.1, (frequencies.size, options.dim)) * (1e-3 / (1e-3 + frequencies))[:, None] ** 0.5
    start[0] = 0.0
    state = State(start.astype(np.float32), *np.zeros((2, *start.shape), dtype=np.float32))
    name = "-".join(
        f"{key}{getattr(options, key)}" for key in ("seed", "dim", "batch", "steps", "late_steps", "threads")
    )
    done = restore(state, rng, WORK / name)
    total = options.steps + options.late_steps
    bar = tqdm(range(done, total), initial=done, total=total, desc="training", mininterval=5)
    recent: dict[str, float] = {}
    for step in bar:
        if step == options.steps:  # Adam begins anew
            state.first[:], state.second[:], state.step = 0.0, 0.0, 0
        turn = step % len(draws)
        in_words = step >= options.steps and (step - options.steps) // len(draws) % 2 == 0
        size = options.batch if step < options.steps else LATE_BATCH if in_words else LATE_POOLED_BATCH
        left, right = draws[turn](size, rng)
        if in_words:
            left, right = paired(left, right, swap=turn in TRANSLATIONS and rng.random() < 0.5)
        # One dense gradient over the rows in use: many times faster than a sparse gradient with every repeat.
        used, places = np.unique(np.concatenate([left.ids, right.ids]), return_inverse=True)
        rows = used.astype(np.int64)
        loss, gradient = (late if in_words else pooled)(torch.from_numpy(state.table[rows]), left, right, places)
        state.descend(rows, gradient.numpy(), rate(step, options.steps, options.late_steps))
        label = f"{'late' if in_words else ''}{turn}"
        recent[label] = 0.9 * recent.get(label, loss) + 0.1 * loss
        if step % 24 == 0:
            bar.set_postfix_str(" ".join(f"{key}:{recent[key]:.2f}" for key in sorted(recent)))
        if (step + 1) % CHECKPOINT_STEPS == 0:
            keep(state, rng, WORK / name, step + 1)
    for file in WORK.glob(f"{name}.*"):
        file.unlink()
    return state.table


def paired(left: Texts, right: Texts, *, swap: bool) -> tuple[Texts, Texts]:
    """Queries and passages for late interaction, cut short, without pairs of which one side is empty."""
    if swap:
        left, right = right, left
    kept = np.flatnonzero((np.diff(left.starts) > 0) & (np.diff(right.starts) > 0))
    return left.take(kept, LATE_QUERY_TOKENS), right.take(kept, LATE_PASSAGE_TOKENS)


def rate(step: int, steps: int, late_steps: int) -> float:
    """Of learning: up over the first steps of each stage, then down in a straight line."""
    if step < steps:
        return PEAK_RATE * min(1.0, (step + 1) / 50) * max(0.01, 1 - step / steps)
    step -= steps
    return LATE_PEAK_RATE * min(1.0, (step + 1) / 30) * max(0.02, 1 - step / late_steps)


def keep(state: State, rng: np.random.Generator, place: Path, done: int) -> None:
    """Write a checkpoint; one that is half written never counts."""
    building = place.with_suffix(".tmp")
    save_file({"table": state.table, "first": state.first, "second": state.second}, building)
    counts = {"done": done, "step": state.step, "rng": rng.bit_generator.state}
    place.with_suffix(f".{done}").write_text(json.dumps(counts), encoding="utf-8")
    building.replace(place.with_suffix(f".{done}.safetensors"))
    for older in WORK.glob(f"{place.name}.*"):
        if f".{done}" not in older.name:
            older.unlink()


def restore(state: State, rng: np.random.Generator, place: Path) -> int:
    """Take up the last checkpoint; gives how many steps are done."""
    for weights in sorted(WORK.glob(f"{place.name}.*.safetensors")):
        counts = json.loads(weights.with_suffix("").read_text(encoding="utf-8"))
        loaded = load_file(weights)
        state.table[:], state.first[:], state.second[:] = loaded["table"], loaded["first"], loaded["second"]
        state.step = counts["step"]
        rng.bit_generator.state = counts["rng"]
        return int(counts["done"])
    return 0


def whitened(table: Floats, sample: Texts) -> Floats:
    """The table with the directions in which the sample's texts differ most drawn together by ``WHITENING``."""
    vectors = pool(torch.from_numpy(table), sample.ids.astype(np.int64), sample).numpy()
    spread, directions = np.linalg.eigh(np.cov(vectors.T))
    turned = (directions / np.maximum(spread, 1e-9) ** (WHITENING / 2)) @ directions.T
    return np.asarray(table @ turned, dtype=np.float32)


def shortened(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """The table in whole numbers up to 127, and (n_tokens,) by what each row is to be multiplied."""
    scales = np.abs(table).max(axis=1) / 127
    short = np.rint(table / np.maximum(scales, 1e-12)[:, None])
    return short.astype(np.int8), scales.astype(np.float32)


def write_model(table: NDArray[np.int8], scales: Floats, tokenizer: Tokenizer, folder: Path) -> None:
    """Write what SentenceTransformer and StaticEmbedder open; card and licence in the folder stay."""
    building = WORK / "model"
    shutil.rmtree(building, ignore_errors=True)
    (building / "1_Normalize").mkdir(parents=True)
    tokenizer.save(str(building / "tokenizer.json"), pretty=False)
    save_file({"embeddings": table, "weights": scales}, building / "model.safetensors")
    for name, content in CONFIGS.items():
        (building / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    shutil.copytree(building, folder, dirs_exist_ok=True)


def report(scores: dict[str, float], options: argparse.Namespace, seconds: float) -> None:
    """Print the figures and, for the shipped model, keep them in results.md."""
    chosen = " ".join(
        f"--{name.replace('_', '-')} {getattr(options, name)}"
        for name in ("steps", "late_steps", "batch", "dim", "seed", "threads")
    )
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
