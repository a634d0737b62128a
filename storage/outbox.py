"""The outbox: side effects written in the same transaction as their cause, delivered afterwards.

The record is exactly-once (unique idempotency key); delivery is at-least-once: a process killed
between sending and `mark_sent` sends again with the same key.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, String, Text, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Json, UtcDateTime
from storage.tables import Base, new_id

LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(hours=1)


class DbOutboxEntry(Base):
    """One side effect still to be delivered, or delivered at `sent_at`."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


async def enqueue(
    session: AsyncSession,
    *,
    kind: str,
    idempotency_key: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Write the side effect once; return False if the key was there already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "id": new_id(),
        "kind": kind,
        "idempotency_key": idempotency_key,
        "payload": dict(payload),
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }
    statement = insert(DbOutboxEntry).values(values).on_conflict_do_nothing()
    added = await session.execute(statement.returning(DbOutboxEntry.id))
    return added.first() is not None


async def claim_due(
    session: AsyncSession, *, now: datetime, limit: int = 20
) -> Sequence[DbOutboxEntry]:
    """Lease the oldest due entries to this worker; a dead worker's lease runs out by itself."""
    due = (
        select(DbOutboxEntry)
        .where(DbOutboxEntry.due_at <= now)
        .order_by(DbOutboxEntry.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    entries = (await session.scalars(due)).all()
    for entry in entries:
        entry.attempts += 1
        entry.due_at = now + LEASE
    return entries


def mark_sent(entry: DbOutboxEntry, *, now: datetime) -> None:
    """Note the delivery; the entry is never due again."""
    entry.sent_at, entry.due_at, entry.last_error = now, None, None


def mark_failed(entry: DbOutboxEntry, *, now: datetime, error: str) -> None:
    """Note the failure and try again later, doubling the pause up to an hour."""
    entry.last_error = error[:500]
    entry.due_at = now + min(FIRST_RETRY * 2 ** min(entry.attempts - 1, 12), LONGEST_RETRY)
