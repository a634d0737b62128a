"""What must hold for any events, any calendar and any target."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendars import (
    ALWAYS,
    Calendar,
    Frame,
    Hours,
    add_working_time,
    is_working,
    working_time_between,
)
from sla.clocks import Clock, ClockName, ClockState, measure
from sla.events import Event, EventType
from sla.pauses import effective_pauses, unanswered_spans
from sla.spans import Span, difference, intersection, length, union

START = datetime(2026, 2, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
unhurried = settings(deadline=None)  # the machine may be busy
ZONES = ("Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")

moments = st.integers(0, 200).map(lambda n: START + n * QUARTER)
long_moments = st.integers(0, 60_000).map(lambda n: START + n * QUARTER)
targets = st.integers(1, 400).map(lambda n: n * QUARTER) | st.timedeltas(
    timedelta(microseconds=1), timedelta(days=20)
)


@st.composite
def frames(draw: st.DrawFn) -> tuple[Frame, ...]:
    bounds = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    pairs = zip(bounds[::2], bounds[1::2], strict=False)
    return tuple(Frame(start * QUARTER, end * QUARTER) for start, end in pairs)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    week = draw(st.tuples(*[frames()] * 7).filter(any))
    days = st.frozensets(st.dates(date(2026, 1, 25), date(2026, 5, 1)), max_size=8)
    return Hours(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        week=week,
        holidays=draw(days),
        workdays=draw(days),
        china=draw(st.booleans()),
    )


calendars: st.SearchStrategy[Calendar] = st.just(ALWAYS) | hours()
events = st.builds(
    Event,
    at=moments,
    type=st.sampled_from(EventType),
    reason=st.sampled_from((None, "waiting_customer", "waiting_carrier")),
)
cases = st.lists(events, max_size=25)
NOW = START + 201 * QUARTER


def clocks_of(case: Sequence[Event], *, now: datetime = NOW, **asked: object) -> list[Clock]:
    target = asked.get("target", timedelta(hours=3))
    calendar = asked.get("calendar", ALWAYS)
    assert isinstance(target, timedelta)
    return [
        clock
        for name in ClockName
        for clock in measure(case, name=name, target=target, calendar=calendar, now=now)  # type: ignore[arg-type]
    ]


@unhurried
@given(cases, st.randoms(use_true_random=False), targets, calendars)
def test_events_are_a_set(case, random, target, calendar) -> None:  # type: ignore[no-untyped-def]
    mixed = [*case, *random.sample(case, k=len(case) // 2)]
    random.shuffle(mixed)
    asked = {"target": target, "calendar": calendar}
    assert clocks_of(mixed, **asked) == clocks_of(case, **asked)


@unhurried
@given(calendars, long_moments, targets)
def test_due_and_working_time_are_inverse(
    calendar: Calendar, start: datetime, target: timedelta
) -> None:
    due_at = add_working_time(calendar, start, target)
    assert working_time_between(calendar, start, due_at) == target
    assert working_time_between(calendar, start, due_at - timedelta(microseconds=1)) < target
    assert is_working(calendar, due_at - timedelta(microseconds=1))


@unhurried
@given(calendars, long_moments, targets, targets)
def test_two_targets_after_each_other_are_one(
    calendar: Calendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    half = add_working_time(calendar, start, first)
    assert add_working_time(calendar, half, second) == add_working_time(
        calendar, start, first + second
    )


@unhurried
@given(calendars, st.lists(long_moments, min_size=3, max_size=3).map(sorted))
def test_working_time_adds_up(calendar: Calendar, cuts: list[datetime]) -> None:
    start, middle, end = cuts
    parts = (
        working_time_between(calendar, start, middle),
        working_time_between(calendar, middle, end),
    )
    assert sum(parts, timedelta()) == working_time_between(calendar, start, end)
    assert working_time_between(calendar, end, start) == timedelta()


@unhurried
@given(hours(), long_moments, targets, st.dates(date(2026, 1, 25), date(2026, 8, 1)))
def test_a_further_holiday_never_brings_the_due_time_forward(
    calendar: Hours, start: datetime, target: timedelta, day: date
) -> None:
    more = Hours(
        zone=calendar.zone,
        week=calendar.week,
        holidays=calendar.holidays | {day},
        workdays=calendar.workdays,
        china=calendar.china,
    )
    before, after = (add_working_time(one, start, target) for one in (calendar, more))
    assert before <= after
    if day in calendar.workdays:
        assert before == after


@unhurried
@given(cases, st.data(), targets, calendars)
def test_a_pause_split_in_two_is_the_same_pause(  # type: ignore[no-untyped-def]
    case, data, target, calendar
) -> None:
    begin, middle, end = sorted(data.draw(st.lists(moments, min_size=3, max_size=3)))
    own = [Event(begin, EventType.PAUSE, "own"), Event(end, EventType.RESUME, "own")]
    others = [e for e in case if e.type is not EventType.RESUME or e.reason]
    split = [Event(middle, EventType.RESUME, "own"), Event(middle, EventType.PAUSE, "own")]
    split = split if begin < middle < end else []
    asked = {"target": target, "calendar": calendar}
    assert clocks_of([*others, *own, *split], **asked) == clocks_of([*others, *own], **asked)


@unhurried
@given(cases, targets, calendars, st.integers(0, 5000), st.integers(0, 5000))
def test_as_now_moves_on_nothing_is_taken_back(  # type: ignore[no-untyped-def]
    case, target, calendar, first, second
) -> None:
    earlier, later = (NOW + n * QUARTER for n in sorted((first, second)))
    asked = {"target": target, "calendar": calendar}
    pairs = zip(
        clocks_of(case, now=earlier, **asked), clocks_of(case, now=later, **asked), strict=True
    )
    for before, after in pairs:
        assert after.started_at == before.started_at
        assert after.due_at >= before.due_at
        if before.state is ClockState.OPEN:
            assert after.state in (ClockState.OPEN, ClockState.MISSED)
        else:
            assert after.state is before.state
            assert after.breached_at == before.breached_at


@unhurried
@given(cases, targets, calendars, moments)
def test_what_happens_later_never_moves_an_earlier_breach(  # type: ignore[no-untyped-def]
    case, target, calendar, now
) -> None:
    """A response clock missed at some time is late, missed or closed later, due as it was."""
    known = [event for event in case if event.at <= now]
    for name in (ClockName.HANDOFF_RESPONSE, ClockName.HUMAN_NEXT_RESPONSE, ClockName.REVIEW_REPLY):
        asked = {"name": name, "target": target, "calendar": calendar}
        after = {clock.started_at: clock for clock in measure(case, now=NOW, **asked)}
        for clock in measure(known, now=now, **asked):
            if clock.state is ClockState.MISSED:
                assert after[clock.started_at].state not in (ClockState.MET, ClockState.OPEN)
                assert after[clock.started_at].due_at == clock.due_at


@unhurried
@given(cases, targets, calendars)
def test_the_state_follows_from_the_times(case, target, calendar) -> None:  # type: ignore[no-untyped-def]
    for clock in clocks_of(case, target=target, calendar=calendar):
        assert clock.started_at < clock.due_at
        assert clock.met_at is None or clock.started_at <= clock.met_at
        if clock.met_at:
            assert (clock.state is ClockState.MET) == (clock.met_at <= clock.due_at)
        elif clock.closed_at is None:
            assert (clock.state is ClockState.OPEN) == (clock.due_at >= NOW)
        assert (clock.breached_at is None) == (clock.state in (ClockState.MET, ClockState.OPEN))


@unhurried
@given(cases)
def test_there_is_no_pause_while_a_message_waits(case: list[Event]) -> None:
    ordered = tuple(sorted(case, key=lambda event: event.at))
    paused, waiting = effective_pauses(ordered, now=NOW), unanswered_spans(ordered, now=NOW)
    assert not length(intersection(paused, waiting))


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda pair: Span(START + min(pair) * QUARTER, START + max(pair) * QUARTER)
    ),
    max_size=8,
)


@unhurried
@given(spans, spans)
def test_spans_are_sets_of_instants(some: list[Span], others: list[Span]) -> None:
    left, right = union(some), union(others)
    grid = [START + n * QUARTER for n in range(61)]

    def inside(them: Sequence[Span]) -> set[datetime]:
        return {at for at in grid if any(span.start <= at < span.end for span in them)}

    assert inside(left) == inside(some)
    assert inside(tuple(difference(left, right))) == inside(left) - inside(right)
    assert inside(tuple(intersection(left, right))) == inside(left) & inside(right)
    assert length(left) == len(inside(left)) * QUARTER
    assert all(a.end < b.start for a, b in pairwise(left))


@unhurried
@given(hours(), st.integers(0, 120))
def test_working_spans_agree_with_the_wall_clock(calendar: Hours, days: int) -> None:
    """Outside the days of a clock change, a quarter of an hour works as its wall time says."""
    day = datetime(2026, 2, 1, tzinfo=calendar.zone) + timedelta(days=days)
    after = day + timedelta(days=1)
    quarters = [day + n * QUARTER for n in range(96)]
    if day.utcoffset() != after.utcoffset() or (day - QUARTER).utcoffset() != after.utcoffset():
        return
    working = [at for at in quarters if is_working(calendar, at)]
    wanted = [
        at
        for n, at in enumerate(quarters)
        if any(f.start <= n * QUARTER < f.end for f in calendar.frames_on(day.date()))
    ]
    assert working == wanted


def test_equal_instants_are_sorted_by_kind_in_one_fixed_order() -> None:
    """Guards the order that the property tests take for granted."""
    order = list(EventType)
    pairs = [
        (EventType.RESUME, EventType.PAUSE),
        (EventType.CUSTOMER_MESSAGE, EventType.BOT_MESSAGE),
        (EventType.CUSTOMER_MESSAGE, EventType.AGENT_MESSAGE),
        (EventType.HANDOFF_REQUESTED, EventType.AGENT_MESSAGE),
        (EventType.BOT_MESSAGE, EventType.AGENT_MESSAGE),
        (EventType.AGENT_MESSAGE, EventType.CLOSED),
        (EventType.CUSTOMER_MESSAGE, EventType.CLOSED),
        (EventType.REOPENED, EventType.CLOSED),
        (EventType.REVIEW_POSTED, EventType.REPLY_PUBLISHED),
    ]
    assert all(order.index(first) < order.index(second) for first, second in pairs)
