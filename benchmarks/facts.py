"""Every fact of an index, asked for by its own place, time, subject and metric: is its sentence quoted, and its figure marked?

    PYTHONPATH=. python benchmarks/facts.py INDEX [MOST]

Facts that share all of these are asked for once; where several articles tell the same, another may well be quoted (*figure*),
and words that fit another fact as well (上海成交额是多少) are answered by it (*other*).
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

from regional_qa import Answer, Settings, open_assistant
from regional_qa.types import Fact

SEED, MOST = 5, 1200


def question(fact: Fact) -> str:
    """The question that a fact answers, as an analyst would type it."""
    year = f"{fact.years[0]}年" if fact.years else ""
    time = fact.period if year in fact.period else f"{year}{fact.period}"
    subject = "" if "与" in fact.industry or fact.industry in fact.metric else fact.industry
    asks = "是多少"
    if fact.kind == "growth" and not any(word in fact.metric for word in "增降"):
        asks = "下降多少" if "降" in fact.told else "增长多少"
    elif fact.kind == "share" and fact.basis.startswith("占"):
        asks = f"占{fact.basis.removeprefix('占')}多少"
    return f"{fact.place}{time}{subject}{fact.metric}{asks}"


def outcome(fact: Fact, answer: Answer) -> str:
    """How an answer tells a fact."""
    cited = [one for one in answer.citations if one.article_id == fact.article_id]
    quoting = [one for one in cited if one.span.start <= fact.figure.start and fact.figure.end <= one.span.end]
    if not quoting:
        plain = fact.told.strip("增长下降")
        told = any(plain in one.quote for one in answer.citations)
        return "figure" if told else "other" if answer.citations else "refused"
    marks = quoting[0].marks
    if not any(mark.start < fact.figure.end and fact.figure.start < mark.end for mark in marks):
        return "quoted, not marked"
    return "quoted and marked" if len(marks) == 1 else "quoted, others marked too"


def main(index: Path, most: int) -> None:
    """Ask for as many facts as wanted, in an order that is always the same."""
    assistant = open_assistant(Settings.load(index=index))
    facts = {question(fact): fact for fact in assistant.facts()}
    asked = random.Random(SEED).sample(sorted(facts), min(most, len(facts)))
    outcomes = Counter(outcome(facts[one], assistant.ask(one)) for one in asked)
    print(f"{len(asked)} of {len(facts)} facts asked for")
    for name, count in outcomes.most_common():
        print(f"{count:6} {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else MOST)
