# ruff: noqa: E501 - a row of a table reads best on one line
"""Every late second has one cause, and the causes add up to the lateness."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.anatomy import Cause, Circumstances, explain, late_spans
from sla.calendar_reading import read_calendar
from sla.calendars import ALWAYS
from sla.clocks import ClockName, measure
from sla.events import Event, EventType
from sla.spans import Span, length, union

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def span(start: int, end: int) -> Span:
    return Span(NOON + minutes(start), NOON + minutes(end))


ALL = (span(0, 60),)
LATE = (span(10, 40),)
CHEN = {"小陈": ALL}
AT_WORK = Circumstances(shifts=CHEN, online=CHEN)

CASES = [
    # (why, circumstances, minutes by cause) of thirty late minutes, 12:10 to 12:40
    ("nobody planned", Circumstances(), {Cause.NOBODY_ON_SHIFT: 30}),
    ("planned, but did not come", Circumstances(shifts=CHEN), {Cause.NOBODY_ON_SHIFT: 30}),
    ("there with room", AT_WORK, {Cause.AGENT_IDLE: 30}),
    ("there, but not planned", Circumstances(online=CHEN), {Cause.NOBODY_ON_SHIFT: 30}),
    (
        "the shift began late",
        Circumstances(shifts={"小陈": (span(25, 60),)}, online=CHEN),
        {Cause.NOBODY_ON_SHIFT: 15, Cause.AGENT_IDLE: 15},
    ),
    (
        "full for ten minutes",
        Circumstances(shifts=CHEN, online=CHEN, full={"小陈": (span(5, 20),)}),
        {Cause.ALL_AT_CAPACITY: 10, Cause.AGENT_IDLE: 20},
    ),
    (
        "the other one had room",
        Circumstances(
            shifts={**CHEN, "小李": ALL}, online={**CHEN, "小李": ALL}, full={"小陈": ALL}
        ),
        {Cause.AGENT_IDLE: 30},
    ),
    (
        "held by one who left",
        Circumstances(shifts=CHEN, online={"小陈": (span(0, 15),)}, held=CHEN),
        {Cause.HELD_BY_OFFLINE_AGENT: 25, Cause.AGENT_IDLE: 5},
    ),
    (
        "waiting for the warehouse",
        Circumstances(
            shifts=CHEN, online=CHEN, held=CHEN, waits={"waiting_warehouse": (span(20, 30),)}
        ),
        {Cause.WAITING_WAREHOUSE: 10, Cause.AGENT_IDLE: 20},
    ),
    (
        "carrier, and the shop's own reason",
        Circumstances(
            shifts=CHEN,
            online=CHEN,
            waits={"waiting_carrier": (span(0, 20),), "等待总部": (span(15, 25),)},
        ),
        {Cause.WAITING_CARRIER: 10, Cause.WAITING_OTHER: 5, Cause.AGENT_IDLE: 15},
    ),
    (
        "the bot kept it",
        Circumstances(shifts=CHEN, online=CHEN, with_bot=(span(0, 12),)),
        {Cause.BOT_DELAY: 2, Cause.AGENT_IDLE: 28},
    ),
]


@pytest.mark.parametrize(("why", "around", "shares"), CASES, ids=[row[0] for row in CASES])
def test_whose_minutes_they_were(why: str, around: Circumstances, shares: dict[Cause, int]) -> None:
    assert explain(LATE, around) == {cause: minutes(n) for cause, n in shares.items()}


def test_what_was_not_late_has_no_cause() -> None:
    assert explain((), AT_WORK) == {}


quarters = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: span(min(p), max(p))),
    max_size=5,
)
by_agent = st.dictionaries(st.sampled_from(("小陈", "小李")), quarters)


@given(
    quarters,
    st.builds(
        Circumstances,
        shifts=by_agent,
        online=by_agent,
        full=by_agent,
        held=by_agent,
        with_bot=quarters,
        waits=st.dictionaries(st.sampled_from(("waiting_carrier", "own")), quarters),
    ),
)
def test_the_causes_add_up_to_the_lateness(late: list[Span], around: Circumstances) -> None:
    shares = explain(late, around)
    assert sum(shares.values(), timedelta()) == length(union(late))
    assert all(share > timedelta() for share in shares.values())


OFFICE = read_calendar({"tz": "UTC", "frames": {"wed": [["12:00", "12:30"], ["13:00", "14:00"]]}})


@pytest.mark.parametrize(
    ("answered", "late"),
    [(10, []), (11, [span(10, 11)]), (70, [span(10, 30), span(60, 70)]), (None, [span(10, 30), span(60, 75)])],
)  # fmt: skip
def test_late_time_is_counted_time_after_due(answered: int | None, late: list[Span]) -> None:
    events = [Event(NOON, EventType.HANDOFF_REQUESTED)]
    if answered is not None:
        events.append(Event(NOON + minutes(answered), EventType.AGENT_MESSAGE))
    now = NOON + minutes(75)
    (clock,) = measure(
        events, name=ClockName.HANDOFF_RESPONSE, target=minutes(10), calendar=OFFICE, now=now
    )
    assert list(late_spans(clock, calendar=OFFICE, now=now)) == late


def test_paused_time_is_not_late_time() -> None:
    now = NOON + minutes(60)
    (clock,) = measure(
        [Event(NOON, EventType.REVIEW_POSTED)],
        name=ClockName.REVIEW_REPLY,
        target=minutes(10),
        calendar=ALWAYS,
        now=now,
    )
    late = late_spans(clock, calendar=ALWAYS, now=now, paused=[span(20, 50)])
    assert late == (span(10, 20), span(50, 60))
