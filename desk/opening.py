"""When humans are at the desk, as the desk needs to know it."""

from datetime import datetime, timedelta
from typing import Protocol


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
