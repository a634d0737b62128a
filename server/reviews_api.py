"""The reviews page's API: the list, one review, and every decision on its reply."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator

from compliance import Channel, check
from review_manager import approval, correcting
from review_manager.analysis import Aspect, Sentiment
from review_manager.approval import Answer
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
from review_manager.outbound import export_replies, mark_published
from review_manager.people import ConflictError, NoSuchReviewError, NotYoursError, RefusedError
from review_manager.promises import PromiseOverError, keep_promise
from review_manager.states import WRITABLE
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE
from server.problems import Problem
from server.requests import read_body, read_query
from server.reviews_views import actor_of, detail_view, page_view
from server.wording_check import verdict_view
from storage.engine import Session

ID = "{id:[0-9a-f-]{36}}"
LONGEST_REPLY = 2000
CONFLICT = "/problems/review-changed"
REFUSED = "/problems/reply-refused"


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
    cursor: str | None = Field(default=None, max_length=400)
    limit: int = Field(default=30, ge=1, le=LONGEST_PAGE)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value != ""}

    @property
    def filters(self) -> Filters:
        """The filters alone."""
        return Filters(**self.model_dump(exclude={"cursor", "limit"}))


class Strict(BaseModel):
    """A request body without unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Seen(Strict):
    """A decision on the review as the sender saw it."""

    revision: int = Field(ge=1)


class Reply(Seen):
    """A reply; `chosen` is the number of the draft that it is, null for own words."""

    text: str = Field(max_length=LONGEST_REPLY)
    private: str | None = Field(default=None, max_length=LONGEST_REPLY)
    chosen: int | None = Field(default=None, ge=0, le=9)

    @property
    def answer(self) -> Answer:
        """The reply as the review manager takes it."""
        return Answer(self.text, self.private, self.chosen)


class Dismissal(Seen):
    """Why no public reply is given."""

    why: str = Field(min_length=1, max_length=200)


class Correction(Strict):
    """What the review really is."""

    sentiment: Sentiment


class Item(Seen):
    """One of several reviews."""

    id: str = Field(max_length=36)


class Bulk(Strict):
    """Several reviews to approve with their drafts as they are."""

    reviews: list[Item] = Field(min_length=1, max_length=200)


class Ids(Strict):
    """Several reviews."""

    ids: list[str] = Field(min_length=1, max_length=5000)


class Export(Strict):
    """Which approved replies to export; no platform: all."""

    platform: str | None = Field(default=None, max_length=20)


class Text(Strict):
    """A text to check while it is being written."""

    text: str = Field(max_length=LONGEST_REPLY)
    public: bool = True


def add_routes(app: web.Application) -> None:
    """Add the list, the review and the decisions."""
    add_get, add_post = app.router.add_get, app.router.add_post
    add_get("/api/reviews", reviews)
    add_post("/api/reviews/check", check_text)
    add_post("/api/reviews/approve", approve_many)
    add_post("/api/reviews/export", export)
    add_post("/api/reviews/published", published)
    add_get(f"/api/reviews/{ID}", review)
    app.router.add_put(f"/api/reviews/{ID}/reply", save)
    add_post(f"/api/reviews/{ID}/approve", approve)
    add_post(f"/api/reviews/{ID}/undo", undo)
    add_post(f"/api/reviews/{ID}/publish", publish)
    add_post(f"/api/reviews/{ID}/dismiss", dismiss)
    add_post(f"/api/reviews/{ID}/sentiment", correct)
    add_post("/api/reviews/promises/{promise:[0-9a-f-]{36}}/keep", keep)


@staff_only(Permission.READ_REVIEWS)
async def reviews(request: web.Request) -> web.Response:
    """Return a page of the list with the counts of every view."""
    query, now = read_query(request, ListQuery), _now()
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
    async with _deciding(request) as session:
        opened = await open_review(session, review_id, now=_now())
    needs_drafts = opened.review.state in WRITABLE and (
        opened.reply is None or opened.reply.made_for != opened.review.version
    )
    if needs_drafts:
        async with _deciding(request) as session:
            locked = await approval.get_review(session, review_id)
            await make_drafts(session, locked, now=_now())
    return await _detail(request, review_id)


@staff_only(Permission.WRITE_REVIEWS)
async def save(request: web.Request) -> web.Response:
    """Keep an edited reply without approving it."""
    body, review_id = await read_body(request, Reply), request.match_info["id"]
    async with _deciding(request) as session:
        await approval.save_text(
            session,
            review_id,
            revision=body.revision,
            answer=body.answer,
            actor=actor_of(request[PERSON]),
            now=_now(),
        )
    return await _detail(request, review_id)


@staff_only(Permission.WRITE_REVIEWS)
async def approve(request: web.Request) -> web.Response:
    """Approve a reply; the second of two people gets a 409."""
    body, review_id = await read_body(request, Reply), request.match_info["id"]
    async with _deciding(request) as session:
        await approval.approve(
            session,
            review_id,
            revision=body.revision,
            answer=body.answer,
            actor=actor_of(request[PERSON]),
            now=_now(),
        )
    return await _detail(request, review_id)


