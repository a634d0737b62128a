"""The widget's WebSocket: what a customer sends, and what she is shown, once and in order."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from desk import wording
from desk.customer_frames import (
    AskHuman,
    CancelWait,
    CustomerFrame,
    CustomerHello,
    CustomerHistory,
    CustomerMessage,
    CustomerRead,
    CustomerTyping,
    LeaveMessage,
    Rate,
    Words,
    customer_frame,
)
from desk.incoming import EmptyTextError, TextTooLongError, clean
from desk.intake import Result, Taken
from desk.messages import Message, customer_view, instant
from desk.office import messages_before
from desk.pen import Pen
from desk.pictures import BadPictureError
from desk.protocol import LONGEST_TEXT, BadFrameError, CloseCode, Ping, RefusalCode, ToCustomer
from desk.satisfaction import NotAskedError, rate, rated_view
from desk.speaking import (
    BadButtonError,
    Said,
    ask_human,
    button_said,
    cancel_wait,
    leave_message,
)
from desk.states import Kind
from desk.tables import DbConversation
from desk.visitors import Arrival, arrive, find_arrival
from server.access import public
from server.birthdays import congratulate
from server.chat_images import find_picture
from server.connection import ClosedError, Connection
from server.customer_view import CustomerView
from server.desk_office import DESK, Desk
from server.pace import Pace
from server.under_way import UnderWay
from shop.identity import BadTicketError, read_ticket

log = structlog.get_logger(__name__)
MOST_UNSTORED = 50
_NEED_NOT_WAIT = (Words, CustomerMessage, CustomerTyping, CustomerRead, Ping)


def add_routes(app: web.Application) -> None:
    """Add the widget's socket."""
    app.router.add_get("/ws/customer", customer_socket)


@public
async def customer_socket(request: web.Request) -> web.StreamResponse:
    """Serve one widget from its hello to its end."""
    connection = Connection(request)
    socket = await connection.open()
    try:
        hello = await _hello(connection)
        if hello is None:
            await connection.close(CloseCode.POLICY, "hello expected")
            return socket
        desk = request.app[DESK]
        arrival = await _arrive(desk, hello)
        await congratulate(desk.office, arrival.conversation)
        is_known = hello.conversation == arrival.conversation.id
        await _serve(connection, desk, arrival, hello.after if is_known else 0)
    except (ClosedError, ConnectionError):
        pass
    except Exception:
        log.exception("customer socket failed")
        await connection.close(1011, "internal error")
    finally:
        await connection.finish()
    return socket


async def _hello(connection: Connection) -> CustomerHello | None:
    raw = await connection.first_frame()
    try:
        frame = customer_frame(raw) if raw is not None else None
    except BadFrameError:
        return None
    return frame if isinstance(frame, CustomerHello) else None


async def _arrive(desk: Desk, hello: CustomerHello) -> Arrival:
    office = desk.office
    known = {
        "token": hello.token,
        "conversation_id": hello.conversation,
        "customer_id": _vouched_for(desk, hello),
    }
    async with office.database.read() as session:
        found = await find_arrival(session, office.policy, now=office.clock(), **known)
    if found is not None:
        return found
    async with office.write() as pen:
        return await arrive(pen, office.policy, **known)


def _vouched_for(desk: Desk, hello: CustomerHello) -> str | None:
    """Return whom the shop's signed ticket names; a bad ticket makes a guest, not an error."""
    if not hello.identity:
        return None
    try:
        return read_ticket(hello.identity, desk.ticket_secret, now=desk.office.clock()).customer_id
    except BadTicketError as error:
        log.info("ticket refused", why=str(error))
        return None


async def _serve(connection: Connection, desk: Desk, arrival: Arrival, after: int) -> None:
    view = CustomerView(connection, desk, arrival.conversation.id)
    try:
        await view.begin(arrival, after=after)
        customer = _Customer(connection, desk, arrival.conversation.id)
        async for raw in connection.frames():
            await customer.obey(raw)
    finally:
        await view.end()


