"""How the mood of a whole review follows from probability, aspects and stars."""

from dataclasses import replace
from typing import NoReturn

import pytest

from embedding.packed_file import NoModelError
from review_manager.analysis import Analyzer, load, second_opinion
from review_manager.analysis.evidence import stars_margin
from review_manager.analysis.findings import Analysis, Aspect, AspectFinding, Polarity, Sentiment
from review_manager.analysis.judge import Judge
from review_manager.analysis.verdict import verdict

POSITIVE, NEGATIVE, MIXED = Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.MIXED


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load()


def judged(
    judge: Judge, p_negative: float, starts: str = "", *, stars: int | None = None
) -> Analysis:
    """Judge a text of this probability, whose aspects stand at 0, 1 ... ('+' praise, '-' not)."""
    polarity = judge.polarity
    low, high = -4.0, 4.0
    for _ in range(60):  # p_negative falls with the margin
        middle = (low + high) / 2
        low, high = (middle, high) if polarity.p_negative(middle) > p_negative else (low, middle)
    aspects = tuple(
        AspectFinding(
            Aspect.QUALITY, Polarity.POSITIVE if side == "+" else Polarity.NEGATIVE, "x", at, at + 1
        )
        for at, side in enumerate(starts)
        if side in "+-"
    )
    return verdict(
        judge,
        text="一句话",
        stars=stars,
        words_margin=low - stars_margin(stars),
        aspects=aspects,
        safety=False,
        threat=False,
    )


def mood(
    analyzer: Analyzer, p_negative: float, starts: str, *, stars: int | None = None
) -> Sentiment:
    return judged(analyzer.judge, p_negative, starts, stars=stars).sentiment


@pytest.mark.parametrize(
    ("p_negative", "sides", "expected"),
    [
        (0.05, "+-", POSITIVE),
        (0.09, "+-", MIXED),
        (0.09, "++", POSITIVE),
        (0.91, "+-", MIXED),
        (0.95, "+-", NEGATIVE),
        (0.45, "", MIXED),
        (0.39, "", POSITIVE),
        (0.61, "--", NEGATIVE),
    ],
)
def test_praise_beside_a_complaint_makes_mixed_unless_one_prevails(
    analyzer: Analyzer, p_negative: float, sides: str, expected: Sentiment
) -> None:
    assert mood(analyzer, p_negative, sides) is expected


@pytest.mark.parametrize(
    ("p_negative", "in_full", "by_words_alone"),
    [
        (0.43, "positive", "positive"),
        (0.45, "negative", "positive"),
        (0.51, "negative", "negative"),
    ],
)
def test_in_doubt_the_full_analysis_rather_suspects_a_good_review(
    analyzer: Analyzer, p_negative: float, in_full: str, by_words_alone: str
) -> None:
    judge = analyzer.judge
    assert judged(judge, p_negative).polarity == in_full
    assert judged(judge.without_second_opinion(), p_negative).polarity == by_words_alone


def test_where_the_encoder_cannot_be_had_words_decide_alone(
    analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_none() -> NoReturn:
        raise NoModelError

    monkeypatch.setattr(second_opinion, "open_model", open_none)
    assert analyzer.judge.second is not None
    alone = replace(analyzer.judge, second=replace(analyzer.judge.second))
    assert judged(alone, 0.45).polarity is Polarity.POSITIVE


@pytest.mark.parametrize("fast", [True, False])
def test_where_nothing_was_said_nobody_complained(analyzer: Analyzer, fast: bool) -> None:
    (found,) = analyzer.analyse_many([("……", None)], fast=fast)
    assert (found.polarity, found.p_negative) == (Polarity.POSITIVE, 0.5)


@pytest.mark.parametrize(
    ("stars", "expected"), [(None, MIXED), (3, MIXED), (4, MIXED), (5, POSITIVE)]
)
def test_five_stars_ask_for_more_doubt(
    analyzer: Analyzer, stars: int | None, expected: Sentiment
) -> None:
    assert mood(analyzer, 0.2, "+-", stars=stars) is expected
    assert mood(analyzer, 0.3, "+-", stars=stars) is MIXED


def test_one_stretch_of_two_minds_is_no_mixed_review(analyzer: Analyzer) -> None:
    both = tuple(
        AspectFinding(Aspect.QUALITY, polarity, "一句话", 0, 3)
        for polarity in (Polarity.POSITIVE, Polarity.NEGATIVE)
    )
    found = verdict(
        analyzer.judge,
        text="一句话",
        stars=None,
        words_margin=0.35,
        aspects=both,
        safety=False,
        threat=False,
    )
    assert 0.08 < found.p_negative < 0.4
    assert found.sentiment is POSITIVE
