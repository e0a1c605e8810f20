"""What a visitor does wrong is said in the visitor's language, in the chat and on the fact table."""

from __future__ import annotations

import re

import pytest

from regional_qa.assistant import Assistant
from regional_qa.errors import UsageError
from regional_qa.indexing.build import rebuild
from regional_qa.web import texts
from regional_qa.web.chat import take_turn
from regional_qa.web.conversation import Conversation
from regional_qa.web.desk import Desk, FactsAsked
from tests.fakes import fake_parts, write_corpus


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Over a true index of one article."""
    folder = tmp_path_factory.mktemp("refusals")
    rebuild(write_corpus(folder / "corpus", anhui="安徽光伏玻璃产量占全国一半以上。"), folder / "index", fake_parts())
    assistant = Assistant(folder / "index", fake_parts())
    return Desk(lambda: assistant)


@pytest.mark.parametrize(
    ("question", "filters", "chinese", "english"),
    [
        ("？？？", ("", "", ""), "没有写要问什么", "the question is empty"),
        ("😀", ("", "", ""), "没有写要问什么", "the question is empty"),
        ("安徽" * 300, ("", "", ""), "问题超过 500 字，请缩短", "has more than 500 characters; shorten it"),
        ("光伏", ("火星", "", ""), "没有“火星”这个地区，请写省、市", "unknown region '火星'; write a province"),
        ("光伏", ("安微", "", ""), "没有“安微”这个地区，是不是安徽", "unknown region '安微'; did you mean 安徽"),
        ("光伏", ("鼓楼区", "", ""), "“鼓楼区”不止一处", "unknown region '鼓楼区': there is one in"),
        ("光伏", ("", "昨天", ""), "日期要写成", "write dates like"),
        ("光伏", ("", "2024-02-01", "2024-01-01"), "晚于截止日期 2024-01-01，请对调", "exchange them"),
    ],
)
def test_a_refusal_in_the_chat(
    desk: Desk, question: str, filters: tuple[str, str, str], chinese: str, english: str
) -> None:
    """Chinese on the Chinese page, English on the English one; the buttons below belong to no message."""
    for language, words in (("zh", chinese), ("en", english)):
        reply = take_turn(desk, Conversation(), question, filters, language).turns[-1].reply  # type: ignore[arg-type]
        assert words in shown(reply)
        if language == "zh":
            assert not re.search(r"[a-z]{3}", shown(reply))


@pytest.mark.parametrize("asked", [FactsAsked(region="火星"), FactsAsked(since="昨天"), FactsAsked(metric="产" * 101)])
def test_a_refusal_of_the_fact_table(desk: Desk, asked: FactsAsked) -> None:
    """The same there."""
    for language in ("zh", "en"):
        with pytest.raises(UsageError) as fault:
            asked.of(desk.assistant(), language)
        words = re.sub("“.*”|'.*'", "", texts.told(fault.value, language))
        assert (re.search("[a-z]{3}", words) is None) == (language == "zh")


def shown(reply: str) -> str:
    """The message of a reply, as it is seen."""
    message = re.search("<p>(.*?)</p>", reply)
    assert message
    return re.sub(r"&#(\d+);", lambda sign: chr(int(sign[1])), message[1])
