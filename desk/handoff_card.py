"""The card beside a conversation: all that is known, so that nobody asks the customer twice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.masking import mask_name, mask_phone
from desk.messages import instant
from desk.office import Office
from desk.ownership import Step
from desk.people import tier_labels
from desk.promises import promise_view, read_promises
from desk.return_right import standing_right
from desk.rows import row_views
from desk.satisfaction import rating_view
from desk.states import HandoffReason, Kind, Sender
from desk.tables import DbConversation, DbConversationEvent, DbMessage, DbRating
from shop.after_sales import after_sales_of
from shop.days import china_day
from shop.members.policy import load_member_policy
from shop.members.standing import standing_of
from shop.orders import find_order, recent_orders, title_of
from shop.shipping import parcel_states
from shop.tables import DbCustomer, DbOrder
from shop.wording import ORDER_STATES, PARCEL_STATES

EARLIER = 10


@dataclass(frozen=True)
class Known:
    """The customer and the order that a conversation is about, where they are known."""

    customer: DbCustomer | None
    order: DbOrder | None


async def read_card(session: AsyncSession, office: Office, row: DbConversation) -> dict[str, Any]:
    """Return the whole card as the protocol describes it."""
    handed = json.loads(row.card) if row.card else {}
    known = await find_known(session, row, handed)
    (view,) = await row_views(session, office, [row])
    promises = await read_promises(session, conversation=row.id, now=office.clock())
    rating = await session.scalar(
        select(DbRating)
        .where(DbRating.conversation_id == row.id)
        .order_by(DbRating.asked_at.desc())
        .limit(1)
    )
    return {
        "row": view,
        "card": {
            **_handed(row, await _with_wish(session, row, handed), known.order, office),
            "photos": await _photos(session, handed, known.order),
        },
        "customer": await _customer(session, office, known.customer),
        "earlier": await _earlier(session, office, row),
        "reviews": [],  # another room's: the web program fills them in
        "promises": [promise_view(entry) for entry in promises],
        "rating": rating_view(rating) if rating is not None else None,
        "events": await _events(session, row),
    }


async def find_known(
    session: AsyncSession, row: DbConversation, handed: Mapping[str, Any]
) -> Known:
    """Return customer and order: the one the bot had in focus, else the newest."""
    customer = await session.get(DbCustomer, row.customer_id) if row.customer_id else None
    number = handed.get("order_number")
    order = await find_order(session, number) if isinstance(number, str) else None
    if order is None and customer is not None:
        order = next(iter(await recent_orders(session, customer.id, limit=1)), None)
    return Known(customer, order)


async def canned_values(
    session: AsyncSession, row: DbConversation, *, agent: str, shop: str
) -> dict[str, str | None]:
    """Return what the variables of a prepared answer stand for in this conversation."""
    known = await find_known(session, row, json.loads(row.card) if row.card else {})
    parcel = known.order.parcels[0] if known.order and known.order.parcels else None
    return {
        "客户姓名": _courteous(known.customer.name) if known.customer else None,
        "订单号": known.order.number if known.order else None,
        "快递公司": parcel.carrier if parcel else None,
        "快递单号": parcel.waybill if parcel else None,
        "客服姓名": agent,
        "店铺名": shop,
    }


def _courteous(name: str | None) -> str | None:
    """Return how to address a customer without showing more of the name than agents see."""
    if not name:
        return None
    is_long = len(name) > 2 and wording.TWO_CHARACTER_FAMILIES.match(name)
    return wording.COURTEOUS.format(family=name[: 2 if is_long else 1])


async def _with_wish(
    session: AsyncSession, row: DbConversation, handed: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Where the bot told no wish, it is what the customer wrote last before she wanted a human."""
    if handed.get("wish") or row.reason is None:
        return handed
    events = select(func.max(DbConversationEvent.seq)).where(
        DbConversationEvent.conversation_id == row.id, DbConversationEvent.kind == Step.HAND_OFF
    )
    query = (
        select(DbMessage.text)
        .where(
            DbMessage.conversation_id == row.id,
            DbMessage.sender == Sender.CUSTOMER,
            DbMessage.kind == Kind.TEXT,
            DbMessage.seq <= await session.scalar(events),
        )
        .order_by(DbMessage.seq.desc())
        .limit(1)
    )
    return {**handed, "wish": await session.scalar(query)}


