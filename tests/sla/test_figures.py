# ruff: noqa: E501 - a row of a table reads best on one line
"""Figures against numbers worked out by hand or published."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.clocks import Clock, ClockName, ClockState
from sla.figures import (
    Attainment,
    Waited,
    attainment,
    misses_left,
    overall,
    percentile,
    to_rescue,
    wilson_interval,
)

AT = datetime(2026, 11, 4, tzinfo=UTC)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def clock(state: ClockState) -> Clock:
    return Clock(ClockName.REVIEW_REPLY, AT, AT, None, None, state)


def test_everything_that_was_not_met_in_time_counts_against_attainment() -> None:
    figure = attainment([clock(state) for state in ClockState])
    assert figure == Attainment(met=1, late=1, missed=1, closed_unanswered=1, open=1)
    assert figure.n == 4
    assert figure.share == 0.25


def test_no_data_is_none_and_not_nought() -> None:
    nothing = attainment([])
    assert nothing.n == 0
    assert nothing.share is None
    assert nothing.interval() is None
    assert attainment([clock(ClockState.OPEN)]).share is None
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # 81 of 263 and 15 of 148, 0 of 20, 1 of 29: Newcombe 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0000),
    ],
)
def test_wilson_interval_as_published(hits: int, n: int, low: float, high: float) -> None:
    assert wilson_interval(hits, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "n", "confidence"), [(0, 0, 0.95), (3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)])  # fmt: skip
def test_no_interval_for_impossible_counts(hits: int, n: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        wilson_interval(hits, n, confidence=confidence)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_grows_with_confidence(case: tuple[int, int]) -> None:
    hits, n = case
    narrow, wide = (wilson_interval(hits, n, confidence=c) for c in (0.8, 0.99))
    assert 0 <= wide.low <= narrow.low <= hits / n <= narrow.high <= wide.high <= 1


ANSWERED = [Waited(minutes(n)) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("waits", "share", "time"),
    [
        (ANSWERED, 0.5, 5),
        (ANSWERED, 0.9, 9),
        (ANSWERED, 0.95, 10),
        (ANSWERED, 0.91, 10),
        (ANSWERED, 1.0, 10),
        (ANSWERED, 0.1, 1),
        (ANSWERED, 0.01, 1),
        ([Waited(minutes(3))], 0.5, 3),
        ([Waited(minutes(3), answered=False)], 0.5, None),
        # two of four wait longer than anyone was answered: p50 is reached, p90 is not
        ([Waited(minutes(1)), Waited(minutes(2)), *[Waited(minutes(60), answered=False)] * 2], 0.5, 2),
        ([Waited(minutes(1)), Waited(minutes(2)), *[Waited(minutes(60), answered=False)] * 2], 0.9, None),
        # one left after a minute unanswered: of 3, then of 2 and of 1: 1 -> 1 -> 1/2 -> 0
        ([Waited(minutes(1), answered=False), Waited(minutes(2)), Waited(minutes(3))], 0.5, 2),
        # answered and given up in the same minute: the answer counts first, 2/3 then 0
        ([Waited(minutes(2)), Waited(minutes(2), answered=False), Waited(minutes(3))], 0.5, 3),
    ],
)  # fmt: skip
def test_percentiles(waits: list[Waited], share: float, time: float | None) -> None:
    expected = None if time is None else minutes(time)
    assert percentile(waits, share) == expected
    assert percentile(waits[::-1], share) == expected


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.sampled_from((0.5, 0.9, 0.95)))
def test_a_percentile_without_open_cases_is_the_nearest_rank(
    times: list[int], share: float
) -> None:
    found = percentile([Waited(minutes(n)) for n in times], share)
    within = [n for n in times if found is not None and minutes(n) <= found]
    below = [n for n in times if found is not None and minutes(n) < found]
    assert found in [minutes(n) for n in times]
    assert len(within) >= round(share * len(times), 9) > len(below)


@pytest.mark.parametrize("share", [0, -0.1, 1.01])
def test_a_percentile_outside_nought_to_one_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        percentile(ANSWERED, share)


@pytest.mark.parametrize(
    ("met", "missed", "pending", "goal", "spare", "rescue"),
    [
        (80, 20, 0, 0.8, 0, 0),
        (79, 21, 0, 0.8, -1, None),
        (80, 20, 10, 0.8, 2, 8),
        (0, 0, 10, 0.9, 1, 9),
        (0, 0, 0, 0.9, 0, 0),
        (99, 0, 1, 0.5, 50, 0),
        (7, 3, 10, 0.7, 3, 7),
    ],
)
def test_what_to_answer_now_to_keep_the_goal(
    *, met: int, missed: int, pending: int, goal: float, spare: int, rescue: int | None
) -> None:
    figure = Attainment(met=met, missed=missed)
    assert misses_left(figure, goal=goal, pending=pending) == spare
    assert to_rescue(figure, goal=goal, pending=pending) == rescue


def test_shares_are_added_up_and_not_averaged() -> None:
    parts = [Attainment(met=1), Attainment(met=1, late=8, open=2), Attainment()]
    assert overall(parts) == Attainment(met=2, late=8, open=2)
    assert overall(parts).share == 0.2
    assert overall([]) == Attainment()
