"""What agents promise and do about orders from the console."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.authority import ActionKind, Order, OverLimitError, offered_actions
from desk.changes import Speaker
from desk.incoming import clean
from desk.messages import agent_view
from desk.order_actions import CannotBeDoneError, NotHerOrderError, act
from desk.pen import NoSuchConversationError, Pen
from desk.people import read_people
from desk.promises import (
    Promised,
    PromiseOverError,
    keep,
    promise,
    promise_view,
    read_promises,
    withdraw,
)
from desk.states import Owner
from desk.tables import DbConversation
from server.access import Permission, staff_only
from server.desk_office import DESK
from server.guard import PERSON
from server.problems import Problem
from server.requests import read_body, read_query
from shop.promises import DbPromise, PromiseKind
from storage.staff import DbStaff, Role

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")]


def add_routes(app: web.Application) -> None:
    """Add promises and order actions."""
    router = app.router
    router.add_get("/api/desk/conversations/{id}/actions", actions)
    router.add_post("/api/desk/conversations/{id}/actions", do_action)
    router.add_post("/api/desk/conversations/{id}/promises", make_promise)
    router.add_get("/api/desk/promises", promises)
    router.add_post("/api/desk/promises/{id}/keep", keep_promise)
    router.add_post("/api/desk/promises/{id}/withdraw", withdraw_promise)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ActionBody(_Body):
    """What to do about an order."""

    kind: ActionKind
    order: Annotated[str, Field(min_length=1, max_length=40)]
    amount_fen: Annotated[int, Field(gt=0, le=10**9)] | None = None
    reason: Annotated[str, Field(max_length=300)] = ""
    client_id: Id


class PromiseBody(_Body):
    """What is promised, by when."""

    kind: Literal["call_back", "reply_by", "improvement", "other"]
    text: Annotated[str, Field(min_length=1, max_length=500)]
    due_at: AwareDatetime
    client_id: Id


class EndBody(_Body):
    """How it ended."""

    note: Annotated[str, Field(max_length=300)] = ""


class PromiseQuery(BaseModel):
    """Which promises."""

    state: Literal["open", "due", "broken", "kept", "withdrawn"] | None = None
    mine: bool = False


@staff_only(Permission.CHAT)
async def actions(request: web.Request) -> web.Response:
    """Return what this agent may do by herself."""
    policy = request.app[DESK].office.policy
    return web.json_response({"actions": offered_actions(request[PERSON].role, policy)})


@staff_only(Permission.CHAT)
async def do_action(request: web.Request) -> web.Response:
    """Do it, tell the customer, and keep the promise in mind."""
    wanted = await read_body(request, ActionBody)
    office, person = request.app[DESK].office, request[PERSON]
    me = Speaker(person.id, person.name)
    order = Order(
        kind=wanted.kind,
        number=wanted.order,
        amount_fen=wanted.amount_fen,
        reason=wanted.reason,
        client_id=wanted.client_id,
    )
    try:
        async with office.write() as pen:
            row = await _row(pen, request)
            if row.owner != Owner.AGENT or row.agent_id != me.id:
                raise Problem(409, wording.REFUSED_NOT_YOURS)
            done = await act(pen, row, me, order, role=person.role, policy=office.policy)
    except NotHerOrderError:
        raise Problem(404, wording.ACTION_NOT_HERS) from None
    except CannotBeDoneError as error:
        raise Problem(409, str(error)) from None
    except OverLimitError as error:
        raise Problem(403, _over_limit(error), kind="urn:kefu:over-limit") from None
    entry = promise_view(done.promise) if done.promise is not None else None
    return web.json_response({"promise": entry, "message": agent_view(done.message)}, status=201)


@staff_only(Permission.CHAT)
async def make_promise(request: web.Request) -> web.Response:
    """Enter a promise that an agent made in words."""
    wanted = await read_body(request, PromiseBody)
    person = request[PERSON]
    async with request.app[DESK].office.write() as pen:
        row = await _row(pen, request)
        if wanted.due_at <= pen.now:
            raise Problem(422, "承诺的时间要晚于现在")
        promised = Promised(
            kind=PromiseKind(wanted.kind),
            text=clean(wanted.text),
            due_at=wanted.due_at,
            made_by=f"agent:{person.id}",
            made_by_name=person.name,
            owner_id=person.id,
            client_id=wanted.client_id,
        )
        entry = await promise(pen, row, promised)
    return web.json_response(promise_view(entry), status=201)


@staff_only(Permission.CHAT)
async def promises(request: web.Request) -> web.Response:
    """Return promises, the one due first ahead."""
    wanted = read_query(request, PromiseQuery)
    office = request.app[DESK].office
    async with office.database.read() as session:
        found = await read_promises(
            session,
            state=wanted.state,
            owner=request[PERSON].id if wanted.mine else None,
            now=office.clock(),
        )
        about = await _whom(session, found, now=office.clock())
    shown = [promise_view(entry) | about[entry.id] for entry in found]
    return web.json_response({"promises": shown})


async def _whom(
    session: AsyncSession, entries: Sequence[DbPromise], *, now: datetime
) -> dict[str, dict[str, str | None]]:
    """Return by promise to whom it was made and who keeps it; the words are often the same."""
    ids = {entry.conversation_id for entry in entries if entry.conversation_id}
    rows = await session.scalars(select(DbConversation).where(DbConversation.id.in_(ids)))
    people = await read_people(session, rows, now=now)
    owners = {entry.owner_id for entry in entries if entry.owner_id}
    staff = await session.scalars(select(DbStaff).where(DbStaff.id.in_(owners)))
    names = {person.id: person.name for person in staff}
    return {
        entry.id: {
            "customer": found.name if (found := people.get(entry.conversation_id or "")) else None,
            "owner_name": names.get(entry.owner_id or ""),
        }
        for entry in entries
    }


@staff_only(Permission.CHAT)
async def keep_promise(request: web.Request) -> web.Response:
    """Note that a promise is kept."""
    return await _end(request, is_kept=True)


@staff_only(Permission.CHAT)
async def withdraw_promise(request: web.Request) -> web.Response:
    """Take a promise back, with the reason."""
    return await _end(request, is_kept=False)


async def _end(request: web.Request, *, is_kept: bool) -> web.Response:
    wanted = await read_body(request, EndBody)
    person = request[PERSON]
    if not is_kept and not wanted.note.strip():
        raise Problem(422, "撤回承诺要写明原因")
    try:
        async with request.app[DESK].office.write() as pen:
            entry = await pen.session.get(DbPromise, request.match_info["id"])
            if entry is None:
                raise Problem(404, "没有找到这个承诺")
            if person.role is Role.AGENT and entry.owner_id not in (None, person.id):
                raise Problem(403, "这是其他客服的承诺")
            row = await pen.conversation(entry.conversation_id or "")
            actor = f"agent:{person.id}"
            if is_kept:
                keep(pen, row, entry, actor=actor, note=wanted.note)
            else:
                withdraw(pen, row, entry, actor=actor, why=wanted.note)
    except PromiseOverError:
        raise Problem(409, "这个承诺已经结束") from None
    return web.json_response(promise_view(entry))


async def _row(pen: Pen, request: web.Request) -> DbConversation:
    try:
        return await pen.conversation(request.match_info["id"])
    except NoSuchConversationError:
        raise Problem(404, wording.REFUSED_NOT_FOUND) from None


def _over_limit(error: OverLimitError) -> str:
    who = wording.ROLES.get(error.asks or "", wording.ROLES["manager"])
    return wording.ACTION_OVER_LIMIT.format(yuan=wording.yuan(error.limit_fen), who=who)
