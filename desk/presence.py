"""Who is at the desk: a heartbeat with a time-to-live, never a flag that somebody must reset."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from desk.policy import DeskPolicy
from desk.states import AgentStatus
from desk.tables import DbPresence


async def arrive_at_desk(
    session: AsyncSession,
    staff_id: str,
    policy: DeskPolicy,
    *,
    status: AgentStatus | None,
    now: datetime,
) -> DbPresence:
    """Note an agent's console; a first log-in takes work by hand, later ones as last time."""
    row = await session.get(DbPresence, staff_id)
    if row is None:
        row = DbPresence(
            staff_id=staff_id,
            status=AgentStatus.MANUAL,
            capacity=policy.agents.capacity,
            heartbeat_at=now,
            idle_since=now,
        )
        session.add(row)
    row.heartbeat_at = now
    row.status = status or row.status
    return row


async def beat(session: AsyncSession, staff_ids: Collection[str], *, now: datetime) -> None:
    """Note a sign of life of each; who never came to the desk gets no presence by it."""
    of_them = update(DbPresence).where(DbPresence.staff_id.in_(staff_ids))
    await session.execute(of_them.values(heartbeat_at=now))


async def set_status(
    session: AsyncSession, staff_id: str, status: AgentStatus, *, now: datetime
) -> None:
    """Note how the agent wants work from now on; that too is a sign of life."""
    row = await session.get(DbPresence, staff_id)
    if row is not None:
        row.status, row.heartbeat_at = status, now
