"""The newspaper's promises: every article once, its headline, its joined sentences, and not a character lost."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from regional_qa.reading.cleaning import clean
from regional_qa.reading.lines import to_lines
from regional_qa.reading.newspaper import read_newspaper
from regional_qa.reading.signs import Role
from regional_qa.types import Article

STOP = "这一句话说完了。"


def page(*blocks: str) -> list[Article]:
    return list(read_newspaper("\n\n".join(blocks), "page.txt"))


def titles(articles: list[Article]) -> list[str]:
    return [article.title for article in articles]


def paragraphs(article: Article) -> list[str]:
    return article.text.split("\n\n")


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("本报记者 汪志球 刘以晴", Role.BYLINE),
        ("□ 本报记者 赖永峰 刘兴", Role.BYLINE),
        ("吉林日报记者 华泰来", Role.BYLINE),
        ("《人民日报》记者 韩鑫", Role.BYLINE),
        ("《吉林日报》评论员", Role.BYLINE),
        ("作者：王小明", Role.BYLINE),
        ("记者节特别报道怎么做", Role.HEADING),
        ("本报讯 2月23日，会议召开。", Role.LEAD),
        ("本报讯(记者 徐楠)日前,会议召开。", Role.LEAD),
        ("据黑河日报(记者 王静相)对外贸易增长。", Role.LEAD),
        ("据新华社北京3月5日电，会议召开。", Role.LEAD),
        ("新华社北京3月5日电 会议召开。", Role.LEAD),
        ("据了解，为提高技能，甘肃开展培训。", Role.BODY),
        ("据海关统计,截至3月4日,备货量增长。", Role.BODY),
        ("▼广东省广州港南沙汽车口岸。", Role.CAPTION),
        ("新华社记者 胡超 摄", Role.CAPTION),
        ("养殖工人清理海带。 杨志礼摄（中经视觉）", Role.CAPTION),
        ("这些照片都是他用手机拍摄的。", Role.BODY),
        ("(转自《人民日报》)", Role.SIGNATURE),
        ("(摘自海关总署网)", Role.SIGNATURE),
        ("(本报记者 于芯)", Role.SIGNATURE),
        ("（湘文）", Role.SIGNATURE),
        ("（以下简称《规划》）提出三项任务。", Role.BODY),
        ("2024年1月12日 星期五 第2版", Role.SUBTITLE),
        ("吉林日报 2024年1月12日 星期五 农历腊月初二", Role.RUNNING),
        ("第05版 区域经济", Role.RUNNING),
        ("（下转第三版）", Role.RUNNING),
        ("社址:滨海大道88号   邮编:530000", Role.RUNNING),
        ("● 陈海燕 本报记者 黄 勇", Role.BYLINE),
        ("记者：目前建设规模有多大？", Role.BODY),
        ("| 指标 | 2021年 | 2023年 |", Role.BODY),
        ("上图：航拍生态园。", Role.CAPTION),
        ("责编 王刚 美编 李明", Role.SIGNATURE),
        ("**光储领域创新领先**", Role.HEADING),
        ("**本报记者 王刚**", Role.BYLINE),
        ("### 尽快形成 新质生产力", Role.HEADING),
        ("#话题# 大家都在说。", Role.BODY),
    ],
)
def test_role_of_a_line(line: str, role: Role) -> None:
    """Bylines, agency leads, captions, signatures and dates are known by their form."""
    assert to_lines(f"{STOP}\n\n{line}\n\n{STOP}")[1].role is role


def test_plain_headlines_before_a_byline_begin_articles_and_subheads_do_not() -> None:
    """Without any markup, the byline below tells a headline from a subhead."""
    articles = page(
        "安徽光储迈上新台阶",
        "本报记者 张维佳",
        STOP,
        "光储领域创新领先",
        STOP,
        "湖南推进数字产业",
        "本报讯 2月23日，开会。",
    )
    assert titles(articles) == ["安徽光储迈上新台阶", "湖南推进数字产业"]
    assert paragraphs(articles[0]) == ["本报记者 张维佳", STOP, "光储领域创新领先", STOP]
    assert [article.regions for article in articles] == [("安徽",), ("湖南",)]


def test_section_and_region_lines_above_the_headline() -> None:
    """A column's name becomes the section, a province's name is joined to the headline, a page's name covers all."""
    articles = page("# 各地发力", STOP, "## 吉林", "### 尽快形成 新质生产力", "本报记者 汪志球", STOP)
    articles += page(
        "## 连线自贸区",
        "## 黑河外贸创新高",
        "据黑河日报(记者 王静相)" + STOP,
        "## 再创新高",
        "据黑河日报(记者 王静)" + STOP,
    )
    assert [(article.section, article.title) for article in articles] == [
        ("", "各地发力"),
        ("各地发力", "吉林：尽快形成新质生产力"),
        ("连线自贸区", "黑河外贸创新高"),
        ("连线自贸区", "再创新高"),
    ]
    assert articles[1].regions == ("吉林",)
    assert [article.publisher for article in articles] == ["", "", "黑河日报", "黑河日报"]


