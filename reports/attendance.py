"""Writes down who is at the desk: each round stretches the spans of those who are there."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.policy import DeskPolicy
from desk.states import AgentStatus
from desk.tables import DbPresence
from reports.tables import DbAttendance
from sla.spans import Span

# A round that came late, or a server that was started anew, is no absence.
GAP = timedelta(minutes=2)


async def note_attendance(session: AsyncSession, policy: DeskPolicy, *, now: datetime) -> int:
    """Stretch or begin the span of every agent who is at the desk; returns how many there are."""
    fresh = select(DbPresence.staff_id).where(
        DbPresence.heartbeat_at >= now - policy.present_for, DbPresence.status != AgentStatus.AWAY
    )
    there = list(await session.scalars(fresh))
    last = select(DbAttendance).where(
        DbAttendance.agent_id.in_(there), DbAttendance.to_at >= now - GAP
    )
    spans = {span.agent_id: span for span in await session.scalars(last)}
    for agent in there:
        if agent in spans:
            spans[agent].to_at = max(spans[agent].to_at, now)
        else:
            session.add(DbAttendance(agent_id=agent, from_at=now, to_at=now))
    await session.flush()
    return len(there)


async def read_attendance(
    session: AsyncSession, *, since: datetime, until: datetime
) -> dict[str, list[Span]]:
    """Return when each agent was there, by id."""
    query = select(DbAttendance).where(DbAttendance.to_at > since, DbAttendance.from_at < until)
    found: dict[str, list[Span]] = {}
    for row in await session.scalars(query):
        if row.from_at < row.to_at:
            found.setdefault(row.agent_id, []).append(Span(row.from_at, row.to_at))
    return found
