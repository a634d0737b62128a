"""Invitations to review: planned after delivery, and handed out with their link."""

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from compliance import Channel, check
from review_manager.inviting import (
    InvitationPolicy,
    OrderFacts,
    find_obstacle,
    load_invitations,
    send_time,
)
from review_manager.states import ReviewState
from review_manager.tables import DbInvitation, DbReview
from shop.tables import DbAfterSale, DbCustomer, DbOrder, DbOrderItem
from storage import audit
from storage.sealed import blind_index

OVER = ("refunded", "completed", "rejected", "withdrawn")
"""States of an after-sale request in which nothing is in dispute any more."""

GIVEN_BACK = frozenset({"cancelled", "refunding", "refunded", "exchanging"})
"""States of an order whose goods the customer did not keep, or not yet."""

_TOKEN_DIGITS = 40


class InvitationState(StrEnum):
    """How an invitation stands; `sending` is in the outbox, `failed` was given up there."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"


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
    link: str
    platform: str = ""
    phone: str | None = None
    nickname: str = ""


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
    """Return the invitations whose time has come, each with its own link below `link`.

    None in quiet hours. Whoever fell into a dispute or took back consent since planning is not
    asked. Raises UnlawfulInvitationError if the text breaks a rule.
    """
    ready = []
    for invitation in await find_due(session, now=now):
        outgoing = await prepare(
            session, invitation, link=link, shop=shop, now=now, disputed=disputed
        )
        if outgoing is not None:
            note_sent(invitation, now=now)
            ready.append(outgoing)
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


async def find_due(session: AsyncSession, *, now: datetime) -> list[DbInvitation]:
    """Return the planned invitations whose time has come; none in quiet hours."""
    if send_time(now, load_invitations()) > now:
        return []
    planned = select(DbInvitation).where(
        DbInvitation.state == InvitationState.PLANNED, DbInvitation.send_at <= now
    )
    return list((await session.scalars(planned.order_by(DbInvitation.send_at))).all())


async def prepare(
    session: AsyncSession,
    invitation: DbInvitation,
    *,
    link: str,
    shop: str,
    now: datetime,
    disputed: Collection[str],
) -> Outgoing | None:
    """Write out one invitation, or stop it and return None where something stands against it.

    The same invitation always has the same link, so that sending it twice asks only once.
    """
    policy = load_invitations()
    order, customer = await _order_of(session, invitation)
    facts = await _facts(session, order, customer, disputed=disputed, besides=invitation.id)
    obstacle = find_obstacle(facts, policy, now=now)
    if obstacle is not None:
        invitation.state, invitation.why = InvitationState.STOPPED, obstacle
        return None
    token = token_of(invitation)
    product = order.items[0].product.name if order.items else ""
    whole = f"{link}/{token}"
    text = text_of(policy, shop=shop, product=product, link=whole)
    invitation.text, invitation.token_hash = text.replace(token, "…"), hash_of(token)
    return Outgoing(
        order.number,
        customer.id,
        text,
        whole,
        platform=order.platform,
        phone=customer.phone,
        nickname=customer.nickname,
    )


def note_sent(invitation: DbInvitation, *, now: datetime) -> None:
    """Note that an invitation went out; its link opens from now on."""
    invitation.state, invitation.sent_at, invitation.why = InvitationState.SENT, now, ""


def token_of(invitation: DbInvitation) -> str:
    """Return the secret of an invitation's link; nobody without the keyring can make it."""
    return blind_index("invitation", invitation.id)[:_TOKEN_DIGITS]


def hash_of(token: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def text_of(policy: InvitationPolicy, *, shop: str, product: str, link: str) -> str:
    """Return the text of an invitation, checked; raises UnlawfulInvitationError."""
    amount = f"{policy.coupon_fen / 100:g}"
    text = policy.text.format(shop=shop, product=product, link=link, amount=amount)
    unlinked = policy.text.format(shop=shop, product=product, link="", amount=amount)
    findings = check(unlinked, channel=Channel.INVITATION).findings
    if findings:
        raise UnlawfulInvitationError(f"{findings[0].rule}: {findings[0].source}")
    return text


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
        given_back=order.status in GIVEN_BACK,
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
