"""Takes reviews from the shop's own programs: POST /api/reviews with a key."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field

from review_manager.pushing import find_key, land_pushed
from review_manager.tables import DbReviewKey
from server.access import public
from server.keys import DATABASE
from server.problems import Problem
from server.requests import read_body

AT_MOST = 500
PER_KEY = parse("120/minute")
WRONG_KEYS = parse("10/minute")
LIMITER = web.AppKey("push_limiter", MovingWindowRateLimiter)
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
    app[LIMITER] = MovingWindowRateLimiter(MemoryStorage())
    app.router.add_post("/api/reviews", push)


@public
async def push(request: web.Request) -> web.Response:
    """Land the reviews of a program that holds a key; the same ones again change nothing."""
    key = await _key(request)
    if not await request.app[LIMITER].hit(PER_KEY, "key", key.id):
        raise Problem(429, "推送太频繁，请一分钟后再试", headers={"Retry-After": "60"})
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


async def _key(request: web.Request) -> DbReviewKey:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    limiter, address = request.app[LIMITER], request.remote or ""
    if not await limiter.test(WRONG_KEYS, "wrong", address):
        raise Problem(429, "密钥错误次数过多，请一分钟后再试", headers={"Retry-After": "60"})
    if kind.lower() == "bearer" and key:
        async with request.app[DATABASE].read() as session:
            found = await find_key(session, key.strip())
        if found is not None:
            return found
    await limiter.hit(WRONG_KEYS, "wrong", address)
    raise Problem(401, "密钥不对或已停用", headers={"WWW-Authenticate": "Bearer"})
