"""The alarm sweep: raises every step that has come due, once for ever, whoever else sweeps too.

A step is raised by a row that only one transaction can write; what must leave the house is put into
the outbox in that same transaction. The cost follows what is due: one index tells which cases.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reports.alarm_rules import Step
from reports.keeping import keep_cases
from reports.measuring import MeasuredClock, Rules
from reports.records import CaseRecord
from reports.stale_days import insert
from reports.tables import DbAlarm, DbCase
from sla.policy_files import CaseKind
from storage import outbox
from storage.tables import new_id

CASES_AT_ONCE = 50
ROWS_AT_ONCE = 1000  # SQLite takes some 32,000 values in one statement
KINDS: tuple[CaseKind, ...] = ("conversation", "review")


@dataclass(frozen=True)
class Swept:
    """What one sweep did: cases looked at, alarms raised."""

    cases: int
    alarms: int


async def sweep(
    session: AsyncSession,
    rules: Rules,
    *,
    now: datetime,
    channels: Sequence[str] = (),
    limit: int = CASES_AT_ONCE,
) -> Swept:
    """Raise the alarms of the cases that are due first; call again while `cases` is `limit`.

    Each case is read anew from the room's own records before anybody is alarmed, so an answer that
    was committed before counts. Cases that another sweep holds are left to it.
    """
    due = (
        select(DbCase.id, DbCase.kind)
        .where(DbCase.next_alarm_at <= now)
        .order_by(DbCase.next_alarm_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(await session.execute(due))
    steps: list[_Due] = []
    for kind in KINDS:
        ids = [row.id for row in found if row.kind == kind]
        if ids:
            measured = await keep_cases(session, kind, ids, rules=rules, now=now, is_sweep=True)
            steps += [one for record, clocks in measured for one in _due(record, clocks, now)]
    raised = await _write(session, steps, now=now)
    for one in raised:
        if not one.overtaken:
            await _tell(session, one, rules, now=now, channels=channels)
    return Swept(len(found), len(raised))


@dataclass(frozen=True)
class _Due:
    """One step of one clock that has come due."""

    record: CaseRecord
    clock: MeasuredClock
    step: Step
    at: datetime
    overtaken: bool


def _due(record: CaseRecord, clocks: Sequence[MeasuredClock], now: datetime) -> Iterator[_Due]:
    """Yield the steps that are due; after an outage only the last of a clock is told."""
    for clock in clocks:
        due = [(step, at) for step, at in clock.steps if at <= now]
        for step, at in due:
            yield _Due(record, clock, step, at, overtaken=step is not due[-1][0])


async def _write(session: AsyncSession, steps: Sequence[_Due], *, now: datetime) -> list[_Due]:
    """Write the steps that nobody has written before; return those."""
    new: set[tuple[str, str]] = set()
    for start in range(0, len(steps), ROWS_AT_ONCE):
        rows = [_row(one, now) for one in steps[start : start + ROWS_AT_ONCE]]
        # With the rows as a list the statement is compiled once, not anew for each number of them.
        add = insert(session, DbAlarm).on_conflict_do_nothing()
        written = await session.execute(add.returning(DbAlarm.clock_id, DbAlarm.kind), rows)
        new |= {(clock, kind) for clock, kind in written}
    return [one for one in steps if (one.clock.id, one.step.value) in new]


def _row(one: _Due, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": one.record.id,
        "clock_id": one.clock.id,
        "kind": one.step.value,
        "case_kind": one.record.kind,
        "policy": one.clock.policy.name,
        "clock": one.clock.clock.name.value,
        "title": one.record.title,
        "agent_id": one.clock.agent,
        "planned_at": one.at,
        "due_at": one.clock.clock.due_at,
        "raised_at": now,
        "overtaken": one.overtaken,
    }


async def _tell(
    session: AsyncSession,
    one: _Due,
    rules: Rules,
    *,
    now: datetime,
    channels: Sequence[str],
) -> None:
    record, clock, step = one.record, one.clock, one.step
    rule = rules.alarms.rule_for(clock.policy.name)
    if rule is None or not rule.goes_out(step):
        return
    payload: dict[str, Any] = {
        "step": step.value,
        "case": record.id,
        "kind": record.kind,
        "title": record.title,
        "policy": clock.policy.name,
        "policy_title": clock.policy.title,
        "platform": record.subject.platform,
        "agent": clock.agent,
        "due_at": clock.clock.due_at.isoformat(),
    }
    for channel in channels:
        await outbox.enqueue(
            session,
            kind=outbox_kind(channel),
            idempotency_key=f"alarm:{channel}:{clock.id}:{step}",
            payload=payload,
            now=now,
        )


def outbox_kind(channel: str) -> str:
    """Name the outbox entries of one channel."""
    return f"alarm:{channel}"
