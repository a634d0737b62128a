"""Keeps when everything unanswered began and is due, a narrow row for each clock, for the backlog.

The parts hold the same, but of each day by itself, between columns that the backlog does not need.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import CompoundSelect, delete, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from reports.columns import CLOCKS, build, row_columns
from reports.days import start_of
from reports.measuring import WAITING
from reports.parts import Part, Running, cut
from reports.patching import renew_days
from reports.stale_days import UNBUILT, insert
from reports.tables import DbClock, DbDay, DbDayPart, DbOpenTimes


async def keep_open_times(session: AsyncSession, keys: Iterable[str]) -> None:
    """Write the open times of these clocks anew, from the parts of all days.

    The rows are locked before the parts are read, so that of two who build days at the same time
    the later one sees the parts of both.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return
    add = insert(session, DbOpenTimes).on_conflict_do_nothing()
    await session.execute(add, [{"key": key, "running": b""} for key in wanted])
    mine = DbOpenTimes.key.in_(wanted)
    await session.execute(
        select(DbOpenTimes.key).where(mine).order_by(DbOpenTimes.key).with_for_update()
    )
    query = select(DbDayPart.key, DbDayPart.running).where(DbDayPart.kind == CLOCKS)
    query = query.where(DbDayPart.open > 0, DbDayPart.key.in_(wanted))
    found: dict[str, list[bytes]] = {}
    for key, running in await session.execute(query):
        found.setdefault(key, []).append(running)
    await session.execute(delete(DbOpenTimes).where(mine, DbOpenTimes.key.not_in(list(found))))
    rows = [{"key": key, "running": _joined(times)} for key, times in found.items()]
    if rows:
        add = insert(session, DbOpenTimes)
        new = {"running": add.excluded.running}
        keyed = [DbOpenTimes.key]
        await session.execute(add.on_conflict_do_update(index_elements=keyed, set_=new), rows)


async def read_open_times(session: AsyncSession) -> dict[str, Running]:
    """Return when the unanswered clocks of each key began and are due, as things stand now."""
    times: dict[str, list[Running]] = {}
    stale: dict[int, int] = {}
    for key, running, day, built in await session.execute(_query()):
        if key is None:
            stale[day] = built
        else:
            times[key] = [_read(running)]
    if stale:
        times = {key: [_outside(one[0], stale)] for key, one in times.items()}
        for part in await _parts_of(session, stale):
            times.setdefault(part.key, []).append(part.read_running())
    joined = {key: _together(times[key]) for key in sorted(times)}
    return {key: one for key, one in joined.items() if len(one.due)}


@cache
def _query() -> CompoundSelect[*tuple[Any, ...]]:
    """Ask for the times and, in the same moment, for the days that are not as the parts say."""
    kept = select(DbOpenTimes.key, DbOpenTimes.running, literal(0), literal(0))
    stale = select(null(), null(), DbDay.day, DbDay.built)
    return kept.union_all(stale.where(DbDay.kind == CLOCKS, DbDay.built != DbDay.version))


async def _parts_of(session: AsyncSession, stale: dict[int, int]) -> list[Part]:
    parts: list[Part] = []
    for day in (day for day, built in stale.items() if built == UNBUILT):
        rows = list(await session.execute(_waiting_of(day)))
        parts += cut(CLOCKS, day, build(CLOCKS, day, rows))
    patched = [day for day, built in stale.items() if built != UNBUILT]
    renewed = await renew_days(session, CLOCKS, patched) if patched else {}
    for day, one in renewed.items():
        parts += one.parts
        if one.keys is not None:
            parts += [part for part in await _open_parts(session, day) if part.key not in one.keys]
    return parts


async def _open_parts(session: AsyncSession, day: int) -> list[Part]:
    query = select(DbDayPart.key, DbDayPart.open, DbDayPart.running)
    query = query.where(DbDayPart.kind == CLOCKS, DbDayPart.day == day, DbDayPart.open > 0)
    return [
        Part(CLOCKS, day, key, open=count, running=running)
        for key, count, running in await session.execute(query)
    ]


def _waiting_of(day: int) -> Any:
    """Ask for what of a day is unanswered by the index of due times: a clock is due after it began.

    The sum keeps SQLite from going through all clocks of the day instead.
    """
    query = select(*row_columns(CLOCKS))
    return query.where(
        DbClock.state == WAITING, DbClock.due_at >= start_of(day), DbClock.day + 0 == day
    )


def _read(running: bytes) -> Running:
    pairs = np.frombuffer(running, dtype="f8").reshape(2, -1)
    return Running(pairs[0], pairs[1])


def _outside(times: Running, days: Iterable[int]) -> Running:
    """Drop what began on these days."""
    keep = np.ones(len(times.started), dtype=bool)
    for day in days:
        begin, end = start_of(day).timestamp(), start_of(day + 1).timestamp()
        keep &= (times.started < begin) | (times.started >= end)
    return Running(times.started[keep], times.due[keep])


def _joined(blobs: Iterable[bytes]) -> bytes:
    times = _together([_read(blob) for blob in blobs])
    return times.started.tobytes() + times.due.tobytes()


def _together(times: Iterable[Running]) -> Running:
    each = list(times)
    if len(each) == 1:
        return each[0]
    return Running(*(np.concatenate(column) for column in zip(*each, strict=True)))
