"""Invitations to review: planned after delivery, handed out with their link, answered once."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from compliance import Channel, check
from review_manager.analysis import load
from review_manager.intake.landing import JudgedReview, land
from review_manager.intake.reading import ReadReview
from review_manager.inviting import (
    InvitationPolicy,
    Obstacle,
    OrderFacts,
    find_obstacle,
    load_invitations,
    send_time,
)
from review_manager.judging import judge
from review_manager.states import ReviewState
from review_manager.tables import DbInvitation, DbReview
from shop.tables import DbAfterSale, DbCoupon, DbCustomer, DbOrder, DbOrderItem
from storage import audit

OVER = ("refunded", "completed", "rejected", "withdrawn")
"""States of an after-sale request in which nothing is in dispute any more."""

COUPON_KIND = "invitation"
_TOKEN_BYTES = 24


class InvitationState(StrEnum):
    """How an invitation stands."""

    PLANNED = "planned"
    SENT = "sent"
    ANSWERED = "answered"
    STOPPED = "stopped"


class NoSuchInvitationError(LookupError):
    """There is no such invitation, or it was answered or stopped already."""


class UnlawfulInvitationError(ValueError):
    """The text of data/policies/invitations.yml breaks a rule; the message names it."""


@dataclass(frozen=True)
class Outgoing:
    """One invitation to send now, with the text that holds its link."""

    order_number: str
    customer_id: str
    text: str


async def plan_invitations(
    session: AsyncSession, *, now: datetime, disputed: Collection[str] = ()
) -> Counter[str]:
    """Plan an invitation for every order that may be asked about; count what became of the rest.

    `disputed` are customers with an open dispute elsewhere (a complaint in chat).
    """
    policy, outcomes = load_invitations(), Counter[str]()
    for order, customer in await _candidates(session, policy, now=now):
        facts = await _facts(session, order, customer, disputed=disputed)
        obstacle = find_obstacle(facts, policy, now=now)
        outcomes[obstacle or InvitationState.PLANNED] += 1
        if obstacle is None:
            session.add(
                DbInvitation(
                    order_number=order.number,
                    customer_id=customer.id,
                    sku=order.items[0].sku if order.items else None,
                    state=InvitationState.PLANNED,
                    coupon_fen=policy.coupon_fen,
                    send_at=send_time(now, policy),
                    created_at=now,
                )
            )
            await session.flush()
    return outcomes


async def hand_out(
    session: AsyncSession, *, link: str, shop: str, now: datetime, disputed: Collection[str] = ()
) -> list[Outgoing]:
    """Return the invitations whose time has come, each with a fresh link below `link`.

    Whoever fell into a dispute or took back consent since planning is not asked. Raises
    UnlawfulInvitationError if the text breaks a rule.
    """
    policy = load_invitations()
    planned = select(DbInvitation).where(
        DbInvitation.state == InvitationState.PLANNED, DbInvitation.send_at <= now
    )
    ready = []
    for invitation in (await session.scalars(planned)).all():
        order, customer = await _order_of(session, invitation)
        facts = await _facts(session, order, customer, disputed=disputed, besides=invitation.id)
        obstacle = find_obstacle(facts, policy, now=now)
        if obstacle is not None:
            invitation.state, invitation.why = InvitationState.STOPPED, obstacle
            continue
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        product = order.items[0].product.name if order.items else ""
        invitation.text = text_of(policy, shop=shop, product=product, link=f"{link}/{token}")
        invitation.token_hash = _hash(token)
        invitation.state, invitation.sent_at = InvitationState.SENT, now
        ready.append(Outgoing(order.number, customer.id, invitation.text))
    await audit.record(
        session,
        actor="kefu",
        action="invitations.sent",
        object_type="invitation",
        object_id="",
        at=now,
        detail={"count": len(ready)},
    )
    return ready


def text_of(policy: InvitationPolicy, *, shop: str, product: str, link: str) -> str:
    """Return the text of an invitation, checked; raises UnlawfulInvitationError."""
    amount = f"{policy.coupon_fen / 100:g}"
    text = policy.text.format(shop=shop, product=product, link=link, amount=amount)
    unlinked = policy.text.format(shop=shop, product=product, link="", amount=amount)
    findings = check(unlinked, channel=Channel.INVITATION).findings
    if findings:
        raise UnlawfulInvitationError(f"{findings[0].rule}: {findings[0].source}")
    return text


async def find_invitation(session: AsyncSession, token: str) -> DbInvitation | None:
    """Return the invitation that this link belongs to and that still waits, or None."""
    found: DbInvitation | None = await session.scalar(
        select(DbInvitation).where(
            DbInvitation.token_hash == _hash(token), DbInvitation.state == InvitationState.SENT
        )
    )
    return found


async def answer_invitation(
    session: AsyncSession,
    token: str,
    *,
    stars: int,
    text: str,
    images: Sequence[str] = (),
    now: datetime,
) -> DbCoupon:
    """Land the customer's review and grant the coupon, whatever the rating says.

    Raises NoSuchInvitationError for an unknown link and for one that was used.
    """
    invitation = await find_invitation(session, token)
    if invitation is None:
        raise NoSuchInvitationError
    read = ReadReview(
        line=0,
        platform="house",
        external_id=f"invited-{invitation.id}",
        order_number=invitation.order_number,
        sku=invitation.sku,
        text=text,
        stars=stars,
        posted_at=now,
        images=tuple(images),
    )
    (analysis,) = load().analyse_many([(text, stars)], fast=True)
    judged = JudgedReview(read, judge(analysis, stars=stars))
    await land(session, [judged], import_id=None, actor="invitation", now=now)
    invitation.state, invitation.answered_at = InvitationState.ANSWERED, now
    return _coupon(session, invitation, now)


async def stop_inviting(session: AsyncSession, token: str, *, now: datetime) -> None:
    """Take the customer's consent back for good, at once (广告法 §43)."""
    invitation = await find_invitation(session, token)
    if invitation is None:
        raise NoSuchInvitationError
    customer = await session.get(DbCustomer, invitation.customer_id)
    if customer is not None:
        customer.marketing_consent = False
    invitation.state, invitation.why = InvitationState.STOPPED, Obstacle.NO_CONSENT
    await audit.record(
        session,
        actor="customer",
        action="consent.withdrawn",
        object_type="customer",
        object_id=invitation.customer_id,
        at=now,
    )


