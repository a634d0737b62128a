"""Targets: how much time a clock allows, as working time or as whole days the law's way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from sla.calendars import Calendar, add_working_time
from sla.errors import BadTargetError, HugeTargetError, MissingKeyError, OutOfRangeError, Word
from sla.spans import Span

_LONGEST_SECONDS = 9999 * 366 * 86400


@dataclass(frozen=True)
class WholeDays:
    """Days counted from the day after the start; the last ends at 24:00 in `zone` (民法典 §201).

    A last day on a legal holiday is not moved: being early is always lawful for who must pay.
    """

    days: int
    zone: tzinfo


Target = timedelta | WholeDays


def due_after(
    started_at: datetime, *, target: Target, calendar: Calendar, paused: Sequence[Span] = ()
) -> datetime:
    """Give the UTC due time of a target; whole days know neither working hours nor pauses."""
    if isinstance(target, timedelta):
        return add_working_time(calendar, started_at, target, paused=paused)
    try:
        last_day = started_at.astimezone(target.zone).date() + timedelta(days=target.days)
        midnight = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=target.zone)
        return midnight.astimezone(UTC)
    except OverflowError:
        raise OutOfRangeError from None


def read_seconds(form: object) -> timedelta:
    """Read `target_seconds`: a whole or broken number above 0, to the microsecond."""
    if form is None:
        raise MissingKeyError(key=Word("target_seconds"))
    if isinstance(form, bool) or not isinstance(form, int | float):
        raise BadTargetError(value=form)
    if isinstance(form, float) and not math.isfinite(form):
        raise BadTargetError(value=form)
    if form > _LONGEST_SECONDS:
        raise HugeTargetError(value=form, limit=Word("the years 1 to 9999"))
    target = timedelta(seconds=form)
    if target <= timedelta():
        raise BadTargetError(value=form)
    return target
