"""Approved replies on their way to the shop's own endpoint, which publishes them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.approval import why_closed
from review_manager.drafting import find_reply
from review_manager.policy import load_review_policy
from review_manager.publishing import note_published, sending_key
from review_manager.sending.delivery import Parcel, Unsendable, Withdrawn
from review_manager.sending.wire import Message, Receipt
from review_manager.standing import happened
from review_manager.states import EventType, ReviewState
from review_manager.tables import DbReply, DbReview
from storage.outbox import DbOutboxEntry, enqueue, is_dead

KIND = "review_reply"
MESSAGE_TYPE = "review.reply"
ACTOR = "push"
AT_ONCE = 1000


@dataclass(frozen=True)
class Ready:
    """A reply that waits to be queued, under its key."""

    review_id: str
    key: str


async def find_ready(
    session: AsyncSession, *, platforms: Collection[str], now: datetime
) -> list[Ready]:
    """Return the approved replies whose time to be taken back is over and that nothing sends yet.

    `platforms` are those that the endpoint serves; none means all. A reply that was exported to be
    pasted by a person is not sent beside that.
    """
    query = (
        select(DbReview.id, DbReply)
        .join(DbReply, DbReply.review_id == DbReview.id)
        .where(DbReview.state == ReviewState.APPROVED, DbReply.exported_at.is_(None))
        .where(DbReply.approved_at <= now - load_review_policy().undo_for)
        .order_by(DbReview.due_at)
        .limit(AT_ONCE)
    )
    if platforms:
        query = query.where(DbReview.platform.in_(platforms))
    ready = {sending_key(row[1]): row[0] for row in await session.execute(query)}
    queued = select(DbOutboxEntry.idempotency_key).where(
        DbOutboxEntry.idempotency_key.in_(list(ready))
    )
    known = set(await session.scalars(queued)) if ready else set()
    return [Ready(review_id, key) for key, review_id in ready.items() if key not in known]


async def queue_replies(session: AsyncSession, ready: Collection[Ready], *, now: datetime) -> int:
    """Put replies into the outbox; return how many were not there yet.

    What is taken back meanwhile is found out when it would be sent.
    """
    added = 0
    for one in ready:
        payload = {"review_id": one.review_id}
        added += await enqueue(
            session, kind=KIND, idempotency_key=one.key, payload=payload, now=now
        )
    return added


class ReplyCourier:
    """Says an approved reply, and stops the review's clock when it was taken."""

    kind = KIND

    def __init__(self) -> None:
        self.attempts = load_review_policy().send_attempts

    async def compose(
        self, session: AsyncSession, entry: DbOutboxEntry, *, now: datetime
    ) -> Parcel:
        """Return the reply as it goes out; raises Withdrawn and Unsendable."""
        review, reply = await _read(session, entry)
        if review is None or reply is None or reply.exported_at is not None:
            raise Withdrawn
        closed = why_closed(review, now=now)
        if closed:
            raise Unsendable(wording.SEND_WINDOW.format(reason=closed))
        return Parcel(Message(entry.idempotency_key, MESSAGE_TYPE, told(review, reply)), now)

    async def taken(
        self, session: AsyncSession, entry: DbOutboxEntry, receipt: Receipt, *, now: datetime
    ) -> None:
        """Publish the reply, at the time that the platform says or now."""
        review, reply = await _read(session, entry)
        if review is None or reply is None or reply.approved_at is None:
            return
        at = receipt.at if receipt.at and receipt.at >= reply.approved_at else now
        review.revision += 1
        await note_published(session, review, reply, actor=ACTOR, now=now, at=at)

    async def failed(
        self, session: AsyncSession, entry: DbOutboxEntry, receipt: Receipt, *, now: datetime
    ) -> None:
        """Show why, and stop at `failed` where there will be no other attempt."""
        review, reply = await _read(session, entry)
        if review is None or reply is None:
            return
        reply.failure = receipt.words
        if not is_dead(entry):
            return
        review.state, review.revision = ReviewState.FAILED, review.revision + 1
        kind, attempts = EventType.PUBLISHING_FAILED, entry.attempts
        session.add(
            happened(review.id, kind, at=now, actor=ACTOR, why=receipt.words, attempts=attempts)
        )


def told(review: DbReview, reply: DbReply) -> dict[str, object]:
    """Return what the other side needs to publish a reply; nothing about the customer."""
    return {
        "id": review.id,
        "platform": review.platform,
        "review_id": review.external_id,
        "order_number": review.order_number,
        "sku": review.sku,
        "text": reply.text,
        "approved_at": _iso(reply.approved_at),
        "due_at": _iso(review.due_at),
    }


async def _read(
    session: AsyncSession, entry: DbOutboxEntry
) -> tuple[DbReview | None, DbReply | None]:
    """Return review and reply while this entry still speaks for them, else nothing."""
    review_id = entry.payload["review_id"]
    review = await session.get(DbReview, review_id, with_for_update=True)
    reply = await find_reply(session, review_id)
    still = (
        review is not None
        and review.state in (ReviewState.APPROVED, ReviewState.FAILED)
        and reply is not None
        and reply.approved_at is not None
        and sending_key(reply) == entry.idempotency_key
    )
    return (review, reply) if still else (None, None)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
