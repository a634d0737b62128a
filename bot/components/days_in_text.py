"""The days that a line names: absolutely (11月3号) or relative to today (上周三, 双十一)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from re import Match
from typing import NamedTuple


class Day(NamedTuple):
    """A day named in a line and where it stands."""

    day: date
    start: int
    end: int


_N = r"(\d{1,2}|[一二两三四五六七八九十]{1,3})"
_YEAR = r"(?:(前年|去年|今年|明年)的?)?"
_YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_NAMED_DAYS = {
    "大前天": -3, "前天": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨儿": -1,
    "昨夜": -1, "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今儿": 0, "明天": 1, "明日": 1,
    "明早": 1, "明晚": 1, "明儿": 1, "大后天": 3, "后天": 2,
}  # fmt: skip
# 科技路9号 and 3幢9号 are doors, not days.
_NO_ADDRESS = r"(?<![\d第楼栋幢座路街巷弄村组])"
_FESTIVALS = {
    r"双十一|双11|双１１": (11, 11), r"双十二|双12": (12, 12), r"618|六一八": (6, 18),
    r"元旦": (1, 1), r"国庆节?": (10, 1), r"五一|劳动节": (5, 1), r"情人节": (2, 14),
    r"妇女节|女神节|三八节": (3, 8), r"儿童节": (6, 1), r"圣诞节?": (12, 25), r"平安夜": (12, 24),
}  # fmt: skip


def find_days(text: str, *, today: date) -> list[Day]:
    """Return the days named in the line, in reading order, none inside another.

    A weekday without 上/下 is that of this week; a day or festival without its year or month is
    the occurrence nearest to today. A day that does not exist (2月30号) is none.
    """
    found: list[Day] = []
    taken: list[tuple[int, int]] = []
    for pattern, reading in _READINGS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            day = reading(match, today)
            if day is not None:
                found.append(Day(day, *match.span()))
    return sorted(found, key=lambda day: day.start)


def _full(match: Match[str], today: date) -> date | None:
    return _find_date(int(match[1]), int(match[2]), int(match[3]))


def _month_day(match: Match[str], today: date) -> date | None:
    return _in_year(match[1], _number(match[2]), _number(match[3]), today)


def _month_word(match: Match[str], today: date) -> date | None:
    step = {"上": -1, "下": 1}.get(match[1], 0)
    month0 = today.year * 12 + today.month - 1 + step
    return _find_date(month0 // 12, month0 % 12 + 1, _number(match[2]))


def _day_of_month(match: Match[str], today: date) -> date | None:
    number = _number(match[1])
    months = (today.year * 12 + today.month - 1 + step for step in (-1, 0, 1))
    days = [_find_date(month // 12, month % 12 + 1, number) for month in months]
    return _closest(days, today)


def _weekday(match: Match[str], today: date) -> date:
    weeks = match[1].count("下") - match[1].count("上")
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(weeks=weeks, days=_WEEKDAYS[match[2]])


def _days_away(match: Match[str], today: date) -> date:
    step = _number(match[1]) * (7 if match[2] != "天" else 1)
    return today + timedelta(days=step if match[3] in "后" else -step)


def _named(match: Match[str], today: date) -> date:
    return today + timedelta(days=_NAMED_DAYS[match[0]])


def _festival(month: int, day: int) -> Callable[[Match[str], date], date | None]:
    return lambda match, today: _in_year(match[1], month, day, today)


_READINGS: tuple[tuple["re.Pattern[str]", Callable[[Match[str], date], date | None]], ...] = (
    (re.compile(r"(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"), _full),
    (re.compile(_YEAR + _N + r"\s*月\s*" + _N + r"\s*(?:[日号]|(?=\D|$))"), _month_day),
    (re.compile(r"([上本这下])个?月的?" + _N + r"[日号]"), _month_word),
    (
        re.compile(r"((?:上上|下下|上|下|这|本)?)个?(?:周|星期|礼拜)([一二三四五六日天末])"),
        _weekday,
    ),
    (re.compile(_N + r"\s*个?(天|周|星期|礼拜)(?:之|以)?(前|后)"), _days_away),
    (re.compile("|".join(sorted(_NAMED_DAYS, key=len, reverse=True))), _named),
    *(
        (re.compile(rf"{_YEAR}(?<!\d)(?:{word})(?!\d)"), _festival(*day))
        for word, day in _FESTIVALS.items()
    ),
    (
        re.compile(_NO_ADDRESS + _N + r"[号日](?![楼线店门码仓机院电链栋幢座弄室单之\d])"),
        _day_of_month,
    ),
)


def _number(word: str) -> int:
    """Read 1-99 in digits or Chinese; 0 for what is neither (so no date comes of it)."""
    if word.isdigit():
        return int(word)
    tens, ten, ones = word.partition("十")
    if not ten:
        return _DIGITS.get(word, 0)
    return _DIGITS.get(tens, 1 if not tens else 0) * 10 + _DIGITS.get(ones, 0)


def _in_year(word: str | None, month: int, day: int, today: date) -> date | None:
    """Return that day of the year named, without a year the occurrence nearest to today."""
    if word:
        return _find_date(today.year + _YEARS[word], month, day)
    return _nearest(month, day, today)


def _nearest(month: int, day: int, today: date) -> date | None:
    return _closest([_find_date(today.year + step, month, day) for step in (-1, 0, 1)], today)


def _closest(days: list[date | None], today: date) -> date | None:
    real = [day for day in days if day is not None]
    return min(real, key=lambda day: abs(day - today), default=None)


def _find_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
