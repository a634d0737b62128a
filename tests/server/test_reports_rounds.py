"""Reports give way to chats and take at most a tenth of the machine; alarms go on time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from desk.speaking import Said, ask_human
from desk.visitors import arrive
from reports.tables import DbAlarm
from server.desk_office import DESK
from server.keys import SETTINGS
from server.politeness import Manners
from server.reports_desk import REPORTS
from server.reports_rounds import Rounds, rest_after

RESTS_FOR_EVER = Manners(rest=1e6, late=1e6, patience=0, longest=600)
FLOOD = 1_000.0


@pytest.mark.parametrize(
    ("took", "rest"),
    [(0.0, 5.0), (0.5, 5.0), (0.6, 5.4), (2.0, 18.0), (6.6, 59.4), (6.7, 60.0), (600.0, 60.0)],
)
def test_a_long_round_is_followed_by_a_long_rest(took: float, rest: float) -> None:
    assert rest_after(took) == pytest.approx(rest)


async def _wait_for_a_human(office) -> None:
    async with office.write() as pen:
        nobody = {"token": None, "conversation_id": None, "customer_id": None}
        arrival = await arrive(pen, office.policy, **nobody)
    async with office.write() as pen:
        row = await pen.conversation(arrival.conversation.id)
        await ask_human(pen, row, Said(row.id, "client-0001", text="转人工"), office.rules)


async def _alarms(office) -> int:
    async with office.database.read() as session:
        return await session.scalar(select(func.count()).select_from(DbAlarm)) or 0


async def test_an_alarm_goes_on_time_while_reports_rest_in_a_flood(client) -> None:
    office = client.app[DESK].office
    await _wait_for_a_human(office)
    await client.app[REPORTS].refresh()
    later = replace(client.app[REPORTS], now=office.clock() + timedelta(hours=40))
    stop = asyncio.Event()
    rounds = Rounds(
        later,
        office.policy,
        client.app[SETTINGS],
        per_second=lambda: FLOOD,
        stop=stop,
        reporting=RESTS_FOR_EVER,
    )
    async with rounds.reporting.write():
        await asyncio.sleep(0.01)  # ten minutes of rest follow
    reporting = asyncio.create_task(rounds.report())
    async with asyncio.timeout(60):
        await rounds.alarm()
    assert not reporting.done()
    assert await _alarms(office) > 0
    stop.set()
    async with asyncio.timeout(60):
        await reporting