async def _photos(
    session: AsyncSession, handed: Mapping[str, Any], order: DbOrder | None
) -> list[str]:
    """Return the pictures that came with the handoff or with an open request about its order."""
    requests = await after_sales_of(session, [order], open_only=True) if order else []
    found = [*(handed.get("photos") or []), *(url for each in requests for url in each.photos)]
    return list(dict.fromkeys(found))


def _handed(
    row: DbConversation, handed: Mapping[str, Any], order: DbOrder | None, office: Office
) -> dict[str, Any]:
    kept = {
        key: handed[key]
        for key in ("wish", "tried", "facts", "verdict", "mood", "promised", "summary")
        if key in handed
    }
    return {
        "verdict": standing_right(order, now=office.clock()),
        **kept,
        "reason": row.reason,
        "reason_text": wording.REASONS[HandoffReason(row.reason)] if row.reason else None,
        "order": _order(order) if order else None,
        "parcel": _parcel(order, office) if order else None,
    }


def _order(order: DbOrder) -> dict[str, Any]:
    picture = order.items[0].product.picture if order.items else None
    return {
        "number": order.number,
        "title": title_of(order),
        "image": f"/assets/shared/products/{picture}" if picture else None,
        "state": order.status,
        "state_text": ORDER_STATES.get(order.status, order.status),
        "amount_fen": order.payable_fen,
        "paid_fen": order.paid_fen,
        "placed_at": instant(order.placed_at),
        "signed_at": instant(order.signed_at),
        "items": [
            {
                "sku": item.sku,
                "name": item.product.name,
                "option": item.option,
                "quantity": item.quantity,
                "paid_fen": item.paid_fen,
            }
            for item in order.items
        ],
    }


def _parcel(order: DbOrder, office: Office) -> dict[str, Any] | None:
    states = parcel_states(order, now=office.clock())
    if not states:
        return None
    parcel = states[0].parcel
    events = sorted(parcel.events, key=lambda event: event.at, reverse=True)
    lines = [{"at": instant(each.at), "text": each.text, "place": each.place} for each in events]
    return {
        "carrier": parcel.carrier,
        "number": parcel.waybill,
        "state": parcel.status,
        "state_text": PARCEL_STATES.get(parcel.status, parcel.status),
        "latest": lines[0] if lines else None,
        "events": lines,
    }


async def _customer(
    session: AsyncSession, office: Office, customer: DbCustomer | None
) -> dict[str, Any]:
    if customer is None:
        return {"known": False}
    now = office.clock()
    standing = await standing_of(session, customer.id, load_member_policy(), now=now)
    tier = standing.tier
    return {
        "known": True,
        "name": mask_name(customer.name or ""),
        "phone": mask_phone(customer.phone) if customer.phone else None,
        "tier": tier.name if tier else None,
        "tier_text": tier_labels()[tier.name] if tier else None,
        "city": customer.city,
        "since": instant(customer.registered_at),
        "segment": standing.rfm.segment,
        "birthday": customer.birthday == china_day(now).strftime("%m-%d"),
        "orders": [_order(order) for order in await recent_orders(session, customer.id)],
    }


async def _earlier(
    session: AsyncSession, office: Office, row: DbConversation
) -> list[dict[str, Any]]:
    same = DbConversation.visitor_id == row.visitor_id
    if row.customer_id is not None:
        same = same | (DbConversation.customer_id == row.customer_id)
    query = (
        select(DbConversation)
        .where(same, DbConversation.id != row.id, DbConversation.last_customer_seq > 0)
        .order_by(DbConversation.id.desc())
        .limit(EARLIER)
    )
    return await row_views(session, office, (await session.scalars(query)).all())


async def _events(session: AsyncSession, row: DbConversation) -> list[dict[str, Any]]:
    query = (
        select(DbConversationEvent)
        .where(DbConversationEvent.conversation_id == row.id)
        .order_by(DbConversationEvent.id)
    )
    return [
        {"at": instant(event.at), "kind": event.kind, "actor": event.actor, "seq": event.seq}
        for event in await session.scalars(query)
    ]
