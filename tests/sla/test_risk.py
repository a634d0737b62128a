# ruff: noqa: E501 - a row of a table reads best on one line
"""The at-risk rule and the warnings, round their exact boundaries."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.calendar_reading import read_calendar
from sla.calendars import ALWAYS
from sla.clocks import Clock, ClockName, measure
from sla.events import Event, EventType
from sla.pauses import effective_pauses
from sla.risk import is_at_risk, remaining, warning_times
from sla.spans import Span
from sla.targets import WholeDays

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, HOUR, MINUTE, SECOND = (timedelta(**{unit: 1}) for unit in ("days", "hours", "minutes", "seconds"))  # fmt: skip
OFFICE = read_calendar({"tz": "Asia/Shanghai", "frames": {"wed": [["09:00", "18:00"]], "thu": [["09:00", "18:00"]]}})  # fmt: skip


def at(wall: str, day: int = 4) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{wall}").replace(tzinfo=SHANGHAI)


def review_clock(*events: Event, now: datetime, target: timedelta = DAY) -> Clock:
    posted = Event(at("10:00").astimezone(UTC), EventType.REVIEW_POSTED)
    name = ClockName.REVIEW_REPLY
    return measure([posted, *events], name=name, target=target, calendar=ALWAYS, now=now)[0]


@pytest.mark.parametrize(
    ("target", "margin", "left", "risky"),
    [
        (DAY, timedelta(), DAY / 5, True),
        (DAY, timedelta(), DAY / 5 + SECOND, False),
        (DAY, 6 * HOUR, 6 * HOUR, True),
        (DAY, 6 * HOUR, 6 * HOUR + SECOND, False),
        (3 * MINUTE, MINUTE, MINUTE, True),
        (3 * MINUTE, timedelta(), 36 * SECOND, True),
        (3 * MINUTE, timedelta(), 37 * SECOND, False),
        (DAY, HOUR, timedelta(), True),
        (DAY, HOUR, -SECOND, False),
    ],
)
def test_at_risk_is_a_fifth_of_the_target_or_the_margin(
    target: timedelta, margin: timedelta, left: timedelta, *, risky: bool
) -> None:
    assert is_at_risk(left, target=target, margin=margin) is risky


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (at("10:00"), DAY),
        (at("09:00", 5), HOUR),
        (at("10:00", 5), timedelta()),
        (at("10:01", 5), -MINUTE),
    ],
)
def test_remaining_time_turns_negative_when_late(now: datetime, left: timedelta) -> None:
    assert remaining(review_clock(now=now), calendar=ALWAYS, now=now) == left


def test_remaining_time_is_working_time() -> None:
    clock = Clock(ClockName.EVIDENCE, at("10:00"), at("10:00", 5), None, None, review_clock(now=at("11:00")).state)  # fmt: skip
    assert remaining(clock, calendar=OFFICE, now=at("17:00")) == 2 * HOUR
    assert remaining(clock, calendar=OFFICE, now=at("20:00")) == HOUR
    pause = (Span(at("17:30").astimezone(UTC), at("18:00").astimezone(UTC)),)
    assert remaining(clock, calendar=OFFICE, now=at("17:00"), paused=pause) == 1.5 * HOUR


def test_warnings_come_at_half_three_quarters_and_nine_tenths() -> None:
    clock = review_clock(now=at("10:00"))
    warned = warning_times(clock, target=DAY, calendar=ALWAYS)
    assert warned == (at("22:00"), at("04:00", 5), at("07:36", 5))


def test_warnings_wait_while_the_clock_is_paused() -> None:
    events = [
        Event(at("11:00").astimezone(UTC), EventType.PAUSE, "waiting_platform"),
        Event(at("13:00").astimezone(UTC), EventType.RESUME),
    ]
    now = at("14:00")
    paused = effective_pauses(events, now=now)
    warned = warning_times(review_clock(*events, now=now), target=DAY, calendar=ALWAYS, paused=paused)  # fmt: skip
    assert warned[0] == at("00:00", 5)


def test_warnings_of_whole_days_go_by_elapsed_time() -> None:
    target = WholeDays(1, SHANGHAI)
    posted = Event(at("00:00").astimezone(UTC), EventType.RETURN_RECEIVED)
    (clock,) = measure([posted], name=ClockName.REFUND, target=target, calendar=ALWAYS, now=at("01:00"))  # fmt: skip
    assert clock.due_at == at("00:00", 6)
    assert warning_times(clock, target=target, calendar=ALWAYS)[0] == at("00:00", 5)


def test_an_answered_clock_warns_no_more() -> None:
    reply = Event(at("11:00").astimezone(UTC), EventType.REPLY_PUBLISHED)
    clock = review_clock(reply, now=at("12:00"))
    assert warning_times(clock, target=DAY, calendar=ALWAYS) == ()
