"""Takes reviews from the shop's own programs: POST /api/reviews with a key."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from review_manager.pushing import land_pushed
from server.access import public
from server.keys import DATABASE
from server.program_door import ProgramDoor
from server.requests import read_body

SCOPE = "reviews"
AT_MOST = 500
DOOR = web.AppKey("push_door", ProgramDoor)
PLATFORMS = "^(house|taobao|tmall|jd|pdd|douyin|kuaishou)$"
Text = Field(default=None, max_length=100_000)


class PushedReview(BaseModel):
    """One review; times are ISO 8601, without a zone they are China's."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=False)

    platform: str | None = Field(default=None, pattern=PLATFORMS)
    review_id: str | None = Field(default=None, max_length=80)
    text: str = Field(default="", max_length=100_000)
    stars: int | None = Field(default=None, ge=1, le=5)
    posted_at: str | None = Field(default=None, max_length=40)
    order_number: str | None = Field(default=None, max_length=40)
    sku: str | None = Field(default=None, max_length=40)
    product_name: str | None = Field(default=None, max_length=200)
    nickname: str | None = Field(default=None, max_length=80)
    images: list[str] = Field(default=[], max_length=20)
    follow_up: str | None = Text
    follow_up_at: str | None = Field(default=None, max_length=40)
    first_review_id: str | None = Field(default=None, max_length=80)
    reply: str | None = Field(default=None, max_length=2000)
    replied_at: str | None = Field(default=None, max_length=40)


class Push(BaseModel):
    """Some reviews; `platform` is that of those that name none."""

    model_config = ConfigDict(extra="forbid")

    platform: str = Field(default="house", pattern=PLATFORMS)
    reviews: list[PushedReview] = Field(min_length=1, max_length=AT_MOST)


def add_routes(app: web.Application) -> None:
    """Add the door for programs."""
    app[DOOR] = ProgramDoor(SCOPE)
    app.router.add_post("/api/reviews", push)


@public
async def push(request: web.Request) -> web.Response:
    """Land the reviews of a program that holds a key; the same ones again change nothing."""
    key = await request.app[DOOR].admit(request)
    body = await read_body(request, Push)
    rows = [one.model_dump(exclude_none=True) for one in body.reviews]
    pushed = await land_pushed(
        request.app[DATABASE],
        rows,
        platform=body.platform,
        actor=f"key:{key.name}",
        now=datetime.now(UTC),
    )
    landed = pushed.landed
    answer: dict[str, Any] = {
        "added": landed.added,
        "changed": landed.changed,
        "known": landed.known,
        "bad": landed.bad,
        "refused": [{"index": place, "reason": reason} for place, reason in pushed.refused],
    }
    return web.json_response(answer, status=200 if landed.added == 0 else 201)
