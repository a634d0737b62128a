"""Keeps when everything unanswered began and is due, a narrow row for each clock, for the backlog.

The parts hold the same, but of each day by itself, between columns that the backlog does not need.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import (
    CompoundSelect,
    Text,
    case,
    cast,
    delete,
    null,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from reports.binary import ask
from reports.columns import CLOCKS, build, row_columns
from reports.days import start_of
from reports.measuring import WAITING
from reports.parts import Running, cut
from reports.stale_days import IS_CHANGED, IS_OF_DAY, UNBUILT, insert
from reports.tables import DbChange, DbClock, DbDay, DbDayPart, DbOpenTimes

_Pair = tuple[float, float]


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
    times: dict[str, Running] = {}
    gone: dict[str, list[_Pair]] = {}
    fresh: dict[str, list[_Pair]] = {}
    unbuilt: list[int] = []
    for key, before, started, due, running, day in await ask(session, _query(), {}):
        if running is not None:
            times[key] = _read(running)
        elif key is not None:
            was = json.loads(before) if before else None
            if was and was[1] is not None:
                gone.setdefault(key, []).append((was[0], was[1]))
            if due is not None:
                fresh.setdefault(key, []).append((started.timestamp(), due.timestamp()))
        else:
            unbuilt.append(day)
    times = {key: _less(_outside(one, unbuilt), gone.get(key, [])) for key, one in times.items()}
    added = {key: [_paired(pairs)] for key, pairs in fresh.items()}
    for day in unbuilt:
        rows = list(await session.execute(_waiting_of(day)))
        for part in cut(CLOCKS, day, build(CLOCKS, day, rows)):
            added.setdefault(part.key, []).append(part.read_running())
    keys = sorted({*times, *added})
    none = Running(np.empty(0), np.empty(0))
    joined = {key: _together([times.get(key, none), *added.get(key, [])]) for key in keys}
    return {key: one for key, one in joined.items() if len(one.due)}


@cache
def _query() -> CompoundSelect[*tuple[Any, ...]]:
    """Ask in one question, so of one moment, for what changed since, the times, days to build.

    What changed comes first: its columns say of which kind those of the others are.
    """
    waits = DbClock.state == WAITING
    noted = (
        select(
            DbChange.key,
            cast(DbChange.before, Text),
            case((waits, DbClock.started_at)),
            case((waits, DbClock.due_at)),
            null(),
            DbChange.day,
        )
        .join_from(DbDay, DbChange, IS_OF_DAY)
        .outerjoin(DbClock, (DbClock.id == DbChange.row_id) & (DbClock.day == DbChange.day))
        .where(DbDay.kind == CLOCKS, IS_CHANGED)
    )
    kept = select(DbOpenTimes.key, null(), null(), null(), DbOpenTimes.running, null())
    unbuilt = select(null(), null(), null(), null(), null(), DbDay.day)
    unbuilt = unbuilt.where(DbDay.kind == CLOCKS, DbDay.built == UNBUILT)
    return noted.union_all(kept, unbuilt)


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


def _less(times: Running, gone: Sequence[_Pair]) -> Running:
    """Take out one of each of these pairs."""
    if not gone:
        return times
    left = np.ones(len(times.due), dtype=bool)
    for started, due in gone:
        places = np.flatnonzero(left & (times.due == due))
        left[places[times.started[places] == started][:1]] = False
    return Running(times.started[left], times.due[left])


def _paired(pairs: Sequence[_Pair]) -> Running:
    columns = np.array(pairs, dtype="f8").T
    return Running(columns[0], columns[1])


def _joined(blobs: Iterable[bytes]) -> bytes:
    times = _together([_read(blob) for blob in blobs])
    return times.started.tobytes() + times.due.tobytes()


def _together(times: Iterable[Running]) -> Running:
    each = list(times)
    if len(each) == 1:
        return each[0]
    return Running(*(np.concatenate(column) for column in zip(*each, strict=True)))
