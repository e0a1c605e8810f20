"""Answer -> the same answer with a language model's wording above it, every sentence proven against what it cites.

The model is not trusted: a sentence stays only if it carries a valid label and each of its numbers, its words in
quotation marks and its regions stands in a quotation it cites. Each is looked at as soon as it is complete, and the
whole once more at the end. What is struck is told in the notes. Words that are none of these are not proven. Knows
nothing about networks, prompts or which model speaks.
"""

from __future__ import annotations

import contextlib
import logging
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from regional_qa.errors import PhrasingError
from regional_qa.knowledge.exact_numbers import find_figures
from regional_qa.knowledge.regions import find_regions
from regional_qa.ports import Phraser
from regional_qa.types import Answer, Citation

logger = logging.getLogger(__name__)

MOST_CHARS = 2000
"""Characters of the model's text that are looked at."""
_FIRST_LABEL = 0xE000
"""While the text is looked at, label n is one private character, so that nothing can be half a label."""
_LABEL = "[\ue000-\uf8ff]"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_FULL_WIDTH = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F) if chr(c) not in "！（），：；？～"}
_REST = r"[^\s\u3001-\u9fff\ue000-\uf8ff，。；！？]"
_ADDRESS = (
    rf"{_REST}*://{_REST}*"
    rf"|(?:(?:javascript|vbscript|https?|ftp|mailto)[:：]|www\.|(?:file|data):(?=\S)){_REST}*"
    rf"|(?<![a-z0-9-])(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+(?:[:/?#@]{_REST}*)?"
    rf"|(?<![\d.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\d.])(?:[:/]{_REST}*)?|//+"
)
_MARKER = re.compile(
    r"(?<!!)[\[【〔]\s*(?:\^|来源|引文|source)?\s*(?P<numbers>[-−+]?\d{1,9}(?:\s*[,，、]\s*\d{1,9})*)\s*(?:†[^\]】]*)?[\]】〕]",
    re.IGNORECASE,
)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_CODE = r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[a-z/!][^<>]*>|&#?\w{1,32};"
_FOREIGN = (
    (re.compile(_CODE, re.IGNORECASE | re.DOTALL), ""),
    (re.compile(r"!\[[^\]]*\](?:\([^)]*\)?)?"), ""),
    (re.compile(rf"({_LABEL})\([^)\n]*\)?"), r"\1"),
    (re.compile(r"\[[^\[\]]*\]\([^()\n]*\)?"), ""),
    (re.compile(_ADDRESS, re.IGNORECASE), ""),
)
"""Links, pictures and web code, and what stays of them."""
_FORMATTING = re.compile(
    rf"!+(?={_LABEL})"
    r"|\(\s*\)|（\s*）|[<>\[\]{}【】〔〕*#_`|^\\]|~~|(?m:^[ \t]*(?:[-+•·]\s+|\d{1,2}[.)]\s+|\d{1,2}、(?!\d)))"
)
_END = re.compile(
    rf"(?:[。！？!?]+[”』」）》’)\"]*|(?<=[A-Za-z0-9%)”\"\ue000-\uf8ff])\.(?=\s|$|{_LABEL}))(?:\s*{_LABEL})*|\n+"
)
_COMPLETE = re.compile(
    r"(?:[。！？!?]+[”』」）》’)\"]*|(?<=[A-Za-z0-9%)”\"\]])\.(?=\s)|\n)"
    r"(?:\s*\\?[\[【〔［]+[^\[\]【】〔〕［］]{0,20}\d[^\[\]【】〔〕［］]{0,20}[\]】〕］]+)*\s*(?=[“‘「『《\"(（*_#\s]*[^\W_])"
)
"""Where, in text that still grows, a sentence and the labels behind its full stop end: the next one has begun."""
_RUN = re.compile(rf"{_LABEL}(?:\s*{_LABEL})*")
_MARKED = [re.compile(f"{pair[0]}([^{pair}]*){pair[1]}") for pair in ("“”", "‘’", "「」", "『』", "《》", '""')]
_MARKS = re.compile('[“”「」『』《》"]')
_HAN = re.compile("[\u3400-\u9fff]")

