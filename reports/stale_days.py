"""Notes which clocks and chats differ from the parts of their day, or that a whole day does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from reports.tables import DbChange, DbDay

UNBUILT = -1
Day = tuple[str, int]
MOST_CHANGES = 2000  # a day of which more changed is built anew from all its rows
IS_CHANGED = and_(DbDay.built > UNBUILT, DbDay.built != DbDay.version)
"""Of a day that was built, and from which rows differ since."""
IS_OF_DAY = and_(DbChange.kind == DbDay.kind, DbChange.day == DbDay.day)
"""Of a note and the day it is about."""
_AT_ONCE = 1000  # SQLite takes some 32,000 values in one statement


@dataclass(frozen=True, order=True)
class Change:
    """One clock or chat whose row was written, removed or moved; chats have the key "".

    `before` is the row as it stood in this day until now, as columns.row_of gives it, if it did.
    """

    kind: str
    day: int
    key: str
    row_id: str
    before: Sequence[Any] | None = field(default=None, compare=False)


async def note_changes(session: AsyncSession, changes: Iterable[Change]) -> None:
    """Note that the parts of these rows' days are no longer true, and because of which rows.

    The days are raised first: that locks them, so that nobody builds one in between. Of several
    notes about a row the first stays: it has the row as it is in the parts.
    """
    found = sorted(set(changes))
    days = sorted({(one.kind, one.day) for one in found})
    if not days:
        return
    await _raise_days(session, days, {"version": DbDay.version + 1})
    query = select(DbDay.kind, DbDay.day).where(DbDay.built > UNBUILT)
    query = query.where(tuple_(DbDay.kind, DbDay.day).in_(days))
    built = {(kind, day) for kind, day in await session.execute(query)}
    rows = [_row(one) for one in found if (one.kind, one.day) in built]
    add = insert(session, DbChange).on_conflict_do_nothing()
    for start in range(0, len(rows), _AT_ONCE):
        await session.execute(add, rows[start : start + _AT_ONCE])
    await _give_up(session, built)


def _row(one: Change) -> dict[str, Any]:
    about = {"kind": one.kind, "day": one.day, "key": one.key, "row_id": one.row_id}
    return {**about, "before": one.before}


async def _give_up(session: AsyncSession, days: set[Day]) -> None:
    """Let days be built anew of which so much changed that patching them costs more."""
    if not days:
        return
    noted = tuple_(DbChange.kind, DbChange.day)
    query = select(DbChange.kind, DbChange.day).where(noted.in_(sorted(days)))
    query = query.group_by(DbChange.kind, DbChange.day).having(func.count() > MOST_CHANGES)
    much = {(kind, day) for kind, day in await session.execute(query)}
    if much:
        await touch_days(session, much)
        await session.execute(delete(DbChange).where(noted.in_(sorted(much))))


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
