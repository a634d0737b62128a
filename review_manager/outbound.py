"""Replies on their way out: the export file to paste or upload, and marking them published."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.cells import safe_cell
from review_manager.people import Actor
from review_manager.publishing import note_published, sending_key
from review_manager.standing import happened
from review_manager.states import EventType, ReviewState
from review_manager.tables import DbReply, DbReview
from storage import audit
from storage.outbox import DbOutboxEntry

Rows = list[tuple[DbReview, DbReply]]
_READY = (ReviewState.APPROVED, ReviewState.FAILED)


async def export_replies(
    session: AsyncSession, *, platform: str | None, actor: Actor, now: datetime
) -> str:
    """Return the approved replies as CSV, one row each, and note that they were exported.

    What is on its way to the shop's endpoint is left out, so that no reply is published twice. No
    cell can become a formula in a spreadsheet.
    """
    rows = await _without_sending(session, await _ready(session, platform=platform))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(wording.EXPORT_HEADERS)
    for review, reply in rows:
        writer.writerow(map(safe_cell, _cells(review, reply)))
        reply.exported_at = now
        kind = EventType.EXPORTED
        session.add(happened(review.id, kind, at=now, actor=actor.label))
    await _audit(session, "reviews.exported", actor, now, count=len(rows))
    return out.getvalue()


async def mark_published(
    session: AsyncSession, ids: Sequence[str], *, actor: Actor, now: datetime
) -> list[str]:
    """Note that approved replies are on their platforms now; return the ids that were ready."""
    rows = await _ready(session, ids=ids)
    for review, reply in rows:
        review.revision += 1
        await note_published(session, review, reply, actor=actor.label, now=now)
    await _audit(session, "reviews.published", actor, now, count=len(rows))
    return [review.id for review, _ in rows]


async def _without_sending(session: AsyncSession, rows: Rows) -> Rows:
    """Leave out what was tried or will be tried to be sent, and was not given up."""
    keys = {sending_key(reply) for _, reply in rows if reply.approved_at is not None}
    under_way = set(
        await session.scalars(
            select(DbOutboxEntry.idempotency_key).where(
                DbOutboxEntry.idempotency_key.in_(keys), DbOutboxEntry.due_at.is_not(None)
            )
        )
    )
    return [
        (review, reply)
        for review, reply in rows
        if reply.approved_at is None or sending_key(reply) not in under_way
    ]


async def _ready(
    session: AsyncSession, *, platform: str | None = None, ids: Sequence[str] | None = None
) -> Rows:
    query = (
        select(DbReview, DbReply)
        .join(DbReply, DbReply.review_id == DbReview.id)
        .where(DbReview.state.in_(_READY))
        .order_by(DbReview.due_at, DbReview.id)
        .with_for_update()
    )
    if platform:
        query = query.where(DbReview.platform == platform)
    if ids is not None:
        query = query.where(DbReview.id.in_(ids))
    return [(row[0], row[1]) for row in await session.execute(query)]


def _cells(review: DbReview, reply: DbReply) -> tuple[str, ...]:
    posted = review.posted_at.astimezone(wording.CHINA)
    return (
        wording.PLATFORMS.get(review.platform, review.platform),
        review.external_id or "",
        review.order_number or "",
        review.sku or "",
        review.nickname,
        str(review.stars or ""),
        review.text,
        f"{posted:%Y-%m-%d %H:%M}",
        reply.text,
    )


async def _audit(
    session: AsyncSession, action: str, actor: Actor, now: datetime, *, count: int
) -> None:
    await audit.record(
        session,
        actor=actor.label,
        action=action,
        object_type="review",
        object_id="",
        at=now,
        detail={"count": count},
    )
