"""Reads a calendar from its JSON or YAML form, naming what is wrong with one that makes no sense.

The form is "always" or `{tz, frames, holidays, workdays, window}`: `frames` maps mon..sun to lists
of ["HH:MM", "HH:MM"]; `holidays` is "CN" or a list of dates, in which "CN" may stand too.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from json import dumps, loads
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.calendars import ALWAYS, Calendar, Frame, Hours
from sla.errors import BadCalendarError, MissingKeyError, NoWorkingTimeError, Word
from sla.instants import read_date

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS = {"tz", "frames", "holidays", "workdays", "window"}
_WALL = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_MIDNIGHT = timedelta(hours=24)
_CHINA = "CN"


def read_calendar(form: object) -> Calendar:
    """Build the calendar of a form; every refusal is an SlaError that names the key."""
    if form is None:
        raise MissingKeyError(key=Word("calendar"))
    if form == "always":
        return ALWAYS
    if not isinstance(form, Mapping):
        raise _wrong("form", f'must be "always" or an object, not {form!r:.60}')
    try:
        return _read_once(dumps(form, sort_keys=True, default=_plain))
    except TypeError:
        raise _wrong("form", "holds something that is not text, a list or a date") from None


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError


@lru_cache(maxsize=256)
def _read_once(text: str) -> Calendar:
    """Read each different calendar once: its weeks are remembered inside."""
    return _read_hours(loads(text))


def _read_hours(form: Mapping[str, Any]) -> Hours:
    unknown = sorted(set(form) - _KEYS)
    if unknown:
        raise _wrong(unknown[0], f"is no key of a calendar; known are {', '.join(sorted(_KEYS))}")
    china, holidays = _holidays(form.get("holidays"))
    return Hours(
        zone=_zone(form.get("tz")),
        week=_week(form.get("frames")),
        holidays=holidays,
        workdays=_dates("workdays", form.get("workdays")),
        china=china,
        by_start=_by_start(form.get("window")),
    )


def _zone(name: object) -> ZoneInfo:
    if name is None:
        raise MissingKeyError(key=Word("calendar tz"))
    try:
        if isinstance(name, str) and name:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise _wrong("tz", f"{name!r:.60} is no time zone; write one like Asia/Shanghai")


def _week(frames: object) -> tuple[tuple[Frame, ...], ...]:
    if frames is None:
        raise MissingKeyError(key=Word("calendar frames"))
    if not isinstance(frames, Mapping):
        raise _wrong("frames", "must map mon, tue, wed, thu, fri, sat, sun to lists of frames")
    for name in frames:
        if name not in WEEKDAYS:
            raise _wrong("frames", f"{name!r:.60} is no weekday; known are {', '.join(WEEKDAYS)}")
    week = tuple(_day(name, frames.get(name)) for name in WEEKDAYS)
    if not any(week):
        raise NoWorkingTimeError
    return week


def _day(name: str, frames: object) -> tuple[Frame, ...]:
    key = f"frames {name}"
    if frames is None:
        return ()
    if not _is_list(frames):
        raise _wrong(key, 'must be a list of frames such as ["09:00", "18:00"]')
    day = sorted(_frame(key, frame) for frame in frames)
    for earlier, later in pairwise(day):
        if later.start < earlier.end:
            raise _wrong(key, "two frames overlap")
    return tuple(day)


def _frame(key: str, frame: object) -> Frame:
    if not _is_list(frame) or len(frame) != 2:
        raise _wrong(key, f'a frame is a start and an end, ["09:00", "18:00"], not {frame!r:.60}')
    start, end = (_wall(key, text) for text in frame)
    if start >= end:
        raise _wrong(
            key, f"the frame {frame[0]}-{frame[1]} ends before it starts; write a night as two"
        )
    return Frame(start, end)


def _wall(key: str, text: object) -> timedelta:
    match = _WALL.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise _wrong(key, f"{text!r:.60} is no time of day; write it as HH:MM")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    wall = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if minutes > 59 or seconds > 59 or wall > _MIDNIGHT:
        raise _wrong(key, f"{text!r:.60} is no time of day; the day runs from 00:00 to 24:00")
    return wall


def _holidays(form: object) -> tuple[bool, frozenset[date]]:
    if isinstance(form, str):
        form = [form] if form == _CHINA else form
    if form is not None and not _is_list(form):
        raise _wrong("holidays", f'must be "CN" or a list of dates, not {form!r:.60}')
    own = [day for day in form or () if day != _CHINA]
    return len(own) < len(form or ()), _dates("holidays", own)


def _dates(key: str, form: object) -> frozenset[date]:
    if form is None:
        return frozenset()
    if not _is_list(form):
        raise _wrong(key, f"must be a list of dates, not {form!r:.60}")
    return frozenset(read_date(day, key=f"calendar {key}") for day in form)


def _by_start(form: object) -> bool:
    if form not in (None, "start"):
        raise _wrong("window", f'must be "start" or missing, not {form!r:.60}')
    return form == "start"


def _is_list(form: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(form, list | tuple)


def _wrong(key: str, problem: str) -> BadCalendarError:
    return BadCalendarError(key=Word(key), problem=Word(problem))
