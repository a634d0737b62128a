"""The coupons in a customer's hands."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.order_numbers import plain
from shop.tables import DbCoupon

UNUSED = "unused"

_COMBINE = re.compile(r"叠加|(?:一起|同时|合着|都)(?:能|可以)?[用使享]|一块儿?用")
_BIRTHDAY = re.compile(r"生日|寿星")


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


def asks_to_combine(text: str) -> bool:
    """Say whether somebody asks if reductions add up: 满减和券能一起用吗."""
    return _COMBINE.search(plain(text)) is not None


def asks_about_birthday(text: str) -> bool:
    """Say whether somebody asks what the shop gives on birthdays: 生日有没有优惠."""
    return _BIRTHDAY.search(plain(text)) is not None
