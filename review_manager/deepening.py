"""The second look at reviews that were judged the fast way, and drafts for those that need one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.analysis import Analysis
from review_manager.drafting import (
    SYSTEM,
    find_reply,
    order_drafts,
    store_drafts,
    write_drafts,
)
from review_manager.intake.landing import read_later
from review_manager.judging import judge
from review_manager.language_model import ReplyWriter
from review_manager.standing import DECIDED, happened, place
from review_manager.states import Depth, EventType, ReviewState
from review_manager.tables import DbReply, DbReview
from storage.engine import Database


@dataclass(frozen=True)
class Shallow:
    """A review to look at again, as it stood when it was read."""

    id: str
    version: int
    text: str
    stars: int | None


async def find_shallow(session: AsyncSession, *, limit: int) -> list[Shallow]:
    """Return reviews judged the fast way only, those that owe a reply first, then the newest."""
    query = (
        select(DbReview.id, DbReview.version, DbReview.text, DbReview.stars)
        .where(DbReview.depth == Depth.FAST)
        .order_by((DbReview.state == ReviewState.OPEN).desc(), DbReview.posted_at.desc())
        .limit(limit)
    )
    return [Shallow(*row) for row in await session.execute(query)]


async def deepen(
    database: Database, looked_at: Sequence[tuple[Shallow, Analysis]], *, now: datetime
) -> int:
    """Write thorough analyses; return how many reviews changed their standing by it."""
    moved = 0
    async with database.write() as session:
        for shallow, analysis in looked_at:
            review = await session.get(DbReview, shallow.id)
            if review is not None and review.version == shallow.version:
                moved += await _deepen(session, review, analysis, now=now)
    return moved


async def _deepen(
    session: AsyncSession, review: DbReview, analysis: Analysis, *, now: datetime
) -> bool:
    if review.depth != Depth.FAST:
        return False
    before = (review.state, review.severity, review.complaints, review.due_at)
    later = await read_later(session, review) if review.followed_up else []
    is_open = review.state == ReviewState.OPEN
    if review.state in DECIDED or (is_open and await _is_written(session, review)):
        review.depth = Depth.DEEP
        return False
    due_before, since_before = review.due_at, review.bad_since
    place(review, judge(analysis, stars=review.stars), later, depth=Depth.DEEP, now=now)
    if due_before and review.due_at and since_before:
        review.due_at, review.bad_since = due_before, since_before
    if before == (review.state, review.severity, review.complaints, review.due_at):
        return False
    review.revision += 1
    _note(session, review, was=before[0], now=now)
    if review.state == ReviewState.OPEN and before[0] == ReviewState.OPEN:
        await _draft_anew(session, review)
    return True


def _note(session: AsyncSession, review: DbReview, *, was: str, now: datetime) -> None:
    if review.state == was:
        return
    kind = EventType.JUDGED
    session.add(happened(review.id, kind, at=now, actor=SYSTEM, state=review.state, was=was))
    if review.state == ReviewState.OPEN and review.bad_since:
        posted = EventType.REVIEW_POSTED
        session.add(happened(review.id, posted, at=review.bad_since, actor="customer"))


async def _is_written(session: AsyncSession, review: DbReview) -> bool:
    query = select(DbReply.written_by).where(DbReply.review_id == review.id)
    return await session.scalar(query) is not None


async def _draft_anew(session: AsyncSession, review: DbReview) -> None:
    reply = await session.scalar(select(DbReply).where(DbReply.review_id == review.id))
    if reply is not None:
        reply.made_for = 0


async def find_undrafted(session: AsyncSession, *, limit: int) -> Sequence[str]:
    """Return reviews that owe a reply and have no draft yet, the most urgent first."""
    query = (
        select(DbReview.id)
        .outerjoin(DbReply, DbReply.review_id == DbReview.id)
        .where(DbReview.state == ReviewState.OPEN, DbReply.id.is_(None))
        .order_by(DbReview.due_at)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def draft_one(
    database: Database, review_id: str, *, now: datetime, writer: ReplyWriter | None = None
) -> None:
    """Draft the reply to one review; the database is only held to read and to store.

    With a `writer` a language model words it, which may take some seconds.
    """
    async with database.read() as session:
        review = await session.get(DbReview, review_id)
        if review is None:
            return
        order = await order_drafts(session, review, now=now)
    drafted = await asyncio.to_thread(write_drafts, order)
    if writer is not None:
        drafted = await writer.reword(drafted, order)
    async with database.write() as session:
        review = await session.get(DbReview, review_id)
        if review is None or review.state != ReviewState.OPEN or review.version != order.version:
            return
        if await find_reply(session, review_id) is None:
            await store_drafts(session, review, drafted, now=now)
