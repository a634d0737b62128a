"""Which reviews there are: filtered, counted, in the order in which they want attention."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.states import UNANSWERED, ReviewState
from review_manager.tables import DbReply, DbReview
from shop.tables import DbProduct
from storage.column_types import UtcDateTime

LONGEST_PAGE = 100
_STEPS = (timedelta(0), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))


class View(StrEnum):
    """The lists of the page."""

    TODO = "todo"
    APPROVED = "approved"
    PUBLISHED = "published"
    GOOD = "good"
    ALL = "all"


class Flag(StrEnum):
    """What can mark a review."""

    SAFETY = "safety"
    THREAT = "threat"
    HIDDEN_BAD = "hidden_bad"
    MISCLICK = "misclick"
    FOLLOWED_UP = "followed_up"
    BAD = "bad"
    LATE = "late"
    CHANGED = "changed"


@dataclass(frozen=True)
class Filters:
    """What is asked for; None and empty ask for everything."""

    view: View = View.TODO
    platform: str | None = None
    sentiment: str | None = None
    stars: int | None = None
    aspect: str | None = None
    flag: Flag | None = None
    sku: str | None = None
    search: str = ""
    import_id: str | None = None
    since: datetime | None = None
    """Only what was posted from this moment on."""


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor of the next ones, None at the end."""

    rows: Sequence[tuple[DbReview, DbReply | None, DbProduct | None]]
    next: str | None


class BadCursorError(ValueError):
    """The cursor is none that a page gave out."""


def shown_in(view: View) -> ColumnElement[bool] | None:
    """Return what a view shows, None for everything."""
    match view:
        case View.TODO:
            return DbReview.state == ReviewState.OPEN
        case View.APPROVED:
            return DbReview.state.in_([ReviewState.APPROVED, ReviewState.FAILED])
        case View.PUBLISHED:
            return DbReview.state == ReviewState.PUBLISHED
        case View.GOOD:
            return DbReview.state == ReviewState.QUIET
    return None


async def list_reviews(
    session: AsyncSession, filters: Filters, *, now: datetime, cursor: str | None, limit: int = 30
) -> Page:
    """Return a page of reviews.

    What owes a reply comes by time left (late, under one, four, twelve hours, longer), then by
    severity, then by due time; everything else newest first. A cursor freezes `now`, so that
    nothing moves between pages.
    """
    at, place = _read_cursor(cursor) if cursor else (now, None)
    order = _order(filters.view, at)
    by = order if filters.view is View.TODO else tuple(column.desc() for column in order)
    keys = [column.label(f"place_{number}") for number, column in enumerate(order)]
    limit = min(limit, LONGEST_PAGE)
    query = (
        _filtered(select(DbReview, DbReply, DbProduct).add_columns(*keys), filters, now=at)
        .outerjoin(DbReply, DbReply.review_id == DbReview.id)
        .outerjoin(DbProduct, DbProduct.sku == DbReview.sku)
        .order_by(*by)
        .limit(limit + 1)
    )
    if place is not None:
        if len(place) != len(order):
            raise BadCursorError
        query = query.where(_after(filters.view, order, place))
    found = (await session.execute(query)).all()
    rows = found[:limit]
    following = _write_cursor(at, tuple(rows[-1])[3:]) if len(found) > limit else None
    return Page([(row[0], row[1], row[2]) for row in rows], following)


async def count_views(session: AsyncSession, filters: Filters, *, now: datetime) -> dict[str, int]:
    """Count each view under the other filters."""
    by_state: dict[str, int] = {}
    states: Any = select(DbReview.state, func.count())
    query = _filtered(states, replace(filters, view=View.ALL), now=now).group_by(DbReview.state)
    for state, count in await session.execute(query):
        by_state[state] = count
    waiting = by_state.get(ReviewState.APPROVED, 0) + by_state.get(ReviewState.FAILED, 0)
    return {
        View.TODO: by_state.get(ReviewState.OPEN, 0),
        View.APPROVED: waiting,
        View.PUBLISHED: by_state.get(ReviewState.PUBLISHED, 0),
        View.GOOD: by_state.get(ReviewState.QUIET, 0),
        View.ALL: sum(by_state.values()),
    }


async def count_urgent(session: AsyncSession, *, now: datetime) -> dict[str, int]:
    """Count what owes a reply: all, late, due within four hours, safety and threat."""
    soon = now + timedelta(hours=4)
    query = select(
        func.count(),
        func.count(case((DbReview.due_at < now, 1))),
        func.count(case((and_(DbReview.due_at >= now, DbReview.due_at < soon), 1))),
        func.count(case((or_(DbReview.safety, DbReview.threat), 1))),
    ).where(DbReview.state.in_(UNANSWERED))
    open_, late, soon_count, grave = (await session.execute(query)).one()
    return {"open": open_, "late": late, "soon": soon_count, "grave": grave}


def _filtered(query: Select[Any], filters: Filters, *, now: datetime) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = []
    shown = shown_in(filters.view)
    if shown is not None:
        wanted.append(shown)
    for column, value in (
        (DbReview.platform, filters.platform),
        (DbReview.sentiment, filters.sentiment),
        (DbReview.stars, filters.stars),
        (DbReview.sku, filters.sku),
        (DbReview.import_id, filters.import_id),
    ):
        if value not in (None, ""):
            wanted.append(column == value)
    if filters.flag:
        wanted.append(_flagged(filters.flag, now))
    if filters.aspect:
        wanted.append(DbReview.complaints.like(f"%|{_literally(filters.aspect)}|%", escape="\\"))
    if filters.since:
        wanted.append(DbReview.posted_at >= filters.since)
    for word in filters.search.split():
        pattern = f"%{_literally(word)}%"
        places = (DbReview.text, DbReview.order_number, DbReview.external_id, DbReview.nickname)
        wanted.append(or_(*(place.like(pattern, escape="\\") for place in places)))
    return query.where(*wanted)


def _flagged(flag: Flag, now: datetime) -> ColumnElement[bool]:
    match flag:
        case Flag.BAD:
            return DbReview.bad_since.is_not(None)
        case Flag.LATE:
            return DbReview.due_at < now
        case Flag.CHANGED:
            return DbReview.version > 1
    return getattr(DbReview, flag).is_(True)  # type: ignore[no-any-return]


def _literally(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _order(view: View, now: datetime) -> tuple[Any, ...]:
    if view is not View.TODO:
        return (DbReview.posted_at, DbReview.id)
    steps = [(DbReview.due_at < now + step, place) for place, step in enumerate(_STEPS)]
    time_left = case(*steps, else_=len(_STEPS))
    return (time_left, -DbReview.severity, DbReview.due_at, DbReview.id)


def _after(view: View, order: tuple[Any, ...], place: list[Any]) -> ColumnElement[bool]:
    """Say what comes after a place: later in a list of due times, older in any other."""
    times = (DbReview.due_at, DbReview.posted_at)
    bound = [
        literal(datetime.fromisoformat(value), UtcDateTime) if column in times else value
        for column, value in zip(order, place, strict=True)
    ]
    here = tuple_(*bound)
    return tuple_(*order) > here if view is View.TODO else tuple_(*order) < here


def _write_cursor(now: datetime, place: Sequence[Any]) -> str:
    values = [one.isoformat() if isinstance(one, datetime) else one for one in place]
    packed = json.dumps([now.isoformat(), values], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, list[Any]]:
    try:
        at, place = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return datetime.fromisoformat(at), list(place)
    except (ValueError, TypeError, AttributeError):
        raise BadCursorError from None
