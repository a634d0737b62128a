"""Which reviews owe a reply, and how grave they are: a truth table round every boundary."""

import pytest
from stock import ANGRY, HAPPY, analysis

from review_manager.analysis import Analysis, Sentiment
from review_manager.judging import (
    GRAVE,
    GRAVEST,
    MILD,
    NONE,
    PLAIN,
    judge,
    restored_analysis,
    stored_analysis,
    stored_complaints,
)
from review_manager.tables import DbReview

MIXED = analysis(Sentiment.MIXED, 0.5)
HIDDEN = analysis(Sentiment.NEGATIVE, 0.8, hidden_bad=True)
BARELY_HIDDEN = analysis(Sentiment.NEGATIVE, 0.69, hidden_bad=True)
HURT = analysis(Sentiment.POSITIVE, 0.2, safety=True)
SUING = analysis(Sentiment.NEGATIVE, 0.7, threat=True)
MISCLICK = analysis(Sentiment.POSITIVE, 0.05, misclick=True)


@pytest.mark.parametrize(
    ("said", "stars", "bad", "severity"),
    [
        (ANGRY, 1, True, GRAVE),
        (ANGRY, 2, True, PLAIN),
        (ANGRY, 3, True, PLAIN),
        (ANGRY, None, True, PLAIN),
        (ANGRY, 4, False, NONE),
        (ANGRY, 5, False, NONE),
        (HIDDEN, 4, True, PLAIN),
        (HIDDEN, 5, True, PLAIN),
        (BARELY_HIDDEN, 5, False, NONE),
        (MIXED, 3, True, MILD),
        (MIXED, 4, False, NONE),
        (MIXED, None, False, NONE),
        (MIXED, 2, True, MILD),
        (HAPPY, 5, False, NONE),
        (HAPPY, 3, False, NONE),
        (HAPPY, None, False, NONE),
        (MISCLICK, 1, True, MILD),
        (MISCLICK, 2, True, MILD),
        (HURT, 5, True, GRAVEST),
        (HURT, None, True, GRAVEST),
        (SUING, 5, True, GRAVE),
    ],
)
def test_what_owes_a_reply(said: Analysis, stars: int | None, bad: bool, severity: int) -> None:
    judgement = judge(said, stars=stars)
    assert (judgement.bad, judgement.severity) == (bad, severity)


@pytest.mark.parametrize(
    ("said", "bad"),
    [
        (analysis(Sentiment.NEGATIVE, 0.90), True),
        (analysis(Sentiment.NEGATIVE, 0.89), False),
        (analysis(Sentiment.NEGATIVE, 0.99, aspects=()), False),
        (HAPPY, False),
        (HURT, True),
        (SUING, True),
    ],
)
def test_a_follow_up_must_complain_beyond_doubt(said: Analysis, bad: bool) -> None:
    assert judge(said, stars=None, later=True).bad is bad


def test_an_analysis_comes_back_from_storage_as_it_was() -> None:
    row = DbReview(**stored_analysis(HURT))
    assert restored_analysis(row) == HURT
    row = DbReview(**stored_analysis(ANGRY))
    assert restored_analysis(row) == ANGRY


def test_complaints_are_named_once_and_praise_is_not_among_them() -> None:
    assert stored_complaints([ANGRY, ANGRY]) == "|quality|"
    assert stored_complaints([HAPPY]) == ""
