"""The outbox: one record per key, leases that expire, retries that back off."""

from datetime import datetime, timedelta

from sqlalchemy import select

from storage import outbox
from storage.engine import Database


async def _enqueue(database: Database, key: str, now: datetime, *, kind: str = "alarm") -> bool:
    async with database.write() as session:
        return await outbox.enqueue(
            session, kind=kind, idempotency_key=key, payload={"text": "即将超时"}, now=now
        )


async def _claim(database: Database, now: datetime, *, kind: str = "alarm") -> list[str]:
    async with database.write() as session:
        claimed = await outbox.claim_due(session, kind=kind, now=now)
        return [entry.idempotency_key for entry in claimed]


async def test_the_same_key_is_written_once(database: Database, now: datetime) -> None:
    assert await _enqueue(database, "a", now)
    assert not await _enqueue(database, "a", now)
    assert await _claim(database, now) == ["a"]


async def test_a_claimed_entry_is_leased_and_comes_back(database: Database, now: datetime) -> None:
    await _enqueue(database, "a", now)
    assert await _claim(database, now) == ["a"]
    assert await _claim(database, now + outbox.LEASE - timedelta(seconds=1)) == []
    assert await _claim(database, now + outbox.LEASE) == ["a"]


async def test_a_sent_entry_never_comes_back(database: Database, now: datetime) -> None:
    await _enqueue(database, "a", now)
    async with database.write() as session:
        (entry,) = await outbox.claim_due(session, kind="alarm", now=now)
        outbox.mark_sent(entry, now=now)
    assert await _claim(database, now + timedelta(days=365)) == []


async def test_failures_back_off_up_to_an_hour(database: Database, now: datetime) -> None:
    await _enqueue(database, "a", now)
    pauses = []
    for _ in range(10):
        async with database.write() as session:
            (entry,) = await outbox.claim_due(session, kind="alarm", now=now)
            outbox.mark_failed(entry, now=now, error="timeout")
            assert entry.due_at is not None
            pauses.append(entry.due_at - now)
            now = entry.due_at
    assert pauses[:3] == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60)]
    assert pauses[-1] == outbox.LONGEST_RETRY


async def test_workers_do_not_take_each_others_entries(database: Database, now: datetime) -> None:
    await _enqueue(database, "a", now, kind="alarm")
    await _enqueue(database, "r", now, kind="reply")
    assert await _claim(database, now, kind="reply") == ["r"]
    assert await _claim(database, now, kind="reply") == []
    assert await _claim(database, now, kind="alarm") == ["a"]


async def test_the_other_side_may_ask_for_a_longer_pause_but_not_a_shorter(
    sqlite_database: Database, now: datetime
) -> None:
    await _enqueue(sqlite_database, "a", now)
    async with sqlite_database.write() as session:
        (entry,) = await outbox.claim_due(session, kind="alarm", now=now)
        for wait, pause in ((0, 15), (14, 15), (16, 16), (3600, 3600), (7200, 3600)):
            outbox.mark_failed(entry, now=now, error="429", wait=timedelta(seconds=wait))
            assert entry.due_at == now + timedelta(seconds=pause)


async def test_a_dead_letter_waits_until_it_is_revived(
    sqlite_database: Database, now: datetime
) -> None:
    await _enqueue(sqlite_database, "a", now)
    async with sqlite_database.write() as session:
        (entry,) = await outbox.claim_due(session, kind="alarm", now=now)
        outbox.give_up(entry, error="x" * 600)
        assert outbox.is_dead(entry)
        assert len(entry.last_error or "") == 500
    assert await _claim(sqlite_database, now + timedelta(days=9)) == []
    later = now + timedelta(days=9)
    async with sqlite_database.write() as session:
        found = await outbox.find_entry(session, "a")
        assert found is not None
        outbox.revive(found, now=later)
        assert not outbox.is_dead(found)
    assert await _claim(sqlite_database, later) == ["a"]
    async with sqlite_database.write() as session:
        (again,) = (await session.scalars(select(outbox.DbOutboxEntry))).all()
        assert again.attempts == 1
        outbox.mark_sent(again, now=later)
        assert not outbox.is_dead(again)
        assert await outbox.find_entry(session, "nobody") is None
