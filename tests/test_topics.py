"""Topics are what an article speaks of most, told by words that anyone may edit."""

from __future__ import annotations

from regional_qa.knowledge.topics import FILE, topics_of


def test_topics_are_few_and_ordered() -> None:
    """The headline weighs more than the text; one passing word is no topic; at most three are named."""
    assert topics_of("", "银行贷款给一家企业。") == ()
    assert topics_of("江西新三样出口增长", "光伏、锂电和新能源汽车出口快，贷款增加。")[0] == "外贸与开放"
    assert len(topics_of("光伏 汽车 出口 铁路 旅游", "")) == 3
    assert topics_of("", "") == ()


def test_every_line_of_the_file_is_a_topic_with_its_own_words() -> None:
    """No word speaks of two topics, so that order in the file tells nothing."""
    lines = [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    words = [word for _, words in lines for word in words.split()]
    assert len(words) == len(set(words))
    assert all(topics_of(name, words) for name, words in lines)
