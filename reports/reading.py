"""Gives the parts of a span of days: those kept ready, and of a changed day what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from reports.columns import CLOCKS, WORDS, Columns, join
from reports.open_times import keep_open_times
from reports.parts import Part
from reports.patching import Renewed, build_day, renew_days
from reports.stale_days import UNBUILT, insert
from reports.tables import DbChange, DbDay, DbDayPart

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
    asked = {"of": kind, "first": first, "last": last, "only": key}
    parts: list[Part] = []
    stale: dict[int, int] = {}
    for day, built, version, part_day, *values in await _ask(session, what, asked):
        if built != version:
            stale[day] = built
        elif part_day is not None:
            name, *read = values
            parts.append(Part(kind, day, name, **dict(zip(what, read, strict=True))))
    return parts + await _stale_parts(session, kind, stale, key=key, what=what)


async def _stale_parts(
    session: AsyncSession,
    kind: str,
    stale: Mapping[int, int],
    *,
    key: str | None,
    what: Sequence[str],
) -> list[Part]:
    parts: list[Part] = []
    for day in (day for day, built in stale.items() if built == UNBUILT):
        parts += await build_day(session, kind, day)
    days = [day for day, built in stale.items() if built != UNBUILT]
    if days:
        renewed = await renew_days(session, kind, days, key=key)
        parts += [part for one in renewed.values() for part in one.parts]
        parts += [
            part
            for part in await _parts_of_days(session, kind, days, what, key)
            if _is_kept(renewed[part.day], part)
        ]
    return [part for part in parts if key in (None, part.key)]


def _is_kept(renewed: Renewed, part: Part) -> bool:
    return renewed.keys is not None and part.key not in renewed.keys


async def _parts_of_days(
    session: AsyncSession, kind: str, days: Sequence[int], what: Sequence[str], key: str | None
) -> list[Part]:
    columns = [getattr(DbDayPart, name) for name in ("day", "key", *what)]
    query = select(*columns).where(DbDayPart.kind == kind, DbDayPart.day.in_(days))
    if key is not None:
        query = query.where(DbDayPart.key == key)
    return [
        Part(kind, day, key, **dict(zip(what, read, strict=True)))
        for day, key, *read in await session.execute(query)
    ]


async def _ask(
    session: AsyncSession, what: Sequence[str], asked: Mapping[str, Any]
) -> Iterable[Sequence[Any]]:
    """Ask for the parts; PostgreSQL in binary, or it writes each byte of theirs as two letters."""
    query = _parts_query(tuple(what), asked["only"] is not None)
    if session.get_bind().dialect.name != "postgresql":
        return await session.execute(query, asked)
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    async with driver.cursor(binary=True) as cursor:
        await cursor.execute(_postgresql_text(query), asked)
        rows: list[Sequence[Any]] = await cursor.fetchall()
    return rows


@cache
def _postgresql_text(query: Select[*tuple[Any, ...]]) -> str:
    return str(query.compile(dialect=postgresql.dialect(paramstyle="pyformat")))  # type: ignore[no-untyped-call]


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


@cache
def _parts_query(what: tuple[str, ...], has_key: bool) -> Select[*tuple[Any, ...]]:
    columns = [getattr(DbDayPart, name) for name in ("day", "key", *what)]
    belongs = _ready()
    if has_key:
        belongs = and_(belongs, DbDayPart.key == bindparam("only"))
    return (
        select(DbDay.day, DbDay.built, DbDay.version, *columns)
        .outerjoin_from(DbDay, DbDayPart, belongs)
        .where(DbDay.kind == bindparam("of"))
        .where(DbDay.day >= bindparam("first"), DbDay.day <= bindparam("last"))
        .order_by(DbDay.day, DbDayPart.key)
    )


def _ready() -> ColumnElement[bool]:
    """Say which parts are true: those built since their day changed last."""
    return and_(
        DbDayPart.kind == DbDay.kind, DbDayPart.day == DbDay.day, DbDay.built == DbDay.version
    )


async def build_stale_days(session: AsyncSession, *, limit: int = 50) -> int:
    """Bring the stored parts of changed days up to date; returns how many days there were."""
    stale = (
        select(DbDay.kind, DbDay.day, DbDay.version, DbDay.built)
        .where(DbDay.built != DbDay.version)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(await session.execute(stale))
    keys: set[str] = set()
    for kind, day, version, built in found:
        touched = await _renew_stored(session, kind, day, is_built=built != UNBUILT)
        keys |= touched if kind == CLOCKS else set()
        mine = DbDay.kind == kind, DbDay.day == day
        await session.execute(update(DbDay).where(*mine).values(built=version))
    await keep_open_times(session, keys)
    return len(found)


async def _renew_stored(session: AsyncSession, kind: str, day: int, *, is_built: bool) -> set[str]:
    """Store what became of the parts of a day; returns the keys that differ from before."""
    if is_built:
        renewed = (await renew_days(session, kind, [day]))[day]
    else:
        renewed = Renewed(parts=await build_day(session, kind, day))
    mine = [DbDayPart.kind == kind, DbDayPart.day == day]
    if renewed.keys is not None:
        mine.append(DbDayPart.key.in_(renewed.keys))
    gone = await session.scalars(delete(DbDayPart).where(*mine).returning(DbDayPart.key))
    touched = {*gone, *(part.key for part in renewed.parts)}
    rows: list[dict[str, Any]] = [part.as_row() for part in renewed.parts]
    if rows:
        await session.execute(insert(session, DbDayPart), rows)
    await session.execute(delete(DbChange).where(DbChange.kind == kind, DbChange.day == day))
    return touched
