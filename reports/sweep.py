"""The alarm sweep: raises every step that has come due, once for ever, whoever else sweeps too.

A step is raised by a row that only one transaction can write; what must leave the house is put into
the outbox in that same transaction. The cost follows what is due: one index tells which cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from reports.alarm_rules import Step
from reports.keeping import insert, keep_cases
from reports.measuring import MeasuredClock, Rules
from reports.records import CaseRecord
from reports.tables import DbAlarm, DbCase
from sla.policy_files import CaseKind
from storage import outbox
from storage.tables import new_id

CASES_AT_ONCE = 50
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
    raised = 0
    for kind in KINDS:
        ids = [row.id for row in found if row.kind == kind]
        if ids:
            measured = await keep_cases(session, kind, ids, rules=rules, now=now)
            for record, clocks in measured:
                raised += await _raise(session, record, clocks, rules, now=now, channels=channels)
    return Swept(len(found), raised)


async def _raise(
    session: AsyncSession,
    record: CaseRecord,
    clocks: Sequence[MeasuredClock],
    rules: Rules,
    *,
    now: datetime,
    channels: Sequence[str],
) -> int:
    raised = 0
    for clock in clocks:
        due = [(step, at) for step, at in clock.steps if at <= now]
        for step, at in due:
            # After an outage several steps may be due at once: only the last one is told.
            overtaken = step is not due[-1][0]
            if await _write(session, record, clock, (step, at), now=now, overtaken=overtaken):
                raised += 1
                if not overtaken:
                    await _tell(session, record, clock, step, rules, now=now, channels=channels)
    left = [at for clock in clocks for _step, at in clock.steps if at > now]
    await session.execute(
        update(DbCase).where(DbCase.id == record.id).values(next_alarm_at=min(left, default=None))
    )
    return raised


async def _write(
    session: AsyncSession,
    record: CaseRecord,
    clock: MeasuredClock,
    planned: tuple[Step, datetime],
    *,
    now: datetime,
    overtaken: bool,
) -> bool:
    step, at = planned
    row = {
        "id": new_id(),
        "case_id": record.id,
        "clock_id": clock.id,
        "kind": step.value,
        "case_kind": record.kind,
        "policy": clock.policy.name,
        "clock": clock.clock.name.value,
        "title": record.title,
        "agent_id": clock.agent,
        "planned_at": at,
        "due_at": clock.clock.due_at,
        "raised_at": now,
        "overtaken": overtaken,
    }
    add = insert(session, DbAlarm).values(row).on_conflict_do_nothing()
    written = await session.execute(add.returning(DbAlarm.id))
    return written.first() is not None


async def _tell(
    session: AsyncSession,
    record: CaseRecord,
    clock: MeasuredClock,
    step: Step,
    rules: Rules,
    *,
    now: datetime,
    channels: Sequence[str],
) -> None:
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
