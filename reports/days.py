"""Days and hours of the week as reports count them: China's, whatever the server's clock says."""

from datetime import date, datetime, timedelta

from sla.policies import CHINA

FIRST = date(1970, 1, 1)


def day_of(at: datetime) -> int:
    """Count China's days from 1970-01-01."""
    return (at.astimezone(CHINA).date() - FIRST).days


def slot_of(at: datetime) -> int:
    """Give the hour of the week in China: Monday's first hour is 0, Sunday's last 167."""
    local = at.astimezone(CHINA)
    return local.weekday() * 24 + local.hour


def start_of(day: int) -> datetime:
    """Give the first instant of a day."""
    local = FIRST + timedelta(days=day)
    return datetime(local.year, local.month, local.day, tzinfo=CHINA)


def date_of(day: int) -> date:
    """Give the date of a day."""
    return FIRST + timedelta(days=day)
