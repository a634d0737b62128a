"""Writes the drafts of a stored review: facts from the shop's records, wording from replies/."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from compliance import Channel, check
from review_manager import wording
from review_manager.context import ReviewContext, complained_aspects, is_edible, read_context
from review_manager.judging import restored_analysis
from review_manager.policy import load_review_policy
from review_manager.replies import (
    DraftSet,
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
    context = context or await read_context(session, review, now=now)
    if reply is None:
        reply = DbReply(id=new_id(), review_id=review.id, updated_at=now, text="")
        session.add(reply)
    reply.made_for = review.version
    reply.updated_at = now
    drafted = await _draft(session, review, context, now=now)
    _store(reply, drafted)
    kind = EventType.DRAFTED
    session.add(happened(review.id, kind, at=now, actor=SYSTEM, drafts=len(reply.drafts)))
    await session.flush()
    return reply


async def _draft(
    session: AsyncSession, review: DbReview, context: ReviewContext, *, now: datetime
) -> DraftSet | None:
    case = ReviewCase(
        review_id=f"{review.id}/{review.version}",
        platform=review.platform,
        product_name=product_name(review, context),
        stars=review.stars,
        analysis=restored_analysis(review, misclick=review.misclick, hidden_bad=review.hidden_bad),
        edible=is_edible(context.product),
    )
    try:
        return draft_replies(
            case,
            context.facts(complained_aspects(review)),
            recent_replies=await recent_replies(session, review),
            budget_left_fen=await budget_left(session, now=now),
        )
    except NoDraftError:
        return None


def _store(reply: DbReply, drafted: DraftSet | None) -> None:
    if drafted is None:
        reply.drafts, reply.approver, reply.findings = [], "agent", []
        return
    reply.drafts = [
        {
            "text": draft.text,
            "likeness": round(draft.likeness, 3),
            "findings": findings_of(draft.text),
            "promises": [asdict(promise) for promise in draft.promises],
            "improvement": asdict(draft.improvement) if draft.improvement else None,
        }
        for draft in drafted.variants
    ]
    offer = drafted.compensation
    reply.compensation = asdict(offer) if offer else {}
    reply.approver = str(drafted.approver)
    if reply.written_by is None:
        first = reply.drafts[0]
        reply.text, reply.chosen = first["text"], 0
        reply.private = drafted.private
        reply.promises, reply.improvement = first["promises"], first["improvement"] or {}
        reply.findings = first["findings"]


def findings_of(text: str, *, public: bool = True) -> list[dict[str, Any]]:
    """Return what the wording rules find in a reply, as JSON."""
    channel = Channel.REVIEW_REPLY if public else Channel.CHAT
    verdict = check(text, channel=channel, public=public)
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


def product_name(review: DbReview, context: ReviewContext) -> str:
    """Return the product's name as the shop has it, else as the review's file had it."""
    return context.product.name if context.product else review.product_name
