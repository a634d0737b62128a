"""Transactions of both databases: committed at the end, rolled back whole, queued when writing."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select, text

from storage.engine import Database, NestedWriteError
from storage.staff import DbStaff, Role


def _staff(login: str, now: datetime) -> DbStaff:
    return DbStaff(login=login, name="王芳", role=Role.AGENT, password_hash="-", created_at=now)


async def _logins(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(DbStaff)) or 0


async def test_a_write_is_there_afterwards_with_its_zone(database: Database, now: datetime) -> None:
    async with database.write() as session:
        session.add(_staff("wangfang", now))
    async with database.read() as session:
        stored = (await session.scalars(select(DbStaff))).one()
    assert stored.created_at == now
    assert stored.created_at.utcoffset() is not None


async def test_a_failed_write_leaves_nothing(database: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as session:
            session.add(_staff("wangfang", now))
            await session.flush()
            raise RuntimeError
    assert await _logins(database) == 0


async def test_a_read_never_commits(database: Database, now: datetime) -> None:
    async with database.read() as session:
        session.add(_staff("wangfang", now))
        await session.flush()
    assert await _logins(database) == 0


async def test_writers_queue_instead_of_failing(database: Database, now: datetime) -> None:
    async def write(number: int) -> None:
        async with database.write() as session:
            await session.scalar(select(func.count()).select_from(DbStaff))
            session.add(_staff(f"agent{number}", now))

    await asyncio.gather(*(write(number) for number in range(12)))
    assert await _logins(database) == 12


async def test_turns_to_write_are_given_in_the_order_of_asking(
    database: Database, now: datetime
) -> None:
    """Who writes in a row without a pause lets everybody in who came meanwhile."""
    order: list[str] = []

    async def write(name: str, times: int) -> None:
        for turn in range(times):
            async with database.write() as session:
                session.add(_staff(f"{name}{turn}", now))
                order.append(name)

    busy = asyncio.create_task(write("busy", 20))
    await asyncio.sleep(0)
    await asyncio.gather(busy, *(write(f"guest{number}", 1) for number in range(3)))
    assert await _logins(database) == 23
    if database.dialect == "sqlite":
        assert set(order[1:5]) == {"busy", "guest0", "guest1", "guest2"}


async def test_an_error_gives_the_turn_back(database: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError):
        async with database.write():
            raise RuntimeError
    async with asyncio.timeout(5), database.turn():
        pass
    async with asyncio.timeout(5), database.write() as session:
        session.add(_staff("wangfang", now))
    assert await _logins(database) == 1


async def test_who_holds_the_turn_sees_that_others_wait(sqlite_database: Database) -> None:
    async with sqlite_database.turn():
        assert not sqlite_database.is_awaited
        waiting = [asyncio.create_task(_write_nothing(sqlite_database)) for _ in range(2)]
        await asyncio.sleep(0)
        assert sqlite_database.is_awaited
        waiting[0].cancel()
        await asyncio.sleep(0)
        assert sqlite_database.is_awaited
    await waiting[1]
    assert not sqlite_database.is_awaited


async def _write_nothing(database: Database) -> None:
    async with database.write():
        pass


async def test_a_writer_that_would_wait_for_itself_is_told(sqlite_database: Database) -> None:
    async with sqlite_database.write():
        with pytest.raises(NestedWriteError, match="pass the first session on"):
            async with asyncio.timeout(1), sqlite_database.write():
                pass
    async with sqlite_database.write() as session:
        assert await session.scalar(text("SELECT 1")) == 1


async def test_naive_times_are_refused(database: Database, now: datetime) -> None:
    with pytest.raises(Exception, match="without a zone"):
        async with database.write() as session:
            session.add(_staff("wangfang", now.replace(tzinfo=None)))


async def test_sqlite_is_durable_and_checks_foreign_keys(sqlite_database: Database) -> None:
    async with sqlite_database.read() as session:
        pragmas = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


async def test_closing_under_a_reader_is_said(database: Database) -> None:
    async with database.read() as session:
        await session.execute(text("SELECT 1"))
        with pytest.warns(ResourceWarning, match="1 connections are still in use"):
            await database.close()
        await session.invalidate()  # which closes it, in place of the pool
