"""Plain text keeps every character in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_manager.analysis.clauses import split_clauses
from review_manager.analysis.plain_text import LONGEST, plain


@given(st.text(max_size=300))
def test_length_never_changes(review: str) -> None:
    assert len(plain(review)) == len(review)


@given(st.text(alphabet="好差，。！ ab1.<>&;但是就是~…", max_size=80))
def test_clauses_are_stretches_of_the_text_in_order(text: str) -> None:
    clauses = split_clauses(text)
    for clause in clauses:
        assert text[clause.start : clause.end] == clause.text
    starts = [clause.start for clause in clauses]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        ("這個產品質量很差", "这个产品质量很差"),
        ("ＡＢＣ，１２３！", "abc,123!"),
        ("a<br>b", "a    b"),
        ("x&nbsp;y", "x      y"),
        ("见https://a.cn/b吧", "见              吧"),
        ("5 < 6 且 7 > 3", "5 < 6 且 7 > 3"),
    ],
)
def test_folding(review: str, expected: str) -> None:
    assert plain(review) == expected


def test_a_text_is_cut_at_twenty_thousand() -> None:
    assert len(plain("好" * (LONGEST + 5))) == LONGEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("东西不错,但是物流太慢了.客服态度也差!!!", ["东西不错", "但是物流太慢了", "客服态度也差"]),
        ("价格3.5元 很便宜", ["价格3.5元", "很便宜"]),
        ("1.键盘不好 2.屏幕差", ["键盘不好", "屏幕差"]),
        ("房间大但是早餐差", ["房间大", "但是早餐差"]),
        ("好", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert [clause.text for clause in split_clauses(text)] == expected
