"""Instants and dates: read from text with the reason why one is refused, and written back."""

import re
from datetime import UTC, date, datetime, tzinfo

from sla.errors import NaiveTimeError, NotADateError, NotAnInstantError, OutOfRangeError, Word

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_instant(value: object, *, key: str) -> datetime:
    """Read an ISO 8601 time with an offset; the offset is kept, so equal instants compare equal."""
    if not isinstance(value, str):
        raise NotAnInstantError(key=Word(key), value=value)
    try:
        instant = datetime.fromisoformat(value.strip())
    except ValueError:
        raise NotAnInstantError(key=Word(key), value=value) from None
    if instant.utcoffset() is None:
        raise NaiveTimeError(key=Word(key), value=value)
    to_utc(instant)
    return instant


def to_utc(instant: datetime) -> datetime:
    """Move an aware instant to UTC; one that UTC cannot hold (year 0 or 10000) is refused."""
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise OutOfRangeError from None


def write_instant(instant: datetime, zone: tzinfo) -> str:
    """Write an instant as ISO 8601 with the offset of `zone`; fractions only where there are."""
    try:
        return instant.astimezone(zone).isoformat()
    except OverflowError:
        raise OutOfRangeError from None


def read_date(value: object, *, key: str) -> date:
    """Read a date as YYYY-MM-DD; YAML has already made some of them dates."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise NotADateError(key=Word(key), value=value)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise NotADateError(key=Word(key), value=value) from None
