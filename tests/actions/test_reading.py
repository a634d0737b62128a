"""An answer that only reads waits for no writer; one that writes does so once, with one answer."""

import asyncio
from collections.abc import Callable

from assistant import Chat
from sqlalchemy import select
from writers import another_writes

from shop.tables import DbServiceRequest
from storage.engine import Database

Talk = Callable[..., Chat]
WAIT_SECONDS = 30


async def test_an_answer_comes_while_another_writes(talk: Talk, shop: Database) -> None:
    async with another_writes(shop), asyncio.timeout(WAIT_SECONDS):
        said = await talk("C0001").say("我的订单呢", "order_status")
    assert said.names == ["utter_parcel_stuck"]


async def test_a_writing_answer_waits_for_its_turn_and_writes_once(
    talk: Talk, shop: Database
) -> None:
    async with another_writes(shop) as end:
        answer = asyncio.create_task(talk("C0001").say("帮我催一下快递", "logistics"))
        done, _ = await asyncio.wait([answer], timeout=0.3)
        assert not done
        end.set()
        async with asyncio.timeout(WAIT_SECONDS):
            said = await answer
    async with shop.read() as session:
        requests = (await session.scalars(select(DbServiceRequest))).all()
    assert len(requests) == 1
    assert len(said.names) == len(set(said.names)) == 1
    assert [name for name in said.names if requests[0].number in said.text] == said.names
