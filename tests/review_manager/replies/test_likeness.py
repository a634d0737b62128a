"""Likeness of replies: shared character trigrams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_manager.replies.likeness import likeness, nearest, ngrams


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("很抱歉", "很抱歉", 1.0),
        ("很抱歉让您久等", "很抱歉，让您久等！", 1.0),
        ("很抱歉让您久等", "物流已经在路上", 0.0),
        ("甲乙丙丁", "甲乙丙戊", 1 / 3),
        ("", "很抱歉", 0.0),
        ("好", "好", 1.0),
    ],
)
def test_likeness_is_the_jaccard_index(first: str, second: str, expected: float) -> None:
    assert likeness(ngrams(first), ngrams(second)) == pytest.approx(expected)


def test_the_nearest_of_none_is_nothing() -> None:
    assert nearest(ngrams("很抱歉"), []) == 0.0


def test_the_nearest_counts() -> None:
    others = [ngrams("物流很快"), ngrams("很抱歉让您")]
    assert nearest(ngrams("很抱歉让您久等"), others) == pytest.approx(3 / 5)


@given(st.text(), st.text())
def test_likeness_is_symmetric_and_between_0_and_1(first: str, second: str) -> None:
    one, other = ngrams(first), ngrams(second)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
