"""The audit log keeps everything, refuses changes, and shows where it was tampered with."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select, text

from storage import audit
from storage.engine import Database


async def _record(database: Database, now: datetime, number: int) -> None:
    async with database.write() as session:
        await audit.record(
            session,
            actor="staff:wangfang",
            action="order.reveal_phone",
            object_type="order",
            object_id=str(number),
            at=now,
            detail={"理由": "核对地址", "n": number},
        )


async def test_entries_chain_even_when_written_at_once(database: Database, now: datetime) -> None:
    await asyncio.gather(*(_record(database, now, number) for number in range(10)))
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(audit.DbAuditEvent)) == 10
        assert await audit.find_broken_entry(session) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"]
)
async def test_the_database_refuses_changes(
    database: Database, now: datetime, statement: str
) -> None:
    await _record(database, now, 1)
    with pytest.raises(Exception, match="append-only"):
        async with database.write() as session:
            await session.execute(text(statement))


async def test_a_change_behind_the_triggers_is_found(
    sqlite_database: Database, now: datetime
) -> None:
    for number in range(3):
        await _record(sqlite_database, now, number)
    async with sqlite_database.write() as session:
        await session.execute(text("DROP TRIGGER audit_event_no_UPDATE"))
        await session.execute(text("UPDATE audit_event SET object_id = '9' WHERE id = 2"))
    async with sqlite_database.read() as session:
        assert await audit.find_broken_entry(session) == 2
