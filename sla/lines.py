"""Answers the questions of `kefu sla due` and `kefu sla clocks`, one JSON object each."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from sla.calendar_reading import read_calendar
from sla.calendars import is_counted
from sla.clocks import Clock, ClockName, measure
from sla.errors import MissingKeyError, OutOfRangeError, UnknownClockError, Word
from sla.events import read_events
from sla.instants import read_instant, to_utc, write_instant
from sla.targets import due_after, read_seconds

Line = Mapping[str, Any]


def answer_due(line: Line) -> dict[str, Any]:
    """Answer `{id, started_at, target_seconds, calendar}` with `{id, due_at}`.

    `due_at` is in the calendar's time zone, for "always" in the offset of `started_at`; it is null
    where a `window: "start"` calendar does not count a clock that starts then.
    """
    name = _required(line, "id")
    started_at = read_instant(_required(line, "started_at"), key="started_at")
    target, calendar = read_seconds(line.get("target_seconds")), read_calendar(line.get("calendar"))
    zone = calendar.zone or started_at.tzinfo or UTC
    try:
        if not is_counted(calendar, started_at):
            return {"id": name, "due_at": None}
        due_at = due_after(to_utc(started_at), target=target, calendar=calendar)
    except OverflowError:
        raise OutOfRangeError from None
    return {"id": name, "due_at": write_instant(due_at, zone)}


def answer_clocks(line: Line) -> dict[str, Any]:
    """Answer `{id, clock, target_seconds, calendar, now, events}` with `{id, clocks}`.

    Each clock is `{started_at, due_at, met_at, state}`, oldest first, in the calendar's time zone,
    for "always" in the offset of the event that started it.
    """
    name = _required(line, "id")
    now = read_instant(_required(line, "now"), key="now")
    calendar = read_calendar(line.get("calendar"))
    try:
        clocks = measure(
            read_events(line.get("events"), now=now),
            name=_clock_name(_required(line, "clock")),
            target=read_seconds(line.get("target_seconds")),
            calendar=calendar,
            now=now,
        )
    except OverflowError:
        raise OutOfRangeError from None
    offsets = {} if calendar.zone else _offsets(line["events"])
    zones = [calendar.zone or offsets[clock.started_at] for clock in clocks]
    answers = [_written(clock, zone) for clock, zone in zip(clocks, zones, strict=True)]
    return {"id": name, "clocks": answers}


def _required(line: Line, key: str) -> Any:
    if line.get(key) is None:
        raise MissingKeyError(key=Word(key))
    return line[key]


def _clock_name(form: object) -> ClockName:
    if not isinstance(form, str) or form not in set(ClockName):
        raise UnknownClockError(value=form, known=Word(", ".join(ClockName)))
    return ClockName(form)


def _offsets(events: list[Line]) -> dict[datetime, tzinfo]:
    """Remember in which offset an instant was written, of several the westernmost."""
    written = (read_instant(event["at"], key="at") for event in events)
    eastern_first = sorted(written, key=lambda at: at.replace(tzinfo=None), reverse=True)
    return {to_utc(at): at.tzinfo or UTC for at in eastern_first}


def _written(clock: Clock, zone: tzinfo) -> dict[str, Any]:
    return {
        "started_at": write_instant(clock.started_at, zone),
        "due_at": write_instant(clock.due_at, zone),
        "met_at": write_instant(clock.met_at, zone) if clock.met_at else None,
        "state": clock.state.value,
    }
