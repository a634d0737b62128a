"""Reads reviews that owe a reply as case records, many at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reports.records import CaseRecord, Subject
from review_manager.states import ReviewState
from review_manager.tables import DbReview, DbReviewEvent
from review_manager.wording import PLATFORMS
from shop.tables import DbProduct
from sla.events import Event, EventType, in_order

BAD = frozenset({"bad"})
LONGEST_TITLE = 60
NOT_STAFF = frozenset({"system", "import", "demo", *PLATFORMS})
PUBLISHED = EventType.REPLY_PUBLISHED.value


async def read_reviews(
    session: AsyncSession, ids: Sequence[str], *, now: datetime
) -> list[CaseRecord]:
    """Return the case records of these reviews; those that owe no reply are left out."""
    query = select(DbReview).where(DbReview.id.in_(ids), DbReview.due_at.is_not(None))
    query = query.where(DbReview.state != ReviewState.HISTORY)
    rows = [row for row in await session.scalars(query) if (row.bad_since or row.posted_at) <= now]
    log = DbReviewEvent
    events = select(log.review_id, log.at, log.type, log.actor)
    events = events.where(log.review_id.in_([row.id for row in rows]), log.at <= now)
    events = events.where(log.type == PUBLISHED)
    told: dict[str, list[tuple[datetime, str, str]]] = {}
    for key, at, kind, actor in await session.execute(events):
        told.setdefault(key, []).append((at, kind, actor))
    skus = {row.sku for row in rows if row.sku}
    products = select(DbProduct.sku, DbProduct.category, DbProduct.name).where(
        DbProduct.sku.in_(skus)
    )
    known = {row.sku: (row.category, row.name) for row in await session.execute(products)}
    return [_record(row, told.get(row.id, []), known, now=now) for row in rows]


def _record(
    row: DbReview,
    told: list[tuple[datetime, str, str]],
    products: dict[str, tuple[str, str]],
    *,
    now: datetime,
) -> CaseRecord:
    category, name = products.get(row.sku or "", (None, ""))
    since = row.bad_since or row.posted_at  # a 追评 may have made it bad long after it was posted
    published = [(at, _person(actor)) for at, kind, actor in told if kind == PUBLISHED]
    if not published and row.replied_at is not None:  # a reply that came in with the file
        published = [(row.replied_at, None)]
    events = [Event(at, EventType.REPLY_PUBLISHED) for at, _who in published if at >= since]
    events.append(Event(since, EventType.REVIEW_POSTED))
    answers = [(at, person) for at, person in published if person]
    ordered = in_order(events)
    return CaseRecord(
        id=row.id,
        kind="review",
        revision=row.revision,
        title=(row.product_name or name)[:LONGEST_TITLE],
        opened_at=since,
        ended_at=row.replied_at,
        subject=Subject(
            row.platform,
            category,
            row.sku,
            _worst_aspect(row.aspects),
        ),
        events=ordered,
        response_events=ordered,
        labels=BAD,
        answers=answers,
        agent_id=answers[-1][1] if answers else None,
        now=now,
    )


def _person(actor: str) -> str | None:
    """Give the id of the member of staff in an actor such as `staff:<id>` or a bare id.

    Who answered on the platform itself is nobody of ours: the event names the platform.
    """
    kind, _, name = actor.rpartition(":")
    return name if kind in ("staff", "agent", "") and name not in NOT_STAFF else None


def _worst_aspect(aspects: Sequence[Any]) -> str | None:
    """Give the first aspect that the review complains about."""
    for one in aspects:
        if isinstance(one, dict) and one.get("polarity") == "negative":
            return str(one.get("aspect") or "") or None
    return None
