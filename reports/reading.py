"""Gives the parts of a span of days: those kept ready, and of a changed day those of its rows."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    delete,
    false,
    literal_column,
    null,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from reports.columns import CLOCKS, WORDS, Columns, build, day_query, join
from reports.days import start_of
from reports.measuring import WAITING
from reports.parts import Part, cut
from reports.tables import DbClock, DbDay, DbDayPart

COUNTS = ("met", "late", "closed", "open", "running")
WAITS = (*COUNTS, "waits")
NAMES = ("names",)
ALL = (*WAITS, "names", "columns")


async def read_parts(
    session: AsyncSession,
    kind: str,
    *,
    first: int,
    last: int,
    key: str | None = None,
    what: Sequence[str] = ALL,
) -> list[Part]:
    """Return the parts of the days from `first` to `last`, both included; `what`: only these."""
    query = _parts_query(tuple(what), key is not None)
    asked = {"of": kind, "first": first, "last": last, "only": key}
    parts: list[Part] = []
    for day, is_ready, part_day, *values in await session.execute(query, asked):
        if not is_ready:
            parts += [one for one in await _made(session, kind, day) if key in (None, one.key)]
        elif part_day is not None:
            name, *read = values
            parts.append(Part(kind, day, name, **dict(zip(what, read, strict=True))))
    return parts


async def read_columns(
    session: AsyncSession,
    kind: str,
    *,
    first: int,
    last: int,
    key: str | None = None,
    words: Sequence[str] | None = None,
) -> Columns:
    """Return the columns of a span of days; `words`: only these of the words."""
    parts = await read_parts(session, kind, first=first, last=last, key=key)
    wanted = None if words is None else [name for name in WORDS[kind] if name in words]
    return join(kind, [part.read_columns(wanted) for part in parts], wanted)


async def read_waiting(session: AsyncSession) -> dict[str, list[Part]]:
    """Return the parts that hold unanswered clocks, with their times only, by key."""
    found: dict[str, list[Part]] = {}
    for day, is_ready, key, count, running in await session.execute(_waiting_query()):
        if key is not None:
            found.setdefault(key, []).append(Part(CLOCKS, day, key, open=count, running=running))
        elif not is_ready:
            columns = build(CLOCKS, day, list(await session.execute(_waiting_of(day))))
            for part in cut(CLOCKS, day, columns):
                found.setdefault(part.key, []).append(part)
    return dict(sorted(found.items()))


def _waiting_of(day: int) -> Select[*tuple[Any, ...]]:
    """Ask for what of a day is unanswered by the index of due times: a clock is due after it began.

    The sum keeps SQLite from going through all clocks of the day instead.
    """
    query = select(*day_query(CLOCKS, day).selected_columns)
    return query.where(
        DbClock.state == WAITING, DbClock.due_at >= start_of(day), DbClock.day + 0 == day
    )


@cache
def _parts_query(what: tuple[str, ...], has_key: bool) -> Select[*tuple[Any, ...]]:
    columns = [getattr(DbDayPart, name) for name in ("day", "key", *what)]
    belongs = _ready()
    if has_key:
        belongs = and_(belongs, DbDayPart.key == bindparam("only"))
    return (
        select(DbDay.day, DbDay.built == DbDay.version, *columns)
        .outerjoin_from(DbDay, DbDayPart, belongs)
        .where(DbDay.kind == bindparam("of"))
        .where(DbDay.day >= bindparam("first"), DbDay.day <= bindparam("last"))
        .order_by(DbDay.day, DbDayPart.key)
    )


@cache
def _waiting_query() -> CompoundSelect[*tuple[Any, ...]]:
    """Ask for the parts with something open, by their index, and for the days that are stale."""
    ready = (
        select(DbDay.day, true(), DbDayPart.key, DbDayPart.open, DbDayPart.running)
        .join(DbDay, _ready())
        .where(DbDayPart.open > literal_column("0"))  # as the partial index says it
    )
    stale = select(DbDay.day, false(), null(), null(), null())
    return ready.union_all(stale.where(DbDay.kind == CLOCKS, DbDay.built != DbDay.version))


def _ready() -> ColumnElement[bool]:
    """Say which parts are true: those built since their day changed last."""
    return and_(
        DbDayPart.kind == DbDay.kind, DbDayPart.day == DbDay.day, DbDay.built == DbDay.version
    )


async def build_stale_days(session: AsyncSession, *, limit: int = 50) -> int:
    """Build and store the parts of days that changed; returns how many days there were."""
    stale = (
        select(DbDay.kind, DbDay.day, DbDay.version)
        .where(DbDay.built != DbDay.version)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(await session.execute(stale))
    for kind, day, version in found:
        parts = await _made(session, kind, day)
        mine = DbDayPart.kind == kind, DbDayPart.day == day
        await session.execute(delete(DbDayPart).where(*mine))
        await _store(session, parts)
        built = update(DbDay).where(DbDay.kind == kind, DbDay.day == day).values(built=version)
        await session.execute(built)
    return len(found)


async def _made(session: AsyncSession, kind: str, day: int) -> list[Part]:
    rows = list(await session.execute(day_query(kind, day)))
    return list(cut(kind, day, build(kind, day, rows)))


async def _store(session: AsyncSession, parts: Iterable[Part]) -> None:
    rows: list[dict[str, Any]] = [part.as_row() for part in parts]
    if rows:
        is_postgresql = session.get_bind().dialect.name == "postgresql"
        insert: Any = postgresql.insert if is_postgresql else sqlite.insert
        await session.execute(insert(DbDayPart), rows)