def test_province_lines_without_marks_are_no_names() -> None:
    """吉林 and 江苏 begin like personal names and are places all the same."""
    assert titles(page("江苏", "养老事业 协同发展", "本报记者 姚雪青", STOP)) == ["江苏：养老事业协同发展"]


def test_byline_between_column_name_and_headline() -> None:
    """The headline is the line nearer the text."""
    (article,) = page("各地新亮点", "□ 本报记者 赖永峰 刘兴", "江西落实产业链建设", STOP)
    assert (article.section, article.title) == ("各地新亮点", "江西落实产业链建设")
    assert paragraphs(article) == ["□ 本报记者 赖永峰 刘兴", STOP]


def test_marked_subheads_do_not_cut_an_article() -> None:
    """The same number of # may stand before headline and subheads."""
    (article,) = page("# 率先突破", "吉林日报记者 华泰来", STOP, "## 汽车、轨道客车——“向新”", STOP)
    assert paragraphs(article)[-2] == "汽车、轨道客车——“向新”"
    assert article.publisher == "吉林日报"


def test_lead_without_headline_begins_an_article() -> None:
    """本报讯 never stands in the middle of an article."""
    assert titles(page("安徽开会", "本报讯 2月1日，开会。", "本报讯 2月2日，又开会。")) == ["安徽开会", ""]


def test_broken_sentences_are_joined_over_captions_and_not_over_headings() -> None:
    """A paragraph that stops mid-sentence goes on in the next body paragraph; the caption follows both."""
    (article,) = page(
        "甘肃稳就业",
        "本报记者 赵梅",
        "2023年，甘肃省统筹",
        "▼织毯。王刚摄",
        "推进“省外输出”。",
        "一个个",
        "### 小标题",
        STOP,
    )
    assert paragraphs(article)[1:] == [
        "2023年，甘肃省统筹推进“省外输出”。",
        "▼织毯。王刚摄",
        "一个个",
        "小标题",
        STOP,
    ]


def test_hard_wrapped_lines_are_joined() -> None:
    """Full lines of one block that end mid-sentence are one paragraph; short lines stay what they are."""
    (article,) = page(
        "吉林出实招", "本报记者 王刚\n近年来吉林省加速推动现代科技与实\n体经济融合发展助力老工业基地发展\n取得成效。"
    )
    assert article.title == "吉林出实招"
    assert paragraphs(article) == [
        "本报记者 王刚",
        "近年来吉林省加速推动现代科技与实体经济融合发展助力老工业基地发展取得成效。",
    ]


def test_lines_of_a_caption_are_one_paragraph() -> None:
    """Place, picture and photographer stay together."""
    (article,) = page("河南新格局", "本报记者 毕京津", STOP, "▼河南省王屋山区  \n风力发电场。  \n李培献摄（人民视觉）")
    assert paragraphs(article)[-1] == "▼河南省王屋山区风力发电场。李培献摄（人民视觉）"


def test_captions_go_to_the_province_they_show() -> None:
    """A caption of another province joins that province's article, else stands alone without a headline."""
    articles = page(
        *("安徽开工", "本报记者 张明", STOP, "▼河南的风车。李明摄", "▲云南的咖啡。王刚摄", "▲安徽的工厂。"),
        *("河南开工", "本报记者 李明", STOP),
    )
    assert [(article.title, paragraphs(article)[-1]) for article in articles] == [
        ("安徽开工", "▲安徽的工厂。"),
        ("", "▲云南的咖啡。王刚摄"),
        ("河南开工", "▼河南的风车。李明摄"),
    ]


def test_photo_story_is_caption_back_to_the_gap() -> None:
    """The photographer's line alone closes the lines since the picture's gap."""
    lines = to_lines(f"{STOP}\n\n\n\n村民在采收羊肚菌。\n\n{STOP}\n\n新华社记者 胡超 摄")
    assert [line.role for line in lines] == [Role.BODY, Role.CAPTION, Role.CAPTION, Role.CAPTION]
    assert (lines[1].text, lines[1].gap) == ("村民在采收羊肚菌。", 3)


