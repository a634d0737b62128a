"""Reads the dated calendars and clock policies of data/policies; names file and key on refusal."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, InstanceOf, model_validator

from policies.files import POLICY_FOLDER, Strict
from sla.calendar_reading import read_calendar
from sla.calendars import Always, Hours
from sla.clocks import ClockName

CALENDARS_FILE = POLICY_FOLDER / "calendars.yml"
CLOCKS_FILE = POLICY_FOLDER / "clocks.yml"

CaseKind = Literal["conversation", "review", "dispute", "return"]


class Dated(Strict):
    """An entry with its source that holds from one day to another, both included."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        return self

    def holds_on(self, day: date) -> bool:
        """Tell whether the entry holds on a day of China's calendar."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class CalendarEntry(Dated):
    """A named calendar."""

    hours: Annotated[InstanceOf[Always] | InstanceOf[Hours], BeforeValidator(read_calendar)]


class Applies(Strict):
    """Which cases a policy is for; no platforms means all, every label must be on the case."""

    kinds: tuple[CaseKind, ...] = Field(min_length=1)
    platforms: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class ClockEntry(Dated):
    """One policy: which clocks run against which target in which calendar, and for whom."""

    confidence: Literal["P", "I", "S", "G"]
    clocks: tuple[ClockName, ...] = Field(min_length=1)
    target_seconds: int | None = Field(default=None, gt=0, le=366 * 86400, strict=True)
    target_days: int | None = Field(default=None, gt=0, le=366, strict=True)
    calendar: str
    pausable: bool = True
    at_risk_minutes: float = Field(ge=0)
    goal: float | None = Field(default=None, gt=0, le=1)
    applies: Applies

    @property
    def at_risk_margin(self) -> timedelta:
        """The remaining time at which a clock of this policy counts as at risk at the latest."""
        return timedelta(minutes=self.at_risk_minutes)

    @model_validator(mode="after")
    def _one_target_and_no_pause_of_days(self) -> Self:
        if (self.target_seconds is None) == (self.target_days is None):
            raise ValueError("give either target_seconds or target_days")
        if self.target_days and self.pausable:
            raise ValueError("target_days cannot be paused: write pausable: false")
        return self


class CalendarFile(Strict):
    """data/policies/calendars.yml."""

    calendars: tuple[CalendarEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _dated_apart(self) -> Self:
        _refuse_twins(self.calendars)
        return self


class ClockFile(Strict):
    """data/policies/clocks.yml."""

    policies: tuple[ClockEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _dated_apart(self) -> Self:
        _refuse_twins(self.policies)
        return self


def _refuse_twins(entries: tuple[Dated, ...]) -> None:
    seen: set[tuple[str, date]] = set()
    for entry in entries:
        if (entry.name, entry.valid_from) in seen:
            raise ValueError(f"{entry.name} is there twice with valid_from {entry.valid_from}")
        seen.add((entry.name, entry.valid_from))
