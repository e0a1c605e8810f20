"""The same passages, vectors and cut words through other tools: nDCG@10, time to build, disk, memory, query latency.

Run: .venv/bin/python benchmarks/peers.py --peers PYTHON      (needs ../shared beside the project)

PYTHON is the interpreter of an environment of its own, with `pip install -r benchmarks/peers.txt`. Every tool gets our
passages, our vectors for passages and queries, and our words parted by blanks; ours finds passages and vectors in the
cache and cuts its words itself. Each is made to save to disk, but where it cannot, which the table marks. Prints one
Markdown table.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SHARED = Path(__file__).parents[1].parent / "shared"
JUDGED = SHARED / "eval" / "crud_silver_1doc"
DEPTH = 50
"""Passages asked for; an article counts as its best one."""
OURS = {"regional-qa", "regional-qa, vectors alone"}
MARKS = {
    "regional-qa, vectors alone": " (no ranking by words)",
    "LangChain": " (its BM25 cannot be saved)",
    "Chroma": " (no ranking by words)",
}
Search = Callable[[int], Sequence[int]]
"""Number of a query -> rows, best first."""


def main() -> int:
    """Export what all are given, run each tool in a process of its own, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", help="python with the other tools")
    parser.add_argument("--queries", type=int, default=631)
    parser.add_argument("--run", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(measured(options.run, options.folder)))
        return 0
    if not JUDGED.is_dir() or not options.peers:
        print("skipped: ../shared is not beside the project, or no --peers is given")
        return 0
    from regional_qa.evaluation import measure

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        qrels, articles = export(folder, options.queries)
        print(
            "| tool | nDCG@10 × 100 | build | on disk | memory | query p50 / p99 |\n|---|---|---|---|---|---|",
            flush=True,
        )
        for name in PEERS:
            found = outcome(name, sys.executable if name in OURS else options.peers, folder)
            run = {
                query: {a: float(-place) for place, row in reversed([*enumerate(rows)]) for a in articles[row]}
                for query, rows in zip(qrels, found["rows"], strict=True)
            }
            gained = 100 * measure(qrels, run).mean("nDCG@10")
            print(
                f"| {name} | {gained:.1f} | {found['build']:.0f} s | {found['disk']} | {found['memory']:.2f} GiB "
                f"| {found['p50']:.1f} / {found['p99']:.1f} ms |",
                flush=True,
            )
    return 0


def export(folder: Path, count: int) -> tuple[dict[str, dict[str, int]], list[list[str]]]:
    """Write what every tool is given; gives the qrels and the article ids of each row."""
    from regional_qa import Settings
    from regional_qa.assemble import plug
    from regional_qa.evaluation import read_beir
    from regional_qa.indexing.build import rebuild

    collection = read_beir(JUDGED)
    queries = dict(list(collection.queries.items())[:count])
    parts = plug(Settings())
    started = time.perf_counter()
    rebuild(SHARED / "data" / "news", folder / "index", parts)
    whole = time.perf_counter() - started
    again = folder / "again"
    shutil.copytree(folder / "index" / "cache", again / "cache", ignore=shutil.ignore_patterns("lexical"))
    started = time.perf_counter()
    rebuild(SHARED / "data" / "news", again, parts)
    seconds = time.perf_counter() - started
    shutil.rmtree(again)
    print(f"regional-qa from the files, reading, cutting and embedding included: {whole:.0f} s\n", flush=True)
    (folder / "ours.json").write_text(json.dumps({"build": seconds}), encoding="utf-8")
    articles = give(folder, folder / "index", list(queries.values()))
    return {query: dict(collection.qrels[query]) for query in queries}, articles