def test_commentary_without_headline_is_parted_only_with_proof() -> None:
    """A second signature, a province that is never named again and an opening occasion: all three, else it stays."""
    first = ["江西落实产业链", "本报记者 刘兴", "江西工业增长。"]
    comment = ["近日印发的意见提出目标。", STOP]
    assert titles(page(*first, *comment, "余健", "甘肃稳就业", "本报记者 赵梅", STOP)) == [
        "江西落实产业链",
        "",
        "甘肃稳就业",
    ]
    assert titles(page(*first, *comment)) == ["江西落实产业链"]
    assert titles(page(*first, *comment, "江西还会更好。", "余健")) == ["江西落实产业链"]


def test_columns_run_together_are_stitched_by_their_signatures() -> None:
    """k headings and then k signed stretches: the n-th stretch continues the n-th heading."""
    articles = page(
        *(
            "## 会议召开",
            "本报讯(记者 徐楠)" + STOP,
            "### 市甲局",
            "甲一。",
            "甲二，坚决打",
            "### 市乙局",
            "乙一。",
            "乙二，探",
        ),
        *("击违法。", "(本报记者 于芯)", "索创新。", "(本报记者 李锋)", "## 下一篇", "《吉林日报》评论员", STOP),
    )
    assert [(article.title, paragraphs(article)) for article in articles] == [
        ("会议召开", ["本报讯(记者 徐楠)" + STOP]),
        ("市甲局", ["甲一。", "甲二，坚决打击违法。", "(本报记者 于芯)"]),
        ("市乙局", ["乙一。", "乙二，探索创新。", "(本报记者 李锋)"]),
        ("下一篇", ["《吉林日报》评论员", STOP]),
    ]


@pytest.mark.parametrize(
    ("lines", "publisher"),
    [
        (["本报记者 王刚", STOP], ""),
        (["《吉林日报》评论员", STOP, "(转自《人民日报》)"], "人民日报"),
        (["王刚 李明", STOP, "(摘自海关总署网)"], "海关总署网"),
        (["据南宁日报(记者 韦静)" + STOP], "南宁日报"),
        (["本报记者 王刚", "据《人民日报》介绍，" + STOP, "新华社记者 胡超 摄"], ""),
    ],
)
def test_publisher_only_as_the_page_states_it(lines: list[str], publisher: str) -> None:
    """Reprinted from, reported by, or whose reporter wrote it; a photographer or a mention is no publisher."""
    assert page("安徽开工", *lines)[0].publisher == publisher


def test_date_only_where_a_full_date_stands_alone() -> None:
    """A day within a sentence is not the day of publication; a masthead's date covers the page."""
    assert page("安徽开工", "2024-01-12", STOP)[0].published == date(2024, 1, 12)
    assert page("安徽开工", "2024年1月12日，安徽开工。")[0].published is None
    articles = page("2024年1月12日 星期五 第2版", "安徽开工", "本报记者 张明", STOP, "河南开工", "本报记者 李明", STOP)
    assert [(article.title, article.published) for article in articles] == [
        ("安徽开工", date(2024, 1, 12)),
        ("河南开工", date(2024, 1, 12)),
    ]


def test_headline_of_two_lines_in_one_block() -> None:
    """The halves are one headline; a column's name or a province above it in the same block is none of it."""
    assert titles(page("从拼资源到拼链条\n安徽铜陵的二次创业", "本报记者 王刚", STOP)) == [
        "从拼资源到拼链条 安徽铜陵的二次创业"
    ]
    (article,) = page("要闻\n安徽铜陵的二次创业", "本报记者 王刚", STOP)
    assert (article.section, article.title) == ("要闻", "安徽铜陵的二次创业")
    assert titles(page("云南省\n边贸小镇的新账本", STOP)) == ["云南省：边贸小镇的新账本"]


def test_series_of_provinces_under_one_name() -> None:
    """A province's line above a headline begins an article without any byline; the series' name is the section."""
    articles = page(
        "各地新实践", "□ 本报记者 王刚", "云南省", "边贸小镇的新账本", STOP, "贵州省", "村口的算力工坊", STOP
    )
    assert [(article.section, article.title) for article in articles] == [
        ("各地新实践", "云南省：边贸小镇的新账本"),
        ("各地新实践", "贵州省：村口的算力工坊"),
    ]
    assert paragraphs(articles[0]) == ["□ 本报记者 王刚", STOP]


