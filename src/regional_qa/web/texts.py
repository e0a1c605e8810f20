"""Every word the pages say, in Chinese, and the examples they offer. Knows nothing about how they look."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "区域新闻问答"
TAGLINE = "答案逐字引自文章，每一句都能翻到原处核对。"
COUNTS = "{articles} 篇文章 · {passages} 个段落"
INVITATION = "问一个地区、一个产业、一个数字"

QUESTION = "问题"
QUESTION_HINT = "例如：安徽光伏产量占全国多少"
ASK = "提问"
NEW_CONVERSATION = "新对话"
CONVERSATION = "对话"
FILTERS = "限定地区与发表日期"
REGIONS = "地区"
REGIONS_HINT = "安徽、江西（留空则按问题判断）"
SINCE = "发表不早于"
UNTIL = "发表不晚于"
DATE_HINT = "2024-01-31"

EXAMPLES = (
    "安徽光伏产量占全国多少",
    "吉林到2030年氢能产业产值目标是多少",
    "江苏护理型床位占比多少",
    "江西2023年新三样出口增长多少",
    "河南新能源装机规模是多少",
    "广州跨境电商规模8年增长多少倍",
)

NOT_FOUND = "语料中没有找到"
COMPLETED = "按上一问补全为：{question}"
DROP = "去掉“{limit}”再问"
AGAIN = "去掉一个限定后的问题"
SCOPE_YEARS = "数据期 {years}"
PHRASED = "由语言模型根据引文改写"
LIMITED = "已限定：{limits}"
SOURCES = "来源"
CLOSEST = "最接近的段落"
CLOSEST_HINT = "仅供参考，不是答案"
OPEN = "打开文中位置"
COPY = "复制（带脚注）"
FACTS = "数字表"
UNTITLED = "（无题）"
UNDATED = "日期不详"

BAD_DATE = "日期要写成 2024-01-31 这样，收到的是“{text}”"
NOT_TEXT = '地区和日期要写成文字，例如 "安徽,江西" 和 "2024-01-31"，没有就留空'
DATES_CROSSED = "起始日期 {since} 晚于截止日期 {until}，请对调"

SERVING = "区域新闻问答：在浏览器里打开 {address} （按 Ctrl-C 停止）\n"
NO_INDEX = "还不能回答"
MISSING = "没有找到这篇文章"
MISSING_HINT = "索引里没有编号为“{article_id}”的文章，它可能已在重建时移出。请回到对话重新提问。"
BAD_PLACE = "链接里的位置与这篇文章对不上，下面是全文，没有标出引文。"
JUMP = "跳到引文"
PUBLISHED = "发表"
REGION_LABEL = "地区"
TOPIC_LABEL = "主题"
SECTION_LABEL = "版块"
ORIGIN_LABEL = "原文件"
STOOD = "引文在原文件第 {places} 字"
REPRINTS = "又见"
INFERRED = "（据正文）"
REGION_SEPARATOR = "、"

FACTS_HINT = "报道里写明地方和指标的数字，每一条都能翻到原句核对。"
METRIC = "指标"
METRIC_HINT = "产量、营收、进出口"
FACTS_REGIONS_HINT = "安徽、江西"
FILTER = "筛选"
FACT_COLUMNS = ("地方", "对象", "指标", "数字", "口径", "时间", "出处")
FACT_COUNT = "共 {count} 条"
FACTS_CUT = "共 {count} 条，显示前 {shown} 条"
CSV = "下载 CSV"
NO_TIME = "未写明"
TOO_LONG = "每一栏最多 {limit} 个字，请缩短"

GUARD: Mapping[int, str] = {
    403: "这个请求来自别的网站，已拒绝。",
    404: "没有这个页面。",
    413: "请求太大（上限 64 kB），请缩短问题。",
    421: "主机名不在允许之列。请用启动时显示的地址访问，或以 --host 指定主机名。",
}
