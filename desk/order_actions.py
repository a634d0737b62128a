"""What an agent may do about an order from the card: recorded with the shop and as a promise."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.authority import ActionKind, Order, check_authority
from desk.changes import Speaker
from desk.messages import Draft, Message
from desk.pen import Pen
from desk.policy import DeskPolicy
from desk.promises import Promised, keep, promise
from desk.states import Sender
from desk.tables import DbConversation
from shop.after_sales import Kind, Status, after_sales_of
from shop.days import CHINA, china_day
from shop.orders import OrderStatus, find_order
from shop.promises import DbPromise, PromiseKind
from shop.requests import number_of, open_request
from shop.service_policy import RequestKind, service_policy
from shop.tables import DbAfterSale, DbCoupon, DbOrder
from storage.staff import Role
from storage.tables import new_id

REFUND_WITHIN = timedelta(days=7)
COUPON_LASTS = timedelta(days=30)
REFUNDED_OR_PROMISED = tuple(
    status for status in Status if status not in (Status.REJECTED, Status.WITHDRAWN)
)


class NotHerOrderError(LookupError):
    """The order does not belong to the customer of this conversation."""


class CannotBeDoneError(ValueError):
    """The order is not in a state for this; the message says why."""


@dataclass(frozen=True)
class Done:
    """The promise entered (None where nothing stays open) and what the customer was told."""

    promise: DbPromise | None
    message: Message


async def act(
    pen: Pen,
    conversation: DbConversation,
    agent: Speaker,
    order: Order,
    *,
    role: Role,
    policy: DeskPolicy,
) -> Done:
    """Do it once per client id, within the role's authority; tells the customer."""
    known = await pen.find_said([(conversation.id, order.client_id)])
    if known:
        (message,) = known.values()
        return Done(await _promise_of(pen.session, conversation, order.client_id), message)
    found = await find_order(pen.session, order.number)
    if (
        found is None
        or conversation.customer_id in (None, "")
        or (found.customer_id != conversation.customer_id)
    ):
        raise NotHerOrderError
    check_authority(order, policy.authority[role], policy)
    promised, text = await _DOING[order.kind](pen, found, order, agent)
    draft = Draft(
        sender=Sender.AGENT,
        text=text,
        client_id=order.client_id,
        author_id=agent.id,
        author_name=agent.name,
        automatic=True,
    )
    message = pen.say(conversation, draft)
    entry = await promise(pen, conversation, promised) if promised else None
    if entry is not None and order.kind is ActionKind.COUPON:
        keep(pen, conversation, entry, actor=agent.actor)
    facts = {"kind": order.kind, "order": order.number, "amount_fen": order.amount_fen}
    pen.event(conversation, "order_action", actor=agent.actor, detail=facts)
    return Done(entry, message)


Promising = tuple[Promised | None, str]


async def _refund(pen: Pen, order: DbOrder, wish: Order, agent: Speaker) -> Promising:
    amount = wish.amount_fen or 0
    left = order.paid_fen - await _given_back(pen.session, order)
    if not 0 < amount <= left:
        raise CannotBeDoneError(wording.ACTION_REFUND_LEFT.format(yuan=wording.yuan(max(left, 0))))
    request = _after_sale(pen, order, wish, kind=Kind.REFUND_ONLY, amount=amount)
    request.received_at = pen.now
    due = _end_of_day(pen.now + REFUND_WITHIN)
    text = wording.ACTION_REFUND.format(
        yuan=wording.yuan(amount), number=order.number, due=wording.moment(due, now=pen.now)
    )
    promised = _promised(wish, agent, PromiseKind.REFUND, text, due, record_id=request.id)
    return promised, text


async def _resend(pen: Pen, order: DbOrder, wish: Order, agent: Speaker) -> Promising:
    request, _is_new = await open_request(
        pen.session,
        order,
        RequestKind.RESEND,
        service_policy(),
        now=pen.now,
        detail={"reason": wish.reason, "by": agent.id},
    )
    due = request.due_at or pen.now + timedelta(days=2)
    text = wording.ACTION_RESEND.format(number=order.number, due=wording.moment(due, now=pen.now))
    return _promised(wish, agent, PromiseKind.RESEND, text, due, record_id=request.id), text


