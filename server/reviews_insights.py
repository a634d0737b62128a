"""What reviews say, as JSON; improvements and what their numbers prove."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from review_manager import insights, wording
from review_manager.analysis import Aspect
from review_manager.improvements import (
    Change,
    ImprovementState,
    NoSuchImprovementError,
    change_improvement,
    list_improvements,
    measure,
)
from review_manager.insights import Period
from review_manager.people import ConflictError
from review_manager.proof import Comparison, Rate
from review_manager.rising import Rise, rising_aspects, rising_words
from review_manager.tables import DbImprovement
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE
from server.problems import Problem
from server.requests import read_body, read_query
from server.reviews_surroundings import iso
from server.reviews_views import actor_of
from shop.tables import DbProduct

NEW_DAYS, EARLIER_DAYS = 7, 28
READERS = {
    "product": insights.by_product,
    "supplier": insights.by_supplier,
    "carrier": insights.by_carrier,
}


class PeriodQuery(BaseModel):
    """Days of China, both included; without them the last thirty."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: date | None = Field(default=None, alias="from", ge=date(2000, 1, 1))
    last: date | None = Field(default=None, alias="to", le=date(2100, 12, 31))
    by: Literal["product", "supplier", "carrier"] = "product"

    def period(self, now: datetime) -> Period:
        """Return the instants between which reviews count; raises Problem for none."""
        last = self.last or now.astimezone(wording.CHINA).date()
        first = self.first or last - timedelta(days=29)
        if first > last:
            raise Problem(422, "开始日期在结束日期之后")
        return Period(_midnight(first), _midnight(last + timedelta(days=1)))


class ImprovementChange(BaseModel):
    """What changes of an improvement."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=1)
    state: ImprovementState | None = None
    owner: str | None = Field(default=None, min_length=1, max_length=60)
    note: str | None = Field(default=None, max_length=500)
    effective_at: datetime | None = None


def add_routes(app: web.Application) -> None:
    """Add insights and improvements."""
    app.router.add_get("/api/reviews/insights", what_reviews_say)
    app.router.add_get("/api/reviews/improvements", improvements)
    app.router.add_patch("/api/reviews/improvements/{id:[0-9a-f-]{36}}", change)


@staff_only(Permission.READ_REVIEWS)
async def what_reviews_say(request: web.Request) -> web.Response:
    """Return a line a product, supplier or carrier, the weeks, and the words that rose."""
    query, now = read_query(request, PeriodQuery), _now()
    period = query.period(now)
    async with request.app[DATABASE].read() as session:
        lines = await READERS[query.by](session, period)
        weeks = await insights.by_week(session, period)
        since = now.astimezone(wording.CHINA).date() - timedelta(days=NEW_DAYS - 1)
        week = Period(_midnight(since), now)
        before = Period(_midnight(since - timedelta(days=EARLIER_DAYS)), week.since)
        fresh = await insights.bad_reviews(session, week)
        earlier = await insights.bad_reviews(session, before)
    words = await asyncio.to_thread(rising_words, fresh, earlier)
    grown = await asyncio.to_thread(rising_aspects, fresh, earlier)
    return web.json_response(
        {
            "from": iso(period.since),
            "to": iso(period.until),
            "by": query.by,
            "aspects": list(Aspect),
            "lines": [line.as_record() for line in lines],
            "weeks": weeks,
            "rising": [_rise(one) for one in words],
            "rising_aspects": [_rise(one) for one in grown],
            "bad_reviews": {"now": len(fresh), "before": len(earlier), "since": f"{since}"},
        }
    )


@staff_only(Permission.READ_REVIEWS)
async def improvements(request: web.Request) -> web.Response:
    """Return every improvement with its rates before and after."""
    now = _now()
    async with request.app[DATABASE].read() as session:
        items = await list_improvements(session)
        names = {
            product.sku: product.name
            for product in await session.scalars(
                select(DbProduct).where(DbProduct.sku.in_({item.sku for item in items}))
            )
        }
        shown = [
            improvement_view(item, await measure(session, item, now=now), names.get(item.sku or ""))
            for item in items
        ]
    return web.json_response({"improvements": shown})


@staff_only(Permission.WRITE_REVIEWS)
async def change(request: web.Request) -> web.Response:
    """Move an improvement on."""
    body, now = await read_body(request, ImprovementChange), _now()
    if body.effective_at is not None and (
        body.effective_at.tzinfo is None or body.effective_at > now
    ):
        raise Problem(422, "生效时间要带时区，且不能在未来")
    wanted = Change(body.state, body.owner, body.note, body.effective_at)
    try:
        async with request.app[DATABASE].write() as session:
            item = await change_improvement(
                session,
                request.match_info["id"],
                wanted,
                revision=body.revision,
                actor=actor_of(request[PERSON]),
                now=now,
            )
            shown = improvement_view(item, await measure(session, item, now=now), None)
    except NoSuchImprovementError:
        raise Problem(404, "没有这个改进项") from None
    except ConflictError as error:
        raise Problem(409, str(error)) from None
    return web.json_response(shown)


def improvement_view(
    item: DbImprovement, comparison: Comparison, product: str | None
) -> dict[str, Any]:
    """Return an improvement with what its numbers prove."""
    return {
        "id": item.id,
        "revision": item.revision,
        "sku": item.sku,
        "product": product or item.sku,
        "aspect": item.aspect,
        "owner": item.owner,
        "plan": item.plan,
        "state": item.state,
        "promised": item.promised,
        "note": item.note,
        "opened_at": iso(item.opened_at),
        "due_at": iso(item.due_at),
        "effective_at": iso(item.effective_at),
        "before": _rate(comparison.before),
        "after": _rate(comparison.after),
        "difference": comparison.difference,
        "interval": comparison.interval,
        "proof": comparison.proof,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "complaints": rate.complaints,
        "reviews": rate.reviews,
        "share": rate.share,
        "interval": rate.interval,
    }


def _rise(rise: Rise) -> dict[str, Any]:
    return {"word": rise.word, "now": rise.now, "before": rise.before}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=wording.CHINA).astimezone(UTC)


def _now() -> datetime:
    return datetime.now(UTC)
