"""The clock engine against a slow reading of the rules that looks at every ten minutes by itself.

The reference knows no spans and no state machine: it asks of each ten minutes whether they count,
looking back over all events each time. Both are asked the way the command line is asked.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.lines import answer_clocks, answer_due

STEP = timedelta(minutes=10)
DAY = timedelta(days=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Spring Festival, Tomb-Sweeping and both clock changes of the north lie within these months.
FIRST = datetime(2026, 2, 10, tzinfo=UTC)
SPAN_DAYS = 50
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
REASONS = (None, "waiting_customer", "waiting_warehouse", "自定")
Json = dict[str, Any]
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


class Happened(NamedTuple):
    """One event of the reference."""

    at: datetime
    type: str
    reason: str | None


# --- which ten minutes work ---------------------------------------------------------------------


def working_steps(calendar: Any, first: datetime, last: datetime) -> set[datetime] | None:
    """Give the UTC starts of all working ten minutes; None where all work."""
    if calendar == "always":
        return None
    zone = ZoneInfo(calendar["tz"])
    steps: set[datetime] = set()
    day = first.date() - 2 * DAY
    while day <= last.date() + 2 * DAY:
        for start, end in hours_of(calendar, day):
            at, until = instant_of(day, start, zone), instant_of(day, end, zone)
            while at < until:
                steps.add(at)
                at += STEP
        day += DAY
    return steps


@cache
def instant_of(day: date, bound: str, zone: ZoneInfo) -> datetime:
    """Walk towards it: the first pass of a wall time; in a gap, as the clock went before it."""
    minutes = int(bound[:2]) * 60 + int(bound[3:])
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    walk = (wall - timedelta(hours=5)).replace(tzinfo=zone).astimezone(UTC)
    while True:
        local = walk.astimezone(zone).replace(tzinfo=None)
        if local == wall:
            return walk
        if local > wall:  # jumped over it: the clock as it went until then
            last = walk - STEP
            return last + (wall - last.astimezone(zone).replace(tzinfo=None))
        walk += STEP


def hours_of(calendar: Mapping[str, Any], day: date) -> list[list[str]]:
    frames, china = calendar["frames"], calendar.get("holidays") == "CN"
    swapped = weekday_replaced(day) if china else None
    if day.isoformat() in (calendar.get("workdays") or ()):
        return frames.get(DAYS[swapped or 0]) or []
    if swapped is not None:
        return frames.get(DAYS[swapped]) or []
    if is_chinas_day_off(day) if china else day.isoformat() in (calendar.get("holidays") or ()):
        return []
    return frames.get(DAYS[day.weekday()]) or []


CHINA = holidays.country_holidays("CN", years=(2025, 2026, 2027), language="zh_CN", expand=False)


@cache
def weekday_replaced(day: date) -> int | None:
    for off, name in CHINA.items():
        if f"由 {day.isoformat()} 调休" in name:
            return off.weekday()
    return None


@cache
def is_chinas_day_off(day: date) -> bool:
    if day in CHINA:
        return True
    if day.weekday() < 5 or weekday_replaced(day) is not None:
        return False
    other = day + (DAY if day.weekday() == 5 else -DAY)  # the other day of the weekend
    near = {day - DAY, day + DAY}
    if other not in CHINA and weekday_replaced(other) is None:
        near |= {other - DAY, other + DAY}
    return any(one in CHINA for one in near)


# --- what the events say ------------------------------------------------------------------------


def is_unanswered(events: set[Happened], at: datetime) -> bool:
    return any(
        one.type == "customer_message"
        and one.at <= at
        and not any(is_answer(other, events) and one.at <= other.at <= at for other in events)
        for one in events
    )


def is_answer(one: Happened, events: set[Happened]) -> bool:
    """An agent's message, or the bot's as long as it has the conversation."""
    if one.type == "agent_message":
        return True
    return one.type == "bot_message" and not any(
        (other.type == "handoff_requested" and other.at <= one.at)
        or (other.type == "agent_message" and other.at < one.at)
        for other in events
    )


def is_paused(events: set[Happened], at: datetime, now: datetime) -> bool:
    if at >= now or is_unanswered(events, at):
        return False
    return any(
        one.type == "pause"
        and one.at <= at
        and not any(
            other.type == "resume"
            and other.reason in (None, one.reason)
            and one.at < other.at <= at
            for other in events
        )
        for one in events
    )


def due_of(
    start: datetime, steps: int, works: set[datetime] | None, events: set[Happened], now: datetime
) -> datetime:
    at, left = start, steps
    while left:
        if (works is None or at in works) and not is_paused(events, at, now):
            left -= 1
        at += STEP
    return at


def runs(  # noqa: PLR0912 - one branch a clock
    name: str, events: set[Happened]
) -> Iterator[tuple[datetime, datetime | None, bool]]:
    """Yield start, end and whether that end was a close without an answer."""
    found: dict[str, list[datetime]] = {}
    for one in sorted(events, key=lambda one: one.at):
        found.setdefault(one.type, []).append(one.at)
    customer, agent = found.get("customer_message", []), found.get("agent_message", [])
    bot, closed = found.get("bot_message", []), found.get("closed", [])
    if name == "bot_first_response":
        if customer:
            start = customer[0]
            answer = min((at for at in bot if at >= start), default=None)
            close = min((at for at in closed if at >= start), default=None)
            ends = [at for at in (answer, close) if at is not None]
            # At one instant the bot's word comes before the agent's, the agent's before a close.
            is_bot = answer is not None and answer == min(ends)
            if not any(
                not ends or at < min(ends) or (at == min(ends) and not is_bot) for at in agent
            ):
                yield start, min(ends, default=None), bool(ends) and not is_bot
    elif name in ("handoff_response", "human_next_response"):
        opens = found.get("handoff_requested", [])
        if name == "human_next_response":
            opens = [at for at in customer if any(one < at for one in agent)]
        enders = [*agent, *closed]
        for start in sorted(set(opens)):
            earlier = [at for at in opens if at < start]
            if all(any(at <= one < start for one in enders) for at in earlier):
                end = min((at for at in enders if at >= start), default=None)
                yield start, end, end is not None and end not in agent
    elif name == "review_reply":
        posted, replies = found.get("review_posted", []), found.get("reply_published", [])
        for start in sorted(set(posted)):
            earlier = [at for at in posted if at < start]
            if all(any(at <= one < start for one in replies) for at in earlier):
                yield start, min((at for at in replies if at >= start), default=None), False
    elif customer:
        start = customer[0]
        closes = [at for at in closed if at >= start]
        if name == "first_resolution":
            yield start, min(closes, default=None), False
        else:
            last = max(closes, default=None)
            again = [*customer, *found.get("reopened", [])]
            is_open = last is None or any(at > last for at in again)
            yield start, None if is_open else last, False


def slow_clocks(line: Json) -> list[tuple[datetime, datetime, datetime | None, str]]:
    """Answer a line of `kefu sla clocks` the slow way."""
    now = datetime.fromisoformat(line["now"]).astimezone(UTC)
    events = {
        Happened(datetime.fromisoformat(one["at"]).astimezone(UTC), one["type"], one.get("reason"))
        for one in line["events"]
    }
    works = working_steps(line["calendar"], FIRST, FIRST + 400 * DAY)
    by_start = line["calendar"] != "always" and line["calendar"].get("window") == "start"
    answers = []
    for start, end, is_closed in runs(line["clock"], events):
        if by_start and works is not None and start not in works:
            continue
        due = due_of(start, int(line["target_seconds"] // 600), works, events, now)
        if is_closed:
            answers.append((start, due, None, "closed_unanswered"))
        elif end is not None:
            answers.append((start, due, end, "met" if end <= due else "late"))
        else:
            answers.append((start, due, None, "open" if now <= due else "missed"))
    return answers


# --- what is asked ------------------------------------------------------------------------------

moments = st.integers(0, SPAN_DAYS * 144).map(lambda n: FIRST + n * STEP)
dates = st.dates(FIRST.date(), (FIRST + SPAN_DAYS * DAY).date()).map(date.isoformat)
targets = st.integers(1, 12) | st.integers(1, 600)


def wall(step: int) -> str:
    return f"{step // 6:02}:{step % 6 * 10:02}"


@st.composite
def day_frames(draw: st.DrawFn) -> list[list[str]]:
    bounds = sorted(draw(st.sets(st.integers(0, 144), max_size=6)))
    return [[wall(start), wall(end)] for start, end in zip(bounds[::2], bounds[1::2], strict=False)]


@st.composite
def calendars(draw: st.DrawFn) -> Any:
    if draw(st.integers(0, 3)) == 0:
        return "always"
    frames = {day: draw(day_frames()) for day in draw(st.sets(st.sampled_from(DAYS), min_size=1))}
    # Twelve hours on one day of the week keep the longest target within reach.
    frames[draw(st.sampled_from(DAYS))] = [["08:00", "20:00"]]
    calendar = {"tz": draw(st.sampled_from(ZONES)), "frames": frames}
    festival = draw(st.sampled_from((None, "CN", "own")))
    if festival:
        own = draw(st.lists(dates, max_size=5))
        calendar["holidays"] = "CN" if festival == "CN" else own
    if draw(st.booleans()):
        calendar["workdays"] = draw(st.lists(dates, max_size=5))
    if draw(st.integers(0, 4)) == 0:
        calendar["window"] = "start"
    return calendar


TYPES = (
    "customer_message", "bot_message", "agent_message", "auto_message", "internal_note",
    "handoff_requested", "courtesy_message", "pause", "resume", "closed", "reopened",
    "review_posted", "reply_published",
)  # fmt: skip
CLOCKS = (
    "bot_first_response", "handoff_response", "human_next_response", "first_resolution",
    "total_resolution", "review_reply",
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> Json:
    begin = draw(moments)
    events = []
    for _ in range(draw(st.integers(0, 14))):
        # Few instants, so that many are equal; an offset is only another way to write one.
        at = begin + draw(st.integers(0, 20)) * STEP * draw(st.sampled_from((1, 1, 40)))
        kind = draw(st.sampled_from(TYPES))
        event = {"at": written(draw, at), "type": kind}
        if kind in ("pause", "resume"):
            event["reason"] = draw(st.sampled_from(REASONS))
        events.append(event)
    events += draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
    last = max((datetime.fromisoformat(one["at"]) for one in events), default=begin)
    now = last + draw(st.integers(0, 60)) * STEP * draw(st.sampled_from((1, 30)))
    return {
        "id": 1,
        "clock": draw(st.sampled_from(CLOCKS)),
        "target_seconds": draw(targets) * 600,
        "calendar": draw(calendars()),
        "now": written(draw, now),
        "events": draw(st.permutations(events)),
    }


def written(draw: st.DrawFn, at: datetime) -> str:
    return at.astimezone(ZoneInfo(draw(st.sampled_from(ZONES)))).isoformat()


@unhurried
@given(moments, targets, calendars())
def test_due_is_when_so_many_working_minutes_have_passed(
    start: datetime, target: int, calendar: Any
) -> None:
    line = {
        "id": 1, "started_at": start.isoformat(), "target_seconds": target * 600,
        "calendar": calendar,
    }  # fmt: skip
    works = working_steps(calendar, FIRST, FIRST + 400 * DAY)
    told = answer_due(line)["due_at"]
    if calendar != "always" and calendar.get("window") and start not in (works or ()):
        assert told is None
    else:
        wanted = due_of(start, target, works, set(), start)
        assert datetime.fromisoformat(told) == wanted


@settings(unhurried, max_examples=200)
@given(lines())
def test_clocks_are_what_looking_at_every_ten_minutes_gives(line: Json) -> None:
    told = [
        (
            *(datetime.fromisoformat(one[key]) for key in ("started_at", "due_at")),
            datetime.fromisoformat(one["met_at"]) if one["met_at"] else None,
            one["state"],
        )
        for one in answer_clocks(line)["clocks"]
    ]
    assert told == slow_clocks(line), json.dumps(line, ensure_ascii=False)
