"""The span of days that a report speaks of, and the one before it that it is held against."""

from dataclasses import dataclass
from datetime import date, datetime

from reports.days import FIRST, date_of, day_of, start_of

LONGEST = 400


class BadPeriodError(ValueError):
    """A period ends before it begins, or is longer than 400 days."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{self.__doc__} ({first} to {last})")


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included, counted as reports.days does."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.last - self.first < LONGEST:
            raise BadPeriodError(date_of(self.first), date_of(self.last))

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.last - self.first + 1

    @property
    def before(self) -> "Period":
        """The equally long period that ends where this one begins."""
        return Period(self.first - self.days, self.first - 1)

    @property
    def starts_at(self) -> datetime:
        """Its first instant."""
        return start_of(self.first)

    @property
    def ends_at(self) -> datetime:
        """The instant after its last."""
        return start_of(self.last + 1)

    @property
    def dates(self) -> list[date]:
        """Its days."""
        return [date_of(day) for day in range(self.first, self.last + 1)]


def period_of(first: date | None, last: date | None, *, now: datetime, days: int = 7) -> Period:
    """Return the period of two dates; without them the last `days` days, today included."""
    end = (last - FIRST).days if last else day_of(now)
    begin = (first - FIRST).days if first else end - days + 1
    return Period(begin, end)
