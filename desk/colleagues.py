"""Who could take a conversation over: everybody who may take chats, and how to reach each now."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.office import Office
from desk.policy import DeskPolicy
from desk.queue_rules import Agent, is_present
from desk.standing import read_agents
from desk.states import AgentStatus
from storage.staff import DbStaff, Role


class Reach(StrEnum):
    """How soon a colleague would see a conversation; the first is the soonest."""

    ONLINE = "online"
    BUSY = "busy"  # at the desk, but her hands are full
    AWAY = "away"  # the console is open, and she says that she is not there
    OFFLINE = "offline"


ORDER = list(Reach)


def reach_of(agent: Agent | None, policy: DeskPolicy, *, now: datetime) -> Reach:
    """Say how an agent is reached now; None is somebody who never was at the desk."""
    if agent is None or now - agent.heartbeat_at > policy.present_for:
        return Reach.OFFLINE
    if agent.status is AgentStatus.AWAY:
        return Reach.AWAY
    return Reach.BUSY if agent.load >= agent.capacity else Reach.ONLINE


async def read_colleagues(
    session: AsyncSession, office: Office, *, roles: Collection[Role]
) -> list[dict[str, Any]]:
    """Return all staff of these roles, the soonest reached first and the freest of those first."""
    now, policy = office.clock(), office.policy
    known = {agent.id: agent for agent in await read_agents(session)}
    query = select(DbStaff).where(DbStaff.disabled_at.is_(None), DbStaff.role.in_(roles))
    found = []
    for staff in await session.scalars(query):
        agent = known.get(staff.id)
        found.append(
            {
                "id": staff.id,
                "name": staff.name,
                "reach": reach_of(agent, policy, now=now),
                "status": agent.status if agent else AgentStatus.AWAY,
                "present": agent is not None and is_present(agent, policy, now=now),
                "load": agent.load if agent else 0,
                "capacity": agent.capacity if agent else policy.agents.capacity,
                "skills": sorted(staff.skills),
            }
        )
    return sorted(found, key=_soonest)


def _soonest(one: dict[str, Any]) -> tuple[int, float, str]:
    return ORDER.index(one["reach"]), one["load"] / one["capacity"], one["name"]
