"""The replay: people, load and a better bot change what they should, and nothing by chance."""

from datetime import UTC, datetime, timedelta

import pytest

from reports.records import CaseRecord, Hold, Subject
from reports.what_if import USUAL_STAY, Change, Handoff, Turn, play
from reports.what_if_past import USUAL_ANSWER, recorded
from sla.events import Event, EventType, in_order
from sla.spans import Span

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DESK = [Span(NOON, NOON + timedelta(hours=4))]
UNTIL = NOON + timedelta(hours=8)


TWENTY = timedelta(seconds=20)


def wish(minute, *, kept=10, reason="asked_human", turns=()):
    stays = kept * MINUTE - TWENTY
    return Handoff(NOON + minute * MINUTE, reason, TWENTY, turns, closes_after=stays)


def plays(handoffs, *, desk=DESK, capacity=1, **change):
    return play(handoffs, desk, capacity=capacity, change=Change(**change), until=UNTIL)


def waits(handoffs, *, desk=DESK, capacity=1, **change):
    return [
        None if one.answered_at is None else (one.answered_at - one.handoff.at).total_seconds()
        for one in plays(handoffs, desk=desk, capacity=capacity, **change)
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


def asked(minutes, work):
    return Turn(minutes * MINUTE, timedelta(seconds=work))


def test_what_was_is_replayed_to_the_second_where_nobody_had_to_share() -> None:
    turns = (asked(2, 40), asked(1, 90))
    (one,) = plays([wish(0, turns=turns)])
    first = NOON + TWENTY + 2 * MINUTE
    second = first + timedelta(seconds=40) + MINUTE
    assert one.later == [
        (first, first + timedelta(seconds=40)),
        (second, second + timedelta(seconds=90)),
    ]
    assert one.closed_at == second + timedelta(seconds=90) + 10 * MINUTE - TWENTY


def test_an_agent_with_several_answers_one_after_the_other() -> None:
    chats = [wish(0, turns=(asked(1, 60),)), wish(0, turns=(asked(1, 60),))]
    alone, shared = plays(chats[:1], capacity=2), plays(chats, capacity=2)
    assert later_waits(alone) == [60]
    assert later_waits(shared) == [60, 100]  # the other's question had come 20 seconds before


def later_waits(played):
    return sorted((end - start).total_seconds() for one in played for start, end in one.later)


def test_more_room_shortens_the_line_and_lengthens_the_answers() -> None:
    chats = [wish(n, turns=(asked(1, 50), asked(1, 50))) for n in range(12)]
    narrow, wide = plays(chats), plays(chats, capacity=6)
    assert sum(waits(chats, capacity=6)) < sum(waits(chats))
    assert sum(later_waits(wide)) > sum(later_waits(narrow))


def test_three_times_the_load_makes_later_answers_and_closes_later_too() -> None:
    chats = [wish(4 * n, turns=(asked(1, 50), asked(2, 70))) for n in range(20)]
    usual, heavy = plays(chats, capacity=3), plays(chats, capacity=3, load=3)
    assert mean(later_waits(heavy)) > mean(later_waits(usual))
    lasted = [mean(lengths(each)) for each in (usual, heavy)]
    assert lasted[1] > lasted[0]


def lengths(played):
    ended = [one for one in played if one.closed_at]
    return [(one.closed_at - one.handoff.at).total_seconds() for one in ended]


def mean(numbers):
    return sum(numbers) / len(numbers)


def test_a_place_is_free_again_where_the_record_never_closed() -> None:
    never = Handoff(NOON, None, TWENTY)
    one, other = plays([never, wish(1)])
    assert one.closed_at is None
    assert other.answered_at == NOON + 2 * TWENTY + USUAL_STAY


def told(at, kind):
    return Event(NOON + timedelta(seconds=at), kind)


def record(case, events, answers, *, agent="lin", ended=None):
    ordered = in_order(told(at, EventType(kind)) for at, kind in events)
    return CaseRecord(
        id=case, kind="conversation", revision=1, title="", opened_at=ordered[0].at,
        ended_at=ended, subject=Subject(reason="asked_human"), events=ordered,
        response_events=ordered, answers=[(NOON + timedelta(seconds=at), agent) for at in answers],
        holds=[Hold(Span(NOON + timedelta(seconds=30), UNTIL), agent)], now=UNTIL,
    )  # fmt: skip


def test_the_record_gives_turns_and_the_work_that_was_really_hers() -> None:
    one = record(
        "a",
        [(0, "customer_message"), (10, "handoff_requested"), (50, "agent_message"),
         (80, "customer_message"), (85, "customer_message"), (140, "agent_message"),
         (200, "customer_message"), (300, "closed")],
        [50, 140],
    )  # fmt: skip
    other = record(
        "b", [(0, "customer_message"), (20, "handoff_requested"), (120, "agent_message")], [120]
    )
    first, second = recorded([one, other])
    assert (first.at, first.opened_before) == (NOON + timedelta(seconds=10), timedelta(seconds=10))
    assert first.work == timedelta(seconds=20)  # taken after 30, answered after 50
    # The question came after 80; until 120 she answered the other customer.
    assert first.turns == (Turn(timedelta(seconds=30), timedelta(seconds=20)),)
    assert first.closes_after == timedelta(seconds=160)
    assert second.work == timedelta(seconds=70)
    assert second.closes_after is None


def test_who_left_the_line_is_served_as_usual() -> None:
    gone = record("a", [(0, "customer_message"), (10, "handoff_requested"), (400, "closed")], [])
    (one,) = recorded([gone])
    assert (one.work, one.turns, one.closes_after) == (USUAL_ANSWER, (), USUAL_STAY)
