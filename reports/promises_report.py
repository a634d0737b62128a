"""Promises made to customers in a period: kept, broken, open; what is late and open is broken."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from reports import wording
from reports.asking import Desk, name_of
from reports.cases_report import PAGE
from reports.chat_report import share
from reports.period import Period
from reports.standing_report import case_href
from shop.promises import DbPromise, PromiseKind, PromiseState

Json = dict[str, Any]
ALL = "all"
DECIDED = "decided"


async def promises_report(desk: Desk, period: Period) -> Json:
    """Return the promises made in a period, beside those of the period before."""
    return {
        "now": await _count(desk, period),
        "before": await _count(desk, period.before),
    }


async def promise_cases(desk: Desk, period: Period, state: str, *, page: int = 0) -> Json:
    """Return the promises that a figure counted, the latest first, a page at a time.

    `state` is kept, broken, open or withdrawn, `decided` for kept and broken, or `all`.
    """
    stands = _stands(desk)
    chosen = [*_made_in(period)]
    if state != ALL:
        wanted = ("kept", "broken") if state == DECIDED else (state,)
        chosen.append(stands.in_(wanted))
    total = await desk.session.scalar(select(func.count()).select_from(DbPromise).where(*chosen))
    rows = select(DbPromise, stands).where(*chosen).order_by(DbPromise.made_at.desc(), DbPromise.id)
    found = await desk.session.execute(rows.offset(page * PAGE).limit(PAGE))
    return {
        "total": total or 0,
        "page": page,
        "pages": -(-(total or 0) // PAGE),
        "cases": [_view(desk, row, stood) for row, stood in found],
    }


async def _count(desk: Desk, period: Period) -> Json:
    stands = _stands(desk)
    query = select(stands, func.count()).where(*_made_in(period)).group_by(stands)
    found = await desk.session.execute(query)
    counts = {row[0]: int(row[1]) for row in found}
    kept, broken = counts.get("kept", 0), counts.get("broken", 0)
    return {
        "kept": share(kept, kept + broken),
        "broken": broken,
        "open": counts.get("open", 0),
        "withdrawn": counts.get("withdrawn", 0),
    }


def _made_in(period: Period) -> list[ColumnElement[bool]]:
    return [DbPromise.made_at >= period.starts_at, DbPromise.made_at < period.ends_at]


def _stands(desk: Desk) -> ColumnElement[str]:
    """Say how a promise stands: one that was broken once stays so, though it was kept later."""
    late = and_(DbPromise.state == PromiseState.OPEN.value, DbPromise.due_at < desk.now)
    broken = or_(DbPromise.broken_at.is_not(None), late)
    return case((broken, PromiseState.BROKEN.value), else_=DbPromise.state)


def _view(desk: Desk, row: DbPromise, stood: str) -> Json:
    kind, case_id = (
        ("review", row.review_id) if row.review_id else ("conversation", row.conversation_id)
    )
    return {
        "case": case_id,
        "title": row.text,
        "href": case_href(kind, case_id) if case_id else None,
        "kind_text": wording.PROMISES[PromiseKind(row.kind)],
        "started_at": row.made_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "ended_at": row.closed_at.isoformat() if row.closed_at else None,
        "state": stood,
        "state_text": wording.PROMISE_STATES[stood],
        "agent": name_of("agent", row.owner_id, desk.people) if row.owner_id else row.made_by_name,
    }
