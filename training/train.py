"""From ../shared/data to the bundled model: vocabulary, pairs, contrastive training, evaluation.

Run: .venv/bin/python training/train.py            (2 cores, under an hour; needs ../shared beside the project)

A static table: one vector a token, a text is the mean of its tokens' vectors, brought to length 1. A batch of pairs is
trained so that each text is nearest to its partner (InfoNCE, van den Oord et al. 2018, in both directions).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from corpora import Pair, news, news_pairs, parallel_pairs, question_pairs
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tqdm import tqdm
from vocabulary import build_tokenizer, count_words

from regional_qa.evaluation import ndcg_at_k, read_beir

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
MODEL = ROOT / "src" / "regional_qa" / "models" / "bundled"
WORK = Path(__file__).parent / "work"
SETS = ("mlqa_dev_zho_zho", "mlqa_dev_eng_zho", "mlqa_dev_zho_eng", "mlqa_dev_eng_eng", "drcd_test_hans")
SCALE = 20.0
PEAK_RATE = 6e-3
MOST_TOKENS = 128
CONFIGS: dict[str, object] = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "",
         "type": "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize",
         "type": "sentence_transformers.base.modules.normalize.Normalize"},
    ],
    "config_sentence_transformers.json": {
        "model_type": "SentenceTransformer", "prompts": {"query": "", "document": ""}, "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    },
    "1_Normalize/config.json": {
        "module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding",
    },
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1600)
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--articles", type=int, default=0, help="use only so many articles (a quick look)")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("../shared is not beside the project: the training data lie there", file=sys.stderr)
        return 1
    started = time.perf_counter()
    rng = random.Random(options.seed)  # noqa: S311 - sampling, not secrets
    torch.manual_seed(options.seed)
    tokenizer, groups = prepare(rng, options.articles or None)
    print(f"{tokenizer.get_vocab_size():,} tokens; pairs {', '.join(f'{len(g):,}' for g in groups)}; "
          f"{time.perf_counter() - started:.0f} s")  # fmt: skip
    table = train(tokenizer, groups, options.steps, options.batch, options.dim, rng)
    write_model(table, tokenizer, options.out)
    scores = {name: evaluate(table.astype(np.float16).astype(np.float32), tokenizer, name) for name in SETS}
    report(scores, options, time.perf_counter() - started)
    return 0


def prepare(rng: random.Random, limit: int | None) -> tuple[Tokenizer, list[list[Pair]]]:
    """The tokenizer, and the pairs in three groups that take turns: news, Chinese-English, questions."""
    articles = list(news(SHARED))[:limit]
    parallel = parallel_pairs(SHARED, rng)
    texts = [body for _, _, body in articles] + [text for pair in parallel for text in pair]
    tokenizer = build_tokenizer(*count_words(texts), SHARED / "data/parallel/traditional_to_simplified_chars.json")
    tokenizer.enable_truncation(MOST_TOKENS)
    pieces, questions = news_pairs(articles, rng)
    return tokenizer, [pieces, parallel, questions + question_pairs(SHARED)]


def train(
    tokenizer: Tokenizer, groups: list[list[Pair]], steps: int, batch: int, dim: int, rng: random.Random
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """(n_tokens, dim) float32 table."""
    torch.set_num_threads(os.cpu_count() or 1)
    table = torch.nn.EmbeddingBag(tokenizer.get_vocab_size(), dim, mode="mean", sparse=True)
    torch.nn.init.normal_(table.weight, std=0.1)
    optimizer = torch.optim.SparseAdam(list(table.parameters()), lr=PEAK_RATE)
    streams = [batches(group, batch, rng) for group in groups]
    turns = (0, 1, 2, 1)
    warm = max(1, steps // 20)
    bar = tqdm(range(steps), desc="training")
    for step in bar:
        for setting in optimizer.param_groups:
            setting["lr"] = PEAK_RATE * min(1.0, (step + 1) / warm) * max(0.02, 1 - step / steps)
        pairs = next(streams[turns[step % len(turns)]])
        left, right = (encode(table, tokenizer, [pair[side] for pair in pairs]) for side in (0, 1))
        cosines = SCALE * left @ right.T  # (batch, batch)
        partner = torch.arange(len(pairs))
        loss = torch.nn.functional.cross_entropy(cosines, partner) + torch.nn.functional.cross_entropy(cosines.T, partner)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step % 20 == 0:
            bar.set_postfix(loss=f"{loss.item() / 2:.3f}")
    weight = table.weight.detach().numpy()
    weight[0] = 0.0
    return np.asarray(weight, dtype=np.float32)


def batches(pairs: list[Pair], size: int, rng: random.Random) -> Iterator[list[Pair]]:
    """Batches without end; every pair once before any comes again."""
    while True:
        order = list(range(len(pairs)))
        rng.shuffle(order)
        for start in range(0, len(order) - size + 1, size):
            yield [pairs[i] for i in order[start : start + size]]
        if len(order) < size:
            yield [pairs[i] for i in order]


def encode(table: torch.nn.EmbeddingBag, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    """(n, dim) unit rows."""
    ids = [encoding.ids or [0] for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    offsets = np.cumsum([0, *map(len, ids)])[:-1]
    flat = torch.from_numpy(np.concatenate([np.asarray(one, dtype=np.int64) for one in ids]))
    return torch.nn.functional.normalize(table(flat, torch.from_numpy(offsets.astype(np.int64))), dim=1)


def write_model(table: np.ndarray[tuple[int, int], np.dtype[np.float32]], tokenizer: Tokenizer, folder: Path) -> None:
    """Write the folder that SentenceTransformer and StaticEmbedder open; it appears whole or not at all."""
    building = WORK / "model"
    shutil.rmtree(building, ignore_errors=True)
    (building / "1_Normalize").mkdir(parents=True)
    tokenizer.no_truncation()
    tokenizer.save(str(building / "tokenizer.json"), pretty=False)
    save_file({"embedding.weight": table.astype(np.float16)}, building / "model.safetensors")
    for name, content in CONFIGS.items():
        (building / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    for path in building.iterdir():
        target = folder / path.name
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(str(path), target)


def evaluate(table: np.ndarray[tuple[int, int], np.dtype[np.float32]], tokenizer: Tokenizer, name: str) -> float:
    """nDCG@10 of the vectors alone on one judged collection."""
    folder = SHARED / "eval" / name
    queries, qrels = read_beir(folder)
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    weights = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(table), mode="mean")
    with torch.no_grad():
        passages = encode(weights, tokenizer, [f"{row.get('title', '')}\n{row['text']}" for row in rows]).numpy()
        asked = encode(weights, tokenizer, list(queries.values())).numpy()
    ids = [row["_id"] for row in rows]
    best = np.argsort(-(asked @ passages.T), axis=1)[:, :10]
    gains = [ndcg_at_k([ids[i] for i in order], qrels[query_id]) for query_id, order in zip(queries, best, strict=True) if query_id in qrels]
    return float(np.mean(gains))


def report(scores: dict[str, float], options: argparse.Namespace, seconds: float) -> None:
    """Print the figures and, for the shipped model, keep them in results.md."""
    lines = [
        "# Results of the bundled model",
        "",
        f"`python training/train.py --steps {options.steps} --batch {options.batch} --dim {options.dim} --seed {options.seed}`, "
        f"{seconds / 60:.0f} minutes on {os.cpu_count()} cores. Vectors alone, nDCG@10 × 100, sets never trained on.",
        "",
        "| set | nDCG@10 |\n|---|---|",
        *(f"| {name} | {100 * score:.1f} |" for name, score in scores.items()),
    ]
    print("\n".join(lines[4:]))
    if options.out == MODEL:
        (Path(__file__).parent / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
