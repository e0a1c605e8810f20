"""A visit as a person makes it: ask, see the marked evidence, open the article at the place, ask on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.slow


def ask(page: Page, question: str) -> Locator:
    """Ask in the chat and wait for the newest answer."""
    answers = page.locator(".rq-answer")
    before = answers.count()
    box = page.locator("#rq-question textarea")
    box.fill(question)
    box.press("Enter")
    answers.nth(before).wait_for(timeout=20_000)
    return answers.nth(before)


def test_an_answer_shows_marked_evidence_and_opens_the_article_there(page: Page) -> None:
    """The quotation, its label, the marked source, and the article scrolled to the mark in a new tab."""
    answer = ask(page, "安徽光伏产量占全国多少")
    quote = "安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。"
    assert answer.locator(".rq-text q").inner_text() == quote
    assert answer.locator(".rq-card mark").inner_text() == quote
    assert [chip.inner_text().split("\n")[0] for chip in answer.locator(".rq-chip").all()] == [
        "安徽",
        "数据期 2023",
        "占比",
    ]
    assert answer.locator(".rq-text q mark").all_inner_texts() == ["一半以上", "1/3"]
    with page.context.expect_page() as opened:
        answer.locator(".rq-open").click()
    article = opened.value
    article.wait_for_load_state()
    marked = article.locator("#mark")
    assert marked.inner_text() == quote
    box = marked.bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 900


def test_a_follow_up_takes_over_the_question_before(page: Page) -> None:
    """那江西呢？ is completed, the completed question is shown, both answers stay."""
    ask(page, "安徽光伏产量占全国多少")
    answer = ask(page, "那江西呢？")
    assert answer.locator(".rq-completed").inner_text() == "按上一问补全为：江西光伏产量占全国多少"
    assert "一成" in answer.locator(".rq-text").inner_text()
    assert page.locator(".rq-answer").count() == 2


def test_a_chip_takes_its_limit_out_of_the_question(page: Page) -> None:
    """By keyboard and by pointer; the new question is shown like any other, words in the box stay, markup stays text."""
    answer = ask(page, "安徽<img src=x onerror=alert(1)>2023年光伏产量占全国多少")
    page.locator("#rq-question textarea").fill("还没写完")
    answer.get_by_role("button", name="去掉“数据期 2023”再问").press("Enter")
    second = page.locator(".rq-answer").nth(1)
    second.wait_for()
    assert page.locator(".rq-question").nth(1).inner_text() == "安徽<img src=x onerror=alert(1)>光伏产量占全国多少"
    assert second.get_by_role("button", name="数据期").count() == 0
    second.get_by_role("button", name="去掉“安徽”再问").click()
    page.locator(".rq-answer").nth(2).wait_for()
    assert page.locator(".rq-question").nth(2).inner_text() == "<img src=x onerror=alert(1)>光伏产量占全国多少"
    assert page.locator("#rq-question textarea").input_value() == "还没写完"
    assert page.locator("#rq-talk img").count() == 0
    assert not page.locator("#rq-again").is_visible()


def test_the_fact_table_is_one_click_away(page: Page) -> None:
    """From an answer with its region filled in, filtered by a plain form, down to the sentence; a file beside it."""
    answer = ask(page, "安徽光伏产量占全国多少")
    with page.context.expect_page() as opened:
        answer.get_by_role("link", name="数字表").click()
    table = opened.value
    table.wait_for_load_state()
    assert table.get_by_label("地区").input_value() == "安徽"
    assert table.locator("tbody tr").count() == 2
    with table.expect_download() as download:
        table.get_by_role("link", name="下载 CSV").click()
    assert download.value.suggested_filename == "facts.csv"
    table.get_by_label("地区").fill("")
    table.get_by_label("指标").fill("产量")
    table.get_by_label("指标").press("Enter")
    table.wait_for_url("**metric=*")
    assert table.locator("tbody tr").count() == 3 - 1
    table.locator("td.source a").first.click()
    assert table.locator("#mark").inner_text().startswith("2023年，安徽光伏玻璃产量")


def test_the_question_box_stays_in_reach(page: Page) -> None:
    """However long the talk, the next question can be typed without scrolling."""
    page.set_viewport_size({"width": 390, "height": 600})
    ask(page, "海南的飞机产量")
    ask(page, "安徽光伏产量占全国多少")
    box = page.locator("#rq-question").bounding_box()
    assert box is not None
    assert 0 < box["y"] + box["height"] <= 600


def test_no_answer_hangs_on_an_event_stream(page: Page) -> None:
    """Every answer comes back with its own request, so that no stream closed at the wrong moment can lose it."""
    paths: list[str] = []
    page.on("request", lambda request: paths.append(request.url))
    ask(page, "安徽光伏产量占全国多少")
    page.locator("#rq-clear").click()
    page.locator(".example").first.wait_for()
    assert any("/gradio_api/run/" in path for path in paths)
    assert not [path for path in paths if "queue" in path]


def test_a_new_conversation_forgets(page: Page) -> None:
    """The examples come back and the thread is cut."""
    ask(page, "安徽光伏产量占全国多少")
    page.locator("#rq-clear").click()
    page.locator(".example").first.wait_for()
    ask(page, "那江西呢")
    assert page.locator(".rq-completed").count() == 0


def test_an_abstention_gives_the_reason_and_nearest_passages(page: Page) -> None:
    """No label, no mark, cards clearly named."""
    answer = ask(page, "海南的飞机产量")
    assert answer.locator(".rq-none").inner_text() == "语料中没有找到"
    assert answer.locator(".rq-heading").inner_text().startswith("最接近的段落")
    assert answer.locator(".rq-label, mark").count() == 0
    assert answer.locator(".rq-card").count() == 3


def test_an_example_asks_itself(page: Page) -> None:
    """One click, one answer."""
    page.locator(".example", has_text="安徽光伏产量占全国多少").click()
    page.locator(".rq-card mark").wait_for()


def test_a_bad_date_is_one_line_in_the_talk(page: Page) -> None:
    """The line says how dates are written; the next question is answered."""
    page.locator("#rq-filters .label-wrap").click()
    since = page.get_by_label("发表不早于")
    since.fill("昨天")
    refused = ask(page, "安徽光伏")
    assert "日期要写成 2024-01-31 这样" in refused.inner_text()
    assert refused.locator(".rq-tools").evaluate("tools => getComputedStyle(tools).borderLeftWidth") == "0px"
    since.fill("2024-01-01")
    assert "已限定：发表不早于 2024-01-01" in ask(page, "安徽光伏").inner_text()


def test_a_question_that_is_too_long_is_refused_and_not_cut(page: Page) -> None:
    """However much is pasted; the next question is answered."""
    for count in (501, 30_000):
        before = page.locator(".rq-answer").count()
        page.locator("#rq-question textarea").focus()
        page.keyboard.insert_text("安" * count)
        page.keyboard.press("Enter")
        refused = page.locator(".rq-answer").nth(before)
        refused.wait_for()
        assert "问题超过 500 字，请缩短" in refused.inner_text()
    assert "一半以上" in ask(page, "安徽光伏").inner_text()


def test_hostile_text_is_shown_as_written_and_does_nothing(page: Page) -> None:
    """From an article and from a question, in the chat and on the article page; the page fixture watches the rest."""
    hostile = "敌意 <img src=x onerror=alert(1)> ![x](http://evil.example/x.png) <b>粗</b> $$a$$ ~~b~~ [c](http://evil.example)"
    answer = ask(page, hostile)
    assert page.locator(".rq-question").inner_text() == hostile
    text = answer.inner_text()
    for written in (
        "~~划掉~~",
        "$$a$$",
        "10~20亿元",
        "<script>document.title='pwned'</script>",
        "![x](http://evil.example/p.png)",
    ):
        assert written in text
    assert (
        page.locator("#rq-talk :is(img, script, iframe, form, input, video, svg image, del, strong, .katex)").count()
        == 0
    )
    addresses = {str(link.get_attribute("href")) for link in page.locator("#rq-talk a").all()}
    assert {address[:9] for address in addresses} == {"/article/", "/facts"}
    assert "pwned" not in page.title()
    with page.context.expect_page() as opened:
        answer.locator(".rq-open").click()
    opened.value.wait_for_load_state()
    assert opened.value.locator("img, script, iframe, form, svg").count() == 0
    assert "www.evil.example" in opened.value.locator("article").inner_text()


def test_the_copied_text_has_footnotes(page: Page) -> None:
    """What lands on the clipboard can be pasted into one's own writing."""
    answer = ask(page, "安徽光伏产量占全国多少")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer.locator(".rq-copy").click()
    answer.get_by_text("已复制").wait_for()
    assert "[1] 《安徽光储产业集群》，regional-qa 编写" in page.evaluate("navigator.clipboard.readText()")


def test_a_phone_needs_no_sideways_scrolling(page: Page) -> None:
    """At 390 px nothing is wider than the screen, in the chat and on the article page."""
    page.set_viewport_size({"width": 390, "height": 844})
    wide = "document.documentElement.scrollWidth"
    answer = ask(page, "敌意")
    assert page.evaluate(wide) == 390
    with page.context.expect_page() as opened:
        answer.locator(".rq-open").click()
    opened.value.wait_for_load_state()
    opened.value.set_viewport_size({"width": 390, "height": 844})
    assert opened.value.evaluate(wide) == 390
    opened.value.goto(f"{page.url}facts")
    assert opened.value.evaluate(wide) == 390
    cells = opened.value.locator("tbody tr").first.locator("td[data-label]")
    labels = [cell.evaluate("cell => getComputedStyle(cell, '::before').content") for cell in cells.all()]
    assert labels == ['"地方"', '"对象"', '"指标"', '"数字"', '"口径"', '"时间"']
    assert opened.value.locator("script, img, iframe, svg").count() == 0
