"""The nouns as JSON objects: the same for the command line, the endpoints and whoever reads them.

Knows nothing about where they are written to.
"""

from __future__ import annotations

from typing import Any

from regional_qa.types import Answer, Hit


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit as JSON; ``start`` and ``end`` count code points of the article's text."""
    article, span = hit.article, hit.passage.span
    return {
        "rank": hit.rank,
        "score": float(hit.score),
        "why": {name: float(part) for name, part in hit.why.items()},
        "article_id": article.article_id,
        "title": article.title,
        "publisher": article.publisher,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "regions": list(hit.passage.regions),
        "origin": article.origin,
        "start": span.start,
        "end": span.end,
        "text": hit.passage.text,
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer as JSON (``in_original``: the places in the file ``origin``), with its citations, what was understood, and the reasons of an abstention."""
    return {
        "question": answer.question,
        "status": answer.status,
        "text": answer.text,
        "citations": [
            {
                "label": citation.label,
                "article_id": citation.article_id,
                "title": citation.title,
                "publisher": citation.publisher,
                "source": citation.source,
                "published": citation.published.isoformat() if citation.published else None,
                "regions": list(citation.regions),
                "start": citation.span.start,
                "end": citation.span.end,
                "origin": citation.origin,
                "in_original": [[place.start, place.end] for place in citation.in_original],
                "quote": citation.quote,
            }
            for citation in answer.citations
        ],
        "scope": {
            "regions": list(answer.scope.regions),
            "years": list(answer.scope.years),
            "kind": answer.scope.kind,
        },
        "notes": list(answer.notes),
        "closest": [hit_record(hit) for hit in answer.closest],
        "generation": answer.generation,
    }
