"""When humans are at the desk: lunch, weekends, holidays, swapped days; which time counts."""

from datetime import datetime, timedelta

import pytest

from desk.opening import AlwaysOpen, ShopHours
from shop.days import CHINA
from sla.policies import read_policies

OFFICE = ShopHours(read_policies(), "office")  # 09:00-12:00 and 13:30-18:00, Monday to Friday


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "opens", "four_hours_on"),
    [
        ("2026-11-20T08:59:59", "2026-11-20T09:00", "2026-11-20T14:30"),
        ("2026-11-20T09:00:00", None, "2026-11-20T14:30"),
        ("2026-11-20T11:59:59", None, "2026-11-20T17:29:59"),  # over lunch
        ("2026-11-20T12:00:00", "2026-11-20T13:30", "2026-11-20T17:30"),
        ("2026-11-20T18:00:00", "2026-11-23T09:00", "2026-11-23T14:30"),  # Friday evening
        ("2026-11-21T10:00:00", "2026-11-23T09:00", "2026-11-23T14:30"),  # Saturday
        ("2026-09-30T18:00:00", "2026-10-08T09:00", "2026-10-08T14:30"),  # 国庆
        ("2026-10-05T10:00:00", "2026-10-08T09:00", "2026-10-08T14:30"),
        ("2026-09-20T10:00:00", None, "2026-09-20T15:30"),  # a Sunday worked for 国庆
        ("2026-10-10T10:00:00", None, "2026-10-10T15:30"),  # a Saturday worked for it
    ],
)
def test_the_office_calendar(now: str, opens: str | None, four_hours_on: str) -> None:
    assert OFFICE.opens_at(_at(now)) == (_at(opens) if opens else None)
    assert OFFICE.after_open_time(_at(now), timedelta(hours=4)) == _at(four_hours_on)


def test_a_desk_that_never_shuts() -> None:
    now = _at("2026-10-01T03:00")
    assert AlwaysOpen().opens_at(now) is None
    assert AlwaysOpen().after_open_time(now, timedelta(hours=4)) == _at("2026-10-01T07:00")
