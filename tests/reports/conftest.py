"""A shop with bad reviews and chats, small enough to know every figure by heart."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from reports.alarm_rules import read_alarm_policy
from reports.catching_up import catch_up
from reports.measuring import Rules
from review_manager.tables import DbReview, DbReviewEvent
from sla.policies import read_policies
from storage.engine import Database
from storage.tables import new_id

Post = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The shipped policies and alarm rules."""
    return Rules(read_policies(), read_alarm_policy())


@pytest.fixture
def bad_review(database: Database, now: datetime) -> Post:
    """Store a bad review; times are hours before `now`."""
    return lambda **facts: store_review(database, now, **facts)


async def store_review(
    database: Database,
    now: datetime,
    *,
    hours: float = 1,
    replied: float | None = None,
    platform: str = "house",
    aspect: str | None = None,
    by: str = "staff:s1",
    product: str = "保温杯",
) -> str:
    review_id, since = new_id(), now - timedelta(hours=hours)
    replied_at = None if replied is None else now - timedelta(hours=replied)
    async with database.write() as session:
        session.add(
            DbReview(
                id=review_id,
                platform=platform,
                content_key=review_id,
                content_hash=review_id,
                product_name=product,
                text="杯盖漏水",
                posted_at=since,
                received_at=since,
                sentiment="negative",
                state="open" if replied_at is None else "published",
                aspects=[{"aspect": aspect, "polarity": "negative"}] if aspect else [],
                bad_since=since,
                due_at=since + timedelta(hours=24),
                replied_at=replied_at,
            )
        )
        await session.flush()
        session.add(
            DbReviewEvent(review_id=review_id, at=since, type="review_posted", actor="import")
        )
    if replied_at is not None:
        await publish_reply(database, review_id, replied_at, by=by)
    return review_id


async def publish_reply(
    database: Database, review_id: str, at: datetime, *, by: str = "staff:s1"
) -> None:
    async with database.write() as session:
        row = await session.get(DbReview, review_id)
        assert row is not None
        row.revision += 1
        row.replied_at = at
        session.add(DbReviewEvent(review_id=review_id, at=at, type="reply_published", actor=by))


@pytest.fixture
def read_changes(database: Database, rules: Rules, now: datetime) -> Callable[..., Awaitable[int]]:
    """Bring the stored clocks up to date as of `now`, or of another moment."""

    async def read(at: datetime = now) -> int:
        return await catch_up(database, rules, now=at)

    return read
