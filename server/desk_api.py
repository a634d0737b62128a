"""What the console asks for beside its socket: lists, older messages, search, checks."""

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select

from compliance import check
from desk import wording
from desk.colleagues import read_colleagues
from desk.messages import agent_view, instant
from desk.office import find_conversation, messages_before
from desk.rows import row_views
from desk.searching import search
from desk.states import Owner
from desk.tables import DbConversation
from server.access import Permission, roles_with, staff_only
from server.desk_office import DESK
from server.guard import PERSON
from server.problems import Problem
from server.requests import read_body, read_query
from server.wording_check import verdict_view
from storage.engine import Session

PAGE = 50


def add_routes(app: web.Application) -> None:
    """Add the console's routes."""
    router = app.router
    router.add_get("/api/desk/conversations", conversations)
    router.add_get("/api/desk/conversations/{id}/messages", messages)
    router.add_get("/api/desk/search", find)
    router.add_post("/api/desk/check", check_text)
    router.add_get("/api/desk/agents", agents)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ListQuery(BaseModel):
    """Which list, whether only those that concerned a person, and where to go on."""

    list: Literal["mine", "waiting", "all", "closed"] = "all"
    human: bool = False
    cursor: Annotated[str, Field(max_length=36)] = ""


@staff_only(Permission.CHAT)
async def conversations(request: web.Request) -> web.Response:
    """Return one list, newest first, page by page."""
    wanted = read_query(request, ListQuery)
    desk = request.app[DESK]
    query = select(DbConversation).where(DbConversation.last_customer_seq > 0)
    match wanted.list:
        case "mine":
            query = query.where(
                DbConversation.owner == Owner.AGENT,
                DbConversation.agent_id == request[PERSON].id,
            )
        case "waiting":
            query = query.where(DbConversation.owner == Owner.QUEUED)
        case "closed":
            query = query.where(DbConversation.owner == Owner.CLOSED)
        case "all":
            query = query.where(DbConversation.owner != Owner.CLOSED)
    if wanted.human:  # an agent had it, or one was asked for
        query = query.where(
            or_(DbConversation.agent_id.is_not(None), DbConversation.reason.is_not(None))
        )
    if wanted.cursor:
        query = query.where(DbConversation.id < wanted.cursor)
    query = query.order_by(DbConversation.id.desc()).limit(PAGE + 1)
    async with desk.office.database.read() as session:
        rows = list(await session.scalars(query))
        views = await row_views(session, desk.office, rows[:PAGE])
    following = rows[PAGE - 1].id if len(rows) > PAGE else None
    return web.json_response({"rows": views, "next": following})


class MessagesQuery(BaseModel):
    """Which messages: those before a number."""

    before: Annotated[int, Field(ge=0, le=2**53)] = 2**53
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@staff_only(Permission.CHAT)
async def messages(request: web.Request) -> web.Response:
    """Return older messages, notes included."""
    wanted = read_query(request, MessagesQuery)
    async with request.app[DESK].office.database.read() as session:
        row = await get_conversation(session, request)
        found, more = await messages_before(
            session, row.id, wanted.before, limit=wanted.limit, internal=True
        )
    return web.json_response({"messages": [agent_view(each) for each in found], "more": more})


class SearchQuery(BaseModel):
    """What to look for."""

    q: Annotated[str, Field(max_length=100)] = ""
    cursor: datetime | None = None


@staff_only(Permission.CHAT)
async def find(request: web.Request) -> web.Response:
    """Search everything that was said."""
    wanted = read_query(request, SearchQuery)
    if wanted.cursor is not None and wanted.cursor.tzinfo is None:
        raise Problem(422, "cursor 需要带时区")
    desk = request.app[DESK]
    async with desk.office.database.read() as session:
        hits, following = await search(session, wanted.q, before=wanted.cursor)
        rows = {hit.row.id: hit.row for hit in hits}
        views = await row_views(session, desk.office, list(rows.values()))
    by_id = {view["id"]: view for view in views}
    shown = [
        {
            "row": by_id[hit.row.id],
            "seq": hit.seq,
            "text": hit.text,
            "at": instant(hit.at),
            "internal": hit.internal,
            "ranges": hit.ranges,
        }
        for hit in hits
    ]
    return web.json_response(
        {"hits": shown, "next": following.isoformat() if following is not None else None}
    )


class CheckBody(_Body):
    """The text to check."""

    text: Annotated[str, Field(max_length=4_000)]


@staff_only(Permission.CHAT)
async def check_text(request: web.Request) -> web.Response:
    """Say what the wording check thinks of a text before it is sent."""
    text = (await read_body(request, CheckBody)).text
    return web.json_response(verdict_view(text, check(text, channel="chat")))


@staff_only(Permission.CHAT)
async def agents(request: web.Request) -> web.Response:
    """Return everybody who may take chats, for transfers, and what becomes of an unseen one."""
    office = request.app[DESK].office
    async with office.database.read() as session:
        found = await read_colleagues(session, office, roles=roles_with(Permission.CHAT))
    returns_after = office.policy.agents.present_seconds
    return web.json_response({"agents": found, "returns_after_seconds": returns_after})


async def get_conversation(session: Session, request: web.Request) -> DbConversation:
    """Return the conversation that the path names; raises Problem 404."""
    row = await find_conversation(session, request.match_info["id"])
    if row is None:
        raise Problem(404, wording.REFUSED_NOT_FOUND)
    return row
