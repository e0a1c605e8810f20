"""The rows of the fault matrix that are about hostile text and the web; ``tests/durability/matrix.py`` has the others.

A test names the rows it covers: ``@pytest.mark.fault("G1", "H10")``; ``tests/durability/test_matrix.py`` holds both sides
together.
"""

from __future__ import annotations

ROWS = {
    "G1": "hostile text in an article: headline, body, publisher, source, date, file name",
    "G2": "hostile text in a question, in the one before, and in a language model's wording",
    "G3": "a Markdown bomb, a passage of ten megabytes",
    "G4": "signs that Markdown and LaTeX read, in news",
    "G5": "orders in a passage, to a model that obeys",
    "G6": "forged delimiters and labels in a passage",
    "G7": "near-duplicates that all say the same wrong thing",
    "G8": "an article's address of another scheme or of a look-alike host",
    "G9": "text that a page hides from its readers",
    "H1": "paths out of the folders that are served",
    "H2": "files and pages of others asked for through the server",
    "H3": "foreign origin, foreign host",
    "H4": "uploads",
    "H5": "endpoints called past the page",
    "H6": "a crowd: joins, idle streams, half-sent bodies",
    "H7": "guessed passwords",
    "H8": "every route without a login",
    "H9": "a fault that nobody foresaw, with a secret in it",
    "H10": "safe headers on every response",
    "H11": "a forged conversation",
    "H12": "shared without a password",
    "H13": "a dead proxy, no network",
}
