"""Bytes -> Article: formats, encodings and newspaper repair; the only room that cleans text.

Knows nothing about passages, indexes or questions.
"""

from regional_qa.reading.folder import FORMATS, Source, corpus_sources, fingerprint, read_corpus, read_file
from regional_qa.reading.problem import Problem

__all__ = ["FORMATS", "Problem", "Source", "corpus_sources", "fingerprint", "read_corpus", "read_file"]
