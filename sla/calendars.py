"""Working calendars and the arithmetic on them: when time counts, and how much of it passes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, Protocol

from sla import china
from sla.china import NO_DAYS, china_year
from sla.errors import HugeTargetError, OutOfRangeError, Word
from sla.instants import to_utc
from sla.spans import Span, difference, length, union

MONDAY = 0
HORIZON = timedelta(days=36525)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Frame(NamedTuple):
    """Working hours of one weekday, counted from local midnight; `end` may be 24 hours."""

    start: timedelta
    end: timedelta


class Calendar(Protocol):
    """Says when time counts; `zone` is None where the calendar has no time zone of its own."""

    @property
    def zone(self) -> tzinfo | None: ...

    @property
    def by_start(self) -> bool:
        """Whether a clock counts only if it starts inside a frame."""

    def last_instant(self, start: datetime) -> datetime:
        """Give the instant up to which a due time is searched from `start`."""

    def spans_between(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the working spans between two UTC instants, sorted, joined and cut to fit."""


@dataclass(frozen=True)
class Always:
    """Every second counts."""

    zone: tzinfo | None = None
    by_start: bool = False

    def last_instant(self, start: datetime) -> datetime:
        """Due times are searched to the end of representable time."""
        return _END_OF_TIME

    def spans_between(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the one span from `start` to `end`."""
        if start < end:
            yield Span(start, end)


ALWAYS = Always()


@dataclass(frozen=True)
class Hours:
    """Frames per weekday in one time zone, with holidays and swapped working days.

    `week` holds the frames of Monday to Sunday. A date in `workdays`, or swapped by China when
    `china` is set, is a working day even on a holiday and uses the frames of the weekday that it
    stands in for (Monday's where nobody says which). `holidays` are days off besides China's.
    """

    zone: tzinfo
    week: tuple[tuple[Frame, ...], ...]
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    china: bool = False
    by_start: bool = False
    _weeks: dict[date, tuple[Span, ...]] = field(default_factory=dict, compare=False, repr=False)

    def last_instant(self, start: datetime) -> datetime:
        """Due times are searched for a hundred years."""
        return start + min(HORIZON, _END_OF_TIME - start)

    def spans_between(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the working spans between two UTC instants, week by week of local time."""
        try:
            monday = self._monday_before(start)
            past = start
            while past < end:
                for span in self._week(monday):
                    past = max(past, span.start)
                    if past < min(span.end, end):
                        yield Span(past, min(span.end, end))
                        past = min(span.end, end)
                monday += _WEEK
                past = max(past, self._instant(monday, timedelta()))
        except OverflowError:
            raise OutOfRangeError from None

    def frames_on(self, day: date) -> tuple[Frame, ...]:
        """Give the frames that hold on a date: the shop's own dates win over China's.

        Raises UnknownHolidaysError for a year that China's table does not reach.
        """
        known = china_year(day.year) if self.china else NO_DAYS
        if day in self.workdays:
            return self.week[known.swapped.get(day, MONDAY)]
        if day in self.holidays:
            return ()
        if day in known.swapped:
            return self.week[known.swapped[day]]
        return () if day in known.days_off else self.week[day.weekday()]

    def _monday_before(self, start: datetime) -> date:
        # One day of margin: where a zone skipped a whole date its frames moved to the next one.
        day = start.astimezone(self.zone).date() - _DAY
        return day - timedelta(days=day.weekday())

    def _week(self, monday: date) -> tuple[Span, ...]:
        if monday not in self._weeks:
            days = (monday + timedelta(days=n) for n in range(7))
            self._weeks[monday] = union(
                Span(self._instant(day, frame.start), self._instant(day, frame.end))
                for day in days
                for frame in self.frames_on(day)
            )
        return self._weeks[monday]

    def _instant(self, day: date, since_midnight: timedelta) -> datetime:
        """Turn a local wall time into UTC; fold 0 moves a time in a gap forward, first of two."""
        wall = datetime.combine(day, time()) + since_midnight
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


def add_working_time(
    calendar: Calendar, start: datetime, duration: timedelta, *, paused: Sequence[Span] = ()
) -> datetime:
    """Give the first UTC instant at which `duration` of unpaused working time has passed.

    `duration` is above zero, so a duration that fills a frame is reached at the frame's end.
    Raises HugeTargetError when that is never (or not within a hundred years of a calendar).
    """
    left, begin = duration, to_utc(start)
    last = calendar.last_instant(begin)
    spans = calendar.spans_between(begin, last) if duration <= last - begin else iter(())
    for span in difference(spans, paused):
        if left <= span.length:
            return span.start + left
        left -= span.length
    years = "a hundred years" if calendar.zone else "the years 1 to 9999"
    raise HugeTargetError(value=Word(f"{duration.total_seconds():.15g}"), limit=Word(years))


def working_time_between(
    calendar: Calendar, start: datetime, end: datetime, *, paused: Sequence[Span] = ()
) -> timedelta:
    """Give the unpaused working time from `start` to `end`; none when `end` is not later."""
    spans = calendar.spans_between(to_utc(start), to_utc(end))
    return length(difference(spans, paused))


def is_working(calendar: Calendar, at: datetime) -> bool:
    """Tell whether an instant lies inside a (half-open) frame."""
    begin = to_utc(at)
    first = next(calendar.spans_between(begin, begin + timedelta(microseconds=1)), None)
    return first is not None


def is_counted(calendar: Calendar, started_at: datetime) -> bool:
    """Tell whether a clock that starts then counts at all (京东 judges by the start time)."""
    return not calendar.by_start or is_working(calendar, started_at)


def holidays_known(calendar: Hours, *, day: date) -> bool:
    """Tell whether 调休 for the year of `day` is announced, so that its due times are final."""
    if not calendar.china:
        return True
    return china.FIRST_YEAR <= day.year <= china.LAST_YEAR and bool(china_year(day.year).swapped)
