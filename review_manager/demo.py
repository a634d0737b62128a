"""Fills an empty database with the demo reviews of data/reviews; their times are relative."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.drafting import make_drafts
from review_manager.intake.landing import JudgedReview, land
from review_manager.intake.reading import ReadReview
from review_manager.judging import judge
from review_manager.own_model import load_in_use
from review_manager.publishing import note_published
from review_manager.states import ReviewState
from review_manager.tables import DbReview

REVIEWS_DATA = Path(__file__).parents[1] / "data" / "reviews"
FILES = ("demo_history", "demo_reviews")  # the four weeks before, and the last ten days
ACTOR = "demo"
_LEFT_OPEN, _LATE, _LATE_HOURS = 12, 15, 29  # of so many one; hours until a late answer
_FORGOTTEN = timedelta(days=10)  # nothing older was left open

Row = dict[str, str]


async def seed_demo_reviews(session: AsyncSession, *, now: datetime) -> bool:
    """Write the demo reviews; return False and write nothing if there are reviews already.

    They are judged the fast way; the server looks at them thoroughly once it runs.
    """
    if await session.scalar(select(DbReview.id).limit(1)) is not None:
        return False
    replies = {(row["platform"], row["review_id"]): row for row in _rows("demo_replies")}
    reads = [_read(row, replies, now) for name in FILES for row in _rows(name)]
    reads.sort(key=lambda read: read.posted_at)
    await land(session, _judged(reads), import_id=None, actor=ACTOR, now=now)
    await _answer_the_past(session, now=now)
    return True


async def _answer_the_past(session: AsyncSession, *, now: datetime) -> None:
    """Let the shop have answered most of what is older than a day, a few too late, some never.

    Beside the authored replies of demo_replies.csv these are the product's own drafts.
    """
    query = (
        select(DbReview)
        .where(DbReview.state == ReviewState.OPEN, DbReview.due_at < now)
        .order_by(DbReview.bad_since)
    )
    for number, review in enumerate((await session.scalars(query)).all(), start=1):
        if review.bad_since is None:
            continue
        if number % _LEFT_OPEN == 0 and now - review.bad_since < _FORGOTTEN:
            continue
        hours = _LATE_HOURS if number % _LATE == 0 else 1 + number * 7 % 20
        at = min(review.bad_since + timedelta(hours=hours, minutes=number * 13 % 60), now)
        reply = await make_drafts(session, review, now=at)
        if reply.text:
            reply.approved_at = at
            await note_published(session, review, reply, actor=ACTOR, now=at)


def _judged(reads: list[ReadReview]) -> list[JudgedReview]:
    analyzer = load_in_use()
    firsts = analyzer.analyse_many([(read.text, read.stars) for read in reads], fast=True)
    later = [read for read in reads if read.follow_up]
    seconds = dict(
        zip(
            map(id, later),
            analyzer.analyse_many([(read.follow_up, None) for read in later], fast=True),
            strict=True,
        )
    )
    return [
        JudgedReview(
            read,
            judge(first, stars=read.stars),
            judge(seconds[id(read)], stars=None, later=True) if read.follow_up else None,
        )
        for read, first in zip(reads, firsts, strict=True)
    ]


def _rows(name: str) -> Iterator[Row]:
    path = REVIEWS_DATA / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _read(row: Row, replies: dict[tuple[str, str], Row], now: datetime) -> ReadReview:
    reply = replies.get((row["platform"], row["review_id"]))
    follow_up = row["follow_up"]
    return ReadReview(
        line=0,
        platform=row["platform"],
        external_id=row["review_id"],
        order_number=row["order_number"] or None,
        sku=row["sku"],
        nickname=row["nickname"],
        stars=int(row["stars"]) if row["stars"] else None,
        text=row["text"],
        posted_at=_ago(row["posted_minutes_ago"], now),
        follow_up=follow_up,
        follow_up_at=_ago(row["follow_up_minutes_ago"], now) if follow_up else None,
        reply=reply["reply"] if reply else "",
        replied_at=_ago(reply["replied_minutes_ago"], now) if reply else None,
        extra={"图片数": row["image_count"]} if row["image_count"] not in ("", "0") else {},
    )


def _ago(minutes: str, now: datetime) -> datetime:
    return now - timedelta(minutes=int(minutes))
