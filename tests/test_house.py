"""The house rules, as tests: imports go one way, third-party libraries stay in their rooms, nothing is loaded early."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "regional_qa"
STREET = [
    {"errors", "cores"},
    {"types"},
    {"ports"},
    {"settings", "knowledge", "interaction", "shortlist", "places", "completions"},
    {"reading", "chunking", "facts", "evaluation", "records", "backends"},
    {"indexing"},
    {"retrieval"},
    {"answering"},
    {"assistant"},
    {"assemble"},
    {"web"},
    {"cli", "__init__"},
    {"__main__", "app"},
]
"""Rooms from left to right; a room may import itself and everything left of it."""
ROOMS = {
    "faiss": {"backends/vectors_faiss/"},
    "pymilvus": {"backends/vectors_milvus/"},
    "grpc": {"backends/vectors_milvus/"},
    "tantivy": {"backends/lexical_tantivy/__init__.py", "backends/lexical_tantivy/segments.py"},
    "rjieba": {"backends/lexical_tantivy/terms.py"},
    "sentence_transformers": {"backends/embedder_sentence_transformers.py"},
    "tokenizers": {"backends/embedder_static/tokenizer.py"},
    "sentencepiece": {"backends/embedder_static/tokenizer.py"},
    "safetensors": {"backends/embedder_static/__init__.py", "backends/embedder_sentence_transformers.py"},
    "langchain_text_splitters": {"chunking.py"},
    "opencc": {"knowledge/script.py"},
    "frontmatter": {"reading/"},
    "trafilatura": {"reading/parsers/html.py"},
    "lxml": {"reading/parsers/html.py"},
    "pypdf": {"reading/parsers/pdf.py"},
    "docx": {"reading/parsers/docx.py"},
    "gradio": {"web/"},
    "threadpoolctl": {"cores.py"},
    "prometheus_client": {"web/meter.py"},
    "httpx": {"backends/phraser_openai.py"},
    "ray": {"backends/workers_ray.py"},
    "mcp": {"web/tools.py"},
    "ir_measures": {"evaluation/rankings.py"},
    "scipy": {"evaluation/rankings.py"},
    "torch": set(),
}
HEAVY = (
    "numpy",
    *("faiss", "tantivy", "gradio", "langchain_text_splitters", "sentence_transformers", "torch", "tokenizers"),
    "sentencepiece",
    *("pymilvus", "grpc", "trafilatura", "lxml", "pypdf", "docx", "httpx", "mcp", "prometheus_client", "ray"),
)
FILES = sorted(SOURCE.rglob("*.py"))


def room(path: Path) -> str:
    """The room a file belongs to: its folder, or its own name at the top."""
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imported(path: Path) -> set[str]:
    """Every module a file imports, absolute."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add(node.module or "")
            if node.module == "regional_qa":
                names |= {f"regional_qa.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    """A file imports only from its own room and rooms left of it; backends do not import each other."""
    own = next(i for i, rooms in enumerate(STREET) if room(path) in rooms)
    for name in imported(path):
        if not name.startswith("regional_qa"):
            continue
        assert name != "regional_qa" or path.stem == "__init__", "modules never import the root package"
        other = name.split(".")[1]
        place = next(i for i, rooms in enumerate(STREET) if other in rooms)
        assert other == room(path) or place < own, f"{path.name} may not import {name}"
        own_backend = path.relative_to(SOURCE).parts[:2][-1].removesuffix(".py")
        same = room(path) == other == "backends"
        assert not same or name.split(".")[2] == own_backend, f"{path.name} may not import another backend"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    """A third-party library is imported by the files that stand for it, and by no other."""
    inside = path.relative_to(SOURCE).as_posix()
    for name in {name.split(".")[0] for name in imported(path)} & ROOMS.keys():
        assert any(inside.startswith(allowed) for allowed in ROOMS[name]), f"{inside} may not import {name}"


def test_importing_the_package_loads_nothing_heavy() -> None:
    """``import regional_qa`` and ``--help`` stay quick: no engine, model or web library is loaded."""
    code = (
        f"import regional_qa, regional_qa.cli, regional_qa.web, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_kept() -> None:
    """``__all__`` lists exactly what the package imports for its users."""
    import regional_qa

    assert sorted(regional_qa.__all__) == regional_qa.__all__
    assert all(hasattr(regional_qa, name) for name in regional_qa.__all__)  # some are loaded now
    assert not hasattr(regional_qa, "anything_else")
    public = {name for name in vars(regional_qa) if not name.startswith("_")}
    modules = {name for name in public if isinstance(getattr(regional_qa, name), type(sys))}
    assert public - modules == set(regional_qa.__all__)
