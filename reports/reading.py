"""Gives the parts of a span of days: those kept ready, and of a changed day what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from sqlalchemy.ext.asyncio import AsyncSession

from reports.binary import ask
from reports.columns import CLOCKS, WORDS, Columns, RowNotThereError, join
from reports.open_times import keep_open_times
from reports.parts import Part
from reports.patching import Notes, build_day, patch, read_notes
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
    changed: dict[int, _Changed] = {}
    query = _parts_query(tuple(what), key is not None)
    for day, built, version, part_day, *values in await ask(session, query, asked):
        if built != version:
            changed.setdefault(day, _Changed(built))
        if part_day is not None:
            name, *read = values
            part = Part(kind, day, name, **dict(zip(what, read, strict=True)))
            if built != version:
                changed[day].parts[name] = part
            else:
                parts.append(part)
    if changed:
        parts += await _changed_parts(session, kind, changed, key=key, what=what)
    return parts


@dataclass
class _Changed:
    """A day that changed since its parts were `built`."""

    built: int
    parts: dict[str, Part] = field(default_factory=dict)


async def _changed_parts(
    session: AsyncSession,
    kind: str,
    changed: Mapping[int, _Changed],
    *,
    key: str | None,
    what: Sequence[str],
) -> list[Part]:
    """Return the parts of changed days as they are now.

    A day that somebody else built between our two questions is asked for again, and so is one of
    which too little was read.
    """
    found: list[Part] = []
    span = min(changed), max(changed)
    notes = await read_notes(session, kind, first=span[0], last=span[1], key=key)
    for day, one in changed.items():
        if one.built == UNBUILT:
            found += await build_day(session, kind, day)
        elif day not in notes or notes[day].built != one.built or "met" not in what:
            found += await read_parts(session, kind, first=day, last=day, key=key)
        else:
            found += await _patched(session, kind, day, one.parts, notes[day])
    return [part for part in found if key in (None, part.key)]


async def _patched(
    session: AsyncSession, kind: str, day: int, parts: Mapping[str, Part], notes: Notes
) -> list[Part]:
    try:
        renewed = patch(kind, day, parts, notes)
    except RowNotThereError:  # never seen; but a report must not fail for it
        return await build_day(session, kind, day)
    return renewed + [part for key, part in parts.items() if key not in notes.gone]


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
    """Say which parts are true, but for what was noted since."""
    return and_(DbDayPart.kind == DbDay.kind, DbDayPart.day == DbDay.day, DbDay.built > UNBUILT)


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
    mine = [DbDayPart.kind == kind, DbDayPart.day == day]
    changed = None
    if is_built:
        changed = (await read_notes(session, kind, first=day, last=day))[day].gone
        mine.append(DbDayPart.key.in_(changed))
    parts = await read_parts(session, kind, first=day, last=day)
    parts = [part for part in parts if changed is None or part.key in changed]
    gone = await session.scalars(delete(DbDayPart).where(*mine).returning(DbDayPart.key))
    touched = {*gone, *(part.key for part in parts)}
    rows: list[dict[str, Any]] = [part.as_row() for part in parts]
    if rows:
        await session.execute(insert(session, DbDayPart), rows)
    await session.execute(delete(DbChange).where(DbChange.kind == kind, DbChange.day == day))
    return touched
