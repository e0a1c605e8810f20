"""Judged questions and judged collections -> measures. Whatever answers or ranks is handed in."""

from regional_qa.evaluation.questions import Outcome, Question, Report, evaluate, evidence_holds, read_questions
from regional_qa.evaluation.rankings import (
    Collection,
    Comparison,
    Measured,
    Run,
    compare,
    measure,
    rank,
    read_beir,
    read_qrels,
    read_run,
    require_writable,
    write_run,
)

__all__ = [
    "Collection",
    "Comparison",
    "Measured",
    "Outcome",
    "Question",
    "Report",
    "Run",
    "compare",
    "evaluate",
    "evidence_holds",
    "measure",
    "rank",
    "read_beir",
    "read_qrels",
    "read_questions",
    "read_run",
    "require_writable",
    "write_run",
]
