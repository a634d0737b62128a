"""The audit log: who did what to which record, append-only and hash-chained."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Json, UtcDateTime
from storage.tables import Base

FIRST_HASH = "0" * 64
_CHAIN_LOCK = 7_155_001


class DbAuditEvent(Base):
    """One entry; the database itself refuses to change or delete it (see the first migration)."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


async def record(
    session: AsyncSession,
    *,
    actor: str,
    action: str,
    object_type: str,
    object_id: str,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> DbAuditEvent:
    """Append one entry in the caller's transaction; `detail` must hold no personal data."""
    entry = DbAuditEvent(
        at=at.astimezone(UTC),
        actor=actor,
        action=action,
        object_type=object_type,
        object_id=object_id,
        detail=dict(detail or {}),
        previous_hash=await _last_hash(session),
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    await session.flush()
    return entry


async def find_broken_entry(session: AsyncSession) -> int | None:
    """Return the id of the first entry whose hash or link is wrong, or None if all hold."""
    previous = FIRST_HASH
    entries = await session.stream_scalars(select(DbAuditEvent).order_by(DbAuditEvent.id))
    async for entry in entries:
        if entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return entry.id
        previous = entry.hash
    return None


def entry_hash(entry: DbAuditEvent) -> str:
    """Return the SHA-256 over the entry's content and its predecessor's hash."""
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.detail,
    ]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


async def _last_hash(session: AsyncSession) -> str:
    # SQLite writers already queue (BEGIN IMMEDIATE); on PostgreSQL the chain needs its own lock.
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = select(DbAuditEvent.hash).order_by(DbAuditEvent.id.desc()).limit(1)
    return await session.scalar(last) or FIRST_HASH
