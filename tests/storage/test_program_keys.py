"""Keys of programs: shown once, stored as a hash, each for one scope, ended at once."""

from datetime import datetime

import pytest
from sqlalchemy import select, text

from storage.audit import DbAuditEvent
from storage.engine import Database
from storage.program_keys import NoSuchProgramKeyError, create_key, find_key, revoke_keys


async def test_a_key_opens_its_scope_until_it_is_revoked(database: Database, now: datetime) -> None:
    async with database.write() as session:
        key = await create_key(session, "erp", scope="a", actor="cli", now=now)
        other = await create_key(session, "erp", scope="b", actor="cli", now=now)
    async with database.read() as session:
        found = await find_key(session, key, scope="a")
        assert found is not None
        assert (found.name, found.scope) == ("erp", "a")
        assert await find_key(session, key, scope="b") is None
        assert await find_key(session, key + "x", scope="a") is None
    async with database.write() as session:
        assert await revoke_keys(session, "erp", scope="a", actor="cli", now=now) == 1
    async with database.read() as session:
        assert await find_key(session, key, scope="a") is None
        assert await find_key(session, other, scope="b") is not None
        actions = list(await session.scalars(select(DbAuditEvent.action)))
    assert actions == ["program_key.created"] * 2 + ["program_key.revoked"]


async def test_the_key_itself_is_nowhere(sqlite_database: Database, now: datetime) -> None:
    async with sqlite_database.write() as session:
        key = await create_key(session, "erp", scope="a", actor="cli", now=now)
        rows = [
            (await session.execute(text(f"SELECT * FROM {table}"))).all()
            for table in ("program_key", "audit_event")
        ]
    assert len(key) > 40
    assert key not in str(rows)


async def test_a_name_without_a_key_is_told(sqlite_database: Database, now: datetime) -> None:
    async with sqlite_database.write() as session:
        await create_key(session, "erp", scope="a", actor="cli", now=now)
        await revoke_keys(session, "erp", scope="a", actor="cli", now=now)
        for name, scope in (("erp", "a"), ("erp", "b"), ("shop", "a")):
            with pytest.raises(NoSuchProgramKeyError):
                await revoke_keys(session, name, scope=scope, actor="cli", now=now)


async def test_half_characters_are_no_key(sqlite_database: Database) -> None:
    async with sqlite_database.read() as session:
        assert await find_key(session, "\ud83d", scope="a") is None
