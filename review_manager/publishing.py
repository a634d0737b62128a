"""From approval to the platform: taking back, publishing, and trying again what went wrong."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.deciding import get_review, lock_review, note_decision
from review_manager.drafting import find_reply
from review_manager.improvements import open_improvement
from review_manager.people import Actor, RefusedError
from review_manager.policy import load_review_policy
from review_manager.promises import enter_promises
from review_manager.standing import happened
from review_manager.states import EventType, ReviewState
from review_manager.tables import DbReply, DbReview
from storage.outbox import DbOutboxEntry, find_entry, is_dead, mark_sent, revive

UNDOABLE = frozenset({ReviewState.APPROVED, ReviewState.FAILED, ReviewState.DISMISSED})
READY = frozenset({ReviewState.APPROVED, ReviewState.FAILED})


def sending_key(reply: DbReply) -> str:
    """Return the idempotency key of an approved reply: another approval has another one."""
    if reply.approved_at is None:
        raise ValueError("only an approved reply is sent")
    return f"reply_{reply.id}_{int(reply.approved_at.timestamp() * 1000)}"


def undo_until(reply: DbReply) -> datetime | None:
    """Return until when an approval is held back from anything that sends by itself."""
    return reply.approved_at + load_review_policy().undo_for if reply.approved_at else None


async def find_sending(session: AsyncSession, reply: DbReply | None) -> DbOutboxEntry | None:
    """Return how the sending of an approved reply stands, None where nothing sends it."""
    if reply is None or reply.approved_at is None:
        return None
    found: DbOutboxEntry | None = await session.scalar(
        select(DbOutboxEntry).where(DbOutboxEntry.idempotency_key == sending_key(reply))
    )
    return found


async def undo(
    session: AsyncSession, review_id: str, *, revision: int, actor: Actor, now: datetime
) -> DbReview:
    """Take an approval or a dismissal back, as long as nothing can have been published.

    Raises RefusedError for what is published or on its way: an attempt without an answer may have
    arrived. After the last attempt it is for a person to look at the platform first.
    """
    review = await get_review(session, review_id)
    if review.state == ReviewState.PUBLISHED:
        raise RefusedError(wording.NOTHING_TO_UNDO)
    review = await lock_review(session, review_id, revision, UNDOABLE)
    reply = await find_reply(session, review_id)
    if reply is not None:
        await _hold_back(session, reply)
        reply.approved_by = reply.approved_at = reply.exported_at = None
        reply.failure = ""
    review.state = ReviewState.OPEN if review.bad_since else ReviewState.QUIET
    session.add(happened(review.id, EventType.UNDONE, at=now, actor=actor.label))
    await note_decision(session, "review.undone", review, actor, now)
    return review


async def publish(
    session: AsyncSession, review_id: str, *, revision: int, actor: Actor, now: datetime
) -> DbReview:
    """Note that an approved reply is on the platform now; this stops the clock."""
    review = await lock_review(session, review_id, revision, READY)
    reply = await find_reply(session, review_id)
    assert reply is not None  # noqa: S101 - nothing is approved without a reply
    await note_published(session, review, reply, actor=actor.label, now=now)
    await note_decision(session, "review.published", review, actor, now)
    return review


async def note_published(
    session: AsyncSession,
    review: DbReview,
    reply: DbReply,
    *,
    actor: str,
    now: datetime,
    at: datetime | None = None,
) -> None:
    """Write the publishing of an approved reply, whoever brought it about, `at` or just now.

    What would still be sent is not: the reply is there.
    """
    at = at or now
    if reply.approved_at is not None:
        entry = await find_entry(session, sending_key(reply))
        if entry is not None and entry.sent_at is None:
            mark_sent(entry, now=now)
    review.state = ReviewState.PUBLISHED
    review.replied_at = reply.published_at = at
    reply.failure = ""
    session.add(happened(review.id, EventType.REPLY_PUBLISHED, at=at, actor=actor))
    item = await open_improvement(session, review, reply, actor=actor, now=now)
    await session.flush()
    enter_promises(session, review, reply, item, actor=actor, now=now)
    await session.flush()


async def send_again(
    session: AsyncSession, review_id: str, *, revision: int, actor: Actor, now: datetime
) -> DbReview:
    """Send a reply again whose sending was given up: same text, same key, so never twice."""
    review = await lock_review(session, review_id, revision, {ReviewState.FAILED})
    reply = await find_reply(session, review_id)
    assert reply is not None  # noqa: S101 - nothing fails without a reply
    entry = await find_entry(session, sending_key(reply))
    if entry is not None and is_dead(entry):
        revive(entry, now=now)
    review.state, reply.failure, reply.exported_at = ReviewState.APPROVED, "", None
    session.add(happened(review.id, EventType.SENT_AGAIN, at=now, actor=actor.label))
    await note_decision(session, "review.sent_again", review, actor, now)
    return review


async def send_all_again(session: AsyncSession, *, actor: Actor, now: datetime) -> Sequence[str]:
    """Send every reply again whose sending was given up; return their reviews' ids."""
    query = select(DbReview.id, DbReview.revision).where(DbReview.state == ReviewState.FAILED)
    failed = [(row[0], row[1]) for row in await session.execute(query)]
    for review_id, revision in failed:
        await send_again(session, review_id, revision=revision, actor=actor, now=now)
    return [review_id for review_id, _ in failed]


async def _hold_back(session: AsyncSession, reply: DbReply) -> None:
    if reply.approved_at is None:
        return
    entry = await find_entry(session, sending_key(reply))
    if entry is None:
        return
    if entry.attempts and not is_dead(entry):
        raise RefusedError(wording.BEING_SENT)
    await session.delete(entry)
