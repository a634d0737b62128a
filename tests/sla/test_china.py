# ruff: noqa: E501 - a row of a table reads best on one line
"""China's days off against the State Council's notices, day by day."""

from datetime import date, timedelta

import holidays
import pytest

from sla.calendar_reading import read_calendar
from sla.calendars import Hours, holidays_known
from sla.china import china_year
from sla.errors import UnknownHolidaysError

NOTICES = {
    # 国务院办公厅关于2024年部分节假日安排的通知: first and last day off, working days
    2024: (
        ["01-01", "02-10 02-17", "04-04 04-06", "05-01 05-05", "06-08 06-10", "09-15 09-17", "10-01 10-07"],
        ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    ),
    # 2025年
    2025: (
        ["01-01", "01-28 02-04", "04-04 04-06", "05-01 05-05", "05-31 06-02", "10-01 10-08"],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    # 2026年
    2026: (
        ["01-01 01-03", "02-15 02-23", "04-04 04-06", "05-01 05-05", "06-19 06-21", "09-25 09-27", "10-01 10-07"],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}  # fmt: skip


def days(year: int, text: str) -> set[date]:
    bounds = [date.fromisoformat(f"{year}-{day}") for day in text.split()]
    return {bounds[0] + timedelta(days=n) for n in range((bounds[-1] - bounds[0]).days + 1)}


@pytest.mark.parametrize("year", NOTICES)
def test_days_off_and_working_days_are_those_of_the_notice(year: int) -> None:
    off, worked = NOTICES[year]
    found = china_year(year)
    assert found.days_off == set().union(*(days(year, text) for text in off))
    assert set(found.swapped) == set().union(*(days(year, text) for text in worked))


@pytest.mark.parametrize(
    ("worked", "weekday"),
    [("2026-01-04", 4), ("2026-02-28", 0), ("2026-10-10", 2), ("2001-12-29", 2), ("2018-12-29", 0)],
)
def test_a_swapped_day_stands_in_for_the_weekday_of_its_day_off(worked: str, weekday: int) -> None:
    day = date.fromisoformat(worked)
    assert china_year(day.year).swapped[day] == weekday


def test_every_swapped_day_of_the_library_is_understood() -> None:
    """Guards the reading of the library's texts: a changed wording would lose swapped days."""
    listed = holidays.country_holidays("CN", years=range(2000, 2027)).weekend_workdays
    found = {day for year in range(2000, 2027) for day in china_year(year).swapped}
    assert found == {day for day in listed if day.year >= 2000}
    assert all(day.weekday() >= 5 for day in found)


@pytest.mark.parametrize("year", [1949, 2101])
def test_years_outside_the_table_are_refused(year: int) -> None:
    with pytest.raises(UnknownHolidaysError, match=str(year)):
        china_year(year)


def test_a_year_without_a_notice_says_so() -> None:
    form = {"tz": "Asia/Shanghai", "frames": {"mon": [["09:00", "18:00"]]}}
    with_china, without = read_calendar({**form, "holidays": "CN"}), read_calendar(form)
    assert isinstance(with_china, Hours)
    assert isinstance(without, Hours)
    assert holidays_known(with_china, day=date(2026, 11, 1))
    assert not holidays_known(with_china, day=date(2040, 11, 1))
    assert not holidays_known(with_china, day=date(2200, 1, 1))
    assert holidays_known(without, day=date(2040, 11, 1))