NOTES = {
    "unlabelled": ("改写稿有{n}句没有标明引文，已删去", "left out of the rewording, citing nothing: {n} sentence(s)"),
    "number": ("改写稿有{n}句含所标引文里没有的数，已删去", "left out of the rewording, with a number that is not in what they cite: {n} sentence(s)"),
    "words": ("改写稿有{n}句以引号引了所标引文里没有的话，已删去", "left out of the rewording, quoting words that are not in what they cite: {n} sentence(s)"),
    "region": ("改写稿有{n}句说到所标引文以外的地区，已删去", "left out of the rewording, with a region that is not in what they cite: {n} sentence(s)"),
    "label": ("改写稿有{n}处标号不存在，已删去", "removed from the rewording: {n} unknown label(s)"),
    "doubled": ("改写稿有{n}处标号重复，已合并", "merged in the rewording: {n} doubled label(s)"),
    "link": ("改写稿有{n}处链接或网页代码，已删去", "removed from the rewording: {n} link(s) or web code"),
    "long": ("改写稿过长，只看了开头", "the rewording was too long and only its beginning was read"),
}  # fmt: skip
"""What is told of each kind of thing struck, in Chinese and in English."""
FAILED = ("未能改写：{reason}", "not reworded: {reason}")
BROKEN_OFF = ("改写没有写完：{reason}", "the rewording was not finished: {reason}")
NOTHING_LEFT = ("没有一句能由引文核对", "no sentence could be proven by the quotations")
BROKEN = ("语言模型出错", "the language model failed")


