"""Who could take a conversation over, and how soon each would see it."""

from datetime import UTC, datetime, timedelta

import pytest
from chat import Clock, add_agent

from desk.changes import Speaker
from desk.colleagues import Reach, reach_of, read_colleagues
from desk.office import Office
from desk.policy import read_desk_policy
from desk.presence import arrive_at_desk
from desk.queue_rules import Agent, is_present
from desk.states import AgentStatus
from storage.staff import Role

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
POLICY = read_desk_policy()


def _agent(status: AgentStatus, *, silent: int = 0, load: int = 0) -> Agent:
    heard = NOW - timedelta(seconds=silent)
    return Agent(
        id="lin", status=status, heartbeat_at=heard, capacity=2, load=load, idle_since=heard
    )


@pytest.mark.parametrize(
    ("agent", "reach"),
    [
        (None, Reach.OFFLINE),
        (_agent(AgentStatus.MANUAL), Reach.ONLINE),
        (_agent(AgentStatus.ACCEPTING, load=1), Reach.ONLINE),
        (_agent(AgentStatus.ACCEPTING, load=2), Reach.BUSY),
        (_agent(AgentStatus.MANUAL, load=3), Reach.BUSY),
        (_agent(AgentStatus.AWAY), Reach.AWAY),
        (_agent(AgentStatus.AWAY, load=2), Reach.AWAY),
        (_agent(AgentStatus.MANUAL, silent=45), Reach.ONLINE),
        (_agent(AgentStatus.MANUAL, silent=46), Reach.OFFLINE),
        (_agent(AgentStatus.AWAY, silent=46), Reach.OFFLINE),
    ],
)
def test_how_soon_somebody_would_see_it(agent: Agent | None, reach: Reach) -> None:
    assert reach_of(agent, POLICY, now=NOW) is reach
    is_there = agent is not None and is_present(agent, POLICY, now=NOW)
    assert is_there == (reach in (Reach.ONLINE, Reach.BUSY))  # as the queue sees it


async def test_the_soonest_comes_first_and_who_never_came_comes_too(
    office: Office, lin: Speaker, zhou: Speaker, clock: Clock
) -> None:
    new = await add_agent(office, "新人", skills=("售后", "安装"))
    away = await add_agent(office, "午休")
    async with office.write() as pen:
        for agent, status in ((lin, AgentStatus.MANUAL), (away, AgentStatus.AWAY)):
            await arrive_at_desk(pen.session, agent.id, office.policy, status=status, now=pen.now)
        early = clock.now - timedelta(minutes=2)
        await arrive_at_desk(pen.session, zhou.id, office.policy, status=None, now=early)
    async with office.database.read() as session:
        found = await read_colleagues(session, office, roles=[Role.AGENT])
        leads = await read_colleagues(session, office, roles=[Role.LEAD])
    assert leads == []
    told = [(each["id"], each["reach"]) for each in found]
    assert told[:2] == [(lin.id, Reach.ONLINE), (away.id, Reach.AWAY)]
    assert set(told[2:]) == {(zhou.id, Reach.OFFLINE), (new.id, Reach.OFFLINE)}
    (fresh,) = [each for each in found if each["id"] == new.id]
    assert (fresh["skills"], fresh["load"]) == (["售后", "安装"], 0)
    assert (fresh["capacity"], fresh["present"]) == (office.policy.agents.capacity, False)
