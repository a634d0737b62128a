"""Reads the line and the agents from the database and says where somebody stands in it."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.opening import Opening
from desk.policy import DeskPolicy
from desk.queue_rules import Agent, Held, Waiting, expected_wait, is_present, line
from desk.states import AgentStatus, Owner
from desk.tables import DbConversation, DbConversationEvent, DbPresence
from storage.staff import DbStaff

TAKEN = "taken"
GAPS_OVER = timedelta(hours=2)
MOST_TAKES = 21


@dataclass(frozen=True)
class Standing:
    """One customer's place in the line."""

    position: int
    wait: timedelta | None
    staffed: bool
    opens_at: datetime | None


@dataclass(frozen=True)
class Line:
    """The whole line at one moment."""

    waiting: tuple[Waiting, ...]
    agents: tuple[Agent, ...]
    gaps: tuple[timedelta, ...]
    opens_at: datetime | None
    now: datetime

    def standing(self, conversation: str, policy: DeskPolicy) -> Standing | None:
        """Return where this conversation stands; None if it is not in the line."""
        for position, one in enumerate(self.waiting, start=1):
            if one.conversation == conversation:
                return self.standing_at(position, policy)
        return None

    def standing_at(self, position: int, policy: DeskPolicy) -> Standing:
        """Return what can be said to the customer at this position."""
        staffed = any(is_present(agent, policy, now=self.now) for agent in self.agents)
        wait = expected_wait(position, self.agents, self.gaps, policy, now=self.now)
        opens_at = None if staffed else self.opens_at
        return Standing(position, wait, staffed, opens_at)


async def read_line(
    session: AsyncSession, policy: DeskPolicy, opening: Opening, *, now: datetime
) -> Line:
    """Return everybody who waits, in order, and everybody who could help."""
    waiting = line(await read_waiting(session), policy, now=now)
    agents = await read_agents(session)
    gaps = await _gaps(session, now=now)
    return Line(tuple(waiting), tuple(agents), tuple(gaps), opening.opens_at(now), now)


async def read_waiting(session: AsyncSession) -> list[Waiting]:
    """Return the queued conversations, unordered; read every second, so only what the rules see."""
    row = DbConversation
    query = select(
        row.id,
        row.reason,
        row.queued_at,
        row.updated_at,
        row.tier,
        row.skill,
        row.own_agent_id,
        row.missed_by,
        row.missed_at,
    ).where(row.owner == Owner.QUEUED)
    return [
        Waiting(
            conversation=each.id,
            reason=each.reason or "",
            queued_at=each.queued_at or each.updated_at,
            tier=each.tier,
            skill=each.skill,
            own_agent=each.own_agent_id,
            missed_by=each.missed_by,
            missed_at=each.missed_at,
        )
        for each in await session.execute(query)
    ]


async def read_agents(session: AsyncSession) -> list[Agent]:
    """Return every agent who ever was at the desk and may still log in, with her load."""
    load = (
        select(DbConversation.agent_id, func.count().label("load"))
        .where(DbConversation.owner == Owner.AGENT)
        .group_by(DbConversation.agent_id)
        .subquery()
    )
    query = (
        select(DbPresence, DbStaff.skills, func.coalesce(load.c.load, 0))
        .join(DbStaff, DbStaff.id == DbPresence.staff_id)
        .outerjoin(load, load.c.agent_id == DbPresence.staff_id)
        .where(DbStaff.disabled_at.is_(None))
    )
    return [_agent(row, skills, load) for row, skills, load in await session.execute(query)]


async def read_held(session: AsyncSession, *, present: Collection[str]) -> list[Held]:
    """Return the conversations in which somebody waits for an agent who may lose them.

    Whoever is `present` and has answered once keeps hers.
    """
    row = DbConversation
    query = select(
        row.id,
        row.agent_id,
        row.assigned_at,
        row.updated_at,
        row.agent_answered_at,
        row.waiting_since,
        row.agent_wrote_at,
    ).where(
        row.owner == Owner.AGENT,
        row.waiting_since.is_not(None),
        or_(row.agent_answered_at.is_(None), row.agent_id.not_in(present)),
    )
    return [
        Held(
            conversation=each.id,
            agent=each.agent_id or "",
            assigned_at=each.assigned_at or each.updated_at,
            answered_at=each.agent_answered_at,
            waiting_since=each.waiting_since,
            wrote_at=each.agent_wrote_at,
        )
        for each in await session.execute(query)
    ]


def _agent(row: DbPresence, skills: list[str], load: int) -> Agent:
    return Agent(
        id=row.staff_id,
        status=AgentStatus(row.status),
        heartbeat_at=row.heartbeat_at,
        capacity=row.capacity,
        load=load,
        idle_since=row.idle_since,
        skills=frozenset(skills),
    )


async def _gaps(session: AsyncSession, *, now: datetime) -> Sequence[timedelta]:
    query = (
        select(DbConversationEvent.at)
        .where(DbConversationEvent.kind == TAKEN, DbConversationEvent.at > now - GAPS_OVER)
        .order_by(DbConversationEvent.at.desc())
        .limit(MOST_TAKES)
    )
    times = list(await session.scalars(query))
    return [later - earlier for later, earlier in itertools.pairwise(times)]
