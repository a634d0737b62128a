"""China's days off and swapped working days (调休), as the State Council announces them.

The statutory days and the swaps come from the `holidays` library, whose table follows the notices
of 国务院办公厅 and ends with the last notice published: later years hold the statutory days only.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from sla.errors import UnknownHolidaysError

FIRST_YEAR, LAST_YEAR = 1950, 2100
SATURDAY = 5
_DAY = timedelta(days=1)
_SWAPPED_WITH = re.compile(r"由 ([0-9]{4}-[0-9]{2}-[0-9]{2}) 调休")


@dataclass(frozen=True)
class ChinaYear:
    """The days off of one year, and for each swapped working day the weekday it stands in for."""

    days_off: frozenset[date]
    swapped: dict[date, int]


NO_DAYS = ChinaYear(days_off=frozenset(), swapped={})


@cache
def china_year(year: int) -> ChinaYear:
    """Give the days off and swapped working days of `year`, both limited to that year.

    A weekend day that touches a festival belongs to it (notices count "9月25日至27日" with the
    Saturday and Sunday), unless it is a swapped working day.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnknownHolidaysError(year=year)
    near = [_announced(near) for near in range(year - 1, year + 2)]
    swapped = {day: weekday for one in near for day, weekday in one.swapped.items()}
    off = _with_weekends({day for one in near for day in one.days_off}, working=set(swapped))
    return ChinaYear(
        days_off=frozenset(day for day in off if day.year == year),
        swapped={day: weekday for day, weekday in swapped.items() if day.year == year},
    )


@cache
def _announced(year: int) -> ChinaYear:
    days = holidays.country_holidays("CN", years=year, language="zh_CN", expand=False)
    swaps = {}
    for day, name in days.items():
        for worked in _SWAPPED_WITH.findall(name):
            swaps[date.fromisoformat(worked)] = day.weekday()
    return ChinaYear(days_off=frozenset(days), swapped=swaps)


def _with_weekends(off: set[date], *, working: set[date]) -> set[date]:
    """Let every run of days off grow over the weekend days at its sides."""
    grown = off - working
    for first in sorted(grown):
        for step in (_DAY, -_DAY):
            day = first + step
            while day.weekday() >= SATURDAY and day not in working and day not in grown:
                grown.add(day)
                day += step
    return grown
