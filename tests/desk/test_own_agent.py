"""Members of the top tiers meet the agent again who served them last; others whoever is free."""

import pytest
from chat import Clock, add_agent

from desk.office import Office
from desk.opening import AlwaysOpen
from desk.people import recognise
from desk.policy import read_desk_policy
from desk.tables import DbConversation
from desk.visitors import arrive
from sla.policies import read_policies
from storage.engine import Database

GOLD, PLAIN = "C0003", "C0001"


@pytest.fixture
async def office(shop: Database, clock: Clock) -> Office:
    """The desk over the demo shop, whose customers have tiers."""
    return Office(shop, read_desk_policy(), AlwaysOpen(), clocks=read_policies(), clock=clock)


async def _comes(office: Office, customer: str | None, *, served_by: str | None = None) -> str:
    async with office.write() as pen:
        arrival = await arrive(
            pen, office.policy, token=None, conversation_id=None, customer_id=customer
        )
        arrival.conversation.own_agent_id = served_by
        pen.touch(arrival.conversation)
    return arrival.conversation.id


async def _recognised(office: Office, conversation: str) -> tuple[str | None, str | None]:
    async with office.database.write() as session:
        row = await session.get(DbConversation, conversation)
        assert row is not None
        await recognise(session, row, now=office.clock())
        return row.tier, row.own_agent_id


async def test_a_gold_member_is_given_to_her_own_agent_first(office: Office) -> None:
    lin, zhou = await add_agent(office, "小林"), await add_agent(office, "小周")
    await _comes(office, GOLD, served_by=lin.id)
    await _comes(office, GOLD, served_by=zhou.id)
    again = await _comes(office, GOLD)
    assert await _recognised(office, again) == ("gold", zhou.id)


async def test_others_have_no_own_agent_in_a_new_talk(office: Office) -> None:
    lin = await add_agent(office, "小林")
    await _comes(office, PLAIN, served_by=lin.id)
    again = await _comes(office, PLAIN)
    assert (await _recognised(office, again))[1] is None
    assert await _recognised(office, await _comes(office, None)) == (None, None)


async def test_within_one_talk_the_agent_stays_the_same_for_everybody(office: Office) -> None:
    lin = await add_agent(office, "小林")
    talk = await _comes(office, PLAIN, served_by=lin.id)
    assert (await _recognised(office, talk))[1] == lin.id


async def test_nobody_is_waited_for_who_never_served_her(office: Office) -> None:
    assert await _recognised(office, await _comes(office, GOLD)) == ("gold", None)