def test_bold_lines_divide_or_begin_by_what_follows() -> None:
    """Items of news in brief begin with 本报讯; bold subheads have plain text below them."""
    articles = page("## 简讯", "**山西建成碳汇林**", "本报讯 山西建成。", "**青海羊出栏**", "本报讯 青海出栏。")
    assert [(article.section, article.title) for article in articles] == [
        ("简讯", "山西建成碳汇林"),
        ("简讯", "青海羊出栏"),
    ]
    (article,) = page("# 浙江海洋经济", "本报记者 王刚", STOP, "**一、港口**", STOP, "**二、海岛**", STOP)
    assert paragraphs(article)[2] == "一、港口"


def test_names_with_blanks_and_of_other_peoples() -> None:
    """Two-character names are set wide; not every name begins with a family's."""
    assert page("# 书屋亮了", "旦增卓玛 刘洪明", STOP)[0].text.startswith("旦增卓玛 刘洪明\n\n")
    (article,) = page("# 数据怎么用", "本报记者 王刚", STOP, "沈 毅")
    assert article.role_at(article.text.index("沈 毅")) == "signature"


def test_cities_head_a_series_but_not_within_their_own_province() -> None:
    """A city's line above a headline begins an article; under its province's headline it divides it."""
    series = ("宜昌", "磷矿石长出新材料", "在宜昌，" + STOP, "泸州", "老酒城飘出数字香", "在泸州，" + STOP)
    assert titles(page("沿江看产业", STOP, *series)) == [
        "沿江看产业",
        "宜昌：磷矿石长出新材料",
        "泸州：老酒城飘出数字香",
    ]
    assert titles(page("# 安徽各市各展所长", "本报记者 王刚", STOP, "## 合肥", "### 强科技", STOP)) == [
        "安徽各市各展所长"
    ]


def test_unmarked_columns_are_stitched_where_a_sentence_breaks_off() -> None:
    """Without marks, the headline after a broken sentence is one when the signatures say so."""
    columns = (
        "唐山港变身绿色宝盒",
        "甲一，煤堆进了仓。",
        "甲二，集团",
        "大同黄花端上餐桌",
        "乙一，赶早。",
        "乙二，让一亩黄花的",
    )
    tails = ("计划改造堆场。", "（本报记者 董家驹）", "收入提高。", "（本报记者 白 洁）")
    assert [(article.title, paragraphs(article)[1]) for article in page(*columns, *tails)] == [
        ("唐山港变身绿色宝盒", "甲二，集团计划改造堆场。"),
        ("大同黄花端上餐桌", "乙二，让一亩黄花的收入提高。"),
    ]


def test_agencys_place_is_not_what_an_article_tells_of() -> None:
    """新华社北京 names the desk; a section of several provinces is no proof either."""
    assert page("# 黑土备耕", "新华社北京3月26日电 黑龙江备耕忙。")[0].regions == ("黑龙江",)
    assert page("## 点击京津冀", "## 小站稻香", "王立新 郭晓宇", "天津稻田丰收。")[0].regions == ("天津",)


def test_bullet_before_a_headline_is_no_part_of_it() -> None:
    """Marks of a list are marks."""
    assert titles(page("## 速览", "### ●云南咖啡飘香", "本报讯 云南。", "### ●上海公交上路", "本报讯 上海。")) == [
        "云南咖啡飘香",
        "上海公交上路",
    ]


def test_headline_of_another_province_begins_an_article() -> None:
    """Without byline or mark, the headline and its text tell of one province, what stands above of another."""
    assert titles(page("内蒙古用电增长", "内蒙古用电增长。", "河北实验室进菜园", "检测车停在固安县。")) == [
        "内蒙古用电增长",
        "河北实验室进菜园",
    ]
    assert titles(page("内蒙古用电增长", "内蒙古用电增长。", "河北经验怎么学", "内蒙古派人去看。")) == [
        "内蒙古用电增长"
    ]


def test_what_comes_from_another_page_goes_to_its_beginning() -> None:
    """下转 and 上接 under one headline are one article, its broken sentence whole; other articles stay themselves."""
    articles = page(
        *(
            "松嫩日报 2025年4月2日 星期三 第1版",
            "# 吉林冰雪四季热",
            "本报记者 王刚",
            "2024年，非雪季客流升到",
            "（下转第三版）",
        ),
        *("## 春耕备耕到位", "本报讯 吉林备耕。", "松嫩日报 2025年4月2日 星期三 第3版"),
        *("## 吉林冰雪四季热", "（上接第一版）47%，人员增加。", STOP),
    )
    assert titles(articles) == ["吉林冰雪四季热", "春耕备耕到位"]
    assert "2024年，非雪季客流升到47%，人员增加。" in paragraphs(articles[0])
    assert [article.publisher for article in articles] == ["松嫩日报", "松嫩日报"]


