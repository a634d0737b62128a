"""Notes which clocks and chats differ from the parts of their day, or that a whole day does."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from reports.tables import DbChange, DbDay
from storage.tables import new_id

UNBUILT = -1
Day = tuple[str, int]
_AT_ONCE = 1000  # SQLite takes some 32,000 values in one statement


class Change(NamedTuple):
    """One clock or chat whose row was written, removed or moved; chats have the key ""."""

    kind: str
    day: int
    key: str
    row_id: str


async def note_changes(session: AsyncSession, changes: Iterable[Change]) -> None:
    """Note that the parts of these rows' days are no longer true, and because of which rows.

    The days are raised first: that locks them, so that nobody builds one in between.
    """
    found = sorted(set(changes))
    days = sorted({(one.kind, one.day) for one in found})
    if not days:
        return
    await _raise_days(session, days, {"version": DbDay.version + 1})
    query = select(DbDay.kind, DbDay.day).where(DbDay.built > UNBUILT)
    query = query.where(tuple_(DbDay.kind, DbDay.day).in_(days))
    built = {(kind, day) for kind, day in await session.execute(query)}
    rows = [{"id": new_id(), **one._asdict()} for one in found if (one.kind, one.day) in built]
    for start in range(0, len(rows), _AT_ONCE):
        await session.execute(insert(session, DbChange), rows[start : start + _AT_ONCE])


async def touch_days(session: AsyncSession, days: Iterable[Day]) -> None:
    """Note that nothing of the parts of these days can be relied on."""
    found = sorted(set(days))
    if found:
        await _raise_days(session, found, {"version": DbDay.version + 1, "built": UNBUILT})


async def _raise_days(session: AsyncSession, days: list[Day], to: dict[str, Any]) -> None:
    rows = [{"kind": kind, "day": day, "version": 1, "built": UNBUILT} for kind, day in days]
    keys = [DbDay.kind, DbDay.day]
    add = insert(session, DbDay).on_conflict_do_update(index_elements=keys, set_=to)
    await session.execute(add, rows)


def insert(session: AsyncSession, table: type[Any]) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)
