"""The replay: people, load and a better bot change what they should, and nothing by chance."""

from datetime import UTC, datetime, timedelta

import pytest

from reports.what_if import Change, Handoff, play
from sla.spans import Span

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DESK = [Span(NOON, NOON + timedelta(hours=4))]
UNTIL = NOON + timedelta(hours=8)


def wish(minute, *, kept=10, reason="asked_human"):
    return Handoff(NOON + minute * MINUTE, reason, timedelta(seconds=20), kept * MINUTE)


def waits(handoffs, *, desk=DESK, capacity=1, **change):
    played = play(handoffs, desk, capacity=capacity, change=Change(**change), until=UNTIL)
    return [
        None if one.answered_at is None else (one.answered_at - one.handoff.at).total_seconds()
        for one in played
    ]


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [(1, [20, 560, 1100]), (2, [20, 20, 500]), (3, [20, 20, 20])],
)
def test_a_place_is_given_to_who_waits_longest(capacity, expected) -> None:
    assert waits([wish(0), wish(1), wish(2)], capacity=capacity) == expected


def test_the_policys_capacity_can_be_changed() -> None:
    assert waits([wish(0), wish(1)]) == [20, 560]
    played = play([wish(0), wish(1)], DESK, capacity=1, change=Change(capacity=2), until=UNTIL)
    assert all(one.answered_at == one.handoff.at + timedelta(seconds=20) for one in played)


def test_before_the_shift_customers_wait_and_after_it_nobody_comes() -> None:
    assert waits([wish(-5), wish(241)]) == [320, None]


def test_nobody_at_the_desk_answers_nobody() -> None:
    assert waits([wish(0)], desk=[]) == [None]


def test_extra_people_come_every_day() -> None:
    evening = wish(300)  # 17:00 in China, an hour after the desk went home
    assert waits([evening]) == [None]
    assert waits([evening], extra=1) == [20]


def test_a_better_bot_keeps_only_those_it_failed() -> None:
    handoffs = [wish(n * 20, reason="repeated_failure") for n in range(5)] + [wish(110)]
    assert len(waits(handoffs, bot_keeps=1.0)) == 1
    assert len(waits(handoffs, bot_keeps=0.0)) == 6


@pytest.mark.parametrize(("load", "n"), [(1, 10), (3, 30), (0, 0)])
def test_load_multiplies_who_comes(load, n) -> None:
    assert len(waits([wish(5 * place) for place in range(10)], load=load)) == n


def test_more_load_is_never_faster_and_the_same_question_has_one_answer() -> None:
    handoffs = [wish(7 * place) for place in range(25)]
    usual = waits(handoffs, capacity=2)
    heavy = waits(handoffs, capacity=2, load=3)
    assert usual == waits(handoffs, capacity=2)
    assert heavy == waits(handoffs, capacity=2, load=3)
    late = [one for one in heavy if one is None or one > 60]
    assert len(late) > len([one for one in usual if one is None or one > 60])