@staff_only(Permission.WRITE_REVIEWS)
async def undo(request: web.Request) -> web.Response:
    """Take an approval or dismissal back."""
    body, review_id = await read_body(request, Seen), request.match_info["id"]
    async with _deciding(request) as session:
        await approval.undo(
            session,
            review_id,
            revision=body.revision,
            actor=actor_of(request[PERSON]),
            now=_now(),
        )
    return await _detail(request, review_id)


@staff_only(Permission.WRITE_REVIEWS)
async def publish(request: web.Request) -> web.Response:
    """Note that a reply is on its platform."""
    body, review_id = await read_body(request, Seen), request.match_info["id"]
    async with _deciding(request) as session:
        await approval.publish(
            session,
            review_id,
            revision=body.revision,
            actor=actor_of(request[PERSON]),
            now=_now(),
        )
    return await _detail(request, review_id)


@staff_only(Permission.WRITE_REVIEWS)
async def dismiss(request: web.Request) -> web.Response:
    """Close a review without a public reply."""
    body, review_id = await read_body(request, Dismissal), request.match_info["id"]
    async with _deciding(request) as session:
        await approval.dismiss(
            session,
            review_id,
            revision=body.revision,
            why=body.why,
            actor=actor_of(request[PERSON]),
            now=_now(),
        )
    return await _detail(request, review_id)


@staff_only(Permission.WRITE_REVIEWS)
async def correct(request: web.Request) -> web.Response:
    """Say what a review really is."""
    body, review_id = await read_body(request, Correction), request.match_info["id"]
    async with _deciding(request) as session:
        await correcting.correct(
            session, review_id, body.sentiment, actor=actor_of(request[PERSON]), now=_now()
        )
    return await _detail(request, review_id)


@staff_only(Permission.WRITE_REVIEWS)
async def keep(request: web.Request) -> web.Response:
    """Note that something a reply promised is done."""
    try:
        async with request.app[DATABASE].write() as session:
            kept = await keep_promise(
                session,
                request.match_info["promise"],
                actor=actor_of(request[PERSON]),
                now=_now(),
            )
    except PromiseOverError:
        raise Problem(409, "这个承诺已经了结，或不是评价回复里的") from None
    return await _detail(request, kept.review_id or "")


@staff_only(Permission.WRITE_REVIEWS)
async def approve_many(request: web.Request) -> web.Response:
    """Approve several drafts that have no finding; the others are refused one by one."""
    body = await read_body(request, Bulk)
    wanted = [(item.id, item.revision) for item in body.reviews]
    async with _deciding(request) as session:
        approved, refused = await approval.approve_many(
            session, wanted, actor=actor_of(request[PERSON]), now=_now()
        )
    return web.json_response({"approved": approved, "refused": refused})


@staff_only(Permission.WRITE_REVIEWS)
async def export(request: web.Request) -> web.Response:
    """Return the approved replies as a CSV that spreadsheets open, one row each."""
    body, now = await read_body(request, Export), _now()
    async with _deciding(request) as session:
        table = await export_replies(
            session, platform=body.platform, actor=actor_of(request[PERSON]), now=now
        )
    name = f"replies-{now:%Y%m%d-%H%M}.csv"
    return web.Response(
        body=table.encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@staff_only(Permission.WRITE_REVIEWS)
async def published(request: web.Request) -> web.Response:
    """Note that several approved replies are on their platforms."""
    body = await read_body(request, Ids)
    async with _deciding(request) as session:
        done = await mark_published(session, body.ids, actor=actor_of(request[PERSON]), now=_now())
    return web.json_response({"published": done})


@staff_only(Permission.READ_REVIEWS)
async def check_text(request: web.Request) -> web.Response:
    """Check a reply or private message while it is being written."""
    body = await read_body(request, Text)
    channel = Channel.REVIEW_REPLY if body.public else Channel.CHAT
    verdict = check(body.text, channel=channel, public=body.public)
    return web.json_response(verdict_view(body.text, verdict))


async def _detail(request: web.Request, review_id: str) -> web.Response:
    now, actor = _now(), actor_of(request[PERSON])
    async with request.app[DATABASE].read() as session:
        opened = await open_review(session, review_id, now=now)
        view = detail_view(opened, actor=actor, now=now)
    return web.json_response(view)


@asynccontextmanager
async def _deciding(request: web.Request) -> AsyncIterator[Session]:
    """Open one writing transaction; what the review manager refuses becomes a problem."""
    try:
        async with request.app[DATABASE].write() as session:
            yield session
    except NoSuchReviewError:
        raise Problem(404, "没有这条评价") from None
    except ConflictError as error:
        raise Problem(409, str(error), kind=CONFLICT) from None
    except NotYoursError as error:
        raise Problem(403, str(error)) from None
    except RefusedError as error:
        raise Problem(422, str(error), kind=REFUSED, errors=error.findings) from None


def _now() -> datetime:
    return datetime.now(UTC)
