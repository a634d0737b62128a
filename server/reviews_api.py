"""The reviews page's API: the list, one review, and the check of what is being written."""

from datetime import UTC, date, datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator

from compliance import Channel, check
from review_manager import wording
from review_manager.analysis import Aspect, Sentiment
from review_manager.deciding import get_review
from review_manager.drafting import make_drafts
from review_manager.listing import (
    LONGEST_PAGE,
    BadCursorError,
    Filters,
    Flag,
    View,
    count_urgent,
    count_views,
    list_reviews,
)
from review_manager.opened import open_review
from review_manager.states import WRITABLE
from server.access import Permission, staff_only
from server.keys import DATABASE
from server.problems import Problem
from server.requests import read_body, read_query
from server.reviews_decisions import LONGEST_REPLY
from server.reviews_edge import ID, answer_with, deciding, utc_now
from server.reviews_views import page_view
from server.wording_check import verdict_view


class ListQuery(BaseModel):
    """Filters of the list, all optional; the address of the page carries the same names."""

    model_config = ConfigDict(extra="forbid")

    view: View = View.TODO
    platform: str | None = Field(default=None, max_length=20)
    sentiment: Sentiment | None = None
    stars: int | None = Field(default=None, ge=1, le=5)
    aspect: Aspect | None = None
    flag: Flag | None = None
    sku: str | None = Field(default=None, max_length=40)
    search: str = Field(default="", max_length=100)
    import_id: str | None = Field(default=None, max_length=36)
    since: date | None = Field(default=None, ge=date(2000, 1, 1), le=date(2100, 12, 31))
    """A day of China, included."""

    cursor: str | None = Field(default=None, max_length=400)
    limit: int = Field(default=30, ge=1, le=LONGEST_PAGE)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value != ""}

    @property
    def filters(self) -> Filters:
        """The filters alone."""
        rest = self.model_dump(exclude={"cursor", "limit", "since"})
        return Filters(**rest, since=_midnight(self.since) if self.since else None)


class Text(BaseModel):
    """A text to check while it is being written."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LONGEST_REPLY)
    public: bool = True


def add_routes(app: web.Application) -> None:
    """Add the list, the review and the check."""
    app.router.add_get("/api/reviews", reviews)
    app.router.add_post("/api/reviews/check", check_text)
    app.router.add_get(f"/api/reviews/{ID}", review)


@staff_only(Permission.READ_REVIEWS)
async def reviews(request: web.Request) -> web.Response:
    """Return a page of the list with the counts of every view."""
    query, now = read_query(request, ListQuery), utc_now()
    async with request.app[DATABASE].read() as session:
        try:
            page = await list_reviews(
                session, query.filters, now=now, cursor=query.cursor, limit=query.limit
            )
        except BadCursorError:
            raise Problem(422, "翻页位置已失效，请重新打开列表") from None
        answer = page_view(page, now=now)
        if query.cursor is None:
            answer["counts"] = await count_views(session, query.filters, now=now)
            answer["urgent"] = await count_urgent(session, now=now)
    return web.json_response(answer)


@staff_only(Permission.READ_REVIEWS)
async def review(request: web.Request) -> web.Response:
    """Return one review with evidence, drafts and history; drafts are made if there are none."""
    review_id = request.match_info["id"]
    async with deciding(request) as session:
        opened = await open_review(session, review_id, now=utc_now())
    needs_drafts = opened.review.state in WRITABLE and (
        opened.reply is None or opened.reply.made_for != opened.review.version
    )
    if needs_drafts:
        async with deciding(request) as session:
            locked = await get_review(session, review_id)
            await make_drafts(session, locked, now=utc_now())
    return await answer_with(request, review_id)


@staff_only(Permission.READ_REVIEWS)
async def check_text(request: web.Request) -> web.Response:
    """Check a reply or private message while it is being written."""
    body = await read_body(request, Text)
    channel = Channel.REVIEW_REPLY if body.public else Channel.CHAT
    verdict = check(body.text, channel=channel, public=body.public)
    return web.json_response(verdict_view(body.text, verdict))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=wording.CHINA).astimezone(UTC)
