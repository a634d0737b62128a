"""Improvements that replies promised: who mends what, and what the numbers prove of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.people import Actor, ConflictError
from review_manager.promises import keep_improvement
from review_manager.proof import Comparison, Proof, compare
from review_manager.tables import DbImprovement, DbReply, DbReview
from storage import audit

DUE = timedelta(days=14)
LOOK_BACK = timedelta(days=60)
GENERAL = "general"


class ImprovementState(StrEnum):
    """How an improvement stands; `done` reached the customers at `effective_at`."""

    OPEN = "open"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


UNFINISHED = (ImprovementState.OPEN, ImprovementState.UNDER_WAY)


class NoSuchImprovementError(LookupError):
    """There is no improvement of this id."""


@dataclass(frozen=True)
class Change:
    """What a person changes; None leaves a field as it is."""

    state: ImprovementState | None = None
    owner: str | None = None
    note: str | None = None
    effective_at: datetime | None = None


async def open_improvement(
    session: AsyncSession, review: DbReview, reply: DbReply, *, actor: str, now: datetime
) -> DbImprovement | None:
    """Enter what a published reply promised to mend; a second promise joins the first item."""
    promised = reply.improvement
    if not promised:
        return None
    aspect = promised.get("aspect") or GENERAL
    known = await session.scalar(
        select(DbImprovement)
        .where(DbImprovement.sku == review.sku, DbImprovement.aspect == aspect)
        .where(DbImprovement.state.in_(UNFINISHED))
        .limit(1)
    )
    if known is not None:
        known.promised += 1
        return known
    item = DbImprovement(
        sku=review.sku,
        aspect=aspect,
        owner=promised["owner"],
        plan=promised["plan"],
        state=ImprovementState.OPEN,
        opened_by=actor,
        opened_at=now,
        due_at=now + DUE,
    )
    session.add(item)
    return item


async def list_improvements(
    session: AsyncSession, *, state: str | None = None
) -> Sequence[DbImprovement]:
    """Return improvements, unfinished ones by due time, then the finished ones."""
    finished = case((DbImprovement.state.in_(UNFINISHED), 0), else_=1)
    query = select(DbImprovement).order_by(finished, DbImprovement.due_at, DbImprovement.id)
    if state:
        query = query.where(DbImprovement.state == state)
    return (await session.scalars(query)).all()


async def change_improvement(
    session: AsyncSession,
    improvement_id: str,
    change: Change,
    *,
    revision: int,
    actor: Actor,
    now: datetime,
) -> DbImprovement:
    """Move an improvement on; done without a time means now. Raises ConflictError."""
    taken = await session.execute(
        update(DbImprovement)
        .where(DbImprovement.id == improvement_id, DbImprovement.revision == revision)
        .values(revision=DbImprovement.revision + 1)
        .execution_options(synchronize_session=False)
    )
    item = await session.get(DbImprovement, improvement_id, populate_existing=True)
    if item is None:
        raise NoSuchImprovementError(improvement_id)
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError(wording.NOT_THE_ONE_YOU_SAW)
    item.owner = change.owner or item.owner
    item.note = item.note if change.note is None else change.note
    item.state = change.state or ImprovementState(item.state)
    if item.state == ImprovementState.DONE:
        item.effective_at = change.effective_at or item.effective_at or now
        await keep_improvement(session, item.id, actor=actor, now=now)
    await audit.record(
        session,
        actor=actor.label,
        action="improvement.changed",
        object_type="improvement",
        object_id=item.id,
        at=now,
        detail={"state": str(item.state)},
    )
    return item


async def measure(session: AsyncSession, item: DbImprovement, *, now: datetime) -> Comparison:
    """Compare the complaint rate before and after the change reached the customers.

    Before a change there is only a before: up to 60 days back, to now.
    """
    turn = item.effective_at or now
    complains = DbReview.complaints.like(f"%|{item.aspect}|%")
    before = await _rate(session, item.sku, complains, since=turn - LOOK_BACK, until=turn)
    after = await _rate(session, item.sku, complains, since=turn, until=now)
    return compare(before, after)


async def _rate(
    session: AsyncSession,
    sku: str | None,
    complains: ColumnElement[bool],
    *,
    since: datetime,
    until: datetime,
) -> tuple[int, int]:
    query = select(func.count(case((complains, 1))), func.count()).where(
        DbReview.posted_at >= since, DbReview.posted_at < until, DbReview.sentiment.is_not(None)
    )
    if sku is not None:
        query = query.where(DbReview.sku == sku)
    complaints, reviews = (await session.execute(query)).one()
    return complaints, reviews


async def proven(
    session: AsyncSession, *, sku: str | None, aspects: Sequence[str], now: datetime
) -> list[tuple[DbImprovement, Comparison]]:
    """Return the finished improvements of a product whose effect the numbers prove."""
    if sku is None or not aspects:
        return []
    query = select(DbImprovement).where(
        DbImprovement.sku == sku,
        DbImprovement.aspect.in_(aspects),
        DbImprovement.state == ImprovementState.DONE,
    )
    found = [(item, await measure(session, item, now=now)) for item in await session.scalars(query)]
    return [(item, result) for item, result in found if result.proof is Proof.BETTER]


async def unproved_claims(
    session: AsyncSession, review: DbReview, text: str, *, now: datetime
) -> list[dict[str, Any]]:
    """Find claims that something is mended already, unless the numbers of this product prove it."""
    claims = list(wording.CLAIMS_OF_SUCCESS.finditer(text))
    if not claims:
        return []
    aspects = [name for name in review.complaints.split("|") if name]
    if await proven(session, sku=review.sku, aspects=aspects, now=now):
        return []
    return [
        {
            "rule": "unproved_claim",
            "source": wording.CLAIM_SOURCE,
            "start": claim.start(),
            "end": claim.end(),
            "severity": "warn",
            "rewrite": wording.CLAIM_REWRITE,
        }
        for claim in claims
    ]