class _Customer:
    """One customer's side of the talk: obeys or refuses each frame."""

    def __init__(self, connection: Connection, desk: Desk, conversation: str) -> None:
        self._connection = connection
        self._desk = desk
        self._conversation = conversation
        self._pace = Pace(burst=desk.burst, per_second=desk.per_second)
        self._under_way = UnderWay(MOST_UNSTORED)

    async def obey(self, raw: str) -> None:
        """Do what one frame asks, or say why not."""
        try:
            frame = customer_frame(raw)
        except BadFrameError as error:
            self._refuse(None, RefusalCode.BAD_FRAME, wording.BAD_FRAME, reason=error.reason)
            return
        client_id = getattr(frame, "client_id", None)
        wait = 0.0 if isinstance(frame, Ping) else self._pace.wait_seconds()
        if wait > 0:
            text = wording.TOO_FAST.format(seconds=int(wait) + 1)
            self._refuse(client_id, RefusalCode.TOO_FAST, text, retry_seconds=int(wait) + 1)
            return
        try:
            if not isinstance(frame, _NEED_NOT_WAIT):
                await self._under_way.over()
            await self._do(frame)
        except TextTooLongError as error:
            text = wording.TOO_LONG.format(length=f"{error.length:,}")
            self._refuse(client_id, RefusalCode.TOO_LONG, text, limit=LONGEST_TEXT)
        except EmptyTextError:
            self._refuse(client_id, RefusalCode.EMPTY, wording.EMPTY)
        except BadPictureError:
            self._refuse(client_id, RefusalCode.BAD_ATTACHMENT, wording.BAD_ATTACHMENT)
        except NotAskedError:
            self._refuse(client_id, RefusalCode.NOT_FOUND, wording.RATING_OVER)
        except BadButtonError:
            self._refuse(client_id, RefusalCode.BAD_BUTTON, wording.BAD_BUTTON)

    async def _do(self, frame: CustomerFrame | Words) -> None:
        match frame:
            case Words() | CustomerMessage():
                await self._message(frame)
            case AskHuman():
                await self._ask_human(frame)
            case CancelWait():
                await self._cancel_wait(frame)
            case CustomerTyping():
                self._desk.signal_typing(self._conversation, frame.on)
            case CustomerRead():
                await self._desk.note_read(self._conversation, frame.seq)
            case CustomerHistory():
                await self._history(frame)
            case Ping():
                self._connection.offer({"type": ToCustomer.PONG})
            case LeaveMessage():
                await self._leave_message(frame)
            case Rate():
                await self._rate(frame)
            case CustomerHello():
                self._refuse(None, RefusalCode.NOT_ALLOWED, wording.BAD_FRAME)

    async def _message(self, frame: CustomerMessage | Words) -> None:
        """Hand it to the intake; the next frame may come while this one is being stored."""
        if isinstance(frame, Words):
            said = Said(self._conversation, frame.client_id, text=clean(frame.text))
        else:
            said = await self._said(frame)
        await self._under_way.begin()
        self._desk.intake.put(said, partial(self._stored, said))

    def _stored(self, said: Said, result: Result) -> None:
        self._under_way.ended()
        if isinstance(result, Taken):
            self._ack(said.client_id, result.message, replayed=result.replayed)
        else:  # never acknowledged, so the widget comes back and sends it again
            log.warning("message not taken", error=type(result).__name__)
            self._connection.cut()

    async def _said(self, frame: CustomerMessage) -> Said:
        if frame.kind == "button":
            if frame.of is None or frame.index is None:
                raise BadButtonError
            async with self._desk.office.database.read() as session:
                return await button_said(
                    session,
                    conversation=self._conversation,
                    client_id=frame.client_id,
                    of=frame.of,
                    index=frame.index,
                )
        image = await find_picture(self._desk, self._conversation, frame.attachment)
        if frame.kind == "image" and image is None:
            raise BadPictureError
        text = clean(frame.text) if frame.text.strip() or image is None else ""
        kind = Kind.TEXT if image is None else Kind.IMAGE
        return Said(self._conversation, frame.client_id, text=text, kind=kind, image=image)

    async def _ask_human(self, frame: AskHuman) -> None:
        text = clean(frame.text) if frame.text.strip() else wording.ASK_HUMAN
        said = Said(self._conversation, frame.client_id, text=text, kind=Kind.BUTTON)
        rules = self._desk.office.rules

        async def store(pen: Pen, row: DbConversation) -> Message:
            return await ask_human(pen, row, said, rules)

        await self._once(said, store)

    async def _cancel_wait(self, frame: CancelWait) -> None:
        text = wording.CANCEL_WAIT
        said = Said(self._conversation, frame.client_id, text=text, kind=Kind.BUTTON)

        async def store(pen: Pen, row: DbConversation) -> Message:
            return cancel_wait(pen, row, said)

        await self._once(said, store)

    async def _leave_message(self, frame: LeaveMessage) -> None:
        said = Said(self._conversation, frame.client_id, text=clean(frame.text))
        phone = frame.phone.strip() if frame.phone else None
        rules = self._desk.office.rules

        async def store(pen: Pen, row: DbConversation) -> Message:
            return await leave_message(pen, row, said, rules, phone=phone or None)

        await self._once(said, store)

    async def _once(
        self, said: Said, store: Callable[[Pen, DbConversation], Awaitable[Message]]
    ) -> None:
        """Do what was asked unless it was done already, and acknowledge it either way."""
        async with self._desk.office.write() as pen:
            row = await pen.conversation(self._conversation)
            known = await pen.find_said([said.key])
            message = known.get(said.key) or await store(pen, row)
        self._ack(said.client_id, message, replayed=said.key in known)

    async def _rate(self, frame: Rate) -> None:
        office = self._desk.office
        async with office.write() as pen:
            row = await pen.conversation(self._conversation)
            rated = await rate(
                pen,
                row,
                frame.question,
                score=frame.score,
                comment=frame.comment,
                policy=office.policy,
                opening=office.opening,
            )
        self._connection.offer({"type": ToCustomer.RATING, **rated_view(rated, now=pen.now)})

    async def _history(self, frame: CustomerHistory) -> None:
        async with self._desk.office.database.read() as session:
            messages, more = await messages_before(
                session, self._conversation, frame.before, limit=frame.limit, internal=False
            )
        views = [customer_view(message) for message in messages]
        await self._connection.put({"type": ToCustomer.HISTORY, "messages": views, "more": more})

    def _ack(self, client_id: str, message: Message, *, replayed: bool) -> None:
        """Acknowledge (a client id is letters, digits, _ and -, so it needs no escaping)."""
        self._connection.offer_text(
            f'{{"type":"{ToCustomer.ACK}","client_id":"{client_id}","seq":{message.seq},'
            f'"at":"{instant(message.at)}","replayed":{"true" if replayed else "false"}}}'
        )

    def _refuse(self, client_id: str | None, code: RefusalCode, text: str, **more: Any) -> None:
        frame = {"type": ToCustomer.REFUSED, "client_id": client_id, "code": code, "text": text}
        self._connection.offer(frame | more)
