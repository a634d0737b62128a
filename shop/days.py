"""Counts days as Chinese law does: which day it is in China, and where a period of days ends."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sla.china import SATURDAY, china_year

CHINA = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


class RestDayRule(StrEnum):
    """Which last days move on: the reading of 法定休假日 in 民法典 §203."""

    WEEKENDS_AND_HOLIDAYS = "weekends_and_holidays"
    HOLIDAYS_ONLY = "holidays_only"
    NONE = "none"


def china_day(moment: datetime) -> date:
    """Return the calendar day in China at an aware `moment`, whatever its offset."""
    return moment.astimezone(CHINA).date()


class RestDays:
    """The rest days of China, 调休 swaps included, as corrected by a shop's own table.

    `rest` and `work` overrule the built-in table, for a State Council notice that is newer.
    """

    def __init__(
        self,
        rule: RestDayRule = RestDayRule.WEEKENDS_AND_HOLIDAYS,
        *,
        rest: Iterable[date] = (),
        work: Iterable[date] = (),
    ) -> None:
        self.rule = rule
        self._rest = frozenset(rest)
        self._work = frozenset(work)

    def last_day(self, first_day_excluded: date, *, days: int) -> date:
        """Return the last day of a period of `days` that begins on the day after the given day.

        民法典 §201: the first day is not counted; §203: a last day on a legal rest day moves to
        the day after the rest ends.
        """
        last = first_day_excluded + days * ONE_DAY
        if not self.may_move(last):
            return last
        while self.is_rest_day(last):
            last += ONE_DAY
        return last

    def may_move(self, day: date) -> bool:
        """Say whether a period may not end on this day under the rule."""
        match self.rule:
            case RestDayRule.NONE:
                return False
            case RestDayRule.HOLIDAYS_ONLY:
                return self._is_holiday(day)
            case RestDayRule.WEEKENDS_AND_HOLIDAYS:
                return self.is_rest_day(day)

    def is_rest_day(self, day: date) -> bool:
        """Say whether people in China generally do not work on this day."""
        if day in self._work:
            return False
        if day in self._rest or day in china_year(day.year).days_off:
            return True
        return day.weekday() >= SATURDAY and day not in china_year(day.year).swapped

    def _is_holiday(self, day: date) -> bool:
        return day in self._rest or day in china_year(day.year).days_off - self._work
