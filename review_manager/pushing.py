"""Programs that push reviews: their keys, and landing what they send under the same rules."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.intake.analysts import Analysts
from review_manager.intake.columns import Field
from review_manager.intake.landing import JudgedReview, Landed, land
from review_manager.intake.reading import RowError, RowReader
from review_manager.judging import judge
from review_manager.tables import DbReviewKey
from storage import audit
from storage.engine import Database

_PREFIX = "kr_"
_KEY_BYTES = 32
_OWN_NAMES = {field: str(field) for field in Field}


class NoSuchKeyError(LookupError):
    """No key of this name is in use."""


@dataclass(frozen=True)
class Pushed:
    """What became of pushed reviews; `refused` are pairs of place (from 0) and reason."""

    landed: Landed
    refused: list[tuple[int, str]]


async def create_key(session: AsyncSession, name: str, *, actor: str, now: datetime) -> str:
    """Make a key and return it; it is shown this once and never stored."""
    key = _PREFIX + secrets.token_urlsafe(_KEY_BYTES)
    stored = DbReviewKey(name=name, key_hash=_hash(key), created_at=now)
    session.add(stored)
    await session.flush()
    await _audit(session, "review_key.created", stored, actor, now)
    return key


async def revoke_key(session: AsyncSession, name: str, *, actor: str, now: datetime) -> int:
    """End every key of this name at once; raises NoSuchKeyError."""
    query = select(DbReviewKey).where(DbReviewKey.name == name, DbReviewKey.revoked_at.is_(None))
    keys = (await session.scalars(query)).all()
    if not keys:
        raise NoSuchKeyError(name)
    for stored in keys:
        stored.revoked_at = now
        await _audit(session, "review_key.revoked", stored, actor, now)
    return len(keys)


async def find_key(session: AsyncSession, key: str) -> DbReviewKey | None:
    """Return the key in use that this text is, or None."""
    query = select(DbReviewKey).where(DbReviewKey.key_hash == _hash(key))
    found: DbReviewKey | None = await session.scalar(query)
    return None if found is None or found.revoked_at is not None else found


async def land_pushed(
    database: Database,
    rows: Sequence[Mapping[str, Any]],
    *,
    platform: str,
    actor: str,
    now: datetime,
) -> Pushed:
    """Land rows whose keys are the names of intake/columns.Field; each is taken or refused."""
    reader = RowReader(_OWN_NAMES, platform, (), now)
    reads, refused = [], []
    for place, row in enumerate(rows):
        try:
            reads.append(reader.read(row, line=place))
        except RowError as error:
            refused.append((place, str(error)))
    said = [(read.text, read.stars) for read in reads]
    said += [(read.follow_up, None) for read in reads if read.follow_up]
    with Analysts(many=False) as analysts:
        analyses = iter(await analysts.analyse(said))
    firsts = [judge(next(analyses), stars=read.stars) for read in reads]
    laters = [
        judge(next(analyses), stars=None, later=True) if read.follow_up else None for read in reads
    ]
    batch = [JudgedReview(*one) for one in zip(reads, firsts, laters, strict=True)]
    async with database.write() as session:
        landed = await land(session, batch, import_id=None, actor=actor, now=now)
    return Pushed(landed, sorted([*refused, *landed.rejects]))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


async def _audit(
    session: AsyncSession, action: str, key: DbReviewKey, actor: str, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="review_key",
        object_id=key.id,
        at=now,
        detail={"name": key.name},
    )
