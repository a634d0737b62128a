"""Everything that belongs to one review, read at once for who opens it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.context import ReviewContext, read_context
from review_manager.deciding import get_review
from review_manager.drafting import find_reply
from review_manager.promises import read_promises
from review_manager.publishing import find_sending
from review_manager.tables import (
    DbFollowUp,
    DbReply,
    DbReview,
    DbReviewEvent,
    DbReviewVersion,
)
from shop.promises import DbPromise
from storage.outbox import DbOutboxEntry


@dataclass(frozen=True)
class OpenedReview:
    """A review with its reply, its surroundings and its past."""

    review: DbReview
    reply: DbReply | None
    context: ReviewContext
    follow_ups: Sequence[DbFollowUp]
    versions: Sequence[DbReviewVersion]
    events: Sequence[DbReviewEvent]
    promises: Sequence[DbPromise]
    sending: DbOutboxEntry | None = None


async def open_review(session: AsyncSession, review_id: str, *, now: datetime) -> OpenedReview:
    """Read one review whole; raises NoSuchReviewError."""
    review = await get_review(session, review_id)
    follow_ups = select(DbFollowUp).where(DbFollowUp.review_id == review_id)
    versions = select(DbReviewVersion).where(DbReviewVersion.review_id == review_id)
    events = select(DbReviewEvent).where(DbReviewEvent.review_id == review_id)
    reply = await find_reply(session, review_id)
    return OpenedReview(
        review=review,
        reply=reply,
        sending=await find_sending(session, reply),
        promises=await read_promises(session, review_id),
        context=await read_context(session, review, now=now),
        follow_ups=(await session.scalars(follow_ups.order_by(DbFollowUp.posted_at))).all(),
        versions=(await session.scalars(versions.order_by(DbReviewVersion.version))).all(),
        events=(await session.scalars(events.order_by(DbReviewEvent.at, DbReviewEvent.id))).all(),
    )
