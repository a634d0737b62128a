"""Prepared answers: agents find, fill, add and change them."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from desk import wording
from desk.canned import (
    NotYourReplyError,
    UnknownVariableError,
    Writer,
    find_replies,
    find_reply,
    may_write,
    reply_view,
    write_reply,
)
from desk.handoff_card import canned_values
from desk.office import find_conversation
from desk.tables import DbCannedReply
from server.access import Permission, staff_only
from server.desk_office import DESK, Desk
from server.guard import PERSON
from server.problems import Problem
from server.requests import read_body, read_query
from server.sessions import Person
from storage.engine import Session


def add_routes(app: web.Application) -> None:
    """Add the prepared answers."""
    router = app.router
    router.add_get("/api/desk/canned", canned)
    router.add_post("/api/desk/canned", add_canned)
    router.add_put("/api/desk/canned/{id}", change_canned)
    router.add_delete("/api/desk/canned/{id}", remove_canned)


class CannedQuery(BaseModel):
    """What to look for, and for which conversation to fill in."""

    q: Annotated[str, Field(max_length=60)] = ""
    conversation: Annotated[str, Field(max_length=36)] = ""


@staff_only(Permission.CHAT)
async def canned(request: web.Request) -> web.Response:
    """Return prepared answers, filled for one conversation."""
    wanted = read_query(request, CannedQuery)
    desk, person = request.app[DESK], request[PERSON]
    async with desk.office.database.read() as session:
        rows = await find_replies(session, wanted.q, reader=person.id)
        values = await _values(session, desk, wanted.conversation, person.name)
    reader = _writer(person)
    return web.json_response({"replies": [reply_view(row, values, reader) for row in rows]})


async def _values(
    session: Session, desk: Desk, conversation: str, agent: str
) -> dict[str, str | None]:
    shop = desk.office.policy.shop_name
    row = await find_conversation(session, conversation) if conversation else None
    if row is None:
        return {"客服姓名": agent, "店铺名": shop}
    return await canned_values(session, row, agent=agent, shop=shop)


class CannedBody(BaseModel):
    """A prepared answer; `shared` ones are everybody's."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=60)]
    group: Annotated[str, Field(min_length=1, max_length=40)] = "常用"
    text: Annotated[str, Field(min_length=1, max_length=1_000)]
    shared: bool = False


@staff_only(Permission.CHAT)
async def add_canned(request: web.Request) -> web.Response:
    """Add a prepared answer."""
    return await _write_canned(request, None)


@staff_only(Permission.CHAT)
async def change_canned(request: web.Request) -> web.Response:
    """Change a prepared answer."""
    return await _write_canned(request, request.match_info["id"])


@staff_only(Permission.CHAT)
async def remove_canned(request: web.Request) -> web.Response:
    """Remove a prepared answer."""
    writer = _writer(request[PERSON])
    async with request.app[DESK].office.write() as pen:
        row = await _canned(pen.session, request.match_info["id"], writer)
        if not may_write(row, writer):
            raise Problem(403, wording.SHARED_REPLY)
        await pen.session.delete(row)
    return web.json_response({})


async def _write_canned(request: web.Request, reply: str | None) -> web.Response:
    wanted = await read_body(request, CannedBody)
    writer = _writer(request[PERSON])
    async with request.app[DESK].office.write() as pen:
        row = await _canned(pen.session, reply, writer) if reply is not None else None
        try:
            row = write_reply(
                row,
                title=wanted.title,
                group=wanted.group,
                text=wanted.text,
                shared=wanted.shared,
                by=writer,
                now=pen.now,
            )
        except UnknownVariableError as error:
            names = "、".join(error.names)
            raise Problem(422, wording.UNKNOWN_VARIABLES.format(names=names)) from None
        except NotYourReplyError:
            raise Problem(403, wording.SHARED_REPLY) from None
        pen.session.add(row)
    return web.json_response(reply_view(row, {}, writer), status=200 if reply else 201)


def _writer(person: Person) -> Writer:
    return Writer(person.id, may_share=person.may(Permission.SHARE_REPLIES))


async def _canned(session: Session, reply: str, writer: Writer) -> DbCannedReply:
    row = await find_reply(session, reply, reader=writer.id)
    if row is None:
        raise Problem(404, "没有找到这条快捷回复")
    return row
