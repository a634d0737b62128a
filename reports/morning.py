"""The managers' morning digest: written once a day, told through the same channels as alarms."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from reports.asking import Desk
from reports.clock_report import clocks_report
from reports.days import date_of, day_of, start_of
from reports.digests import MORNING, write_morning
from reports.measuring import WAITING
from reports.period import Period
from reports.sweep import outbox_kind
from reports.tables import DbClock
from reports.tally import Filters
from sla.policies import CHINA
from storage import outbox

LATEST = timedelta(hours=3)


def is_time(now: datetime, morning: time | None) -> bool:
    """Say whether the digest is due: from its time on, for three hours."""
    if morning is None:
        return False
    begins = datetime.combine(now.astimezone(CHINA).date(), morning, tzinfo=CHINA)
    return begins <= now < begins + LATEST


async def put_out_morning(desk: Desk, channels: Sequence[str], *, url: str) -> int:
    """Put today's digest into the outbox of every channel that has not had it; returns how many."""
    today = day_of(desk.now)
    added = 0
    figures: dict[str, Any] | None = None
    for channel in channels:
        key = f"morning:{channel}:{date_of(today)}"
        known = select(outbox.DbOutboxEntry.id).where(outbox.DbOutboxEntry.idempotency_key == key)
        if await desk.session.scalar(known) is not None:
            continue
        figures = figures or await _figures(desk, today)
        payload = {"step": MORNING, "text": write_morning(figures, url=url)}
        added += await outbox.enqueue(
            desk.session,
            kind=outbox_kind(channel),
            idempotency_key=key,
            payload=payload,
            now=desk.now,
        )
    return added


async def _figures(desk: Desk, today: int) -> dict[str, Any]:
    yesterday = Period(today - 1, today - 1)
    report = await clocks_report(desk, yesterday, Filters())
    waiting = select(func.count(func.distinct(DbClock.case_id))).where(DbClock.state == WAITING)
    late = await desk.session.scalar(waiting.where(DbClock.due_at < desk.now))
    due = waiting.where(DbClock.due_at >= desk.now, DbClock.due_at < start_of(today + 1))
    return {
        "date": date_of(today - 1).isoformat(),
        "clocks": report["clocks"],
        "late": late or 0,
        "today": await desk.session.scalar(due) or 0,
    }