@dataclass(frozen=True, slots=True)
class Proven:
    """What is left of a model's text, and how many things of each kind of ``NOTES`` were struck.

    ``sentences`` are those of the text in their order, an empty one for each that was struck.
    """

    sentences: tuple[str, ...] = ()
    struck: tuple[tuple[str, int], ...] = ()

    @property
    def text(self) -> str:
        """The sentences that stay."""
        kept = [sentence for sentence in self.sentences if sentence]
        return ("" if _HAN.search("".join(kept)) else " ").join(kept)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a wording has come: the answer with what is proven so far, and what the wording adds to its notes.

    ``sentences`` are as in ``Proven``. What comes after the last step is nothing.
    """

    answer: Answer
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_last: bool = True


def phrase(answer: Answer, phraser: Phraser | None) -> Answer:
    """The answer with the model's wording of its quotations; whatever the model does, the answer itself stands.

    An abstention is handed back as it is, and nobody is asked; so is every answer where there is no model.
    """
    return deque(steps(answer, phraser), maxlen=1).pop().answer


def steps(answer: Answer, phraser: Phraser | None) -> Generator[Step, None, None]:
    """The answer at once, then the same with every further sentence as soon as it is complete and looked at.

    What broke off keeps the sentences that were complete.
    """
    if answer.status != "answered" or phraser is None:
        yield Step(answer)
        return
    yield Step(answer, is_last=False)
    language = 0 if _HAN.search(answer.question) else 1
    said, complete, reason, proven = "", 0, "", Proven()
    try:
        with contextlib.closing(phraser.phrase(answer.question, [one.quote for one in answer.citations])) as pieces:
            for piece in pieces:
                said += piece
                before, complete = complete, _complete(said, complete)
                if (
                    complete > before
                    and (shown := prove(said[:complete], answer.citations)).sentences != proven.sentences
                ):
                    proven = shown
                    yield Step(replace(answer, phrased=proven.text), proven.sentences, is_last=False)
        proven = prove(said, answer.citations)
    except PhrasingError as fault:
        reason = (fault.chinese, str(fault))[language]
    except Exception as fault:  # noqa: BLE001 - a wording is never worth an answer, whatever a plug raises
        logger.warning("the answer was not reworded: %s", type(fault).__name__)
        reason = BROKEN[language]
    notes = [NOTES[kind][language].format(n=count) for kind, count in proven.struck]
    if reason or not proven.text:
        told = BROKEN_OFF if proven.text else FAILED
        notes.append(told[language].format(reason=reason or NOTHING_LEFT[language]))
    worded = replace(answer, phrased=proven.text, notes=(*answer.notes, *notes))
    yield Step(worded, proven.sentences, tuple(notes))


def prove(said: str, citations: Sequence[Citation]) -> Proven:
    """What of a model's text the citations bear out, each sentence with its labels.

    >>> from regional_qa.types import Span
    >>> quote = "产量占全国的1/3。"
    >>> cited = Citation(1, "a", "", "", None, ("安徽",), "", Span(0, len(quote)), quote)
    >>> proven = prove("安徽占三分之一【1】。江西占一成[1]。详见[9](http://evil.example)。", [cited])
    >>> proven.sentences, proven.struck
    (('安徽占三分之一[1]。', '', ''), (('label', 1), ('link', 1), ('number', 1), ('unlabelled', 1)))
    """
    struck: Counter[str] = Counter()
    said = _THOUGHT.sub("", said)  # what some models say to themselves first
    if len(said) > MOST_CHARS:
        struck["long"] = 1
    text = _cleaned(_folded(said[:MOST_CHARS]), len(citations), struck)
    text = _RUN.sub(lambda run: _merged(run[0], struck), text)
    judged: list[str] = []
    for sentence in _sentences(text):
        fault = next((fault for claim, cited in _claims(sentence, citations) if (fault := _fault(claim, cited))), "")
        struck[fault] += bool(fault)
        written = "" if fault else _written(sentence)
        if fault or written not in judged:  # one that is said again and again is said once
            judged.append(written)
    return Proven(tuple(judged), tuple((kind, count) for kind, count in struck.items() if count))


def _complete(said: str, start: int) -> int:
    """Up to where the sentences of a growing text are complete, looked for from ``start`` on.

    >>> _complete("安徽占三分之一。[1]", 0), _complete("安徽占三分之一。[1]江", 0), _complete("占3.", 0)
    (0, 11, 0)
    """
    return max((match.end() for match in _COMPLETE.finditer(said, start)), default=start)


def _folded(said: str) -> str:
    """Without characters that cannot be seen or are private, letters and brackets of one width."""
    seen = _UNSEEN.sub("", said.replace("\r", "\n").replace("\u2028", "\n")).translate(_FULL_WIDTH)
    return "".join(
        plain if (plain := unicodedata.normalize("NFKC", char)).isascii() and plain.isalpha() else char
        for char in seen
        if unicodedata.category(char) not in ("Co", "Cs", "Cf", "Cn")
    ).replace("\\", "")


def _cleaned(text: str, labels: int, struck: Counter[str]) -> str:
    """The text without links, web code and unknown labels; known ones are private characters.

    Taking out one thing may join another, so it goes on until nothing is found.
    """

    def label(marker: re.Match[str]) -> str:
        numbers = [int(number) for number in re.findall(r"[-−+]?\d+", marker["numbers"].replace("−", "-"))]
        known = [number for number in numbers if 1 <= number <= labels]
        struck["label"] += len(numbers) - len(known)
        return "".join(chr(_FIRST_LABEL + number) for number in known)

    before = None
    while before != text:
        before = text
        text = _MARKER.sub(label, text)
        for pattern, rest in _FOREIGN:
            text, count = pattern.subn(rest, text)
            struck["link"] += count
        text = _FORMATTING.sub("", text)
    for kind in [kind for kind, count in struck.items() if not count]:
        del struck[kind]
    return text


def _merged(run: str, struck: Counter[str]) -> str:
    """Neighbouring labels, each once."""
    labels = "".join(run.split())
    single = "".join(dict.fromkeys(labels))
    if len(single) < len(labels):
        struck["doubled"] += len(labels) - len(single)
    return single


def _sentences(text: str) -> Iterator[str]:
    """The sentences, each with the labels that stand behind its full stop; labels before its first word go to its end."""
    start = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        sentence = " ".join(text[start:end].split()).lstrip("( ")  # behind a label, ( would begin an address
        ahead = re.match(f"{_LABEL}*", sentence)
        if ahead and ahead[0]:
            rest = sentence[ahead.end() :].strip()
            sentence = rest if re.search(_LABEL, rest) else rest.rstrip("!") + ahead[0]  # ![1] would be a picture
        if any(char.isalnum() for char in sentence):
            yield sentence
        start = end


def _claims(sentence: str, citations: Sequence[Citation]) -> list[tuple[str, list[Citation]]]:
    """What a sentence says up to each of its runs of labels, with the citations of that run; the rest goes with the last."""
    pieces = re.split(f"({_LABEL}+)", sentence)
    texts, runs = pieces[::2], pieces[1::2]
    if not runs:
        return [(sentence, [])]
    if any(char.isalnum() or _MARKS.match(char) for char in texts[-1]):
        runs.append(runs[-1])
    cited = [[citations[ord(label) - _FIRST_LABEL - 1] for label in run] for run in runs]
    return list(zip(texts, cited, strict=False))  # a last piece of punctuation alone claims nothing


def _fault(claim: str, cited: Sequence[Citation]) -> str:
    """Why a claim cannot stay, as a key of ``NOTES``; empty where it can."""
    if not cited:
        return "unlabelled"
    known = [figure for citation in cited for figure in find_figures(citation.quote)]
    if not all(figure.fits(known) for figure in find_figures(claim)):
        return "number"
    if not all(any(words in citation.quote for citation in cited) for words in _marked(claim)):
        return "words"
    named = {mention.name for citation in cited for mention in find_regions(citation.quote)}
    regions = {region for citation in cited for region in citation.regions}
    for mention in find_regions(claim):
        whole = mention.name in regions or (len(mention.provinces) > 1 and regions >= set(mention.provinces))
        if mention.name not in named and not whole:
            return "region"
    return ""


def _marked(claim: str) -> Iterator[str]:
    """The words in quotation marks; behind a mark that has no other half, everything."""
    rest = claim
    for pattern in _MARKED:
        yield from (words.rstrip("，。；、！？,.;!? ") for words in pattern.findall(claim))
        rest = pattern.sub(lambda pair: pair[0][1:-1], rest)
    if _MARKS.search(rest):
        yield rest


def _written(text: str) -> str:
    """The text with its labels as [n]."""
    return re.sub(_LABEL, lambda label: f"[{ord(label[0]) - _FIRST_LABEL}]", text)
