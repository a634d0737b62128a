"""Writes the drafts of a stored review: facts from the shop's records, wording from replies/."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from compliance import Channel, check
from review_manager import wording
from review_manager.context import (
    ReviewContext,
    complained_aspects,
    is_edible,
    is_worn,
    read_context,
)
from review_manager.judging import restored_analysis
from review_manager.policy import load_review_policy
from review_manager.replies import (
    CustomerFacts,
    NoDraftError,
    ReviewCase,
    draft_replies,
    load_compensation,
)
from review_manager.standing import happened
from review_manager.states import EventType
from review_manager.tables import DbReply, DbReview
from storage.tables import new_id

SYSTEM = "kefu"
_FEN = 100


async def find_reply(session: AsyncSession, review_id: str) -> DbReply | None:
    """Return the reply of a review with its drafts, or None while there is none."""
    found: DbReply | None = await session.scalar(
        select(DbReply).where(DbReply.review_id == review_id)
    )
    return found


@dataclass(frozen=True)
class DraftOrder:
    """What drafts are made from, read from the database; making them needs it no more.

    `review_text` and `personal` (what would tell who the customer is) are for a language model:
    the one it answers, the other it never sees.
    """

    review_id: str
    version: int
    case: ReviewCase
    facts: CustomerFacts
    recent: tuple[str, ...]
    budget_left_fen: int
    review_text: str = ""
    personal: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drafted:
    """Drafts as they are stored; there are none where no lawful text could be made."""

    version: int
    variants: list[dict[str, Any]]
    private: str
    approver: str
    compensation: dict[str, Any]


async def make_drafts(
    session: AsyncSession,
    review: DbReview,
    *,
    now: datetime,
    context: ReviewContext | None = None,
) -> DbReply:
    """Draft the reply to a review, or draft it anew where the review changed since.

    A text that a person wrote stays. Where no draft can be written the reply has none.
    """
    reply = await find_reply(session, review.id)
    if reply is not None and reply.made_for == review.version and reply.drafts:
        return reply
    order = await order_drafts(session, review, now=now, context=context)
    return await store_drafts(session, review, write_drafts(order), now=now)


async def order_drafts(
    session: AsyncSession,
    review: DbReview,
    *,
    now: datetime,
    context: ReviewContext | None = None,
) -> DraftOrder:
    """Read what the drafts of a review are made from."""
    context = context or await read_context(session, review, now=now)
    case = ReviewCase(
        review_id=f"{review.id}/{review.version}",
        platform=review.platform,
        product_name=product_name(review, context),
        stars=review.stars,
        analysis=restored_analysis(review, misclick=review.misclick, hidden_bad=review.hidden_bad),
        edible=is_edible(context.product),
        worn=is_worn(context.product),
        text=review.text,
    )
    return DraftOrder(
        review_id=review.id,
        version=review.version,
        case=case,
        facts=context.facts(complained_aspects(review)),
        recent=tuple(await recent_replies(session, review)),
        budget_left_fen=await budget_left(session, now=now),
        review_text=review.text,
        personal=personal_data(review, context),
    )


def write_drafts(order: DraftOrder) -> Drafted:
    """Make and check the drafts: pure, some tens of milliseconds."""
    try:
        made = draft_replies(
            order.case,
            order.facts,
            recent_replies=order.recent,
            budget_left_fen=order.budget_left_fen,
        )
    except NoDraftError:
        return Drafted(order.version, [], "", "agent", {})
    variants = [
        {
            "text": draft.text,
            "likeness": round(draft.likeness, 3),
            "findings": findings_of(draft.text),
            "promises": [asdict(promise) for promise in draft.promises],
            "improvement": asdict(draft.improvement) if draft.improvement else None,
        }
        for draft in made.variants
    ]
    offer = asdict(made.compensation) if made.compensation else {}
    return Drafted(order.version, variants, made.private, str(made.approver), offer)


async def store_drafts(
    session: AsyncSession, review: DbReview, drafted: Drafted, *, now: datetime
) -> DbReply:
    """Store drafts; what a person wrote meanwhile stays."""
    reply = await find_reply(session, review.id)
    if reply is None:
        reply = DbReply(id=new_id(), review_id=review.id, updated_at=now, text="")
        session.add(reply)
    _store(reply, drafted)
    reply.updated_at = now
    kind = EventType.DRAFTED
    session.add(happened(review.id, kind, at=now, actor=SYSTEM, drafts=len(reply.drafts)))
    await session.flush()
    return reply


def _store(reply: DbReply, drafted: Drafted) -> None:
    reply.made_for, reply.drafts = drafted.version, drafted.variants
    reply.compensation, reply.approver = drafted.compensation, drafted.approver
    if reply.written_by is not None:
        return
    if not drafted.variants:
        reply.text, reply.chosen, reply.findings = "", None, []
        return
    first = drafted.variants[0]
    reply.text, reply.chosen, reply.private = first["text"], 0, drafted.private
    reply.promises, reply.improvement = first["promises"], first["improvement"] or {}
    reply.findings = first["findings"]


def findings_of(text: str, *, public: bool = True, generated: bool = False) -> list[dict[str, Any]]:
    """Return what the wording rules find in a reply, as JSON; `generated` by a language model."""
    channel = Channel.REVIEW_REPLY if public else Channel.CHAT
    verdict = check(text, channel=channel, public=public, generated=generated)
    return [asdict(finding) for finding in verdict.findings]


async def recent_replies(session: AsyncSession, review: DbReview) -> Sequence[str]:
    """Return the last public texts on the product's page, approved or drafted, newest first."""
    if not review.sku:
        return ()
    query = (
        select(DbReply.text)
        .join(DbReview, DbReview.id == DbReply.review_id)
        .where(DbReview.sku == review.sku, DbReview.id != review.id, DbReply.text != "")
        .order_by(DbReply.updated_at.desc())
        .limit(load_review_policy().recent_replies)
    )
    return (await session.scalars(query)).all()


async def budget_left(session: AsyncSession, *, now: datetime) -> int:
    """Return what is left of this month's coupons in fen; approved replies have spent it."""
    month = now.astimezone(wording.CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    query = select(DbReply.compensation).where(DbReply.approved_at >= month)
    spent = sum(int(one.get("coupon_fen") or 0) for one in await session.scalars(query))
    return load_compensation().monthly_budget_yuan * _FEN - spent


def personal_data(review: DbReview, context: ReviewContext) -> tuple[str, ...]:
    """Return what is known that would tell who wrote the review."""
    customer, order = context.customer, context.order
    known = [review.nickname, review.order_number]
    if customer is not None:
        known += [customer.nickname, customer.name, customer.phone, customer.address]
    if order is not None:
        known += [order.number, order.receiver, order.receiver_phone, order.receiver_address]
    return tuple(dict.fromkeys(datum for datum in known if datum))


def product_name(review: DbReview, context: ReviewContext) -> str:
    """Return the product's name as the shop has it, else as the review's file had it."""
    return context.product.name if context.product else review.product_name
