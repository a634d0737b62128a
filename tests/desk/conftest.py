"""The desk without the web: an office over a real database, with a clock that tests move."""

from datetime import datetime

import pytest
from chat import Clock, add_agent, visit

from desk.changes import Speaker
from desk.office import Office
from desk.opening import AlwaysOpen
from desk.policy import DeskPolicy, read_desk_policy
from sla.policies import read_policies
from storage.engine import Database


@pytest.fixture
def policy() -> DeskPolicy:
    """The shipped policy, with bursts that end quickly."""
    shipped = read_desk_policy()
    quick = shipped.bot.model_copy(update={"quiet_seconds": 0.05, "longest_burst_seconds": 0.5})
    return shipped.model_copy(update={"bot": quick})


@pytest.fixture
def clock(now: datetime) -> Clock:
    """A clock at the fixed moment."""
    return Clock(now)


@pytest.fixture
async def office(database: Database, policy: DeskPolicy, clock: Clock) -> Office:
    """An office on each kind of database, always open."""
    return Office(database, policy, AlwaysOpen(), clocks=read_policies(), clock=clock)


@pytest.fixture
async def lin(office: Office) -> Speaker:
    """Agent 小林."""
    return await add_agent(office, "小林")


@pytest.fixture
async def zhou(office: Office) -> Speaker:
    """Agent 小周."""
    return await add_agent(office, "小周")


@pytest.fixture
async def wang(office: Office) -> str:
    """王芳's conversation, with the bot."""
    return await visit(office)
