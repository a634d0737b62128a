"""The card beside a conversation: all that is known, what is shown only for a reason, its clock."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from desk import wording
from desk.clock_events import COURTESY, NOT_COURTESY
from desk.handoff_card import read_card
from desk.linking import link_order
from desk.messages import from_row
from desk.order_actions import NotHerOrderError
from desk.rows import row_views
from desk.states import Owner
from desk.tables import DbConversation, DbMessage
from review_manager.of_customer import read_reviews_of
from server.access import Permission, staff_only
from server.desk_api import get_conversation
from server.desk_office import DESK
from server.guard import PERSON
from server.problems import Problem
from server.requests import read_body
from shop.identity import TooManyTriesError
from shop.orders import NoSuchOrderError
from shop.tables import DbCustomer
from storage import audit
from storage.engine import Session


def add_routes(app: web.Application) -> None:
    """Add the card's routes."""
    router = app.router
    router.add_get("/api/desk/conversations/{id}", card)
    router.add_put("/api/desk/conversations/{id}/order", set_order)
    router.add_post("/api/desk/conversations/{id}/reveal", reveal)
    router.add_post("/api/desk/conversations/{id}/clock", clock)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


@staff_only(Permission.CHAT)
async def card(request: web.Request) -> web.Response:
    """Return all that is known beside one conversation."""
    desk = request.app[DESK]
    async with desk.office.database.read() as session:
        row = await get_conversation(session, request)
        answer = await read_card(session, desk.office, row)
        if row.customer_id is not None:
            answer["reviews"] = await read_reviews_of(session, row.customer_id)
    return web.json_response(answer)


class OrderBody(_Body):
    """The order that the customer speaks of; with the phone's last four digits it is hers."""

    number: Annotated[str, Field(min_length=4, max_length=40)]
    phone_tail: Annotated[str, Field(pattern=r"^(\d{4})?$")] = ""


@staff_only(Permission.CHAT)
async def set_order(request: web.Request) -> web.Response:
    """Put the order on the card that a customer named; whose order was looked at is audited."""
    wanted = await read_body(request, OrderBody)
    async with request.app[DESK].office.write() as pen:
        await get_conversation(pen.session, request)
        row = await pen.conversation(request.match_info["id"])
        refused: Exception | None = None
        try:
            await link_order(pen, row, wanted.number.strip(), phone_tail=wanted.phone_tail)
        except (NoSuchOrderError, NotHerOrderError, TooManyTriesError) as error:
            refused = error  # answered after the commit: a wrong try counts
        await audit.record(
            pen.session,
            actor=request[PERSON].id,
            action="order_looked_up",
            object_type="conversation",
            object_id=row.id,
            at=pen.now,
            detail={"order": wanted.number.strip(), "found": refused is None},
        )
    if refused is not None:
        status, text = _ORDER_REFUSALS[type(refused)]
        raise Problem(status, text)
    return web.json_response({"proved": bool(wanted.phone_tail)})


_ORDER_REFUSALS: dict[type[Exception], tuple[int, str]] = {
    NoSuchOrderError: (404, wording.NO_SUCH_ORDER),
    NotHerOrderError: (409, wording.OTHERS_ORDER),
    TooManyTriesError: (429, wording.TOO_MANY_TRIES),
}


class Reveal(_Body):
    """What to show unmasked, and why."""

    what: Literal["phone", "address", "message"]
    seq: Annotated[int, Field(ge=1, le=2**31)] | None = None
    why: Annotated[str, Field(min_length=2, max_length=200)]


@staff_only(Permission.REVEAL)
async def reveal(request: web.Request) -> web.Response:
    """Show one piece of personal data; who saw what and why is kept for ever."""
    wanted = await read_body(request, Reveal)
    async with request.app[DESK].office.write() as pen:
        row = await get_conversation(pen.session, request)
        value = await _personal(pen.session, row, wanted)
        if value is None:
            raise Problem(404, "没有这项资料")
        detail = {"what": wanted.what, "seq": wanted.seq, "why": wanted.why}
        await audit.record(
            pen.session,
            actor=request[PERSON].id,
            action="reveal",
            object_type="conversation",
            object_id=row.id,
            at=pen.now,
            detail=detail,
        )
    return web.json_response({"value": value})


async def _personal(session: Session, row: DbConversation, wanted: Reveal) -> str | None:
    if wanted.what == "message":
        query = select(DbMessage).where(
            DbMessage.conversation_id == row.id, DbMessage.seq == wanted.seq
        )
        message = await session.scalar(query)
        return from_row(message).draft.text if message is not None else None
    customer = await session.get(DbCustomer, row.customer_id) if row.customer_id else None
    if customer is None:
        return None
    return customer.phone if wanted.what == "phone" else customer.address


class ClockBody(_Body):
    """Whether the last customer message needs an answer after all, or does not."""

    action: Literal["dismiss", "restore"]
    why: Annotated[str, Field(max_length=200)] = ""


@staff_only(Permission.CHAT)
async def clock(request: web.Request) -> web.Response:
    """Stop a clock that a thank-you opened, or start one that should run."""
    wanted = await read_body(request, ClockBody)
    desk, person = request.app[DESK], request[PERSON]
    async with desk.office.write() as pen:
        await get_conversation(pen.session, request)
        row = await pen.conversation(request.match_info["id"])
        if row.owner != Owner.AGENT or row.agent_answered_at is None:
            raise Problem(409, "只有已经由客服答复过的会话可以调整计时")
        kind = COURTESY if wanted.action == "dismiss" else NOT_COURTESY
        row.waiting_since = None if wanted.action == "dismiss" else row.last_customer_at
        detail = {"seq": row.last_customer_seq, "why": wanted.why}
        pen.event(row, kind, actor=f"agent:{person.id}", detail=detail)
        await pen.session.flush()
        (view,) = await row_views(pen.session, desk.office, [row])
    return web.json_response({"row": view})
