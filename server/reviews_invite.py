"""The page behind an invitation's link: write a review, get the coupon, or never be asked again."""

from datetime import UTC, datetime

from aiohttp import web
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import undefer

from desk.pictures import LARGEST_BYTES, BadPictureError, look_at
from review_manager.invitations import NoSuchInvitationError
from review_manager.invited import (
    MOST_PHOTOS,
    TooManyPhotosError,
    answer_invitation,
    find_invitation,
    keep_photo,
    stop_inviting,
)
from review_manager.tables import DbReviewPhoto
from server.access import Permission, public, staff_only
from server.keys import DATABASE
from server.problems import Problem
from server.requests import read_body
from server.reviews_edge import ID
from server.static import PAGES, REVALIDATE
from shop.tables import DbProduct

CACHE = "private, max-age=31536000, immutable"
PER_ADDRESS = parse("30/minute")
LIMITER = web.AppKey("invite_limiter", MovingWindowRateLimiter)
TOKEN = "{token:[0-9A-Za-z_-]{20,64}}"  # noqa: S105 - a pattern, no secret


class Answer(BaseModel):
    """What the customer says; any rating gets the same coupon."""

    model_config = ConfigDict(extra="forbid")

    stars: int = Field(ge=1, le=5)
    text: str = Field(min_length=1, max_length=2000)
    photos: list[str] = Field(default=[], max_length=MOST_PHOTOS)


def add_routes(app: web.Application) -> None:
    """Add the page and what it sends."""
    app[LIMITER] = MovingWindowRateLimiter(MemoryStorage())
    app.router.add_get(f"/invite/{TOKEN}", page)
    app.router.add_get(f"/api/invitations/{TOKEN}", show)
    app.router.add_post(f"/api/invitations/{TOKEN}", answer)
    app.router.add_post(f"/api/invitations/{TOKEN}/photos", photo)
    app.router.add_post(f"/api/invitations/{TOKEN}/stop", stop)
    app.router.add_get(f"/api/reviews/photos/{ID}", show_photo)


@public
async def page(_request: web.Request) -> web.StreamResponse:
    """Serve the page; whether its link still holds, it asks by itself."""
    return web.FileResponse(PAGES / "invite" / "index.html", headers=REVALIDATE)


@public
async def show(request: web.Request) -> web.Response:
    """Return the product that is asked about and the coupon that thanks for any answer."""
    await _limit(request)
    async with request.app[DATABASE].read() as session:
        invitation = await find_invitation(session, request.match_info["token"])
        if invitation is None:
            raise _gone()
        product = await session.get(DbProduct, invitation.sku) if invitation.sku else None
    return web.json_response(
        {
            "product": product.name if product else "",
            "picture": f"/assets/shared/products/{product.picture}"
            if product and product.picture
            else None,
            "coupon_fen": invitation.coupon_fen,
        }
    )


@public
async def answer(request: web.Request) -> web.Response:
    """Take the review and grant the coupon."""
    await _limit(request)
    body = await read_body(request, Answer)
    try:
        async with request.app[DATABASE].write() as session:
            coupon = await answer_invitation(
                session,
                request.match_info["token"],
                stars=body.stars,
                text=body.text.strip(),
                photos=body.photos,
                now=datetime.now(UTC),
            )
            granted = {"code": coupon.code, "amount_fen": coupon.amount_fen}
    except NoSuchInvitationError:
        raise _gone() from None
    return web.json_response(granted, status=201)


@public
async def photo(request: web.Request) -> web.Response:
    """Keep a photo for the review that is being written; its bytes are the body."""
    await _limit(request)
    content = await request.read()
    if len(content) > LARGEST_BYTES:
        raise Problem(413, "照片超过 5 MB，请换一张小一些的")
    try:
        kind = look_at(content).content_type
    except BadPictureError:
        raise Problem(415, "只能上传 JPEG、PNG、WebP 或 GIF 照片") from None
    try:
        async with request.app[DATABASE].write() as session:
            token = request.match_info["token"]
            kept = await keep_photo(
                session, token, content=content, content_type=kind, now=datetime.now(UTC)
            )
    except NoSuchInvitationError:
        raise _gone() from None
    except TooManyPhotosError:
        raise Problem(422, f"最多 {MOST_PHOTOS} 张照片") from None
    return web.json_response({"id": kept}, status=201)


@staff_only(Permission.READ_REVIEWS)
async def show_photo(request: web.Request) -> web.Response:
    """Show a photo to the shop's people."""
    async with request.app[DATABASE].read() as session:
        kept = await session.get(
            DbReviewPhoto, request.match_info["id"], options=[undefer(DbReviewPhoto.content)]
        )
    if kept is None:
        raise Problem(404, "没有这张照片")
    headers = {"Cache-Control": CACHE, "Content-Disposition": "inline"}
    return web.Response(body=kept.content, content_type=kept.content_type, headers=headers)


@public
async def stop(request: web.Request) -> web.Response:
    """Never ask this customer again."""
    await _limit(request)
    try:
        async with request.app[DATABASE].write() as session:
            await stop_inviting(session, request.match_info["token"], now=datetime.now(UTC))
    except NoSuchInvitationError:
        raise _gone() from None
    return web.json_response({})


async def _limit(request: web.Request) -> None:
    if not await request.app[LIMITER].hit(PER_ADDRESS, "address", request.remote or ""):
        raise Problem(429, "操作太频繁，请一分钟后再试", headers={"Retry-After": "60"})


def _gone() -> Problem:
    return Problem(404, "这个邀请已经用过或不存在")
