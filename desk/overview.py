"""What goes on at the desk right now, for those who run it: who is there, who waits, until when."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.office import Office
from desk.queue_rules import is_present
from desk.rows import read_counts, row_views
from desk.standing import read_agents, read_line
from desk.states import Owner
from desk.tables import DbConversation, DbPresence
from storage.staff import DbStaff

Json = dict[str, Any]


async def read_status(session: AsyncSession, office: Office) -> Json:
    """Return agents, counts and opening: `{at, opens_at, conversations, agents}`.

    `opens_at` is None while the desk is open. An agent counts as present by her last sign of life.
    """
    now = office.clock()
    counts = await read_counts(session, now=now)
    opens_at = office.opening.opens_at(now)
    return {
        "at": _iso(now),
        "opens_at": _iso(opens_at),
        "conversations": {
            "with_bot": counts.all - counts.waiting - sum(counts.mine.values()),
            "waiting": counts.waiting,
            "with_agents": sum(counts.mine.values()),
            "promises_due": counts.promises,
        },
        "agents": await _agents(session, office),
    }


async def read_queue(session: AsyncSession, office: Office) -> list[Json]:
    """Return everybody who waits, the next one first, with what is told to each customer."""
    line = await read_line(session, office.policy, office.opening, now=office.clock())
    queued = select(DbConversation).where(DbConversation.owner == Owner.QUEUED)
    rows = {row.id: row for row in await session.scalars(queued)}
    ordered = [rows[one.conversation] for one in line.waiting if one.conversation in rows]
    views = await row_views(session, office, ordered)
    told = [line.standing_at(place, office.policy) for place in range(1, len(views) + 1)]
    return [
        {
            "place": standing.position,
            "conversation": view["id"],
            "customer": view["customer"]["name"],
            "tier": view["customer"]["tier"],
            "reason": view["reason"],
            "skill": view["skill"],
            "waits_since": view["queued_at"],
            "waited_seconds": int((office.clock() - one.queued_at).total_seconds()),
            "due_at": view["clock"]["due_at"] if view["clock"] else None,
            "told_wait_seconds": int(standing.wait.total_seconds()) if standing.wait else None,
        }
        for view, one, standing in zip(views, line.waiting, told, strict=True)
    ]


async def _agents(session: AsyncSession, office: Office) -> list[Json]:
    now = office.clock()
    names = {row.id: row for row in await session.scalars(select(DbStaff))}
    beats = {row.staff_id: row.heartbeat_at for row in await session.scalars(select(DbPresence))}
    found = [
        {
            "login": names[agent.id].login,
            "name": names[agent.id].name,
            "present": is_present(agent, office.policy, now=now),
            "status": agent.status,
            "load": agent.load,
            "capacity": agent.capacity,
            "skills": sorted(agent.skills),
            "last_sign_at": _iso(beats[agent.id]),
        }
        for agent in await read_agents(session)
    ]
    return sorted(found, key=lambda each: (not each["present"], each["login"]))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None
