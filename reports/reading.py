"""Gives the columns of a span of days: from those kept ready, else built from the stored rows."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from reports.columns import Array, Columns, build, day_query, join, pack, unpack
from reports.measuring import WAITING
from reports.tables import DbClock, DbDayColumns

MOST_KEPT_BYTES = 256 * 1024**2
MOST_JOINED = 8


class Shelf:
    """The columns of days that this process read before, the least used go first."""

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._days: OrderedDict[tuple[str, int, int], tuple[int, Columns]] = OrderedDict()
        self.waiting: tuple[tuple[Any, ...], dict[str, Array]] | None = None
        self._joined: OrderedDict[tuple[str, tuple[tuple[int, int], ...]], Columns] = OrderedDict()

    def find(self, kind: str, day: int, version: int) -> Columns | None:
        """Return the day's columns of this version, or None if they are not here."""
        found = self._days.get((kind, day, version))
        if found is None:
            return None
        self._days.move_to_end((kind, day, version))
        return found[1]

    def keep(self, kind: str, day: int, version: int, columns: Columns, size: int) -> None:
        """Put a day on the shelf."""
        self._days[kind, day, version] = size, columns
        self._size += size
        while self._size > self._most and len(self._days) > 1:
            _key, (freed, _columns) = self._days.popitem(last=False)
            self._size -= freed

    def join(self, kind: str, days: Sequence[tuple[int, int]], parts: list[Columns]) -> Columns:
        """Return the days one after the other; the last few spans are remembered."""
        key = kind, tuple(days)
        if key not in self._joined:
            self._joined[key] = join(kind, parts)
            while len(self._joined) > MOST_JOINED:
                self._joined.popitem(last=False)
        self._joined.move_to_end(key)
        return self._joined[key]


async def read_days(
    session: AsyncSession, shelf: Shelf, kind: str, *, first: int, last: int
) -> Columns:
    """Return the columns of the days from `first` to `last`, both included."""
    known = select(DbDayColumns.day, DbDayColumns.version, DbDayColumns.built).where(
        DbDayColumns.kind == kind, DbDayColumns.day >= first, DbDayColumns.day <= last
    )
    days = sorted((row.day, row.version, row.built) for row in await session.execute(known))
    wanted = [
        day
        for day, version, built in days
        if built == version and shelf.find(kind, day, version) is None
    ]
    await _fetch(session, shelf, kind, wanted)
    parts = []
    for day, version, _built in days:
        columns = shelf.find(kind, day, version)
        if columns is None:
            columns = build(kind, list(await session.execute(day_query(kind, day))))
            shelf.keep(kind, day, version, columns, _size(columns))
        parts.append(columns)
    return shelf.join(kind, [(day, version) for day, version, _built in days], parts)


async def read_waiting(session: AsyncSession, shelf: Shelf) -> dict[str, Array]:
    """Return start and due time (seconds since 1970) of every unanswered clock, by its key.

    They are read anew when any day's clocks changed since they were read.
    """
    versions = select(func.sum(DbDayColumns.version), func.count()).where(
        DbDayColumns.kind == "clock"
    )
    stamp = tuple((await session.execute(versions)).one())
    if shelf.waiting is None or shelf.waiting[0] != stamp:
        query = select(DbClock.policy, DbClock.clock, DbClock.started_at, DbClock.due_at)
        found: dict[str, list[tuple[float, float]]] = {}
        for policy, clock, started_at, due_at in await session.execute(
            query.where(DbClock.state == WAITING)
        ):
            times = started_at.timestamp(), due_at.timestamp()
            found.setdefault(f"{policy}/{clock}", []).append(times)
        arrays = {key: np.array(found[key], dtype="f8") for key in sorted(found)}
        shelf.waiting = stamp, arrays
    return shelf.waiting[1]


async def build_stale_days(session: AsyncSession, *, limit: int = 50) -> int:
    """Build and store the columns of days that changed; returns how many there were."""
    stale = (
        select(DbDayColumns.kind, DbDayColumns.day, DbDayColumns.version)
        .where(DbDayColumns.built != DbDayColumns.version)
        .limit(limit)
    )
    found = list(await session.execute(stale))
    for kind, day, version in found:
        columns = build(kind, list(await session.execute(day_query(kind, day))))
        await session.execute(
            update(DbDayColumns)
            .where(DbDayColumns.kind == kind, DbDayColumns.day == day)
            .values(built=version, rows=columns.rows, columns=pack(kind, columns))
        )
    return len(found)


async def _fetch(session: AsyncSession, shelf: Shelf, kind: str, days: Sequence[int]) -> None:
    if not days:
        return
    query = select(DbDayColumns.day, DbDayColumns.built, DbDayColumns.columns).where(
        DbDayColumns.kind == kind,
        DbDayColumns.day.in_(days),
        DbDayColumns.built == DbDayColumns.version,
    )
    for day, built, content in await session.execute(query):
        shelf.keep(kind, day, built, unpack(kind, content), len(content))


def _size(columns: Columns) -> int:
    arrays = [*columns.numbers.values(), *columns.words.values()]
    return sum(array.nbytes for array in arrays)
