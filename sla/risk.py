"""What is about to be late: remaining time, the at-risk rule and the instants of warnings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from sla.calendars import Calendar, add_working_time, working_time_between
from sla.clocks import Clock, ClockState
from sla.spans import Span
from sla.targets import Target

WARNING_SHARES = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
AT_RISK_SHARE = Fraction(1, 5)


def remaining(
    clock: Clock, *, calendar: Calendar, now: datetime, paused: Sequence[Span] = ()
) -> timedelta:
    """Give the working time left to the due time, below zero when past it.

    `paused` are the effective pauses; paused time is not left time, nor is it lateness.
    """
    left = working_time_between(calendar, now, clock.due_at, paused=paused)
    over = working_time_between(calendar, clock.due_at, now, paused=paused)
    return left - over


def is_at_risk(left: timedelta, *, target: timedelta, margin: timedelta) -> bool:
    """Tell whether an open clock needs somebody now: a fifth of the target or `margin` is left.

    The larger of the two counts; `margin` is the policy's at_risk_minutes. Late is past risk.
    """
    return timedelta() <= left <= max(_part(target, AT_RISK_SHARE), margin)


def warning_times(
    clock: Clock, *, target: Target, calendar: Calendar, paused: Sequence[Span] = ()
) -> tuple[datetime, ...]:
    """Give the instants at which 50, 75 and 90 % of a clock's time are gone, in this order.

    Of a target in whole days the elapsed time from start to due is taken. A clock that is met or
    closed warns no more: the caller asks only about those still open.
    """
    if clock.state not in (ClockState.OPEN, ClockState.MISSED):
        return ()
    if not isinstance(target, timedelta):
        whole = clock.due_at - clock.started_at
        return tuple(clock.started_at + _part(whole, share) for share in WARNING_SHARES)
    parts = (_part(target, share) for share in WARNING_SHARES)
    return tuple(
        add_working_time(calendar, clock.started_at, part, paused=paused) for part in parts
    )


def _part(whole: timedelta, share: Fraction) -> timedelta:
    """Take a share to the microsecond, never nothing."""
    return max(whole * share.numerator // share.denominator, timedelta(microseconds=1))
