"""Promises made to customers in a period: kept, broken, open; what is late and open is broken."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from reports.asking import Desk
from reports.chat_report import share
from reports.period import Period
from shop.promises import DbPromise

Json = dict[str, Any]


async def promises_report(desk: Desk, period: Period) -> Json:
    """Return the promises made in a period, beside those of the period before."""
    return {
        "now": await _count(desk, period),
        "before": await _count(desk, period.before),
    }


async def _count(desk: Desk, period: Period) -> Json:
    query = select(DbPromise.state, DbPromise.due_at, DbPromise.broken_at).where(
        DbPromise.made_at >= period.starts_at, DbPromise.made_at < period.ends_at
    )
    counts: Counter[str] = Counter()
    for state, due_at, broken_at in await desk.session.execute(query):
        is_broken = broken_at is not None or (state == "open" and due_at < desk.now)
        counts["broken" if is_broken else state] += 1
    decided = counts["kept"] + counts["broken"]
    return {
        "kept": share(counts["kept"], decided),
        "broken": counts["broken"],
        "open": counts["open"],
        "withdrawn": counts["withdrawn"],
    }