def give(folder: Path, index: Path, queries: Sequence[str]) -> list[list[str]]:
    """Write passages, vectors and queries as every tool is given them; gives the article ids of each row."""
    from regional_qa import Settings
    from regional_qa.assemble import plug
    from regional_qa.backends.lexical_tantivy.terms import cut
    from regional_qa.indexing.generation import open_generation

    generation = open_generation(index, plug(Settings()))
    words, articles = [], []
    for first in range(0, len(generation.passages), 1000):
        for passage, article in generation.passages.get(range(first, min(first + 1000, len(generation.passages)))):
            words.append(" ".join(cut(f"{article.title} {passage.text}")))
            articles.append([article.article_id, *(again.article_id for again in article.reprints)])
    import faiss

    flat = faiss.read_index(str(index / generation.manifest.generation / "vectors.faiss"))
    vectors = flat.reconstruct_n(0, flat.ntotal)
    vectors[~vectors.any(axis=1), 0] = 1  # of no known word: txtai divides by the length
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "asked.npy", generation.embedder.encode_queries(list(queries)))
    (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    given = [{"text": text, "words": " ".join(cut(text))} for text in queries]
    (folder / "queries.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    return articles


def outcome(name: str, python: str, folder: Path, seconds: float | None = None) -> dict[str, Any]:
    """What a tool does in a process of its own with what lies in the folder.

    Raises:
        subprocess.SubprocessError: it failed, or took longer than ``seconds``.
    """
    command = [python, __file__, "--run", name, "--folder", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=seconds)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(name: str, folder: Path) -> dict[str, Any]:
    """Build, then time every query but the first ten, each alone."""
    started = time.perf_counter()
    search, disk = PEERS[name](folder)
    build = time.perf_counter() - started
    if name in OURS:
        build = json.loads((folder / "ours.json").read_text(encoding="utf-8"))["build"]
    rows, times = [], []
    for number in range(len(json.loads((folder / "queries.json").read_text(encoding="utf-8")))):
        started = time.perf_counter()
        found = search(number)
        times.append(1000 * (time.perf_counter() - started))
        rows.append([int(row) for row in found])
    size = f"{sum(f.stat().st_size for f in disk.rglob('*') if f.is_file()) / 2**20:.0f} MiB" if disk.is_dir() else ""
    return {
        "rows": rows,
        "build": build,
        "disk": f"{size}{MARKS.get(name, '')}",
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "p50": statistics.median(times[10:]),
        "p99": statistics.quantiles(times[10:], n=100)[98],
    }


def ours(folder: Path) -> tuple[Search, Path]:
    """Search as the product does, at the depth of the others."""
    from regional_qa import Settings
    from regional_qa.assemble import plug
    from regional_qa.indexing.generation import open_generation
    from regional_qa.retrieval import search

    generation = open_generation(folder / "index", plug(Settings()))
    queries = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    row_of = {}
    for first in range(0, len(generation.passages), 1000):
        rows = range(first, min(first + 1000, len(generation.passages)))
        for row, (passage, _) in zip(rows, generation.passages.get(rows), strict=True):
            row_of[passage.passage_id] = row
    return (
        lambda number: [
            row_of[hit.passage.passage_id] for hit in search(generation, queries[number]["text"][:500], k=DEPTH)
        ],
        next(folder.glob("index/gen-*")),
    )


def our_vectors(folder: Path) -> tuple[Search, Path]:
    """The same index by its vectors alone, beside tools that know no words."""
    from regional_qa import Settings
    from regional_qa.assemble import plug
    from regional_qa.indexing.generation import open_generation

    vectors = open_generation(folder / "index", plug(Settings())).vectors
    asked = np.load(folder / "asked.npy")
    return lambda number: [row for row, _ in vectors.search(asked[number], DEPTH)], next(folder.glob("index/gen-*"))


def langchain(folder: Path) -> tuple[Search, Path]:
    """FAISS and BM25Retriever under EnsembleRetriever, half and half."""
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.docstore.in_memory import InMemoryDocstore
    from langchain_community.retrievers import BM25Retriever
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings

    words, vectors, asked, queries = given(folder)

    class Given(Embeddings):  # type: ignore[misc]
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise AssertionError("passages come with their vectors")

        def embed_query(self, text: str) -> list[float]:
            return asked[queries.index(text)].tolist()  # type: ignore[no-any-return]

    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    documents = [Document(page_content=text, metadata={"row": row}) for row, text in enumerate(words)]
    store = FAISS(Given(), index, InMemoryDocstore({str(row): one for row, one in enumerate(documents)}),
                  {row: str(row) for row in range(len(documents))})  # fmt: skip
    store.save_local(str(folder / "langchain"))
    lexical = BM25Retriever.from_documents(documents, preprocess_func=str.split, k=DEPTH)
    both = EnsembleRetriever(
        retrievers=[lexical, store.as_retriever(search_kwargs={"k": DEPTH})], weights=[0.5, 0.5], id_key="row"
    )
    return lambda number: [one.metadata["row"] for one in both.invoke(queries[number])], folder / "langchain"


def llama_index(folder: Path) -> tuple[Search, Path]:
    """FaissVectorStore and BM25Retriever under QueryFusionRetriever with reciprocal ranks."""
    import bm25s
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    words, vectors, asked, queries = given(folder)

    class Given(BaseEmbedding):  # type: ignore[misc]
        def _get_query_embedding(self, query: str) -> list[float]:
            return asked[queries.index(query)].tolist()  # type: ignore[no-any-return]

        def _get_text_embedding(self, text: str) -> list[float]:
            raise AssertionError("passages come with their vectors")

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    nodes = [TextNode(id_=str(row), text=text, embedding=vectors[row].tolist()) for row, text in enumerate(words)]
    storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss.IndexFlatIP(vectors.shape[1])))
    dense = VectorStoreIndex(nodes, storage_context=storage, embed_model=Given(), store_nodes_override=True)
    engine = bm25s.BM25()
    engine.index([text.split() for text in words], show_progress=False)
    engine.corpus = [{"text": text, "id_": str(row), "_node_content": node} for row, (text, node) in enumerate(
        zip(words, (one.to_json() for one in nodes), strict=True))]  # fmt: skip
    lexical = BM25Retriever(existing_bm25=engine, similarity_top_k=DEPTH, token_pattern=r"\S+", skip_stemming=True)
    dense.storage_context.persist(str(folder / "llama"))
    lexical.persist(str(folder / "llama" / "bm25"))
    both = QueryFusionRetriever([lexical, dense.as_retriever(similarity_top_k=DEPTH)], llm=MockLLM(), num_queries=1,
                                mode="reciprocal_rerank", similarity_top_k=DEPTH, use_async=False)  # fmt: skip
    return lambda number: [int(one.node.node_id) for one in both.retrieve(queries[number])], folder / "llama"


