"""Where a customer stands as a member, read from the shop's orders and refunds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.members.policy import MemberPolicy, Tier
from shop.members.purchases import Purchase
from shop.members.rfm import Rfm, rfm
from shop.members.tiers import find_tier
from shop.orders import OrderStatus
from shop.tables import DbAfterSale, DbOrder

MONEY_WENT_BACK = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
REFUNDED = "refunded"
"""The status of an after-sale request whose amount was paid back."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A customer's scores and tier at one moment; tier None = no tier reached."""

    rfm: Rfm
    tier: Tier | None


async def standing_of(
    session: AsyncSession, customer_id: str, policy: MemberPolicy, *, now: datetime
) -> Standing:
    """Return where the customer stands; who is not known has bought nothing."""
    since = now - timedelta(days=policy.rfm.window_days)
    purchases = await purchases_of(session, customer_id, since=since)
    return Standing(
        rfm=rfm(purchases, policy.rfm, now=now), tier=find_tier(purchases, policy, now=now)
    )


async def purchases_of(
    session: AsyncSession, customer_id: str, *, since: datetime
) -> list[Purchase]:
    """Return the customer's orders paid since then, each with what was refunded of it."""
    refunds = (
        select(DbAfterSale.order_id, func.sum(DbAfterSale.amount_fen).label("fen"))
        .where(DbAfterSale.status == REFUNDED)
        .group_by(DbAfterSale.order_id)
        .subquery()
    )
    query = (
        select(DbOrder.paid_at, DbOrder.paid_fen, func.coalesce(refunds.c.fen, 0))
        .join(refunds, refunds.c.order_id == DbOrder.id, isouter=True)
        .where(
            DbOrder.customer_id == customer_id,
            DbOrder.paid_at >= since,
            DbOrder.status.not_in(MONEY_WENT_BACK),
        )
    )
    # a refund above the order's sum (freight, compensation) leaves nothing, not less than nothing
    return [
        Purchase(paid_at=paid_at, paid_fen=paid, refunded_fen=min(int(refunded), paid))
        for paid_at, paid, refunded in await session.execute(query)
        if paid_at is not None
    ]
