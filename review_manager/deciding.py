"""One change of a review by one person: the lock that lets only one win, and the audit entry."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.people import Actor, ConflictError, NoSuchReviewError
from review_manager.states import ReviewState
from review_manager.tables import DbReview, DbReviewEvent
from storage import audit


async def get_review(session: AsyncSession, review_id: str) -> DbReview:
    """Return the review; raises NoSuchReviewError."""
    review = await session.get(DbReview, review_id)
    if review is None:
        raise NoSuchReviewError(review_id)
    return review


async def lock_review(
    session: AsyncSession, review_id: str, revision: int, states: Collection[ReviewState]
) -> DbReview:
    """Take the next revision for this change; whoever comes second finds another revision.

    Raises NoSuchReviewError, and ConflictError for another revision or a state not in `states`.
    """
    taken = await session.execute(
        update(DbReview)
        .where(DbReview.id == review_id, DbReview.revision == revision)
        .where(DbReview.state.in_(states))
        .values(revision=DbReview.revision + 1)
        .execution_options(synchronize_session=False)
    )
    review = await session.get(DbReview, review_id, populate_existing=True)
    if review is None:
        raise NoSuchReviewError(review_id)
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError(await _who(session, review, states))
    return review


async def note_decision(
    session: AsyncSession, action: str, review: DbReview, actor: Actor, now: datetime
) -> None:
    """Write a person's decision into the audit log."""
    await audit.record(
        session,
        actor=actor.label,
        action=action,
        object_type="review",
        object_id=review.id,
        at=now,
        detail={"revision": review.revision, "state": str(review.state)},
    )


async def _who(session: AsyncSession, review: DbReview, states: Collection[ReviewState]) -> str:
    if review.state in states:
        return wording.NOT_THE_ONE_YOU_SAW
    last = await session.scalar(
        select(DbReviewEvent.actor)
        .where(DbReviewEvent.review_id == review.id)
        .order_by(DbReviewEvent.at.desc(), DbReviewEvent.id.desc())
        .limit(1)
    )
    by = (last or "").removeprefix("staff:")
    return wording.NO_LONGER_OPEN.format(by=by, state=wording.STATES[review.state])
