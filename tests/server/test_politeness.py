"""Reports give way to chats: no rest on a calm desk, a long one on a busy desk, none at a stop."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.politeness import ALARMING, BUSY_PER_SECOND, REPORTING, Manners, PoliteDatabase
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
    yield _polite(database, desk, REPORTING)
    await database.close()


def _polite(database: Database, desk: Desk, manners: Manners) -> PoliteDatabase:
    return PoliteDatabase(database, manners, per_second=lambda: desk.per_second, stop=desk.stop)


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


async def test_no_rest_is_longer_than_the_longest(sqlite_url: str, desk: Desk) -> None:
    """What is due must be told: the longest write costs an alarm a second."""
    desk.per_second = BUSY_PER_SECOND + 1
    database = Database(sqlite_url)
    polite = _polite(database, desk, Manners(rest=1e6, late=1e6, patience=1e6, longest=0.2))
    async with asyncio.timeout(30):
        for _ in range(3):
            await _work(polite)
    await database.close()
    assert ALARMING.longest <= 1


async def test_a_round_that_lasts_too_long_loses_its_patience(sqlite_url: str, desk: Desk) -> None:
    desk.per_second = BUSY_PER_SECOND + 1
    database = Database(sqlite_url)
    polite = _polite(database, desk, Manners(rest=1e6, late=1, patience=0.3, longest=600))
    await _work(polite)
    async with asyncio.timeout(30):
        await _work(polite)  # rests ten minutes at first, then as long as it worked
    await database.close()


async def test_a_new_round_is_patient_again(sqlite_url: str, desk: Desk) -> None:
    desk.per_second = BUSY_PER_SECOND + 1
    database = Database(sqlite_url)
    polite = _polite(database, desk, Manners(rest=1e6, late=0, patience=1e5, longest=600))
    await _work(polite)
    polite.begin_round()
    second = asyncio.create_task(_work(polite))
    done, _ = await asyncio.wait({second}, timeout=1.5)
    assert not done
    desk.stop.set()
    async with asyncio.timeout(30):
        await second
    await database.close()


def test_a_flood_that_lasts_delays_the_reports_by_minutes_and_not_by_hours() -> None:
    """A thousand talks are 25 writes; each may take a fifth of a second on a busy machine."""
    writes, took = 25, 0.2
    patient = REPORTING.patience + REPORTING.longest
    assert patient + writes * (took + min(took * REPORTING.late, REPORTING.longest)) < 120