async def _coupon(pen: Pen, order: DbOrder, wish: Order, agent: Speaker) -> Promising:
    amount = wish.amount_fen or 0
    if amount <= 0:
        raise CannotBeDoneError(wording.ACTION_NO_AMOUNT)
    yuan = wording.yuan(amount)
    coupon = DbCoupon(
        id=new_id(),
        customer_id=order.customer_id or "",
        code=number_of("CP", pen.now),
        kind="service",
        title=wording.COUPON_TITLE.format(yuan=yuan),
        amount_fen=amount,
        granted_at=pen.now,
        expires_at=_end_of_day(pen.now + COUPON_LASTS),
    )
    pen.session.add(coupon)
    until = coupon.expires_at.astimezone(CHINA)
    text = wording.ACTION_COUPON.format(yuan=yuan, month=until.month, day=until.day)
    promised = _promised(wish, agent, PromiseKind.COUPON, text, pen.now, record_id=coupon.id)
    return promised, text


async def _approve_return(pen: Pen, order: DbOrder, wish: Order, agent: Speaker) -> Promising:
    request = await _requested_return(pen.session, order)
    if request is None:
        request = _after_sale(pen, order, wish, kind=Kind.RETURN, amount=0)
        request.amount_fen = order.paid_fen - await _given_back(pen.session, order)
    request.status, request.decided_at, request.decision_note = (
        Status.APPROVED,
        pen.now,
        wish.reason,
    )
    order.status = OrderStatus.REFUNDING
    send_back = timedelta(days=service_policy().returns.send_back_days)
    by = china_day(pen.now + send_back)
    text = wording.ACTION_APPROVE.format(number=order.number, month=by.month, day=by.day)
    due = _end_of_day(pen.now + send_back + REFUND_WITHIN)
    return _promised(wish, agent, PromiseKind.RETURN, text, due, record_id=request.id), text


async def _refuse_return(pen: Pen, order: DbOrder, wish: Order, agent: Speaker) -> Promising:
    request = await _requested_return(pen.session, order)
    if not wish.reason.strip():
        raise CannotBeDoneError(wording.ACTION_NEEDS_REASON)
    if request is not None:
        request.status, request.decided_at = Status.REJECTED, pen.now
        request.decision_note = wish.reason
    return None, wording.ACTION_REFUSE.format(number=order.number, reason=wish.reason)


_DOING: dict[ActionKind, Callable[[Pen, DbOrder, Order, Speaker], Awaitable[Promising]]] = {
    ActionKind.REFUND: _refund,
    ActionKind.RESEND: _resend,
    ActionKind.COUPON: _coupon,
    ActionKind.APPROVE_RETURN: _approve_return,
    ActionKind.REFUSE_RETURN: _refuse_return,
}


def _promised(
    wish: Order, agent: Speaker, kind: PromiseKind, text: str, due: datetime, *, record_id: str
) -> Promised:
    return Promised(
        kind=kind,
        text=text,
        due_at=due,
        made_by=agent.actor,
        made_by_name=agent.name,
        owner_id=agent.id,
        order_number=wish.number,
        amount_fen=wish.amount_fen,
        client_id=wish.client_id,
        record_id=record_id,
    )


def _after_sale(pen: Pen, order: DbOrder, wish: Order, *, kind: Kind, amount: int) -> DbAfterSale:
    request = DbAfterSale(
        id=new_id(),
        number=number_of("AS", pen.now),
        order_id=order.id,
        sku=order.items[0].sku if len(order.items) == 1 else None,
        kind=kind,
        reason="agent_decision",
        note=wish.reason,
        status=Status.APPROVED,
        amount_fen=amount,
        requested_at=pen.now,
        decided_at=pen.now,
        decision_note=wish.reason,
    )
    pen.session.add(request)
    return request


async def _requested_return(session: AsyncSession, order: DbOrder) -> DbAfterSale | None:
    requests = await after_sales_of(session, [order], open_only=True)
    return next((each for each in requests if each.status == Status.REQUESTED), None)


async def _given_back(session: AsyncSession, order: DbOrder) -> int:
    query = select(func.coalesce(func.sum(DbAfterSale.amount_fen), 0)).where(
        DbAfterSale.order_id == order.id, DbAfterSale.status.in_(REFUNDED_OR_PROMISED)
    )
    return int(await session.scalar(query) or 0)


async def _promise_of(
    session: AsyncSession, conversation: DbConversation, client_id: str
) -> DbPromise | None:
    query = select(DbPromise).where(
        DbPromise.conversation_id == conversation.id, DbPromise.client_id == client_id
    )
    found: DbPromise | None = await session.scalar(query)
    return found


def _end_of_day(at: datetime) -> datetime:
    day = at.astimezone(CHINA).date()
    return datetime.combine(day, time(23, 59, 59), tzinfo=CHINA)
