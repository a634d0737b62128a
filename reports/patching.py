"""Gives the parts of a changed day: out of those kept come the rows that changed, as they were
then, and the rows as they are now go in.

The cost is that of the changes, and of what is read of the parts anyway, not that of the whole day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from reports.columns import (
    CLOCKS,
    IS_CHAT,
    RowNotThereError,
    build,
    day_query,
    join,
    row_columns,
    without,
)
from reports.parts import Part, cut
from reports.stale_days import IS_CHANGED, IS_OF_DAY
from reports.tables import DbCase, DbChange, DbClock, DbDay


async def build_day(session: AsyncSession, kind: str, day: int) -> list[Part]:
    """Build the parts of a day from all its rows."""
    rows = list(await session.execute(day_query(kind, day)))
    return list(cut(kind, day, build(kind, day, rows)))


@dataclass
class Notes:
    """What changed of one day since its parts were `built`, by key: rows as they were, and now."""

    built: int
    gone: dict[str, list[Sequence[Any]]] = field(default_factory=dict)
    rows: list[Sequence[Any]] = field(default_factory=list)


async def read_notes(
    session: AsyncSession, kind: str, *, first: int, last: int, key: str | None = None
) -> dict[int, Notes]:
    """Return what was noted of each changed day from `first` to `last` that was once built."""
    asked = {"first": first, "last": last, "only": key}
    notes: dict[int, Notes] = {}
    for day, built, noted, before, is_there, *row in await session.execute(_query(kind), asked):
        one = notes.setdefault(day, Notes(built))
        if noted is None or key not in (None, noted):
            continue
        gone = one.gone.setdefault(noted, [])
        if before is not None:
            gone.append(before)
        if is_there is not None:
            one.rows.append(row)
    return notes


@cache
def _query(kind: str) -> Select[*tuple[Any, ...]]:
    table = DbClock if kind == CLOCKS else DbCase
    return (
        select(DbDay.day, DbDay.built, DbChange.key, DbChange.before, table.id, *row_columns(kind))
        .outerjoin_from(DbDay, DbChange, IS_OF_DAY)
        .outerjoin(table, _same_row(kind))
        .where(DbDay.kind == kind, IS_CHANGED)
        .where(DbDay.day >= bindparam("first"), DbDay.day <= bindparam("last"))
    )


def _same_row(kind: str) -> ColumnElement[bool]:
    """Say which stored row a change is about; one that went to another day is gone from here."""
    if kind == CLOCKS:
        return and_(DbClock.id == DbChange.row_id, DbClock.day == DbChange.day)
    return and_(DbCase.id == DbChange.row_id, DbCase.day == DbChange.day, *IS_CHAT)


def patch(kind: str, day: int, parts: Mapping[str, Part], notes: Notes) -> list[Part]:
    """Return the parts that changed as they are now, as far as they were read.

    Raises RowNotThereError where the parts do not hold what is noted as having been in them.
    """
    kept = []
    for key, rows in notes.gone.items():
        if key in parts:
            kept.append(without(parts[key].read_columns(), build(kind, day, rows)))
        elif rows:
            raise RowNotThereError
    fresh = build(kind, day, notes.rows)
    return list(cut(kind, day, join(kind, [*kept, fresh])))
