"""Every decision on a reply: written, approved, taken back, published, sent again, or left."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from review_manager import approval, correcting, publishing
from review_manager.analysis import Sentiment
from review_manager.approval import Answer
from review_manager.outbound import export_replies, mark_published
from review_manager.promises import PromiseOverError, keep_promise
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE
from server.problems import Problem
from server.requests import read_body
from server.reviews_edge import ID, answer_with, deciding, utc_now
from server.reviews_views import actor_of

LONGEST_REPLY = 2000


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


def add_routes(app: web.Application) -> None:
    """Add the decisions."""
    add_post = app.router.add_post
    add_post("/api/reviews/approve", approve_many)
    add_post("/api/reviews/export", export)
    add_post("/api/reviews/published", published)
    add_post("/api/reviews/send-again", send_all_again)
    app.router.add_put(f"/api/reviews/{ID}/reply", save)
    add_post(f"/api/reviews/{ID}/approve", approve)
    add_post(f"/api/reviews/{ID}/undo", undo)
    add_post(f"/api/reviews/{ID}/publish", publish)
    add_post(f"/api/reviews/{ID}/send-again", send_again)
    add_post(f"/api/reviews/{ID}/dismiss", dismiss)
    add_post(f"/api/reviews/{ID}/sentiment", correct)
    add_post("/api/reviews/promises/{promise:[0-9a-f-]{36}}/keep", keep)


@staff_only(Permission.WRITE_REVIEWS)
async def save(request: web.Request) -> web.Response:
    """Keep an edited reply without approving it."""
    body = await read_body(request, Reply)
    return await _decided(request, approval.save_text, revision=body.revision, answer=body.answer)


@staff_only(Permission.WRITE_REVIEWS)
async def approve(request: web.Request) -> web.Response:
    """Approve a reply; the second of two people gets a 409."""
    body = await read_body(request, Reply)
    return await _decided(request, approval.approve, revision=body.revision, answer=body.answer)


@staff_only(Permission.WRITE_REVIEWS)
async def undo(request: web.Request) -> web.Response:
    """Take an approval or dismissal back."""
    body = await read_body(request, Seen)
    return await _decided(request, publishing.undo, revision=body.revision)


@staff_only(Permission.WRITE_REVIEWS)
async def publish(request: web.Request) -> web.Response:
    """Note that a reply is on its platform."""
    body = await read_body(request, Seen)
    return await _decided(request, publishing.publish, revision=body.revision)


@staff_only(Permission.WRITE_REVIEWS)
async def send_again(request: web.Request) -> web.Response:
    """Send a reply again whose sending was given up."""
    body = await read_body(request, Seen)
    return await _decided(request, publishing.send_again, revision=body.revision)


@staff_only(Permission.WRITE_REVIEWS)
async def send_all_again(request: web.Request) -> web.Response:
    """Send every reply again whose sending was given up."""
    async with deciding(request) as session:
        actor = actor_of(request[PERSON])
        sent = await publishing.send_all_again(session, actor=actor, now=utc_now())
    return web.json_response({"sent": list(sent)})


@staff_only(Permission.WRITE_REVIEWS)
async def dismiss(request: web.Request) -> web.Response:
    """Close a review without a public reply."""
    body = await read_body(request, Dismissal)
    return await _decided(request, approval.dismiss, revision=body.revision, why=body.why)


@staff_only(Permission.WRITE_REVIEWS)
async def correct(request: web.Request) -> web.Response:
    """Say what a review really is."""
    body = await read_body(request, Correction)
    return await _decided(request, correcting.correct, sentiment=body.sentiment)


@staff_only(Permission.WRITE_REVIEWS)
async def keep(request: web.Request) -> web.Response:
    """Note that something a reply promised is done."""
    try:
        async with request.app[DATABASE].write() as session:
            kept = await keep_promise(
                session,
                request.match_info["promise"],
                actor=actor_of(request[PERSON]),
                now=utc_now(),
            )
    except PromiseOverError:
        raise Problem(409, "这个承诺已经了结，或不是评价回复里的") from None
    return await answer_with(request, kept.review_id or "")


@staff_only(Permission.WRITE_REVIEWS)
async def approve_many(request: web.Request) -> web.Response:
    """Approve several drafts that have no finding; the others are refused one by one."""
    body = await read_body(request, Bulk)
    wanted = [(item.id, item.revision) for item in body.reviews]
    async with deciding(request) as session:
        approved, refused = await approval.approve_many(
            session, wanted, actor=actor_of(request[PERSON]), now=utc_now()
        )
    return web.json_response({"approved": approved, "refused": refused})


@staff_only(Permission.WRITE_REVIEWS)
async def export(request: web.Request) -> web.Response:
    """Return the approved replies as a CSV that spreadsheets open, one row each."""
    body, now = await read_body(request, Export), utc_now()
    async with deciding(request) as session:
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
    async with deciding(request) as session:
        done = await mark_published(
            session, body.ids, actor=actor_of(request[PERSON]), now=utc_now()
        )
    return web.json_response({"published": done})


async def _decided(
    request: web.Request, decide: Callable[..., Awaitable[Any]], **wish: Any
) -> web.Response:
    """Decide on the review of the address as the person who asks; answer with how it stands."""
    review_id, actor = request.match_info["id"], actor_of(request[PERSON])
    async with deciding(request) as session:
        await decide(session, review_id, actor=actor, now=utc_now(), **wish)
    return await answer_with(request, review_id)