def txtai(folder: Path) -> tuple[Search, Path]:
    """Its hybrid of BM25 and FAISS, as it comes."""
    from txtai import Embeddings

    words, vectors, asked, queries = given(folder)
    where = {text: row for row, text in enumerate(words)}
    wanted = {text: row for row, text in enumerate(queries)}

    def vector(texts: list[str]) -> Any:
        return np.stack([vectors[where[text]] if text in where else asked[wanted[text]] for text in texts])

    index = Embeddings(method="external", transform=vector, hybrid=True, tokenize=False, content=False,
                       scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"alphanum": False}})  # fmt: skip
    index.index((row, text, None) for row, text in enumerate(words))
    index.save(str(folder / "txtai"))
    return lambda number: [row for row, _ in index.search(queries[number], DEPTH)], folder / "txtai"


def chroma(folder: Path) -> tuple[Search, Path]:
    """Its HNSW as it comes; on one machine it ranks by vectors alone."""
    import chromadb
    from chromadb.config import Settings

    words, vectors, asked, _ = given(folder)
    client = chromadb.PersistentClient(str(folder / "chroma"), Settings(anonymized_telemetry=False))
    store = client.create_collection("news", configuration={"hnsw": {"space": "ip"}}, embedding_function=None)
    most = client.get_max_batch_size()
    for start in range(0, len(words), most):
        rows = [str(row) for row in range(start, min(start + most, len(words)))]
        store.add(ids=rows, embeddings=vectors[start : start + most], documents=words[start : start + most])

    def search(number: int) -> list[int]:
        found = store.query(query_embeddings=asked[number][None], n_results=DEPTH, include=["distances"])
        return [int(row) for row in found["ids"][0]]

    return search, folder / "chroma"


def given(folder: Path) -> tuple[list[str], Any, Any, list[str]]:
    """Words of each passage, vectors of passages and queries, words of each query (made distinct by their number)."""
    words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    queries = [one["words"] for one in json.loads((folder / "queries.json").read_text(encoding="utf-8"))]
    return words, np.load(folder / "vectors.npy"), np.load(folder / "asked.npy"), queries


PEERS: dict[str, Callable[[Path], tuple[Search, Path]]] = {
    "regional-qa": ours,
    "regional-qa, vectors alone": our_vectors,
    "txtai": txtai,
    "LangChain": langchain,
    "LlamaIndex": llama_index,
    "Chroma": chroma,
}


if __name__ == "__main__":
    sys.exit(main())
