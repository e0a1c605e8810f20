"""What the pages say, in Chinese and English, and the examples they offer; long pages keep the words only they say.

Knows nothing about how they look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from regional_qa.errors import RegionalQAError
from regional_qa.knowledge.region_names import english_name
from regional_qa.types import Kind
from regional_qa.web.language import Language


class Text(str):
    """A text in Chinese, with the same in English beside it.

    >>> Text("来源", "Sources").to("en"), Text("来源", "Sources").to("zh")
    ('Sources', '来源')
    """

    english: str

    def __new__(cls, chinese: str, english: str) -> Self:  # noqa: D102 (the class tells)
        text = super().__new__(cls, chinese)
        text.english = english
        return text

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.english  # copies and pickles keep both

    def to(self, language: Language) -> str:
        """As a reader of this language sees it."""
        return self.english if language == "en" else str(self)


def told(fault: RegionalQAError, language: Language) -> str:
    """What a fault says to a reader of this language.

    >>> told(RegionalQAError("it is empty", "是空的"), "zh"), told(RegionalQAError("it is empty"), "zh")
    ('是空的', 'it is empty')
    """
    return Text(fault.chinese or str(fault), str(fault)).to(language)


def regions(names: Iterable[str], language: Language) -> str:
    """Regions one after the other, as a reader of this language knows them.

    >>> regions(["安徽", "江西"], "zh"), regions(["安徽", "江西"], "en")
    ('安徽、江西', 'Anhui, Jiangxi')
    """
    return REGION_SEPARATOR.to(language).join(map(english_name, names) if language == "en" else names)


TITLE = Text("区域新闻问答", "Regional News Q&A")
TAGLINE = Text(
    "答案逐字引自文章，每一句都能翻到原处核对。",
    "Every answer is quoted word for word, and every sentence leads to its place in the article.",
)
COUNTS = Text("{articles} 篇文章 · {passages} 个段落", "Articles: {articles} · Passages: {passages}")
INVITATION = Text("问一个地区、一个产业、一个数字", "Ask about a region, an industry, a figure")

QUESTION = Text("问题", "Question")
QUESTION_HINT = Text("例如：安徽光伏产量占全国多少", "e.g. PV share of Anhui")
ASK = Text("提问", "Ask")
OTHER_LANGUAGE = Text("English", "中文")
STOP = Text("停止", "Stop")
RETRY = Text("重新回答", "Ask again")
EDIT = Text("修改问题", "Edit question")
FOLLOWING = Text("接着问", "Ask next")
FOOTNOTE = Text("[{label}] 《{title}》，{by}，{day}", "[{label}] {title}. {by}, {day}")
SAVE = Text("保存对话", "Save conversation")
SAVE_FIGURES = Text("保存数字", "Save figures")
NOTE = Text("《{title}》，{by}，{day}，第 {start}–{end} 字", "{title}. {by}, {day}, characters {start}–{end}")
GOOD = Text("答得对", "Right")
BAD = Text("答得不对", "Not right")
WHAT_IS_WRONG = Text("哪里不对", "What is wrong")
REASONS: Mapping[str, Text] = {
    "figure": Text("数字不对", "wrong figure"),
    "scope": Text("地区或时间不对", "wrong region or time"),
    "beside": Text("答非所问", "does not answer the question"),
    "no_answer": Text("语料里并没有答案", "the corpus holds no answer"),
    "missed": Text("有答案却没有找到", "an answer was missed"),
}
SHOULD_BE = Text("应为这段", "Should be this passage")
SHOULD_BE_HINT = Text("把文章里的原文贴在这里（可不填）", "Paste the article's own words (may stay empty)")
SEND = Text("提交", "Send")
CANCEL = Text("取消", "Cancel")
THANKS = Text("已记下，谢谢。", "Noted, thank you.")
UNFORESEEN = Text(
    "出了没有料到的错，这次没有回答；日志里的编号是 {number}。",
    "Something went wrong that nobody foresaw, so there is no answer; its number in the log is {number}.",
)
FEEDBACK_FULL = Text("反馈文件已满，这条没有记下", "the feedback file is full; this was not noted")
FEEDBACK_LOST = Text("反馈没有记下：文件写不进去", "this was not noted: the feedback file cannot be written")
NEW_CONVERSATION = Text("新对话", "New conversation")
CONVERSATION = Text("对话", "Conversation")
FILTERS = Text("限定地区与发表日期", "Region and dates")
REGIONS = Text("地区", "Region")
REGIONS_HINT = Text("安徽、江西（留空则按问题判断）", "Anhui, Jiangxi (empty: as the question says)")
SINCE = Text("发表不早于", "Published since")
UNTIL = Text("发表不晚于", "Published until")
DATE_HINT = Text("2024-01-31", "2024-01-31")

EXAMPLES = (  # an index is tried with them before they are offered
    Text("安徽光伏产量占全国多少", "What share of national PV glass output does Anhui have?"),
    Text("吉林到2030年氢能产业产值目标是多少", "What is Jilin's target for hydrogen output value in 2030?"),
    Text("江苏护理型床位占比多少", "What share of Jiangsu's care beds are nursing beds?"),
    Text("江西2023年新三样出口增长多少", "How much did Jiangxi's exports of the new three grow in 2023?"),
    Text("河南新能源装机规模是多少", "How much did Heihe's foreign trade grow?"),
    Text("广州跨境电商规模8年增长多少倍", "How much did Guangzhou's cross-border e-commerce trade grow in 8 years?"),
)

KINDS: Mapping[Kind, Text] = {
    "share": Text("占比", "share"),
    "multiple": Text("倍数", "multiple"),
    "growth": Text("增速", "growth"),
    "date": Text("时间", "time"),
    "list": Text("列举", "list"),
    "money": Text("金额", "money"),
    "count": Text("数量", "count"),
    "amount": Text("数值", "value"),
    "duration": Text("时长", "duration"),
    "name": Text("名称", "name"),
    "place": Text("地点", "place"),
    "whether": Text("是否", "yes or no"),
}
"""What kind of answer was asked for; a plain fact has no name."""
NOT_FOUND = Text("语料中没有找到", "Not found in the corpus")
COMPLETED = Text("按上一问补全为：{question}", "Completed from the question before: {question}")
DROP = Text("去掉“{limit}”再问", "Ask again without “{limit}”")
AGAIN = Text("去掉一个限定后的问题", "A question to ask")
SCOPE_YEARS = Text("数据期 {years}", "figures of {years}")
SCOPE_METRIC = Text("指标 {metric}", "metric: {metric}")
SCOPE_INDUSTRY = Text("产业 {industry}", "industry: {industry}")
PHRASED = Text("由语言模型根据引文改写", "Worded by a language model from the quotations")
MATCHED = Text("数字与地区相符", "numbers and regions match")
MATCHED_HINT = Text(
    "其中的数字、引号里的话和地区都在所标的引文里；别的话没有核对，请对照引文",
    "its numbers, its words in quotation marks and its regions stand in the quotations it cites; "
    "other words were not checked, so compare them with the quotations",
)
STRUCK = Text("一句与引文对不上，已删去", "One sentence did not match what it cites and was left out")
ALL_STRUCK = Text("{count}句与引文对不上，已删去", "{count} sentences did not match what they cite and were left out")
UNFINISHED = Text("改写没有写完", "The wording was not finished")
WRITING = Text("语言模型正在改写…", "The language model is writing…")
LIMITED = Text("已限定：{limits}", "limited to {limits}")
SOURCES = Text("来源", "Sources")
CLOSEST = Text("最接近的段落", "Nearest passages")
CLOSEST_HINT = Text("仅供参考，不是答案", "for orientation, not an answer")
WHY = Text("为何命中：{reasons}", "Why: {reasons}")
WHY_REGION = Text("地区", "region")
WHY_YEAR = Text("年份", "year")
WHY_WORDS = Text("词语", "words")
WHY_OWN = Text("所问", "asked for")
WHY_MEANING = Text("意思相近", "close in meaning")
ONLY = Text("只看", "Show only")
FOLDED = Text("另有 {count} 处刊载相同内容", "Also printed elsewhere: {count}")
OPEN = Text("打开文中位置", "Open at this place")
COPY = Text("复制（带脚注）", "Copy with footnotes")
FACTS = Text("数字表", "Fact table")
COVERAGE = Text("覆盖", "Coverage")
INDEX = Text("索引", "Index")
NO_CREDIT = Text("出处不详", "source unknown")
RETOLD = Text("{publisher}（据{source}编写，非原文）", "{publisher} (retold from {source}, not its words)")
TOO_LONG_TO_SHOW = Text(
    "这篇文章有 {count} 字，这里只显示第 {first}–{last} 字。",
    "This article has {count} characters; only those from {first} to {last} are shown.",
)
UNTITLED = Text("（无题）", "(untitled)")
UNDATED = Text("日期不详", "date unknown")

BAD_DATE = Text("日期要写成 2024-01-31 这样，收到的是“{text}”", "write dates like 2024-01-31, got “{text}”")
NOT_TEXT = Text(
    '地区和日期要写成文字，例如 "安徽,江西" 和 "2024-01-31"，没有就留空',
    'write region and dates as text, for instance "安徽,江西" and "2024-01-31", and leave empty what does not matter',
)
DATES_CROSSED = Text(
    "起始日期 {since} 晚于截止日期 {until}，请对调",
    "the first day {since} is after the last day {until}; exchange them",
)

SERVING = "区域新闻问答：在浏览器里打开 {address} （按 Ctrl-C 停止）\n"
NO_INDEX = Text("还不能回答", "No answers yet")
MISSING = Text("没有找到这篇文章", "There is no such article")
MISSING_HINT = Text(
    "索引里没有编号为“{article_id}”的文章，它可能已在重建时移出。请回到对话重新提问。",
    "The index holds no article “{article_id}”; a rebuild may have removed it. Go back to the chat and ask again.",
)
BAD_PLACE = Text(
    "链接里的位置与这篇文章对不上，下面是全文，没有标出引文。",
    "The place in the link does not fit this article. Here is the whole text, without a marked quotation.",
)
JUMP = Text("跳到引文", "Go to the quotation")
PUBLISHED = Text("发表", "published")
REGION_LABEL = Text("地区", "region")
TOPIC_LABEL = Text("主题", "topic")
SECTION_LABEL = Text("版块", "section")
ORIGIN_LABEL = Text("原文件", "file")
ADDRESS = Text("来自", "From")
STOOD = Text("引文在原文件第 {places} 字", "quotation at characters {places} of the file")
ORIGINAL_HINT = Text(
    "文件里的原样，灰色的不属于这篇文章。", "As it stands in the file; what is grey is not of this article."
)
REPRINTS = Text("又见", "Also printed in")
INFERRED = Text("（据正文）", " (from the text)")
REGION_SEPARATOR = Text("、", ", ")

FACTS_HINT = Text(
    "报道里写明地方和指标的数字，每一条都能翻到原句核对。",
    "Figures whose place and metric the articles tell; each leads to its sentence.",
)
METRIC = Text("指标", "Metric")
METRIC_HINT = Text("产量、营收、进出口", "产量、营收、进出口")
FACTS_REGIONS_HINT = Text("安徽、江西", "Anhui, Jiangxi")
FILTER = Text("筛选", "Filter")
FACT_COLUMNS: Mapping[str, Text] = {
    "place": Text("地方", "Place"),
    "matter": Text("对象", "Matter"),
    "metric": Text("指标", "Metric"),
    "figure": Text("数字", "Figure"),
    "basis": Text("口径", "Basis"),
    "time": Text("时间", "Time"),
}
"""By these the table can be sorted."""
FACT_SOURCE = Text("出处", "Source")
FACT_CREDIT = Text("{by}，{day}", "{by}, {day}")
FACT_YEARS = Text("{years}年", "{years}")
FACT_PERIOD = Text("{period}（{years}）", "{period} ({years})")
SORT = Text("排序", "Sort by")
SORT_BY = Text("按{name}排序", "Sort by {name}")
FACT_COUNT = Text("共 {count} 条", "Figures: {count}")
FACTS_CUT = Text("共 {count} 条，显示前 {shown} 条", "Figures: {count}, the first {shown} shown")
CSV = Text("下载 CSV（全部）", "Download CSV (all)")
NO_TIME = Text("未写明", "not told")
TOO_LONG = Text("每一栏最多 {limit} 个字，请缩短", "a field holds at most {limit} characters; shorten it")

GUARD: Mapping[int, str] = {
    403: "这个请求来自别的网站，已拒绝。",
    404: "没有这个页面。",
    408: "请求没有在规定时间内发完，请重试。",
    413: "请求太大（上限 64 kB），请缩短问题。",
    422: "这个请求不是页面会发的，已拒绝。",
    421: "主机名不在允许之列。请用启动时显示的地址访问，或以 --host 指定主机名。",
}


def nothing(said: str, language: Language) -> str:
    """What an abstention says: that nothing was found, in the language of the page, or what it says instead."""
    return NOT_FOUND.to(language) if said in (NOT_FOUND, NOT_FOUND.english) else said
