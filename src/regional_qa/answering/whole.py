"""Question, text and a figure in it -> whether the figure is of the whole of what is asked, and not of a part of it.

Knows nothing about times, nor about which figure is the answer.
"""

from __future__ import annotations

import functools
import re

from regional_qa.answering.parts import CLAUSE, clause_before
from regional_qa.answering.understanding import Understanding
from regional_qa.knowledge.aims import aims
from regional_qa.knowledge.metrics import maker, speaks_of_all, stands_alone, subject_of
from regional_qa.knowledge.quantities import Quantity
from regional_qa.knowledge.regions import find_regions
from regional_qa.knowledge.script import search_key
from regional_qa.knowledge.synonyms import synonyms

SENTENCE = re.compile(r"[。！？!?；;\n]")
"""What ends a sentence, or one of its halves."""
_PART_OF_INDUSTRY = re.compile("(?:非?能源|轻|重|高技术|装备|原材料|消费品|国有|民营|县域)工业$")
"""What is but a part of the industry of a place."""
_RESULT = re.compile(r"已经?[建投完实达开有]|实际|最终|最后|现在|目前|如今|当前|眼下|\b(?:actual|current|now)")
"""What asks for what has been reached or is, and not for what is aimed at."""
_NEWLY = re.compile("新[设增引注登培招建]|净增|再添")
"""What makes a figure that of what came lately, and not of all there is."""
_LARGE_FIRMS = re.compile("规上|规模以上")
"""What is short for the industry of a place."""
_BOUND = re.compile("[<>≥≤＜＞]=?\\s*$")
"""What makes a figure a condition: 地区生产总值>800亿元."""
_DEALT_WITH = re.compile(r"(?<!相)[对与同](?!外|比|期|口)([^，,。；;：:比期]{2,24}?)(?=(?:分别)?(?:进出口|出口|进口))")
"""Trade with a part of the world: 对欧盟、东盟分别进出口."""
_ALL_OF_IT = re.compile(
    r"根?据|按照?|[全我本该各当][省市区县州国地]|区域|三省一市|外贸|对外|货物|贸易|总的?|地区|经济|规模以上|规上|同期|当期|其中|累计|分别|方面|双边|两[国地]|业务|主营|录得|预[期计]|报告期?|实现"
)
"""What may stand before a metric and makes no part of it."""
_ITSELF = re.compile("[本该]?(?:公司|集团|企业|工厂|工作室|工坊|作坊|合作社|产业园|园区|基地|[本该]行)")
"""What a text calls the firm by that it speaks of."""
_A_DAY = re.compile(r"日均|[每单]日|每天|周均|每周")
_SUM = re.compile("(?<=..)总?[额值量]$")
_FIRM = re.compile("(?:公司|集团|企业)$")


def is_of_the_whole(asked: Understanding, before: str, figure: Quantity) -> bool:
    """Whether a figure can be of all that is asked for; not of a part that the question does not name, nor of a day,
    nor what is aimed at where a result is asked for.
    """
    question = search_key(asked.question)
    if _LARGE_FIRMS.search(question):
        question += "工业"
    if _RESULT.search(question) and not asked.aims and aims(SENTENCE.split(before)[-1]):
        return False
    if _BOUND.search(before) or (_A_DAY.search(figure.basis) and not re.search("[日天周每均]", asked.rest)):
        return False
    newly = _NEWLY.search(clause_before(before)) if asked.scope.kind in ("amount", "count") else None
    if newly and not re.search(f"[新增净添{newly[0][-1]}]", question):
        return False  # 引进了多少人 may be told by 新引进, 有多少户 not by 新设
    metric = asked.metric
    if not metric or not stands_alone(metric) or question.isascii():
        return True  # an English question never names what a Chinese sentence has
    told = re.sub('["“”]', "", search_key(SENTENCE.split(before)[-1]))
    if owner := _owner(asked.rest, metric):
        part = _PART_OF_INDUSTRY.search(_owner(told, metric))
        return owner != "工业" or part is None or part[0] in question
    told = _ITSELF.sub("", told) if not asked.places or _ITSELF.search(question) else told
    partners = _DEALT_WITH.findall(told)
    told = _DEALT_WITH.sub("", told)
    return all(is_named(part, question) for part in (_owner(told, metric), *partners))


@functools.lru_cache(maxsize=256)
def _owner(key: str, metric: str) -> str:
    """The words that say of what the metric is, named last before the end of ``key`` in search form.

    >>> _owner("上半年机电产品出口7926.3亿元,增长", "出口"), _owner("全省出口", "出口")
    ('机电产品', '')
    >>> _owner("江西新三样产品出口增长,全年出口额增长", "出口额"), _owner("光伏制造业实现营业收入9亿元,利润总额达", "利润总额")
    ('新三样产品', '光伏制造业')
    """
    names = "|".join(map(re.escape, (metric, *synonyms(metric), _SUM.sub("", metric))))
    for match in reversed(list(re.finditer(names, key))):
        clause = CLAUSE.split(key[: match.start()])[-1]
        owner = _bare(maker(clause) or subject_of(clause))
        if "投资" in metric and _FIRM.search(owner):
            return ""  # who has paid is no part of what it cost
        if owner or speaks_of_all(clause) or find_regions(clause):
            return owner
    return _bare(maker(key))


def is_named(part: str, question: str) -> bool:
    """Whether a question names what a metric is of, or nothing but all of it is told.

    >>> is_named("机电产品", "浙江出口增长多少"), is_named("全省外贸", "浙江出口增长多少"), is_named("机电", "机电产品出口多少")
    (False, True, True)
    """
    words = re.findall("[一-龥a-z]{2,}", _bare(part))
    pairs = [word[i : i + 2] for word in words for i in range(len(word) - 1)]
    return not pairs or any(pair in question for pair in pairs)


def _bare(part: str) -> str:
    """What a metric is of, less places and words that make no part of it."""
    for mention in reversed(find_regions(part)):
        part = f"{part[: mention.span.start]} {part[mention.span.end :]}"
    return _ALL_OF_IT.sub(" ", search_key(part)).strip()
