"""Replies on their way out: the export file to paste or upload, and marking them published."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.approval import note_published
from review_manager.cells import safe_cell
from review_manager.people import Actor
from review_manager.standing import happened
from review_manager.states import EventType, ReviewState
from review_manager.tables import DbReply, DbReview
from storage import audit

_READY = (ReviewState.APPROVED, ReviewState.FAILED)


async def export_replies(
    session: AsyncSession, *, platform: str | None, actor: Actor, now: datetime
) -> str:
    """Return the approved replies as CSV, one row each, and note that they were exported.

    No cell can become a formula in a spreadsheet.
    """
    rows = await _ready(session, platform=platform)
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


async def _ready(
    session: AsyncSession, *, platform: str | None = None, ids: Sequence[str] | None = None
) -> list[tuple[DbReview, DbReply]]:
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
