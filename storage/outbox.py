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
    """Write the side effect once, due at once; return False if the key was there already."""
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
    session: AsyncSession, *, kind: str, now: datetime, limit: int = 20
) -> Sequence[DbOutboxEntry]:
    """Lease the oldest due entries of one kind to this worker.

    Every kind has its own workers, and none takes what is another's; a dead worker's lease runs
    out by itself.
    """
    due = (
        select(DbOutboxEntry)
        .where(DbOutboxEntry.kind == kind, DbOutboxEntry.due_at <= now)
        .order_by(DbOutboxEntry.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    entries = (await session.scalars(due)).all()
    for entry in entries:
        entry.attempts += 1
        entry.due_at = now + LEASE
    return entries


async def has_due(session: AsyncSession, *, kind: str, now: datetime) -> bool:
    """Whether anything of a kind is due: asked before a writing transaction is opened."""
    due = select(DbOutboxEntry.id).where(DbOutboxEntry.kind == kind, DbOutboxEntry.due_at <= now)
    return await session.scalar(due.limit(1)) is not None


async def find_entry(session: AsyncSession, key: str) -> DbOutboxEntry | None:
    """Return the entry of an idempotency key, locked until the transaction ends, or None."""
    found: DbOutboxEntry | None = await session.scalar(
        select(DbOutboxEntry).where(DbOutboxEntry.idempotency_key == key).with_for_update()
    )
    return found


def mark_sent(entry: DbOutboxEntry, *, now: datetime) -> None:
    """Note the delivery; the entry is never due again."""
    entry.sent_at, entry.due_at, entry.last_error = now, None, None


def mark_failed(
    entry: DbOutboxEntry, *, now: datetime, error: str, wait: timedelta | None = None
) -> None:
    """Note the failure and try again later, doubling the pause up to an hour.

    `wait` is what the other side asked for; it lengthens the pause, and never shortens it.
    """
    entry.last_error = error[:500]
    pause = min(FIRST_RETRY * 2 ** min(entry.attempts - 1, 12), LONGEST_RETRY)
    entry.due_at = now + max(pause, min(wait or pause, LONGEST_RETRY))


def give_up(entry: DbOutboxEntry, *, error: str) -> None:
    """Leave the entry as a dead letter: never due again until somebody revives it."""
    entry.last_error, entry.due_at = error[:500], None


def is_dead(entry: DbOutboxEntry) -> bool:
    """Whether the entry was given up."""
    return entry.due_at is None and entry.sent_at is None


def revive(entry: DbOutboxEntry, *, now: datetime) -> None:
    """Send a dead letter again from now on, under the same key and with every attempt anew."""
    entry.attempts, entry.due_at = 0, now
