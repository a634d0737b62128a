"""Policies: which clocks a case is under at a time, and all of its clocks measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from policies.files import PolicyError, read_policy
from sla.calendars import Calendar
from sla.clocks import Clock, measure
from sla.events import Event
from sla.policy_files import (
    CALENDARS_FILE,
    CLOCKS_FILE,
    CalendarEntry,
    CalendarFile,
    CaseKind,
    ClockEntry,
    ClockFile,
    Dated,
)
from sla.targets import Target, WholeDays

CHINA = ZoneInfo("Asia/Shanghai")

Entry = TypeVar("Entry", bound=Dated)


@dataclass(frozen=True)
class Case:
    """What policies ask about a case: `labels` are words such as "bad" for a bad review."""

    kind: CaseKind
    platform: str | None = None
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Policies:
    """All calendars and clock policies, every dated version of them."""

    calendars: tuple[CalendarEntry, ...]
    clocks: tuple[ClockEntry, ...]
    _held: dict[tuple[str, date], tuple[Any, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def get_calendar(self, name: str, *, at: datetime) -> Calendar:
        """Give the calendar of that name that holds at `at`; raises KeyError where none does."""
        entry: CalendarEntry
        for entry in self._held_at("calendars", at):
            if entry.name == name:
                return entry.hours
        raise KeyError(name)

    def get_policy(self, name: str, *, at: datetime) -> ClockEntry:
        """Give the policy of that name that holds at `at`; raises KeyError where none does."""
        for entry in self.clocks_at(at):
            if entry.name == name:
                return entry
        raise KeyError(name)

    def clocks_at(self, at: datetime) -> tuple[ClockEntry, ...]:
        """Give the version of every clock policy that holds at `at`."""
        return self._held_at("clocks", at)

    def _held_at(self, which: Literal["calendars", "clocks"], at: datetime) -> tuple[Any, ...]:
        """Choose once for each day: a report asks for thousands of cases of the same one."""
        key = which, at.astimezone(CHINA).date()
        if key not in self._held:
            self._held[key] = tuple(_newest(getattr(self, which), key[1]))
        return self._held[key]


@dataclass(frozen=True)
class PolicyClock:
    """A clock together with the policy that it is measured by."""

    policy: ClockEntry
    clock: Clock


def read_policies(
    *, calendars: Sequence[Path] = (CALENDARS_FILE,), clocks: Sequence[Path] = (CLOCKS_FILE,)
) -> Policies:
    """Read the files; a later file (the shop's own) replaces the names that it holds.

    Raises PolicyError for a wrong file, and for a policy whose calendar is not there or not
    yet valid when the policy begins.
    """
    known = _merged(read_policy(path, CalendarFile).calendars for path in calendars)
    entries = _merged(read_policy(path, ClockFile).policies for path in clocks)
    for entry in entries:
        if not any(one.name == entry.calendar and one.holds_on(_begin(entry)) for one in known):
            problem = f"{entry.name}: calendar {entry.calendar} is unknown on {_begin(entry)}"
            raise PolicyError(f"{clocks[-1]}: {problem}")
    return Policies(known, entries)


def _begin(entry: Dated) -> date:
    return entry.valid_from


def _merged(files: Iterable[tuple[Entry, ...]]) -> tuple[Entry, ...]:
    by_name: dict[str, list[Entry]] = {}
    for entries in files:
        own: dict[str, list[Entry]] = {}
        for entry in entries:
            own.setdefault(entry.name, []).append(entry)
        by_name.update(own)
    return tuple(entry for versions in by_name.values() for entry in versions)


def choose_policies(policies: Policies, case: Case, *, at: datetime) -> tuple[ClockEntry, ...]:
    """Give every policy that a case is under at `at`, in the order of the file; there may be many.

    Of each name only the newest version counts whose valid_from is not after China's date then.
    """
    return tuple(entry for entry in policies_at(policies, at=at) if _fits(entry, case))


def policies_at(policies: Policies, *, at: datetime) -> tuple[ClockEntry, ...]:
    """Give the version of every policy that holds at `at`, whatever case it is for."""
    return policies.clocks_at(at)


def _fits(entry: ClockEntry, case: Case) -> bool:
    wanted = entry.applies
    return (
        case.kind in wanted.kinds
        and (not wanted.platforms or case.platform in wanted.platforms)
        and case.labels.issuperset(wanted.labels)
    )


def _newest(entries: Sequence[Entry], day: date) -> list[Entry]:
    """Keep of each name the last version begun by that day of China, if it has not ended."""
    begun: dict[str, Entry] = {}
    for entry in sorted(entries, key=_begin):
        if entry.valid_from <= day:
            begun[entry.name] = entry
    return [entry for entry in entries if begun.get(entry.name) is entry and entry.holds_on(day)]


def measure_case(
    events: Sequence[Event], *, policies: Policies, case: Case, at: datetime, now: datetime
) -> tuple[PolicyClock, ...]:
    """Compute every clock of a case under all policies that held at `at` (when it began)."""
    measured: list[PolicyClock] = []
    for policy in choose_policies(policies, case, at=at):
        for name in policy.clocks:
            clocks = measure(
                events,
                name=name,
                target=target_of(policy),
                calendar=policies.get_calendar(policy.calendar, at=at),
                now=now,
                pausable=policy.pausable,
            )
            measured.extend(PolicyClock(policy, clock) for clock in clocks)
    return tuple(measured)


def target_of(policy: ClockEntry) -> Target:
    """Give the target of a policy: working time, or whole days of China's calendar."""
    if policy.target_days:
        return WholeDays(policy.target_days, CHINA)
    return timedelta(seconds=policy.target_seconds or 0)
