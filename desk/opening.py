"""When humans are at the desk, as the desk needs to know it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sla.calendars import add_working_time, is_working
from sla.policies import Policies

LOOK_AHEAD = timedelta(days=366)


class Opening(Protocol):
    """Opening hours; every time is an aware datetime."""

    def opens_at(self, now: datetime) -> datetime | None:
        """Return the next opening, or None while the desk is open."""

    def after_open_time(self, now: datetime, time: timedelta) -> datetime:
        """Return the moment at which `time` of opening hours has passed since `now`."""


class AlwaysOpen:
    """A desk that never shuts."""

    def opens_at(self, now: datetime) -> datetime | None:
        """Return None: it is open."""
        return None

    def after_open_time(self, now: datetime, time: timedelta) -> datetime:
        """Return `now` plus `time`."""
        return now + time


@dataclass(frozen=True)
class ShopHours:
    """The hours of one calendar of data/policies/calendars.yml, holidays and 调休 included."""

    policies: Policies
    calendar: str

    def opens_at(self, now: datetime) -> datetime | None:
        """Return the next opening; a calendar that never opens again says a year from now."""
        hours = self.policies.get_calendar(self.calendar, at=now)
        if is_working(hours, now):
            return None
        spans = hours.spans_between(now, now + LOOK_AHEAD)
        first = next(spans, None)
        return first.start if first is not None else now + LOOK_AHEAD

    def after_open_time(self, now: datetime, time: timedelta) -> datetime:
        """Return the moment at which `time` of opening hours has passed since `now`."""
        return add_working_time(self.policies.get_calendar(self.calendar, at=now), now, time)