def test_heading_over_columns_is_their_section() -> None:
    """What stands above the first of the stitched headings covers all of them."""
    articles = page(
        *("## 真抓实干", "### 市甲局", "甲一，坚决打", "### 市乙局", "乙一，探"),
        *("击违法。", "(本报记者 于芯)", "索创新。", "(本报记者 李锋)"),
    )
    assert [(article.section, article.title) for article in articles] == [
        ("真抓实干", "市甲局"),
        ("真抓实干", "市乙局"),
    ]


def test_province_of_the_page_where_an_article_names_none() -> None:
    """全市 and 我省 mean the paper's own province, told by the other articles; two provinces prove nothing."""
    city = ("## 市委开会", "本报讯 全市部署安全生产。")
    assert page(*city, "## 招商加力", "本报讯 全市项目落户辽源。")[0].regions == ("吉林",)
    assert (
        page(*city, "## 招商加力", "本报讯 全市项目落户辽源。", "## 光伏", "本报讯 我省光伏看合肥。")[0].regions == ()
    )


def test_indented_lines_tell_where_a_paragraph_begins() -> None:
    """Where a page indents, a line without indent goes on, even after the end of a sentence."""
    (article,) = page(
        "# 题", "\u3000\u3000近年来吉林省加速推动现代科技融合。\n发展助力老工业基地取得好的成效。\n\u3000\u3000后来呢。"
    )
    assert paragraphs(article) == ["近年来吉林省加速推动现代科技融合。发展助力老工业基地取得好的成效。", "后来呢。"]


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        (f"短标题\n{STOP}\n{STOP}", "短标题", f"{STOP}\n\n{STOP}"),
        (f"先突破,再发展\n\n{STOP}", "先突破,再发展", STOP),
        (f"{STOP}\n{STOP}", "page", f"{STOP}\n\n{STOP}"),
        ("只有几个字", "page", "只有几个字"),
        (f"# 标题\n\n{STOP}\n\n## 小标题\n\n{STOP}", "标题", f"{STOP}\n\n小标题\n\n{STOP}"),
    ],
)
def test_plain_article_is_one_article(text: str, title: str, body: str) -> None:
    """A text that is no newspaper page is one article, named by its first short line or its file."""
    (article,) = read_newspaper(text, "folder/page.txt")
    assert (article.title, article.text) == (title, body)


def test_two_marked_articles_without_bylines() -> None:
    """Several # headings of the first level are several articles."""
    assert titles(page("# 甲", STOP, "## 小", STOP, "# 乙", STOP)) == ["甲", "乙"]


PIECES = (
    *(
        "# 标题一",
        "## 吉林",
        "### 尽快 形成",
        "安徽开工",
        "本报记者 王刚",
        "□ 本报记者 赖永峰",
        "据黑河日报(记者 王静相)话。",
    ),
    *(
        "本报讯 开会。",
        "余健",
        "张欣宇 郑锦波",
        "▼河南的风车。李明摄",
        "新华社记者 胡超 摄",
        "(转自《人民日报》)",
        "(本报记者 于芯)",
    ),
    *(
        "——副题",
        "**粗体**",
        "（下转第三版）",
        "（上接第一版）接着说",
        "甘肃省",
        "松嫩日报 2025年4月2日 星期三",
        "近日，云南的事。",
        "江西省统筹",
        "推进“省外输出”",
        "一个个",
        STOP,
        "2024年1月12日",
        "a b",
        "1",
        "。",
        "##",
        "\n\n",
    ),
)


def test_nothing_is_lost_on_any_page() -> None:
    """Every character but the # and ** marks stands in a title, section or text, whatever the order of the lines."""
    rng = random.Random(11)
    for _ in range(1500):
        text = "".join(rng.choice(PIECES) + rng.choice(("\n", "\n\n", "\n\n\n\n")) for _ in range(rng.randint(1, 14)))
        if not clean(text):
            continue
        articles = list(read_newspaper(text, "page.txt"))
        kept = Counter("".join(f"{article.title}{article.section}{article.text}" for article in articles))
        lost = Counter("".join(text.split()).replace("#", "").replace("*", "")) - kept
        assert not lost, text
        assert all(article.text for article in articles), text
