"""Tells alarms to group chats: one digest at a time, inside the vendor's limits and quiet hours.

An entry of the outbox is sent at least once. The letters of one channel are counted in the
database, so that several servers together stay under the vendor's limit.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from reports import digests
from reports.alarm_rules import AlarmPolicy
from reports.stale_days import insert
from reports.sweep import outbox_kind
from reports.tables import DbMark, DbSent
from reports.vendors import LIMITS, Letter, Robot, Verdict, read_answer, write
from storage.engine import Database
from storage.outbox import LEASE, DbOutboxEntry, mark_failed, mark_sent
from storage.tables import new_id

MOST_AT_ONCE = 500
KEEP_SENT = timedelta(hours=1)

Post = Callable[[Letter, str], Awaitable[tuple[int, object]]]
"""Posts a letter under an idempotency key; gives the HTTP status and the JSON answer, or None."""


@dataclass(frozen=True)
class _Claim:
    """What one digest will tell, leased to this process."""

    entries: list[str]
    payloads: list[dict[str, Any]]
    key: str


async def deliver(
    database: Database, robot: Robot, rules: AlarmPolicy, post: Post, *, url: str, now: datetime
) -> bool:
    """Send what is due to one robot as one digest; returns whether anything was sent."""
    async with database.write() as session:
        claim = await _claim(session, robot, rules, now=now)
    if claim is None:
        return False
    limit = LIMITS[robot.vendor].most_bytes
    title, text = digests.write_digest(
        claim.payloads, rules.webhooks.most_lines, most_bytes=limit, url=url, now=now
    )
    try:
        status, body = await post(write(robot, title=title, text=text, now=now), claim.key)
        verdict, words = read_answer(robot.vendor, status, body)
    except OSError as error:
        verdict, words = Verdict.REFUSED, type(error).__name__
    async with database.write() as session:
        await _settle(session, robot, claim, verdict, words, now=now)
    return verdict is Verdict.TAKEN


async def _claim(
    session: AsyncSession, robot: Robot, rules: AlarmPolicy, *, now: datetime
) -> _Claim | None:
    await _lock_channel(session, robot)
    if await _must_be_silent(session, robot, now):
        return None
    entries = await _due(session, robot, now)
    quiet_until = rules.webhooks.quiet_until(now)
    loud = [entry for entry in entries if _is_loud(entry, rules)]
    if quiet_until is not None:
        for entry in entries:
            if entry not in loud:
                entry.due_at = quiet_until
        entries = loud
    if not entries:
        return None
    oldest = min(entry.created_at for entry in entries)
    wait = timedelta(seconds=rules.webhooks.digest_seconds)
    if now - oldest < wait:  # others may come: one message for all
        return None
    for entry in entries:
        entry.attempts += 1
        entry.due_at = now + LEASE
    session.add(DbSent(id=new_id(), channel=robot.name, at=now))
    keys = sorted(entry.idempotency_key for entry in entries)
    key = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]
    return _Claim([entry.id for entry in entries], [entry.payload for entry in entries], key)


async def _due(session: AsyncSession, robot: Robot, now: datetime) -> Sequence[DbOutboxEntry]:
    query = (
        select(DbOutboxEntry)
        .where(DbOutboxEntry.kind == outbox_kind(robot.name), DbOutboxEntry.due_at <= now)
        .order_by(DbOutboxEntry.due_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


def _is_loud(entry: DbOutboxEntry, rules: AlarmPolicy) -> bool:
    step = entry.payload.get("step")
    return step in {loud.value for loud in rules.webhooks.loud}


async def _lock_channel(session: AsyncSession, robot: Robot) -> None:
    """Let only one process at a time count and send for a channel."""
    name = _mark_name(robot)
    await session.execute(
        insert(session, DbMark).values(name=name, value={}).on_conflict_do_nothing()
    )
    await session.execute(select(DbMark.name).where(DbMark.name == name).with_for_update())


async def _must_be_silent(session: AsyncSession, robot: Robot, now: datetime) -> bool:
    mark = await session.scalar(select(DbMark.value).where(DbMark.name == _mark_name(robot)))
    until = (mark or {}).get("silent_until")
    if until and now < datetime.fromisoformat(until):
        return True
    limits = LIMITS[robot.vendor]
    sent = select(func.count()).select_from(DbSent).where(DbSent.channel == robot.name)
    a_minute = await session.scalar(sent.where(DbSent.at > now - timedelta(minutes=1))) or 0
    a_second = await session.scalar(sent.where(DbSent.at > now - timedelta(seconds=1))) or 0
    return a_minute >= limits.a_minute or a_second >= limits.a_second


async def _settle(
    session: AsyncSession,
    robot: Robot,
    claim: _Claim,
    verdict: Verdict,
    words: str,
    *,
    now: datetime,
) -> None:
    rows = await session.scalars(select(DbOutboxEntry).where(DbOutboxEntry.id.in_(claim.entries)))
    for entry in rows:
        if verdict is Verdict.TAKEN:
            mark_sent(entry, now=now)
        elif verdict is Verdict.TOO_FAST:
            entry.due_at = now + LIMITS[robot.vendor].silence
            entry.last_error = words
        else:
            mark_failed(entry, now=now, error=words)
    if verdict is Verdict.TOO_FAST:
        silent = {"silent_until": (now + LIMITS[robot.vendor].silence).isoformat()}
        await session.execute(
            update(DbMark).where(DbMark.name == _mark_name(robot)).values(value=silent)
        )
    await session.execute(delete(DbSent).where(DbSent.at < now - KEEP_SENT))


def _mark_name(robot: Robot) -> str:
    return f"channel {robot.name}"
