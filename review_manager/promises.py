"""What published replies promised: entered in the shop's ledger, kept, or broken when overdue."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.people import Actor
from review_manager.tables import DbImprovement, DbReply, DbReview
from review_manager.wording import COUPON_WORD, RESEND_WORDS
from shop.promises import DbPromise, PromiseKind, PromiseState
from storage import audit

UNFINISHED = (PromiseState.OPEN, PromiseState.BROKEN)


class PromiseOverError(RuntimeError):
    """The promise does not exist, or is kept or withdrawn already."""


def enter_promises(
    session: AsyncSession,
    review: DbReview,
    reply: DbReply,
    improvement: DbImprovement | None,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Enter every promise of a reply that was just published; its text in own words holds none."""
    for promised in reply.promises:
        due_at = now + timedelta(hours=promised["due_hours"])
        entry = _entry(review, _kind(promised["text"]), promised["text"], actor=actor, now=now)
        entry.due_at = due_at
        if entry.kind == PromiseKind.COUPON:
            entry.amount_fen = reply.compensation.get("coupon_fen")
        session.add(entry)
    if improvement is not None:
        entry = _entry(review, PromiseKind.IMPROVEMENT, improvement.plan, actor=actor, now=now)
        entry.due_at = improvement.due_at or now
        entry.record_id = improvement.id
        session.add(entry)


async def read_promises(session: AsyncSession, review_id: str) -> Sequence[DbPromise]:
    """Return what was promised to the author of a review, the one due first ahead."""
    query = select(DbPromise).where(DbPromise.review_id == review_id).order_by(DbPromise.due_at)
    return (await session.scalars(query)).all()


async def keep_promise(
    session: AsyncSession, promise_id: str, *, actor: Actor, now: datetime
) -> DbPromise:
    """Note that a promise of a reply is fulfilled; raises PromiseOverError."""
    taken = await session.execute(
        update(DbPromise)
        .where(DbPromise.id == promise_id, DbPromise.review_id.is_not(None))
        .where(DbPromise.state.in_(UNFINISHED))
        .values(state=PromiseState.KEPT, closed_at=now, closed_by=actor.name)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise PromiseOverError
    await audit.record(
        session,
        actor=actor.label,
        action="promise.kept",
        object_type="promise",
        object_id=promise_id,
        at=now,
    )
    return await session.get_one(DbPromise, promise_id, populate_existing=True)


async def keep_improvement(
    session: AsyncSession, improvement_id: str, *, actor: Actor, now: datetime
) -> None:
    """What was promised to be mended is kept once it is mended."""
    await session.execute(
        update(DbPromise)
        .where(DbPromise.record_id == improvement_id, DbPromise.state.in_(UNFINISHED))
        .values(state=PromiseState.KEPT, closed_at=now, closed_by=actor.name)
        .execution_options(synchronize_session=False)
    )


async def has_overdue(session: AsyncSession, *, now: datetime) -> bool:
    """Say whether `break_overdue` would find something."""
    query = select(DbPromise.id).where(*_overdue(now)).limit(1)
    return await session.scalar(query) is not None


async def break_overdue(session: AsyncSession, *, now: datetime) -> int:
    """Count the promises of replies that are past their time as broken; return how many."""
    broken = await session.execute(
        update(DbPromise)
        .where(*_overdue(now))
        .values(state=PromiseState.BROKEN, broken_at=DbPromise.due_at)
        .execution_options(synchronize_session=False)
    )
    return int(broken.rowcount)  # type: ignore[attr-defined]


def _overdue(now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_open = DbPromise.state == PromiseState.OPEN
    return DbPromise.review_id.is_not(None), is_open, DbPromise.due_at < now


def _entry(
    review: DbReview, kind: PromiseKind, text: str, *, actor: str, now: datetime
) -> DbPromise:
    fields: dict[str, Any] = {
        "review_id": review.id,
        "kind": kind,
        "text": text,
        "order_number": review.order_number,
        "made_by": actor[:60],
        "made_by_name": actor.removeprefix("staff:")[:60],
        "made_at": now,
        "state": PromiseState.OPEN,
    }
    return DbPromise(**fields)


def _kind(text: str) -> PromiseKind:
    if COUPON_WORD in text:
        return PromiseKind.COUPON
    resends = any(word in text for word in RESEND_WORDS)
    return PromiseKind.RESEND if resends else PromiseKind.CALL_BACK