def _coupon(session: AsyncSession, invitation: DbInvitation, now: datetime) -> DbCoupon:
    policy = load_invitations()
    coupon = DbCoupon(
        customer_id=invitation.customer_id,
        code=f"IV{secrets.randbelow(10**8):08d}",
        kind=COUPON_KIND,
        title=policy.coupon_title,
        amount_fen=invitation.coupon_fen,
        granted_at=now,
        expires_at=now + timedelta(days=policy.coupon_days),
    )
    session.add(coupon)
    return coupon


async def _candidates(
    session: AsyncSession, policy: InvitationPolicy, *, now: datetime
) -> list[tuple[DbOrder, DbCustomer]]:
    """Return signed orders of the last days that were never asked about."""
    since = now - timedelta(days=policy.within_days)
    asked = select(DbInvitation.order_number)
    query = (
        select(DbOrder, DbCustomer)
        .join(DbCustomer, DbCustomer.id == DbOrder.customer_id)
        .where(DbOrder.signed_at >= since, DbOrder.number.not_in(asked))
        .options(selectinload(DbOrder.items).selectinload(DbOrderItem.product))
        .order_by(DbOrder.signed_at)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def _order_of(session: AsyncSession, invitation: DbInvitation) -> tuple[DbOrder, DbCustomer]:
    query = (
        select(DbOrder, DbCustomer)
        .join(DbCustomer, DbCustomer.id == DbOrder.customer_id)
        .where(DbOrder.number == invitation.order_number)
        .options(selectinload(DbOrder.items).selectinload(DbOrderItem.product))
    )
    row = (await session.execute(query)).one()
    return row[0], row[1]


async def _facts(
    session: AsyncSession,
    order: DbOrder,
    customer: DbCustomer,
    *,
    disputed: Collection[str],
    besides: str | None = None,
) -> OrderFacts:
    asked = select(func.max(DbInvitation.created_at)).where(
        DbInvitation.customer_id == customer.id, DbInvitation.state != InvitationState.STOPPED
    )
    if besides is not None:
        asked = asked.where(DbInvitation.id != besides)
    reviewed = select(DbReview.id).where(DbReview.order_number == order.number).limit(1)
    in_dispute = customer.id in disputed or await _has_trouble(session, customer.id)
    return OrderFacts(
        consent=customer.marketing_consent,
        signed_at=order.signed_at,
        in_dispute=in_dispute,
        reviewed=await session.scalar(reviewed) is not None,
        asked_at=await session.scalar(asked),
    )


async def _has_trouble(session: AsyncSession, customer_id: str) -> bool:
    """Whether a return is under way or a bad review stands unanswered."""
    after_sale = (
        select(DbAfterSale.id)
        .join(DbOrder, DbOrder.id == DbAfterSale.order_id)
        .where(DbOrder.customer_id == customer_id, DbAfterSale.status.not_in(OVER))
        .limit(1)
    )
    bad_review = (
        select(DbReview.id)
        .join(DbOrder, DbOrder.number == DbReview.order_number)
        .where(DbOrder.customer_id == customer_id, DbReview.state == ReviewState.OPEN)
        .limit(1)
    )
    found = await session.scalar(after_sale) or await session.scalar(bad_review)
    return found is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
