"""The coupons in a customer's hands."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.tables import DbCoupon

UNUSED = "unused"


async def usable_coupons(
    session: AsyncSession, customer_id: str, *, now: datetime
) -> Sequence[DbCoupon]:
    """Return the coupons that can still be used, the one that expires first ahead."""
    query = (
        select(DbCoupon)
        .where(
            DbCoupon.customer_id == customer_id,
            DbCoupon.status == UNUSED,
            DbCoupon.expires_at > now,
        )
        .order_by(DbCoupon.expires_at)
    )
    return (await session.scalars(query)).all()
