"""The outbox: one record per key, leases that expire, retries that back off."""

from datetime import datetime, timedelta

from storage import outbox
from storage.engine import Database


async def _enqueue(database: Database, key: str, now: datetime) -> bool:
    async with database.write() as session:
        return await outbox.enqueue(
            session, kind="alarm", idempotency_key=key, payload={"text": "即将超时"}, now=now
        )


async def _claim(database: Database, now: datetime) -> list[str]:
    async with database.write() as session:
        return [entry.idempotency_key for entry in await outbox.claim_due(session, now=now)]


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
        (entry,) = await outbox.claim_due(session, now=now)
        outbox.mark_sent(entry, now=now)
    assert await _claim(database, now + timedelta(days=365)) == []


async def test_failures_back_off_up_to_an_hour(database: Database, now: datetime) -> None:
    await _enqueue(database, "a", now)
    pauses = []
    for _ in range(10):
        async with database.write() as session:
            (entry,) = await outbox.claim_due(session, now=now)
            outbox.mark_failed(entry, now=now, error="timeout")
            assert entry.due_at is not None
            pauses.append(entry.due_at - now)
            now = entry.due_at
    assert pauses[:3] == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60)]
    assert pauses[-1] == outbox.LONGEST_RETRY
