"""Who is planned to work when: the plan kept in the database, before it data/policies/roster.yml.

Each entry holds from a day on until the agent's next one, so that the past keeps the plan it had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, InstanceOf
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from policies.files import POLICY_FOLDER, Strict, read_policy
from reports.days import FIRST, start_of
from reports.stale_days import insert
from reports.tables import DbRoster
from sla.calendar_reading import read_calendar
from sla.calendars import Hours
from sla.errors import SlaError
from sla.spans import Span
from storage import audit
from storage.staff import DbStaff

ROSTER_FILE = POLICY_FOLDER / "roster.yml"
ZONE = "Asia/Shanghai"
Shifts = Mapping[str, Sequence[Sequence[str]]]
"""mon..sun to lists of ["HH:MM", "HH:MM"]; a weekday that is missing is free."""


class BadShiftError(ValueError):
    """The shifts make no sense; the message says which and why."""


class Roster(Strict):
    """The plan of the file, by log-in."""

    valid_from: date
    source: str
    agents: dict[str, Annotated[InstanceOf[Hours], BeforeValidator(read_calendar)]]


@dataclass(frozen=True)
class Version:
    """One agent's shifts from an instant on; `hours` is None where she is not planned at all."""

    since: datetime
    hours: Hours | None


@dataclass(frozen=True)
class Plan:
    """The shifts of every agent who is planned, by id, the earliest version first."""

    versions: Mapping[str, Sequence[Version]] = field(default_factory=dict)

    def spans(self, agent: str, *, since: datetime, until: datetime) -> tuple[Span, ...]:
        """Return the planned shifts of an agent between two instants."""
        versions = self.versions.get(agent, ())
        ends = [*(one.since for one in versions[1:]), until]
        return tuple(
            span
            for one, end in zip(versions, ends, strict=False)
            if one.hours is not None
            for span in one.hours.spans_between(max(since, one.since), min(until, end))
        )


def read_roster(path: Path = ROSTER_FILE) -> Roster:
    """Return the plan of the file; raises PolicyError naming file and key."""
    return read_policy(path, Roster)


def read_shifts(shifts: Shifts, off: Sequence[date] = ()) -> Hours | None:
    """Return the hours of weekly shifts without the days `off`; None for no shift at all.

    Raises BadShiftError, for example for shifts that overlap.
    """
    if not any(shifts.values()):
        return None
    form = {"tz": ZONE, "frames": dict(shifts), "holidays": list(off)}
    try:
        hours = read_calendar(form)
    except SlaError as error:
        raise BadShiftError(str(error)) from None
    assert isinstance(hours, Hours)  # noqa: S101 - only "always" is anything else
    return hours


async def read_plan(session: AsyncSession, roster: Roster) -> Plan:
    """Return the whole plan: that of the file, and from its first day on that of the database."""
    versions: dict[str, list[Version]] = {}
    left: dict[str, datetime] = {}
    staff = select(DbStaff.id, DbStaff.login, DbStaff.disabled_at)
    for row in await session.execute(staff):
        if row.disabled_at is not None:
            left[row.id] = row.disabled_at
        if row.login in roster.agents:
            begins = start_of((roster.valid_from - FIRST).days)
            versions[row.id] = [Version(begins, roster.agents[row.login])]
    for entry in await session.scalars(select(DbRoster).order_by(DbRoster.first_day)):
        own = versions.setdefault(entry.agent_id, [])
        own[:] = [one for one in own if one.since < start_of(entry.first_day)]
        own.append(Version(start_of(entry.first_day), hours_of(entry)))
    return Plan({agent: _until(own, left.get(agent)) for agent, own in versions.items()})


def _until(versions: list[Version], left: datetime | None) -> list[Version]:
    """Plan nobody any more who has left, whatever was planned before."""
    if left is None:
        return versions
    return [*(one for one in versions if one.since < left), Version(left, None)]


def hours_of(entry: DbRoster) -> Hours | None:
    """Return the hours of a stored entry."""
    return read_shifts(entry.shifts, [date.fromisoformat(day) for day in entry.off])


async def plan_shifts(
    session: AsyncSession,
    agent: str,
    shifts: Shifts,
    *,
    first_day: date,
    off: Sequence[date] = (),
    actor: str,
    now: datetime,
) -> None:
    """Write an agent's shifts from a day on, in the place of an entry that begins that day.

    Raises BadShiftError. The change is kept in the audit log.
    """
    read_shifts(shifts, off)
    row: dict[str, Any] = {
        "agent_id": agent,
        "first_day": (first_day - FIRST).days,
        "shifts": {day: [list(frame) for frame in frames] for day, frames in shifts.items()},
        "off": [day.isoformat() for day in off],
        "written_at": now,
        "written_by": actor,
    }
    add = insert(session, DbRoster).values(row)
    keys = [DbRoster.agent_id, DbRoster.first_day]
    await session.execute(add.on_conflict_do_update(index_elements=keys, set_=row))
    await audit.record(
        session,
        actor=actor,
        action="roster.changed",
        object_type="staff",
        object_id=agent,
        at=now,
        detail={"from": first_day.isoformat(), "shifts": row["shifts"], "off": row["off"]},
    )


def shifts(
    plan: Plan,
    attendance: Mapping[str, Sequence[Span]],
    *,
    since: datetime,
    until: datetime,
) -> dict[str, Sequence[Span]]:
    """Return the shifts of every agent by id; who is not planned counts as planned while there."""
    found: dict[str, Sequence[Span]] = {
        agent: tuple(spans) for agent, spans in attendance.items() if agent not in plan.versions
    }
    for agent in plan.versions:
        found[agent] = plan.spans(agent, since=since, until=until)
    return found
