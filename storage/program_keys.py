"""Keys with which the shop's own programs call the product: each opens one scope, shown once."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import audit
from storage.column_types import UtcDateTime
from storage.tables import Base, new_id

_PREFIX = "kp_"
_KEY_BYTES = 32


class DbProgramKey(Base):
    """A key of a program; only its SHA-256 is kept."""

    __tablename__ = "program_key"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    scope: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoSuchProgramKeyError(LookupError):
    """No key of this name is in use."""


async def create_key(
    session: AsyncSession, name: str, *, scope: str, actor: str, now: datetime
) -> str:
    """Make a key for `scope` and return it; it is shown this once and never stored."""
    key = _PREFIX + secrets.token_urlsafe(_KEY_BYTES)
    stored = DbProgramKey(id=new_id(), scope=scope, name=name, key_hash=_hash(key), created_at=now)
    session.add(stored)
    await session.flush()
    await _audit(session, "program_key.created", stored, actor, now)
    return key


async def revoke_keys(
    session: AsyncSession, name: str, *, scope: str, actor: str, now: datetime
) -> int:
    """End every key of this name and scope at once; raises NoSuchProgramKeyError."""
    query = select(DbProgramKey).where(
        DbProgramKey.name == name,
        DbProgramKey.scope == scope,
        DbProgramKey.revoked_at.is_(None),
    )
    keys = (await session.scalars(query)).all()
    if not keys:
        raise NoSuchProgramKeyError(name)
    for stored in keys:
        stored.revoked_at = now
        await _audit(session, "program_key.revoked", stored, actor, now)
    return len(keys)


async def find_key(session: AsyncSession, key: str, *, scope: str) -> DbProgramKey | None:
    """Return the key in use for `scope` that this text is, or None."""
    query = select(DbProgramKey).where(
        DbProgramKey.key_hash == _hash(key),
        DbProgramKey.scope == scope,
        DbProgramKey.revoked_at.is_(None),
    )
    found: DbProgramKey | None = await session.scalar(query)
    return found


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


async def _audit(
    session: AsyncSession, action: str, key: DbProgramKey, actor: str, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="program_key",
        object_id=key.id,
        at=now,
        detail={"name": key.name, "scope": key.scope},
    )
