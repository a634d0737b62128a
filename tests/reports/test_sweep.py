"""Alarms: each step once, at its second; what is answered rings no more; nothing is told twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reports.sweep import sweep
from reports.tables import DbAlarm, DbBreach, DbCase
from storage.outbox import DbOutboxEntry

from .conftest import publish_reply

SECOND = timedelta(seconds=1)


async def ring(database, rules, at, channels=()):
    async with database.write() as session:
        return await sweep(session, rules, now=at, channels=channels)


async def kinds(database, *, told_only=False):
    query = select(DbAlarm.kind).order_by(DbAlarm.planned_at)
    if told_only:
        query = query.where(DbAlarm.overtaken.is_(False))
    async with database.read() as session:
        return list(await session.scalars(query))


STEPS = ["warn_50", "warn_75", "warn_90", "breach", "escalate_lead", "escalate_manager"]


@pytest.mark.parametrize(
    ("hours", "step"),
    [(12, 1), (18, 2), (21.6, 3), (24, 4), (24.5, 5), (28, 6)],
)
async def test_a_step_rings_at_its_second_and_not_before(
    database, rules, bad_review, read_changes, now, hours, step
) -> None:
    await bad_review(hours=0)
    await read_changes()
    due = now + timedelta(hours=hours)
    await ring(database, rules, due - SECOND)
    assert await kinds(database) == STEPS[: step - 1]
    await ring(database, rules, due)
    assert await kinds(database) == STEPS[:step]


async def test_sweeping_again_and_again_rings_once(
    database, rules, bad_review, read_changes, now
) -> None:
    await bad_review(hours=0)
    await read_changes()
    for minutes in range(0, 30 * 60, 20):
        await ring(database, rules, now + timedelta(minutes=minutes), channels=("a", "b"))
    assert await kinds(database) == STEPS
    assert await kinds(database, told_only=True) == STEPS
    async with database.read() as session:
        told = await session.scalar(select(func.count()).select_from(DbOutboxEntry))
        left = await session.scalar(select(DbCase.next_alarm_at))
    assert told == 2 * 5  # from 75 % on, to two channels
    assert left is None


async def test_after_an_outage_only_the_last_step_is_told(
    database, rules, bad_review, read_changes, now
) -> None:
    await bad_review(hours=25)
    await read_changes()
    await ring(database, rules, now, channels=("a",))
    assert await kinds(database) == STEPS[:5]
    assert await kinds(database, told_only=True) == ["escalate_lead"]
    async with database.read() as session:
        entries = list(await session.scalars(select(DbOutboxEntry.payload)))
    assert [entry["step"] for entry in entries] == ["escalate_lead"]


async def test_an_answer_that_nobody_has_read_yet_still_stops_the_alarm(
    database, rules, bad_review, read_changes, now
) -> None:
    review = await bad_review(hours=11)
    await read_changes()
    await publish_reply(database, review, now)
    assert await ring(database, rules, now + timedelta(hours=1)) is not None
    assert await kinds(database) == []


async def test_a_breach_is_written_once_and_frozen_when_answered(
    database, rules, bad_review, read_changes, now
) -> None:
    review = await bad_review(hours=23)
    await read_changes()
    due = now + timedelta(hours=1)
    await ring(database, rules, due + SECOND)
    async with database.read() as session:
        breach = (await session.scalars(select(DbBreach))).one()
    assert (breach.case_id, breach.breached_at, breach.ended_at) == (review, due, None)
    await publish_reply(database, review, due + timedelta(minutes=10))
    await read_changes(due + timedelta(minutes=20))
    await read_changes(due + timedelta(minutes=30))
    async with database.read() as session:
        again = (await session.scalars(select(DbBreach))).one()
    assert again.written_at == breach.written_at
    assert (again.ended_at, again.late_seconds) == (due + timedelta(minutes=10), 600)


async def test_rebuilding_tells_nothing_twice(
    database, rules, bad_review, read_changes, now
) -> None:
    from reports.catching_up import rebuild

    await bad_review(hours=25)
    await read_changes()
    await ring(database, rules, now, channels=("a",))
    await rebuild(database, rules, now=now)
    await ring(database, rules, now, channels=("a",))
    assert await kinds(database) == STEPS[:5]
