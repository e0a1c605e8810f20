"""A corpus whose every sentence tells its edition, so that answers from two generations at once are seen.

Knows nothing about what goes wrong.
"""

from __future__ import annotations

from pathlib import Path

from regional_qa.indexing import durable
from regional_qa.indexing.build import rebuild
from regional_qa.indexing.generation import Generation, open_generation
from regional_qa.retrieval import search
from tests.fakes import fake_parts, write_corpus

PROVINCES = ("安徽", "江西", "甘肃")
QUESTION = "光伏玻璃产量增长"


def write_edition(corpus: Path, number: int) -> Path:
    """The corpus as edition ``number`` prints it."""
    texts = {f"a{i}": f"title: {name}光伏\nregions: [{name}]\n---\n第{number}版，{name}光伏玻璃产量增长{number}%。"
             for i, name in enumerate(PROVINCES)}  # fmt: skip
    return write_corpus(corpus, **texts)


def publish_edition(corpus: Path, index: Path, number: int) -> None:
    """Write the edition and rebuild; edition ``number`` becomes generation ``number`` of a new index."""
    rebuild(write_edition(corpus, number), index, fake_parts())


def edition_of(generation: Generation) -> int:
    """The edition a generation answers from, asked of words, vectors, passages and facts alike."""
    found = {hit.passage.text for hit in search(generation, QUESTION)}
    found |= {passage.text for passage, _ in generation.passages.get(range(len(generation.passages)))}
    found |= {fact.quote for fact in generation.passages.facts((), (), None, None)}
    found |= {article.text for article in generation.passages.every_article()}
    editions = {text[1 : text.index("版")] for text in found}
    assert len(editions) == 1, f"answers from several editions: {found}"
    (edition,) = editions
    assert len(search(generation, f"第{edition}版")) == len(PROVINCES)
    return int(edition)


def opened(index: Path) -> int:
    """The edition that a new reader of the index gets; a fallback to an older generation is a failure here.

    Where a first rebuild was stopped before it wrote the pointer, its one generation is served with a notice.
    """
    generation = open_generation(index, fake_parts())
    first = len(durable.generations(index)) == 1 and not (index / durable.CURRENT).exists()
    assert first or not generation.notice, generation.notice
    edition = edition_of(generation)
    assert generation.manifest.generation == f"gen-{edition:06d}"
    return edition
