"""Messages under way: others wait for the last of them, a full socket for room."""

import asyncio

from server.under_way import UnderWay


async def test_nobody_waits_where_nothing_is_under_way() -> None:
    under_way = UnderWay(1)
    async with asyncio.timeout(5):
        await under_way.over()
        await under_way.begin()


async def test_the_last_one_lets_the_next_thing_begin() -> None:
    under_way = UnderWay(10)
    await under_way.begin()
    await under_way.begin()
    waiting = asyncio.create_task(under_way.over())
    await asyncio.sleep(0)
    under_way.ended()
    await asyncio.sleep(0)
    assert not waiting.done()
    under_way.ended()
    async with asyncio.timeout(5):
        await waiting


async def test_there_is_room_for_so_many() -> None:
    under_way = UnderWay(2)
    async with asyncio.timeout(5):
        await under_way.begin()
        await under_way.begin()
    waiting = asyncio.create_task(under_way.begin())
    await asyncio.sleep(0)
    assert not waiting.done()
    under_way.ended()
    under_way.ended()
    async with asyncio.timeout(5):
        await waiting
    still = asyncio.create_task(under_way.over())  # the third counts too
    await asyncio.sleep(0)
    assert not still.done()
    under_way.ended()
    async with asyncio.timeout(5):
        await still


async def test_who_stopped_waiting_is_not_told() -> None:
    under_way = UnderWay(1)
    await under_way.begin()
    waiting = asyncio.create_task(under_way.over())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    under_way.ended()
    assert waiting.cancelled()
