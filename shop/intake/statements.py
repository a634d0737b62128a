"""What the shop's own system said before: telling its news from what we know and from ours."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.intake.codes import Kind
from shop.intake.records import Record
from shop.tables import DbSourceRecord
from storage.sealed import blind_index

_HASH_DIGITS = 16


@dataclass(frozen=True)
class Heard:
    """One record beside what its source said before.

    `news` are the facts that it says for the first time or otherwise than before; `older` means
    that the source has said something newer already. `said` and `before` are hashes by field.
    """

    record: Record
    news: Mapping[str, Any]
    said: Mapping[str, str]
    before: Mapping[str, str]
    older: bool

    def is_ours(self, name: str, stored: Any) -> bool:
        """Whether a stored value is not what the source last said: somebody here changed it."""
        return self.before.get(name) != digest(self.record.kind, self.record.key, name, stored)


class Statements:
    """The last statements about some records, as they are stored."""

    def __init__(self, session: AsyncSession, *, actor: str, now: datetime) -> None:
        self._session = session
        self._actor, self._now = actor, now
        self._known: dict[str, DbSourceRecord] = {}

    async def look_up(self, kind: Kind, records: Sequence[Record]) -> None:
        """Load what was said about these records of one kind."""
        keys = {record.key for record in records}
        query = select(DbSourceRecord).where(
            DbSourceRecord.kind == kind, DbSourceRecord.key.in_(keys)
        )
        self._known = {row.key: row for row in await self._session.scalars(query)}

    def hear(self, record: Record, *, is_stored: bool) -> Heard:
        """Compare a record with what was said; about what is not stored all is news."""
        known = self._known.get(record.key)
        before = known.fields if known is not None and is_stored else {}
        facts = record.facts()
        said = {name: digest(record.kind, record.key, name, value) for name, value in facts.items()}
        news = {name: value for name, value in facts.items() if before.get(name) != said[name]}
        return Heard(record, news, said, before, older=is_stored and _is_older(record, known))

    def keep(self, heard: Heard) -> None:
        """Keep what was said, once it has landed."""
        record = heard.record
        known = self._known.get(record.key)
        if known is None:
            known = DbSourceRecord(kind=str(record.kind), key=record.key, fields={})
            self._known[record.key] = known
            self._session.add(known)
        elif not heard.news and record.updated_at in (None, known.updated_at):
            return
        known.fields = {**heard.before, **heard.said}
        known.updated_at = record.updated_at or known.updated_at
        known.landed_at, known.landed_by = self._now, self._actor


def digest(kind: Kind, key: str, name: str, value: Any) -> str:
    """Return a short keyed hash of one value of one record; equal values elsewhere differ."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)
    return blind_index(f"{kind}.{name}", f"{key}\0{text}")[:_HASH_DIGITS]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def _is_older(record: Record, known: DbSourceRecord | None) -> bool:
    if known is None or known.updated_at is None or record.updated_at is None:
        return False
    return record.updated_at < known.updated_at
