"""A person says what is right and what is not, and finds it noted in the file beside the index."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import ROOT
from tests.web.test_chat import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow


def test_thumbs_reasons_and_passages_are_noted(browser: Browser, tmp_path: Path) -> None:
    """👍 with one key; 👎 with a reason; 应为这段 takes the passage of its card; cancelled is not noted."""
    command = [sys.executable, "-m", "tests.web.fake_server", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        page = browser.new_context(locale="zh-CN").new_page()
        try:
            page.goto(process.stdout.readline().strip())
            page.locator(".example").first.wait_for()
            answer = ask(page, "安徽光伏产量占全国多少")
            answer.get_by_role("button", name="答得对").press("Enter")
            page.get_by_text("已记下，谢谢。").wait_for()
            answer.get_by_role("button", name="答得不对").click()
            page.get_by_role("button", name="取消").click()
            assert not page.get_by_role("button", name="提交").is_visible()
            answer = ask(page, "海南的飞机产量")
            answer.get_by_role("button", name="应为这段").nth(1).click()
            assert page.get_by_label("应为这段").input_value() == "2023年，江西光伏产量占全国的一成。"
            page.get_by_label("有答案却没有找到").check()
            with page.expect_response("**/run/predict"):
                page.get_by_role("button", name="提交").click()
            page.wait_for_function("document.querySelector('#rq-passage textarea').value === ''")
        finally:
            page.context.close()
            process.kill()
    rows = [
        json.loads(line) for line in (tmp_path / "index" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [(row["question"], row["verdict"], row["reason"], row["answers"]) for row in rows] == [
        ("安徽光伏产量占全国多少", "good", "", [["安徽光伏玻璃产量占全国总产量的一半以上，逆变器产量占全国的1/3。"]]),
        ("海南的飞机产量", "bad", "missed", [["2023年，江西光伏产量占全国的一成。"]]),
    ]
