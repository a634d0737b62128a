"""Clauses and stretches: where a review is cut, and what stays together."""

import pytest

from review_manager.analysis.clauses import ENOUGH_CHARACTERS, split_clauses, stretches


def cut(text: str) -> list[str]:
    return [clause.text for clause in split_clauses(text)]


def joined(text: str) -> list[str]:
    return [stretch.text for stretch in stretches(text, split_clauses(text))]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("好", []),
        ("质量不错,就是有点贵", ["质量不错", "就是有点贵"]),
        ("3.5寸的,很小", ["3.5寸的", "很小"]),
        ("质量好但是物流慢", ["质量好", "但是物流慢"]),
        ("但愿能用久一点", ["但愿能用久一点"]),
    ],
)
def test_clauses(text: str, clauses: list[str]) -> None:
    assert cut(text) == clauses


def test_short_clauses_are_joined_until_they_say_enough() -> None:
    text = "充电的时候忽然冒烟了,新买的桌子烧黑了一大块,吓死人。客服一直不理,退款也慢,差评"
    first = "充电的时候忽然冒烟了,新买的桌子烧黑了一大块,吓死人"
    assert joined(text) == [first, "客服一直不理,退款也慢,差评"]
    short = stretches(text, split_clauses(text), enough=8)
    assert [part.text for part in short][:2] == ["充电的时候忽然冒烟了", "新买的桌子烧黑了一大块"]
    assert all(len(part) >= ENOUGH_CHARACTERS for part in joined(text)[:-1])


def test_a_contrast_starts_a_stretch_of_its_own() -> None:
    assert joined("东西不错,但是把我手划破了") == ["东西不错", "但是把我手划破了"]


def test_a_stretch_is_the_text_between_its_ends() -> None:
    text = "不错, 好看 , 喜欢;下次再来买两件送人吧"
    for part in stretches(text, split_clauses(text)):
        assert text[part.start : part.end] == part.text


def test_nothing_said_gives_no_stretch() -> None:
    assert stretches("", ()) == ()
