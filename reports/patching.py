"""Gives the parts of days that changed: what was noted as changed is read anew, the rest is kept.

The cost is that of the changes, and of the parts they fall into, not that of the whole day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from reports.columns import CLOCKS, IS_CHAT, Columns, build, day_query, join, row_columns, take
from reports.parts import Part, cut
from reports.tables import DbCase, DbChange, DbClock, DbDayPart

MOST_CHANGES = 2000  # beyond that a day is built anew from all its rows
EVERYTHING = (
    "met", "late", "closed", "open", "running", "waits", "names", "columns", "ids",
)  # fmt: skip


@dataclass
class Renewed:
    """The parts of one day that are no longer as stored; `keys`: which those replace, or all."""

    keys: set[str] | None = None
    parts: list[Part] = field(default_factory=list)


async def build_day(session: AsyncSession, kind: str, day: int) -> list[Part]:
    """Build the parts of a day from all its rows."""
    rows = list(await session.execute(day_query(kind, day)))
    return list(cut(kind, day, build(kind, day, rows)))


async def renew_days(
    session: AsyncSession, kind: str, days: Sequence[int], *, key: str | None = None
) -> dict[int, Renewed]:
    """Return of each day the parts that changed; `key`: only that one.

    What was noted is read before the parts: whoever takes a change into the parts meanwhile only
    makes us do it again.
    """
    renewed = {day: Renewed(keys=set()) for day in days}
    for day in await _much_changed(session, kind, days):
        renewed[day] = Renewed(parts=await build_day(session, kind, day))
    patched = [day for day in days if renewed[day].keys is not None]
    noted = await _noted(session, kind, patched, key)
    for part in await _stored(session, kind, noted):
        noted[part.day].parts.append(part)
    for day, one in noted.items():
        renewed[day] = Renewed(set(one.ids), _patch(kind, day, one))
    return renewed


@dataclass
class _Noted:
    """What is noted of one day: ids by key, the rows as they are now, the parts as they were."""

    ids: dict[str, set[bytes]] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)


async def _much_changed(session: AsyncSession, kind: str, days: Sequence[int]) -> list[int]:
    query = select(DbChange.day).where(DbChange.kind == kind, DbChange.day.in_(days))
    query = query.group_by(DbChange.day).having(func.count() > MOST_CHANGES)
    return list(await session.scalars(query))


async def _noted(
    session: AsyncSession, kind: str, days: Sequence[int], key: str | None
) -> dict[int, _Noted]:
    query = (
        select(DbChange.day, DbChange.key, DbChange.row_id, *row_columns(kind))
        .outerjoin_from(DbChange, DbClock if kind == CLOCKS else DbCase, _same_row(kind))
        .where(DbChange.kind == kind, DbChange.day.in_(days))
    )
    if key is not None:
        query = query.where(DbChange.key == key)
    noted: dict[int, _Noted] = {}
    for day, changed_key, row_id, *row in await session.execute(query):
        one = noted.setdefault(day, _Noted())
        one.ids.setdefault(changed_key, set()).add(row_id.encode())
        if row[-1] is not None:
            one.rows[row_id] = row
    return noted


def _same_row(kind: str) -> ColumnElement[bool]:
    """Say which stored row a change is about; one that went to another day is gone from here."""
    if kind == CLOCKS:
        return and_(DbClock.id == DbChange.row_id, DbClock.day == DbChange.day)
    return and_(DbCase.id == DbChange.row_id, DbCase.day == DbChange.day, *IS_CHAT)


async def _stored(session: AsyncSession, kind: str, noted: dict[int, _Noted]) -> list[Part]:
    keys = {key for one in noted.values() for key in one.ids}
    columns = [getattr(DbDayPart, name) for name in ("day", "key", *EVERYTHING)]
    query = select(*columns).where(
        DbDayPart.kind == kind, DbDayPart.day.in_(list(noted)), DbDayPart.key.in_(keys)
    )
    found = [Part(kind, *row) for row in await session.execute(query)] if keys else []
    return [part for part in found if part.key in noted[part.day].ids]


def _patch(kind: str, day: int, noted: _Noted) -> list[Part]:
    """Put the rows as they are now in the place of those that changed."""
    fresh = build(kind, day, list(noted.rows.values()))
    kept = [_without(part, noted.ids[part.key]) for part in noted.parts]
    return list(cut(kind, day, join(kind, [*kept, fresh])))


def _without(part: Part, gone: Iterable[bytes]) -> Columns:
    columns, dropped = part.read_columns(), set(gone)
    if columns.ids is None:
        return columns
    kept = np.array([one not in dropped for one in columns.ids.tolist()], dtype=bool)
    return take(columns, kept)
