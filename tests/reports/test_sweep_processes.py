"""Several servers sweep one database and are killed in the middle: every alarm is raised once."""

import asyncio
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from reports.catching_up import catch_up
from reports.tables import DbAlarm, DbCase
from storage.outbox import DbOutboxEntry

from .conftest import store_review

WORKER = Path(__file__).with_name("sweeping_worker.py")
ROOT = Path(__file__).parents[2]
REVIEWS = 40


async def start(url, now):
    worker = await asyncio.create_subprocess_exec(
        sys.executable, str(WORKER), url, now.isoformat(),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert worker.stdout is not None
    await worker.stdout.readline()
    return worker


async def test_kills_in_the_middle_neither_lose_nor_double_an_alarm(
    database, database_url, rules, now
) -> None:
    for number in range(REVIEWS):
        await store_review(database, now, hours=25 + number / 60)
    await catch_up(database, rules, now=now)
    workers = [await start(database_url, now) for _ in range(3)]
    for _ in range(4):  # each time one dies where it stands and a new one takes its place
        await asyncio.sleep(0.15)
        victim = workers.pop(0)
        victim.kill()
        await victim.wait()
        workers.append(await start(database_url, now))
    async with asyncio.timeout(120):
        while await left(database, now):
            await asyncio.sleep(0.1)
    for worker in workers:
        worker.kill()
        await worker.wait()
    async with database.read() as session:
        raised = list(await session.execute(select(DbAlarm.clock_id, DbAlarm.kind)))
        keys = list(await session.scalars(select(DbOutboxEntry.idempotency_key)))
    assert len(raised) == REVIEWS * 5
    assert set(Counter(map(tuple, raised)).values()) == {1}
    assert len(keys) == len(set(keys)) == REVIEWS


async def left(database, now):
    async with database.read() as session:
        return await session.scalar(
            select(func.count()).select_from(DbCase).where(DbCase.next_alarm_at <= now)
        )
