"""Looks at a stored review for signals: its neighbours and its customer's refunds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.evidence.signals import (
    Neighbour,
    Outcome,
    Signal,
    Suspect,
    find_signals,
    load_suspicion,
    weigh,
)
from review_manager.tables import DbReview
from shop.tables import DbAfterSale, DbOrder

NEAR = timedelta(days=3)
USUAL = timedelta(days=30)
_MOST_NEIGHBOURS = 500


@dataclass(frozen=True)
class Look:
    """The signals of a review, what they amount to, and whether it belongs to a real order."""

    signals: list[Signal]
    outcome: Outcome
    has_order: bool


async def look_at(session: AsyncSession, review: DbReview, *, now: datetime) -> Look:
    """Collect the signals of one review; none of them is a judgement on the customer."""
    policy = load_suspicion()
    order = await _order(session, review)
    suspect = Suspect(
        text=review.text,
        nickname=review.nickname,
        posted_at=review.posted_at,
        neighbours=await _neighbours(session, review),
        usual_per_hour=await _usual(session, review),
        refunds=await _refunds(session, order, since=now - timedelta(policy.refunds.within_days)),
    )
    signals = find_signals(suspect, policy)
    return Look(signals, weigh(signals), order is not None)


async def _order(session: AsyncSession, review: DbReview) -> DbOrder | None:
    if not review.order_number:
        return None
    found: DbOrder | None = await session.scalar(
        select(DbOrder).where(DbOrder.number == review.order_number)
    )
    return found


async def _neighbours(session: AsyncSession, review: DbReview) -> list[Neighbour]:
    query = (
        select(DbReview)
        .where(DbReview.id != review.id, DbReview.bad_since.is_not(None))
        .where(DbReview.posted_at >= review.posted_at - NEAR)
        .where(DbReview.posted_at <= review.posted_at + NEAR)
        .order_by(DbReview.posted_at)
        .limit(_MOST_NEIGHBOURS)
    )
    if review.sku:
        query = query.where(DbReview.sku == review.sku)
    return [
        Neighbour(one.id, one.nickname, one.text, one.posted_at)
        for one in await session.scalars(query)
    ]


async def _usual(session: AsyncSession, review: DbReview) -> float:
    """Return the product's bad reviews an hour in the thirty days before these."""
    until = review.posted_at - NEAR
    query = select(func.count()).select_from(DbReview).where(DbReview.bad_since.is_not(None))
    query = query.where(DbReview.posted_at >= until - USUAL, DbReview.posted_at < until)
    if review.sku:
        query = query.where(DbReview.sku == review.sku)
    return (await session.scalar(query) or 0) / (USUAL / timedelta(hours=1))


async def _refunds(session: AsyncSession, order: DbOrder | None, *, since: datetime) -> int:
    if order is None or order.customer_id is None:
        return 0
    query = (
        select(func.count())
        .select_from(DbAfterSale)
        .join(DbOrder, DbOrder.id == DbAfterSale.order_id)
        .where(DbOrder.customer_id == order.customer_id)
        .where(DbAfterSale.kind == "refund_only", DbAfterSale.requested_at >= since)
    )
    return await session.scalar(query) or 0
