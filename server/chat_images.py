"""Pictures in a chat: taken from widget and console, shown to whoever holds the url."""

from typing import Any

from aiohttp import web
from sqlalchemy.orm import undefer

from desk.changes import CUSTOMER
from desk.pictures import (
    LARGEST_BYTES,
    BadPictureError,
    content_of,
    is_key,
    look_at,
    picture_view,
    store,
)
from desk.tables import DbAttachment, DbConversation
from desk.visitors import find_arrival
from server.access import Permission, public, staff_only
from server.desk_office import DESK, Desk
from server.guard import PERSON
from server.pace import Pace
from server.problems import Problem

PICTURES_AT_ONCE = 10
PICTURES_PER_SECOND = 0.5
CACHE = "private, max-age=31536000, immutable"
_PACES: web.AppKey[dict[str, Pace]] = web.AppKey("picture_paces", dict)


def add_routes(app: web.Application) -> None:
    """Add sending and showing."""
    app[_PACES] = {}
    app.router.add_post("/api/chat/attachments", from_customer)
    app.router.add_post("/api/desk/attachments", from_agent)
    app.router.add_get("/chat-images/{id}", show)


@public
async def from_customer(request: web.Request) -> web.Response:
    """Keep a picture that a customer sends; the bearer token says who she is."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    desk = request.app[DESK]
    office = desk.office
    async with office.database.read() as session:
        arrival = await find_arrival(
            session,
            office.policy,
            token=token if kind == "Bearer" else None,
            conversation_id=request.query.get("conversation"),
            now=office.clock(),
        )
    if arrival is None:
        raise Problem(401, "请刷新页面后再发送图片")
    paces = request.app[_PACES]
    pace = paces.setdefault(
        arrival.visitor.id, Pace(burst=PICTURES_AT_ONCE, per_second=PICTURES_PER_SECOND)
    )
    wait = pace.wait_seconds()
    if wait > 0:
        raise Problem(429, "图片发得太快了，请稍等", headers={"Retry-After": str(int(wait) + 1)})
    return await _keep(request, desk, arrival.conversation.id, CUSTOMER)


@staff_only(Permission.CHAT)
async def from_agent(request: web.Request) -> web.Response:
    """Keep a picture that an agent sends."""
    desk = request.app[DESK]
    conversation = request.query.get("conversation", "")
    async with desk.office.database.read() as session:
        if await session.get(DbConversation, conversation) is None:
            raise Problem(404, "没有找到这个会话")
    return await _keep(request, desk, conversation, f"agent:{request[PERSON].id}")


@public
async def show(request: web.Request) -> web.Response:
    """Show a picture to whoever knows its id and key."""
    attachment = request.match_info["id"]
    if not is_key(attachment, request.query.get("key", "")):
        raise Problem(404, "没有找到这张图片")
    async with request.app[DESK].office.database.read() as session:
        row = await session.get(
            DbAttachment, attachment, options=[undefer(DbAttachment.content_sealed)]
        )
        if row is None:
            raise Problem(404, "没有找到这张图片")
        content, kind = content_of(row), row.content_type
    headers = {"Cache-Control": CACHE, "Content-Disposition": "inline"}
    return web.Response(body=content, content_type=kind, headers=headers)


async def find_picture(
    desk: Desk, conversation: str, attachment: str | None
) -> dict[str, Any] | None:
    """Return the picture for a message of this conversation; raises BadPictureError."""
    if attachment is None:
        return None
    async with desk.office.database.read() as session:
        row = await session.get(DbAttachment, attachment)
    if row is None or row.conversation_id != conversation:
        raise BadPictureError
    return picture_view(row)


async def _keep(request: web.Request, desk: Desk, conversation: str, by: str) -> web.Response:
    content = await request.read()
    if len(content) > LARGEST_BYTES:
        raise Problem(413, "图片超过 5 MB，请压缩后再发送")
    try:
        look_at(content)
    except BadPictureError:
        raise Problem(415, "只能发送 JPEG、PNG、WebP 或 GIF 图片") from None
    async with desk.office.write() as pen:
        row = store(pen, conversation=conversation, sent_by=by, content=content)
    return web.json_response(picture_view(row), status=201)
