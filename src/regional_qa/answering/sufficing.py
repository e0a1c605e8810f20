"""Evidence -> what of it may be given as an answer, best first.

Knows nothing about how evidence is found, or what is said where none suffices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from regional_qa.answering.evidence import Evidence, judgement
from regional_qa.answering.kinds import COUNTRY, FIGURES, PERSON, PROVINCE, UNSURE
from regional_qa.answering.sought import n_listed
from regional_qa.answering.told import is_exact
from regional_qa.answering.understanding import KIND_WORDS, Understanding
from regional_qa.knowledge.aims import aims
from regional_qa.knowledge.causes import asks_why, tells_why
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.superlatives import asks_most, tells_most
from regional_qa.knowledge.synonyms import names_figure, says

SURE, LIKELY, LEAD = 0.3, 0.15, 3.0
"""Probability from which a sentence answers that names what is counted by a word no file of synonyms has, or seems to
name nobody where it is asked who; and the lesser one that is enough where its score is so far above all others. Chosen
on questions over the five files and the news (docs/decisions.md, Evidence), as are the numbers below."""
CERTAIN = 0.4
"""Probability from which a sentence may answer which country, though it names none of the list: 晋国."""
TELLS_WHY = 4.0
"""How much more merit a sentence has that gives a reason, where one is asked for."""
TELLS_DEED, SURE_WITHOUT = 4.0, 0.75
"""How much more merit a sentence has that tells the deed whose doer is asked for, and from which probability one may do
without."""
TELLS_EXACTLY = 1.0
"""How much more merit a sentence has whose figure is told with the metric and the subject that the question names."""
TOGETHER = 3.0
"""How much more merit a sentence has that tells of all the places compared."""
UNLISTED = 2.0
"""How much less merit a sentence has that lists nothing, where a list is asked for."""
_REACHED = re.compile("(?:已经?|目前|现在|如今)(?:建成|建了|有|实现|完成|达到|落地|投产|开通|引进|培育|拥有)")
"""What asks for what there is, and not for what is planned."""


def sufficing(asked: Understanding, weighed: Iterable[Evidence]) -> list[Evidence]:
    """The evidence that may be given, by merit and by what the question asks for besides."""
    return sorted((one for one in weighed if suffices(asked, one)), key=lambda one: -one.merit - _in_favour(asked, one))


def suffices(asked: Understanding, evidence: Evidence) -> bool:
    """Whether evidence may be given as the answer: likely enough, of the kind, about what is asked."""
    return (
        bool(asked.terms)
        and evidence.probability >= judgement(asked).enough
        and _names_what_is_measured(evidence)
        and _is_of_the_kind(asked, evidence)
        and _names_somebody(asked, evidence)
        and _has_happened(asked, evidence)
        and _tells_the_deed(asked, evidence)
        and _tells_the_first(asked, evidence)
        and _speaks_of_the_matter(asked, evidence)
    )


def _in_favour(asked: Understanding, evidence: Evidence) -> float:
    """How much merit a sentence has beside its own."""
    text = evidence.sentence.text
    favour = TELLS_WHY if asks_why(asked.question) and tells_why(text) else 0.0
    favour += TELLS_EXACTLY if is_exact(asked, text, evidence.article.published) else 0.0
    if asked.deed and _says(asked.deed, evidence):
        favour += TELLS_DEED
    if asked.compares and all(evidence.sentence.is_about((place,)) for place in asked.places):
        favour += TOGETHER
    return favour - UNLISTED if asked.scope.kind == "list" and n_listed(text) < 2 else favour


def _is_likely(evidence: Evidence) -> bool:
    return evidence.probability >= (LIKELY if evidence.lead >= LEAD else SURE)


def _names_what_is_measured(evidence: Evidence) -> bool:
    return evidence.named == 1 or (evidence.named > 0 and _is_likely(evidence))


def _is_of_the_kind(asked: Understanding, evidence: Evidence) -> bool:
    """Whether the kind of thing asked for is there, or cannot be told for certain."""
    if evidence.has_kind:
        return True
    some = (
        asked.scope.kind == "list" and _is_likely(evidence) and "名单" not in asked.question
    )  # 哪些麻烦 may be but two
    if asked.scope.kind not in UNSURE and not some:
        return False
    if asked.unit in (COUNTRY, PROVINCE) and not asked.compares:
        return asked.unit == COUNTRY and evidence.probability >= CERTAIN
    return True


def _names_somebody(asked: Understanding, evidence: Evidence) -> bool:
    return asked.unit != PERSON or evidence.beside_kind or _is_likely(evidence)


def _has_happened(asked: Understanding, evidence: Evidence) -> bool:
    """Whether what is told has happened, where that is asked: 力争建成 tells not what has been built."""
    reached = asked.scope.kind not in FIGURES and not asked.aims and _REACHED.search(asked.question)
    return not reached or not aims(evidence.sentence.text)


def _tells_the_deed(asked: Understanding, evidence: Evidence) -> bool:
    """Whether the sentence tells what somebody is asked to have done, or is sure to by a word of no list: who has bought
    it stands where it is bought.
    """
    return not asked.deed or evidence.probability >= SURE_WITHOUT or _says(asked.deed, evidence)


def _tells_the_first(asked: Understanding, evidence: Evidence) -> bool:
    """Whether the first of all is told, where it is asked for; what one province has does not make it the first."""
    most = "" if asked.places else asks_most(asked.question)
    if not most:
        return True
    matter = [word for word in _telling(asked) if not word.startswith("最")]
    return tells_most(evidence.sentence.text, most) and _says_most_of(matter, evidence)


def _speaks_of_the_matter(asked: Understanding, evidence: Evidence) -> bool:
    """Whether the sentence has the one word that a question is about; for yes or no, which any sentence may tell, most."""
    telling = _telling(asked)
    if len(telling) == 1 and not _holds(asked, telling[0], evidence):
        return False
    return asked.scope.kind != "whether" or _says_most_of(telling, evidence)


def _telling(asked: Understanding) -> list[str]:
    return [term for term in asked.terms if term not in KIND_WORDS]


def _says_most_of(words: list[str], evidence: Evidence) -> bool:
    return 2 * sum(_says(word, evidence) for word in words) > len(words)


def _holds(asked: Understanding, word: str, evidence: Evidence) -> bool:
    """Whether evidence says something of the one word that a question is about; of test or 100 nothing can be told."""
    if word.isascii():
        return bool(asked.places)
    told = evidence.beside or asked.scope.kind not in FIGURES or names_figure(word)
    return told and _says(word, evidence)


def _says(word: str, evidence: Evidence) -> bool:
    """Whether the sentence has the word or a synonym."""
    return says(word, search_key(evidence.sentence.text))
