"""Greeting a member on the birthday: the facts from the records, and the coupon that goes along."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.after_sales import STILL_OPEN
from shop.days import china_day
from shop.members.birthday import (
    BirthdayAnswer,
    BirthdayFacts,
    decide_birthday,
    find_birthday,
)
from shop.members.policy import MemberPolicy
from shop.members.standing import standing_of
from shop.members.wording import coupon_title
from shop.orders import OrderStatus
from shop.shipping import STUCK_AFTER
from shop.tables import DbAfterSale, DbCoupon, DbCustomer, DbOrder, DbParcel, DbParcelEvent

BIRTHDAY = "birthday"


async def greet_on_birthday(
    session: AsyncSession,
    customer_id: str,
    policy: MemberPolicy,
    *,
    now: datetime,
    ship_within: timedelta,
    bad_review_at: datetime | None = None,
    has_dispute: bool = False,
) -> DbCoupon | None:
    """Give the birthday coupon if the customer may be greeted now; None if not.

    `bad_review_at` is the newest bad review of the customer, `has_dispute` an open one in chat:
    who calls knows the rooms above the shop. The coupon is the record that this year's birthday
    was greeted.
    """
    customer = await session.get(DbCustomer, customer_id)
    if customer is None or not customer.marketing_consent or not customer.birthday:
        return None
    facts = await _facts(session, customer, policy, now=now, ship_within=ship_within)
    facts = replace(
        facts,
        bad_review_at=bad_review_at,
        has_open_dispute=facts.has_open_dispute or has_dispute,
    )
    decision = decide_birthday(facts, policy.birthday, now=now)
    if decision.answer is not BirthdayAnswer.SEND or decision.coupon is None:
        return None
    off, threshold = decision.coupon.off_fen, decision.coupon.from_fen
    coupon = DbCoupon(
        customer_id=customer_id,
        code=f"QH{secrets.randbelow(10**8):08d}",
        kind=BIRTHDAY,
        title=coupon_title(off_fen=off, threshold_fen=threshold),
        amount_fen=off,
        threshold_fen=threshold,
        granted_at=now,
        expires_at=decision.coupon.expires_at,
    )
    session.add(coupon)
    await session.flush()
    return coupon


async def stop_marketing(session: AsyncSession, customer_id: str) -> bool:
    """Withdraw the consent to commercial messages at once; False if the customer is unknown."""
    customer = await session.get(DbCustomer, customer_id)
    if customer is None:
        return False
    customer.marketing_consent = False
    await session.flush()
    return True


async def _facts(
    session: AsyncSession,
    customer: DbCustomer,
    policy: MemberPolicy,
    *,
    now: datetime,
    ship_within: timedelta,
) -> BirthdayFacts:
    granted = await session.scalars(
        select(DbCoupon.granted_at).where(
            DbCoupon.customer_id == customer.id, DbCoupon.kind == BIRTHDAY
        )
    )
    late = policy.birthday.late_days
    birthdays = (
        find_birthday(customer.birthday, china_day(moment), late_days=late) for moment in granted
    )
    standing = await standing_of(session, customer.id, policy, now=now)
    return BirthdayFacts(
        birthday=customer.birthday,
        marketing_consent=customer.marketing_consent,
        sent_for_years={birthday.year for birthday in birthdays if birthday is not None},
        has_open_dispute=await _has_open_after_sale(session, customer.id),
        has_late_order=await _has_late_order(session, customer.id, now=now, within=ship_within),
        tier=standing.tier,
    )


async def _has_open_after_sale(session: AsyncSession, customer_id: str) -> bool:
    query = (
        select(func.count())
        .select_from(DbAfterSale)
        .join(DbOrder, DbOrder.id == DbAfterSale.order_id)
        .where(DbOrder.customer_id == customer_id, DbAfterSale.status.in_(STILL_OPEN))
    )
    return bool(await session.scalar(query))


async def _has_late_order(
    session: AsyncSession, customer_id: str, *, now: datetime, within: timedelta
) -> bool:
    """Say whether an order was not sent in time, or a parcel has stood still for too long."""
    waiting = (OrderStatus.PAID, OrderStatus.PICKING)
    not_sent = select(func.count()).where(
        DbOrder.customer_id == customer_id,
        DbOrder.status.in_(waiting),
        DbOrder.paid_at < now - within,
    )
    newest = (
        select(DbParcelEvent.parcel_id, func.max(DbParcelEvent.at).label("at"))
        .where(DbParcelEvent.at <= now)
        .group_by(DbParcelEvent.parcel_id)
        .subquery()
    )
    stuck = (
        select(func.count())
        .select_from(DbParcel)
        .join(DbOrder, DbOrder.id == DbParcel.order_id)
        .join(newest, newest.c.parcel_id == DbParcel.id)
        .where(
            DbOrder.customer_id == customer_id,
            DbOrder.status == OrderStatus.SHIPPED,
            DbParcel.direction == "outbound",
            DbParcel.signed_at.is_(None),
            newest.c.at <= now - STUCK_AFTER,
        )
    )
    return bool(await session.scalar(not_sent)) or bool(await session.scalar(stuck))
