from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.days import RestDayRule, RestDays, china_day

DAYS = st.dates(min_value=date(2017, 3, 15), max_value=date(2060, 12, 31))


def last(signed: str, rule: str = "weekends_and_holidays", days: int = 7) -> str:
    calendar = RestDays(RestDayRule(rule))
    return calendar.last_day(date.fromisoformat(signed), days=days).isoformat()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-03T23:59:59+08:00", "2026-11-03"),
        ("2026-11-04T00:00:00+08:00", "2026-11-04"),
        ("2026-11-03T15:59:59+00:00", "2026-11-03"),
        ("2026-11-03T16:00:00+00:00", "2026-11-04"),
        ("2026-11-03T07:59:59-08:00", "2026-11-03"),
        ("2026-11-03T08:00:00-08:00", "2026-11-04"),
        ("2026-11-04T00:59:59+09:00", "2026-11-03"),
        ("2026-12-31T16:00:00+00:00", "2027-01-01"),
        ("2028-02-28T16:00:00+00:00", "2028-02-29"),
    ],
)
def test_a_moment_belongs_to_its_day_in_china(moment: str, day: str) -> None:
    assert china_day(datetime.fromisoformat(moment)).isoformat() == day


@pytest.mark.parametrize(
    ("signed", "last_day", "why"),
    [
        ("2026-11-03", "2026-11-10", "an ordinary Tuesday"),
        ("2026-10-30", "2026-11-06", "over the end of a month"),
        ("2026-12-23", "2026-12-30", "an ordinary Wednesday"),
        ("2028-02-22", "2028-02-29", "the leap day is a day"),
        ("2028-02-23", "2028-03-01", "and counts as one"),
        ("2027-02-22", "2027-03-01", "no leap day"),
        ("2026-11-07", "2026-11-16", "Saturday moves to Monday"),
        ("2026-11-08", "2026-11-16", "Sunday moves to Monday"),
        ("2026-10-03", "2026-10-10", "a Saturday made a working day stays"),
        ("2026-10-04", "2026-10-12", "the Sunday after it does not"),
        ("2026-09-23", "2026-09-30", "the day before National Day"),
        ("2026-09-24", "2026-10-08", "National Day"),
        ("2026-09-27", "2026-10-08", "the Sunday inside the National Day week"),
        ("2026-09-30", "2026-10-08", "the last day of that week"),
        ("2026-10-01", "2026-10-08", "signed on the holiday, last day is no holiday"),
        ("2026-09-18", "2026-09-28", "Mid-Autumn Friday, then the weekend"),
        ("2026-02-07", "2026-02-14", "the working Saturday before Spring Festival"),
        ("2026-02-08", "2026-02-24", "the Sunday before Spring Festival"),
        ("2026-02-09", "2026-02-24", "Chinese New Year's Eve"),
        ("2026-02-16", "2026-02-24", "the last day off"),
        ("2026-02-21", "2026-02-28", "the working Saturday after it"),
        ("2025-12-25", "2026-01-04", "New Year: Sunday the 4th is a working day"),
        ("2027-01-29", "2027-02-11", "Spring Festival 2027, days by statute"),
        ("2027-09-24", "2027-10-06", "National Day 2027, days by statute"),
        ("2026-04-28", "2026-05-06", "Labour Day swap"),
    ],
)
def test_seven_days_end_on_the_lawful_day(signed: str, last_day: str, why: str) -> None:
    assert last(signed) == last_day, why


@pytest.mark.parametrize(
    ("signed", "weekends", "holidays_only", "none"),
    [
        ("2026-11-03", "2026-11-10", "2026-11-10", "2026-11-10"),
        ("2026-11-07", "2026-11-16", "2026-11-14", "2026-11-14"),
        ("2026-09-24", "2026-10-08", "2026-10-08", "2026-10-01"),
        ("2026-09-27", "2026-10-08", "2026-10-08", "2026-10-04"),
        ("2026-09-19", "2026-09-28", "2026-09-28", "2026-09-26"),
    ],
)
def test_the_reading_of_rest_days_is_a_switch(
    signed: str, weekends: str, holidays_only: str, none: str
) -> None:
    assert last(signed) == weekends
    assert last(signed, "holidays_only") == holidays_only
    assert last(signed, "none") == none


def test_a_newer_notice_corrects_the_calendar() -> None:
    calendar = RestDays(rest=[date(2027, 2, 11)], work=[date(2027, 2, 20)])
    assert calendar.last_day(date(2027, 2, 4), days=7) == date(2027, 2, 12)
    assert calendar.last_day(date(2027, 2, 13), days=7) == date(2027, 2, 20)
    assert RestDays().last_day(date(2027, 2, 13), days=7) == date(2027, 2, 22)


@given(signed=DAYS, days=st.integers(7, 60))
def test_the_last_day_is_a_working_day_and_never_early(signed: date, days: int) -> None:
    calendar = RestDays()
    end = calendar.last_day(signed, days=days)
    assert end >= signed + timedelta(days)
    assert not calendar.is_rest_day(end)
    assert all(
        calendar.is_rest_day(signed + timedelta(days + step))
        for step in range((end - signed).days - days)
    )


@given(signed=DAYS)
def test_signing_later_never_ends_earlier(signed: date) -> None:
    calendar = RestDays()
    assert calendar.last_day(signed, days=7) <= calendar.last_day(
        signed + timedelta(days=1), days=7
    )


@given(signed=DAYS)
def test_the_readings_are_ordered(signed: date) -> None:
    ends = [
        RestDays(rule).last_day(signed, days=7)
        for rule in (
            RestDayRule.NONE,
            RestDayRule.HOLIDAYS_ONLY,
            RestDayRule.WEEKENDS_AND_HOLIDAYS,
        )
    ]
    assert ends == sorted(ends)
    assert ends[0] == signed + timedelta(days=7)


@given(day=DAYS, second=st.integers(0, 24 * 3600 - 1), hours=st.integers(-12, 14))
def test_the_offset_does_not_change_the_day(day: date, second: int, hours: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(hours=8)))
    moment = midnight + timedelta(seconds=second)
    assert china_day(moment.astimezone(timezone(timedelta(hours=hours)))) == day
