"""Keeps the stored cases and clocks true: reads changed cases anew, in one transaction a batch."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from reports.columns import CHATS, CLOCKS, row_of
from reports.days import day_of, slot_of
from reports.desk_log import read_conversations
from reports.measuring import MeasuredClock, Rules, measure_record, subject_row
from reports.records import CaseRecord
from reports.review_log import read_reviews
from reports.stale_days import Change, insert, note_changes
from reports.tables import DbAlarm, DbBreach, DbCase, DbClock
from sla.policy_files import CaseKind

READERS = {"conversation": read_conversations, "review": read_reviews}
Row = dict[str, Any]
Rows = Sequence[Row]
_COUNTED = (
    "day", "slot", "rating", "rating_asked", "outcome", "agent_id", "platform", "category", "sku",
    "reason",
)  # fmt: skip
_PLACEHOLDER = {"revision": -1, "day": 0, "slot": 0, "title": "", "rating_asked": False}


async def keep_cases(
    session: AsyncSession,
    kind: CaseKind,
    ids: Sequence[str],
    *,
    rules: Rules,
    now: datetime,
    is_sweep: bool = False,
) -> list[tuple[CaseRecord, list[MeasuredClock]]]:
    """Read these cases anew and store what became of them and their clocks.

    The sweep raises all that is due in this same transaction, so it leaves only later steps.

    The case rows are locked before the room's own records are read, so that of two who do this at
    the same time the later one sees everything that the earlier one saw.
    """
    await _lock_cases(session, kind, ids, now)
    old_cases = await _stored(session, DbCase, DbCase.id.in_(ids))
    records = await READERS[kind](session, ids, now=now)
    measured = [(record, measure_record(record, rules, now=now)) for record in records]
    raised = None if is_sweep else await _raised(session, ids)
    clocks = [clock.row(record) for record, clocks in measured for clock in clocks]
    changes = await _store_clocks(session, ids, clocks)
    cases = [
        case_row(record, _next_alarm(clocks, raised=raised, now=now)) for record, clocks in measured
    ]
    if kind == "conversation":
        changes |= _changed_chats(old_cases, cases)
    changed = [case for case in cases if old_cases.get(case["id"]) != case]
    await _store_cases(session, changed)
    gone = set(ids) - {record.id for record in records}
    if gone:
        await session.execute(delete(DbCase).where(DbCase.id.in_(gone)))
    await keep_breaches(session, measured, now=now)
    await note_changes(session, changes)
    return measured


async def _store_clocks(session: AsyncSession, ids: Sequence[str], rows: Rows) -> set[Change]:
    """Write only the clocks that changed; returns which did."""
    old = await _stored(session, DbClock, DbClock.case_id.in_(ids))
    new = {row["id"]: row for row in rows}
    stale = [key for key, row in old.items() if new.get(key) != row]
    changed = [row for key, row in new.items() if old.get(key) != row]
    if stale:
        await session.execute(delete(DbClock).where(DbClock.id.in_(stale)))
    if changed:
        await session.execute(insert(session, DbClock), changed)
    new_ones = (row for row in changed if row["id"] not in old)
    gone = {clock_change(old[key], old[key]) for key in stale}
    return gone | {clock_change(row, None) for row in new_ones}


def clock_change(row: Row, before: Row | None) -> Change:
    """Note a clock as changed; `before`: its row as it stood until now, if it did."""
    was = None if before is None else row_of(CLOCKS, before)
    return Change(CLOCKS, row["day"], f"{row['policy']}/{row['clock']}", row["id"], was)


async def _stored(session: AsyncSession, table: Any, wanted: Any) -> dict[str, Row]:
    found = await session.execute(select(*table.__table__.columns).where(wanted))
    return {row["id"]: dict(row) for row in found.mappings()}


def _changed_chats(old: Mapping[str, Row], cases: Rows) -> set[Change]:
    """Give the chats that count otherwise now than before, of both days where they moved."""
    new = {case["id"]: case for case in cases}
    changes = set()
    for key in {*old, *new}:
        before, after = old.get(key, {}), new.get(key, {})
        if any(before.get(name) != after.get(name) for name in _COUNTED):
            if before.get("revision", -1) >= 0:
                changes.add(Change(CHATS, before["day"], "", key, row_of(CHATS, before)))
            if after and after["day"] != before.get("day"):
                changes.add(Change(CHATS, after["day"], "", key))
    return changes


async def keep_breaches(
    session: AsyncSession,
    measured: Iterable[tuple[CaseRecord, Sequence[MeasuredClock]]],
    *,
    now: datetime,
) -> None:
    """Write each breach once; how long it lasted is frozen when the clock ends."""
    rows = []
    for record, clocks in measured:
        for one in clocks:
            if one.clock.breached_at is not None:
                rows.append(
                    {
                        "clock_id": one.id,
                        "case_id": record.id,
                        "policy": one.policy.name,
                        "clock": one.clock.name.value,
                        "breached_at": one.clock.breached_at,
                        "written_at": now,
                        "ended_at": one.clock.ended_at,
                        "late_seconds": one.late,
                    }
                )
    if not rows:
        return
    add = insert(session, DbBreach)
    frozen = {"ended_at": add.excluded.ended_at, "late_seconds": add.excluded.late_seconds}
    await session.execute(
        add.on_conflict_do_update(
            index_elements=[DbBreach.clock_id], set_=frozen, where=DbBreach.ended_at.is_(None)
        ),
        rows,
    )


async def _lock_cases(session: AsyncSession, kind: str, ids: Sequence[str], now: datetime) -> None:
    rows = [{"id": each, "kind": kind, "opened_at": now, **_PLACEHOLDER} for each in sorted(ids)]
    await session.execute(insert(session, DbCase).on_conflict_do_nothing(), rows)
    await session.execute(
        select(DbCase.id).where(DbCase.id.in_(ids)).order_by(DbCase.id).with_for_update()
    )


async def _raised(session: AsyncSession, ids: Sequence[str]) -> set[tuple[str, str]]:
    query = select(DbAlarm.clock_id, DbAlarm.kind).where(DbAlarm.case_id.in_(ids))
    return {(clock, kind) for clock, kind in await session.execute(query)}


def _next_alarm(
    clocks: Sequence[MeasuredClock], *, raised: set[tuple[str, str]] | None, now: datetime
) -> datetime | None:
    left = (
        at
        for one in clocks
        for step, at in one.steps
        if (at > now if raised is None else (one.id, step.value) not in raised)
    )
    return min(left, default=None)


def case_row(record: CaseRecord, next_alarm_at: datetime | None) -> dict[str, Any]:
    """Return the case as a row of sla_case."""
    return {
        "id": record.id,
        "kind": record.kind,
        "revision": record.revision,
        "day": day_of(record.opened_at),
        "slot": slot_of(record.opened_at),
        "opened_at": record.opened_at,
        "ended_at": record.ended_at,
        "title": record.title,
        **subject_row(record.subject),
        "agent_id": record.agent_id,
        "outcome": record.outcome.value if record.outcome else None,
        "visitor_id": record.visitor_id,
        "rating_asked": record.rating_asked,
        "rating": record.rating,
        "next_alarm_at": next_alarm_at,
    }


async def _store_cases(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    add = insert(session, DbCase)
    changed = {name: add.excluded[name] for name in rows[0] if name != "id"}
    await session.execute(
        add.on_conflict_do_update(index_elements=[DbCase.id], set_=changed), list(rows)
    )


async def forget_vanished(session: AsyncSession, kind: CaseKind, source: Any) -> int:
    """Drop the cases whose conversation or review is no longer there; returns how many."""
    there = select(source.id)
    found = await _stored(session, DbCase, (DbCase.kind == kind) & DbCase.id.not_in(there))
    ids = list(found)
    if ids:
        lost = await _stored(session, DbClock, DbClock.case_id.in_(ids))
        changes = {clock_change(row, row) for row in lost.values()}
        if kind == "conversation":
            changes |= _changed_chats(found, [])
        await note_changes(session, changes)
        await session.execute(delete(DbClock).where(DbClock.case_id.in_(ids)))
        await session.execute(delete(DbCase).where(DbCase.id.in_(ids)))
    return len(ids)
