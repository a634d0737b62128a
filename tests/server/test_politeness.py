"""Reports give way to chats: no rest on a calm desk, a long one on a busy desk, none at a stop."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.politeness import BUSY_PER_SECOND, PoliteDatabase
from storage.engine import Database, NestedWriteError

WORK_SECONDS = 0.05  # a rest of ten seconds follows


class Desk:
    """How much is said, and when to stop."""

    def __init__(self) -> None:
        self.per_second = BUSY_PER_SECOND
        self.stop = asyncio.Event()


@pytest.fixture
def desk() -> Desk:
    """A desk at the edge of being busy."""
    return Desk()


@pytest.fixture
async def polite(sqlite_url: str, desk: Desk) -> AsyncIterator[PoliteDatabase]:
    """A database that gives way to this desk."""
    database = Database(sqlite_url)
    yield PoliteDatabase(database, per_second=lambda: desk.per_second, stop=desk.stop)
    await database.close()


async def _work(polite: PoliteDatabase) -> None:
    async with polite.write():
        await asyncio.sleep(WORK_SECONDS)


async def test_a_calm_desk_is_not_waited_for(polite: PoliteDatabase) -> None:
    async with asyncio.timeout(5):  # one rest would take ten
        for _ in range(3):
            await _work(polite)


async def test_a_busy_desk_is_left_alone_after_each_write(
    polite: PoliteDatabase, desk: Desk
) -> None:
    desk.per_second = BUSY_PER_SECOND + 1
    await _work(polite)
    second = asyncio.create_task(_work(polite))
    done, _ = await asyncio.wait({second}, timeout=1.5)
    assert not done
    desk.per_second = 0.0  # calm again: it need not rest to the end
    async with asyncio.timeout(5):
        await second


async def test_a_stop_ends_the_rest(polite: PoliteDatabase, desk: Desk) -> None:
    desk.per_second = BUSY_PER_SECOND + 1
    await _work(polite)
    second = asyncio.create_task(_work(polite))
    await asyncio.sleep(0.1)
    assert not second.done()
    desk.stop.set()
    async with asyncio.timeout(5):
        await second


async def test_it_takes_its_turn_with_everybody_else(polite: PoliteDatabase) -> None:
    async with polite.turn():
        with pytest.raises(NestedWriteError):
            await _work(polite)
